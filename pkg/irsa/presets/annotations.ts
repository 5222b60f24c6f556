import { DEFAULT_AUDIENCE } from '../domain/aws/quotas';
import { isObject } from '../domain/json/same';
import { withDefaults, type WebhookSettings } from '../domain/workload/settings';

/** Annotations that the webhook reads on a service account (charts-and-clusters.md §4.3). */
export const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';
export const AUDIENCE_ANNOTATION = 'eks.amazonaws.com/audience';

/**
 * The annotations that bind an account. The audience is only written where it is not the webhook's own: old logging charts break
 * with a second annotation (rancher.md §1.6).
 */
export function bindingAnnotations(roleArn: string, audience: string = DEFAULT_AUDIENCE): Record<string, string> {
  return { [ROLE_ANNOTATION]: roleArn, ...(audience === DEFAULT_AUDIENCE ? {} : { [AUDIENCE_ANNOTATION]: audience }) };
}

/** What the webhook of a cluster calls these two. */
export function annotationNames(settings: WebhookSettings = {}): { role: string; audience: string } {
  const { annotationPrefix } = withDefaults(settings);

  return { role: `${ annotationPrefix }/role-arn`, audience: `${ annotationPrefix }/audience` };
}

/**
 * Values of a preset as the webhook of this cluster wants them: wherever the annotations of a binding stand, they bear its prefix, and name
 * the audience exactly where it would give another. Under the webhook's own defaults nothing changes.
 */
export function forWebhook<T extends Record<string, unknown>>(values: T, audience: string, settings: WebhookSettings = {}): T {
  const names = annotationNames(settings);
  const entries = Object.entries(values).filter(([key]) => key !== AUDIENCE_ANNOTATION).flatMap<[string, unknown]>(([key, value]) => {
    if (key === ROLE_ANNOTATION) {
      return [[names.role, value], ...(audience === withDefaults(settings).audience ? [] : [[names.audience, audience] as [string, unknown]])];
    }

    return [[key, isObject(value) ? forWebhook(value, audience, settings) : value]];
  });

  return Object.fromEntries(entries) as T;
}
