import type { Text } from '../domain/facts';
import { text } from '../domain/text';
import type { Preset, PresetParameter } from './preset';

/** The parameters with their defaults filled in; only those that are asked for under these values. */
export function filledIn(preset: Preset, parameters: Record<string, string>): Record<string, string> {
  const filled = Object.fromEntries(preset.parameters.map(({ id, default: preset }) => [id, (parameters[id] ?? preset ?? '').trim()]));

  return Object.fromEntries(Object.entries(filled).filter(([id]) => isAskedFor(preset.parameters.find((parameter) => parameter.id === id)!, filled)));
}

/** What is wrong with the parameters, by id; empty when they can be used. */
export function parameterProblems(preset: Preset, parameters: Record<string, string>): Record<string, Text> {
  const filled = filledIn(preset, parameters);
  const problems: Record<string, Text> = {};

  for (const parameter of preset.parameters) {
    const value = filled[parameter.id];

    if (value === undefined) {
      continue;
    }
    const problem = !value && parameter.required ? text('irsa.preset.problem.required') : parameter.validate(value);

    if (problem) {
      problems[parameter.id] = problem;
    }
  }

  return problems;
}

/** Whether a parameter plays a part, given the others. */
export function isAskedFor(parameter: PresetParameter, parameters: Record<string, string>): boolean {
  return !parameter.when || parameters[parameter.when.parameter] === parameter.when.is;
}
