import { isObject } from '../domain/json/same';
import { ROLE_ANNOTATION } from '../presets/annotations';
import type { Preset } from '../presets/preset';

/** What a chart's values say about its access to AWS: the role where the preset writes it, and whether a key is in use. */
export function foundIn(values: Record<string, unknown>, preset: Preset): { roleArn?: string; answers: Record<string, string>; usesKey: boolean } {
  return { roleArn: roleIn(values, preset.values({ roleArn: '', audience: '' })), answers: preset.answersIn?.(values) ?? {}, usesKey: preset.reconcile?.(values).dropsKeys ?? false };
}

function roleIn(values: Record<string, unknown>, ours: Record<string, unknown>): string | undefined {
  if (ROLE_ANNOTATION in ours) {
    const arn = values[ROLE_ANNOTATION];

    return typeof arn === 'string' && arn ? arn : undefined;
  }

  return Object.entries(ours).map(([key, inner]) => isObject(inner) && isObject(values[key]) ? roleIn(values[key], inner) : undefined).find(Boolean);
}
