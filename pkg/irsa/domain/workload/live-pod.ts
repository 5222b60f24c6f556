import type { ObservedPod, ObservedServiceAccount } from '../facts';
import type { Container, Pod } from './pod';
import { predictMutation, ROLE_VARIABLE, TOKEN_VARIABLE, TOKEN_VOLUME } from './predict';
import { withDefaults, type WebhookSettings } from './settings';
import { skippedContainers } from './skip-list';

/**
 * Pods with this label, whatever its value, are kept from the webhook by the selectors it is registered with (EKS' own and the known
 * charts; charts-and-clusters.md §4.1).
 */
const SKIP_LABEL = 'skip-pod-identity-webhook';

/** What of a live pod tells about its identity. */
export type PodIdentity = Pick<ObservedPod, 'identity' | 'skipped' | 'overrides' | 'divergent' | 'lacking'>;

/**
 * Reads a live pod: the identity that its containers carry, whether it was left out on purpose, and which containers bring variables
 * of their own. The webhook gives both variables at once, with the token under the mount it makes; whatever else is there was not
 * its doing.
 */
export function podIdentity(pod: Pod, settings: WebhookSettings = {}): PodIdentity {
  const { metadata, spec } = pod;
  const { annotationPrefix } = withDefaults(settings);
  const names = skippedContainers(metadata?.annotations?.[`${ annotationPrefix }/skip-containers`] ?? undefined);
  const containers = [...spec.containers, ...spec.initContainers ?? []].filter(({ name }) => !names.includes(name));
  const skipped = Object.hasOwn(metadata?.labels ?? {}, `${ annotationPrefix }/${ SKIP_LABEL }`) ? 'label' : containers.length ? undefined : 'containers';
  const found = containers.map((container) => ({ name: container.name, ...variablesOf(container) }));
  const overrides = found.filter(({ own }) => own).map(({ name }) => name);
  const carried = found.find(({ roleArn, own }) => roleArn && !own) ?? found.find(({ roleArn }) => roleArn);
  const divergent = carried ? found.filter(({ roleArn, own }) => own && roleArn !== carried.roleArn).map(({ name }) => name) : [];
  const lacking = carried?.roleArn ? missedIn(pod, carried.roleArn, settings) : [];
  const token = spec.volumes?.find(({ name }) => name === TOKEN_VOLUME)?.projected?.sources?.find(({ serviceAccountToken }) => serviceAccountToken)?.serviceAccountToken;

  return {
    ...(carried?.roleArn ? { identity: { roleArn: carried.roleArn, audience: token?.audience } } : {}),
    ...(skipped ? { skipped } : {}),
    ...(overrides.length ? { overrides } : {}),
    ...(divergent.length ? { divergent } : {}),
    ...(lacking.length ? { lacking } : {}),
  };
}

/** The containers that the webhook, asked about the pod as it is, would still give something to: it gives all at once, so they came after it. */
function missedIn(pod: Pod, roleArn: string, settings: WebhookSettings): string[] {
  const { annotationPrefix } = withDefaults(settings);
  const { spec } = predictMutation(pod, { annotations: { [`${ annotationPrefix }/role-arn`]: roleArn } }, settings);
  const [now, then] = [pod.spec, spec].map(({ containers, initContainers }) => [...containers, ...initContainers ?? []]);
  const names = ({ env }: Container) => (env ?? []).map(({ name }) => name);

  return then!.filter((container, index) => names(container).includes(ROLE_VARIABLE) && !names(now![index]!).includes(ROLE_VARIABLE)).map(({ name }) => name);
}

/** `own`: the pod's template brought them. `roleArn` only where both are there to be used. */
function variablesOf({ env, volumeMounts }: Container): { roleArn?: string; own: boolean } {
  const role = env?.find(({ name }) => name === ROLE_VARIABLE);
  const file = env?.find(({ name }) => name === TOKEN_VARIABLE);
  const mount = volumeMounts?.find(({ name }) => name === TOKEN_VOLUME)?.mountPath;
  const given = mount !== undefined && typeof file?.value === 'string' && unified(file.value) === unified(`${ mount }/token`);

  return { roleArn: file?.value ? role?.value || undefined : undefined, own: Boolean(role || file) && !(given && typeof role?.value === 'string') };
}

/** Windows containers name the file of the same mount in their own way. */
function unified(path: string): string {
  return path.replace(/^C:/, '').replaceAll('\\', '/').replace(/\/+/g, '/');
}

/**
 * How a pod stands to the account that it runs as.
 * - `carries`: has the account's role, and a token for the right audience
 * - `older`: has nothing, and was made before the account was bound
 * - `early`: has nothing, and was made before the webhook was
 * - `missed`: has nothing although account and webhook were there: the webhook was away, or had not seen the account yet
 * - `stale`: has the role that the account had before
 * - `audience`: has the role, but a token for another audience
 * - `overridden`: its template sets the variables itself, so the webhook left them alone; in all of its containers, or in some that are
 *   another role then
 * - `partly`: has the account's role, but for containers that were added behind the webhook's back
 * - `skipped`: left out on purpose
 */
export type PodVerdict = 'carries' | 'older' | 'early' | 'missed' | 'stale' | 'audience' | 'overridden' | 'partly' | 'skipped';

/**
 * Compares a live pod with what the webhook would give it today.
 * @param since  when the webhook came into the cluster, where that is known
 */
export function judgePod({ createdAt, identity, skipped, overrides, divergent, lacking }: ObservedPod, { roleArn, audience, annotatedAt }: Pick<ObservedServiceAccount, 'roleArn' | 'audience' | 'annotatedAt'>, since?: string): PodVerdict {
  if (skipped) {
    return 'skipped';
  }
  if (divergent) {
    return 'overridden';
  }
  if (identity?.roleArn === roleArn && identity) {
    if (lacking && (overrides || identity.audience === undefined || identity.audience === audience)) {
      return 'partly';
    }

    // Where the chart brings its own token, its audience is the chart's matter; an exchange at STS tells.
    return overrides || identity.audience === undefined || identity.audience === audience ? 'carries' : 'audience';
  }
  if (overrides) {
    return 'overridden';
  }
  if (identity) {
    return 'stale';
  }

  return isBefore(createdAt, annotatedAt) ? 'older' : isBefore(createdAt, since) ? 'early' : 'missed';
}

function isBefore(one: string | undefined, other: string | undefined): boolean {
  return !!one && !!other && Date.parse(one) < Date.parse(other);
}

/** Whether making the pod anew would give it what it lacks. */
export function needsRestart(verdict: PodVerdict): boolean {
  return ['older', 'early', 'missed', 'stale', 'audience'].includes(verdict);
}
