import { irsaError } from '../domain/errors';
import { isData, isJsonText, isRef } from './value';
import type { Value } from './plan';

/** Outputs of the steps that ran, by step id. */
export type Outputs = ReadonlyMap<string, unknown>;

/**
 * The value as it is sent: references replaced by what the earlier step answered, JSON texts made.
 * @throws IrsaError ANSWER_UNREADABLE when the step's answer had no such value
 */
export function resolve(value: Value, outputs: Outputs): unknown {
  if (isRef(value)) {
    const { step, path } = value.$ref;
    const found = path.reduce<unknown>((inside, key) => (inside as Record<string, unknown> | undefined)?.[key], outputs.get(step));

    if (found === undefined) {
      throw irsaError('ANSWER_UNREADABLE', { action: step, problem: `${ path.join('.') } is missing` });
    }

    return found;
  }
  if (isJsonText(value)) {
    return JSON.stringify(resolve(value.$json, outputs));
  }
  if (Array.isArray(value)) {
    return value.map((one) => resolve(one, outputs));
  }
  if (typeof value === 'object' && value !== null) {
    const inside = isData(value) ? value.$data : value;

    return Object.fromEntries(Object.entries(inside).map(([key, one]) => [key, resolve(one as Value, outputs)]));
  }

  return value;
}
