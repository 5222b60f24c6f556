import { DEFAULT_AUDIENCE } from '../domain/aws/quotas';

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
