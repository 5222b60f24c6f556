import { isObject } from '../domain/json/same';
import { ROLE_ANNOTATION } from './annotations';
import type { Preset } from './preset';

/** What a chart's values say of its access to AWS. */
export interface FoundAccess {
  /** The role that stands where the preset writes one. */
  roleArn?: string;
  /** Of the annotation that it stands in: a webhook may read others than everybody's. */
  annotationPrefix?: string;
  answers: Record<string, string>;
  /** Whether a key is in use. */
  usesKey: boolean;
}

const NAME = ROLE_ANNOTATION.slice(ROLE_ANNOTATION.indexOf('/'));

/** What a chart's values say about its access to AWS: the role where the preset writes it, and whether a key is in use. */
export function foundIn(values: Record<string, unknown>, preset: Preset): FoundAccess {
  return { ...roleOf(values, preset), answers: preset.answersIn?.(values) ?? {}, usesKey: preset.reconcile?.(values).dropsKeys ?? false };
}

/** The role that stands in a chart's values for one of its accounts, whatever prefix its annotation has. @param parameters  the answers that lead to the account */
export function roleOf(values: Record<string, unknown>, preset: Preset, parameters: Record<string, string> = {}): Pick<FoundAccess, 'roleArn' | 'annotationPrefix'> | undefined {
  return roleIn(values, preset.values({ ...parameters, roleArn: '', audience: '' }));
}

function roleIn(values: Record<string, unknown>, ours: Record<string, unknown>): Pick<FoundAccess, 'roleArn' | 'annotationPrefix'> | undefined {
  if (ROLE_ANNOTATION in ours) {
    const [annotation, arn] = Object.entries(values).find(([name, value]) => name.endsWith(NAME) && typeof value === 'string' && value) ?? [];

    return annotation ? { roleArn: String(arn), ...(annotation === ROLE_ANNOTATION ? {} : { annotationPrefix: annotation.slice(0, -NAME.length) }) } : undefined;
  }

  return Object.entries(ours).map(([key, inner]) => isObject(inner) && isObject(values[key]) ? roleIn(values[key], inner) : undefined).find(Boolean);
}
