import type { ObservedServiceAccount } from '../../domain/facts';
import { queryValue, segment } from '../../domain/names/segment';
import { withDefaults, type WebhookSettings } from '../../domain/workload/settings';
import type { Transport } from '../transport';
import { listAll, type KubeObject } from './client';

/** Annotations that a pod identity webhook reads (amazon-eks-pod-identity-webhook pkg/cache). */
function annotationsOf(settings: WebhookSettings): { role: string; audience: string } {
  const { annotationPrefix } = withDefaults(settings);

  return { role: `${ annotationPrefix }/role-arn`, audience: `${ annotationPrefix }/audience` };
}

/** Metadata of all service accounts: Steve cannot filter by annotation, so the leanest list is read (recorded: real-parts.md). */
export function listAccounts(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<KubeObject[]> {
  return listAll<KubeObject>(transport, clusterId, '/api/v1/serviceaccounts', { metadata: true, signal });
}

/** Where accounts are and what they are called, without the rest. */
export function placesOf(accounts: KubeObject[]): { namespace: string; name: string }[] {
  return accounts.map(({ metadata: { namespace = '', name } }) => ({ namespace, name }));
}

/** One account's metadata; undefined when it does not exist. A list that may be empty, as asking for what is not there is an error. */
export async function findAccount(transport: Transport, clusterId: string, namespace: string, name: string, signal?: AbortSignal): Promise<KubeObject | undefined> {
  const path = `/api/v1/namespaces/${ segment(namespace) }/serviceaccounts?fieldSelector=${ queryValue(`metadata.name=${ name }`) }`;
  const found = await listAll<KubeObject>(transport, clusterId, path, { metadata: true, signal });

  return found.find(({ metadata }) => metadata.name === name);
}

export function isBound({ metadata }: KubeObject, settings: WebhookSettings = {}): boolean {
  return Boolean(metadata.annotations?.[annotationsOf(settings).role]);
}

/** Whether an account names a role in an annotation that only a webhook with a prefix of its own reads. */
export function hintsAtPrefix({ metadata }: KubeObject): boolean {
  const { role } = annotationsOf({});

  return Object.entries(metadata.annotations ?? {}).some(([name, value]) => name !== role && name.endsWith('/role-arn') && value.startsWith('arn:'));
}

/** An account as the rules, and the webhook of its cluster, see it. */
export function observedAccount(namespace: string, name: string, found: KubeObject | undefined, settings: WebhookSettings = {}): ObservedServiceAccount {
  const names = annotationsOf(settings);
  const annotations = found?.metadata.annotations ?? {};

  return {
    namespace,
    name,
    exists:          Boolean(found),
    resourceVersion: found?.metadata.resourceVersion,
    annotations,
    roleArn:         annotations[names.role] || undefined,
    audience:        annotations[names.audience] || withDefaults(settings).audience,
    annotatedAt:     annotatedAt(found, names.role),
  };
}

/** Of all that wrote the annotation, the last; a manager's time covers its other fields too, so this may be later than the truth. */
export function annotatedAt(found: KubeObject | undefined, annotation: string): string | undefined {
  return found?.metadata.managedFields
    ?.filter(({ fieldsV1 }) => Object.hasOwn(fieldsV1?.['f:metadata']?.['f:annotations'] ?? {}, `f:${ annotation }`))
    .flatMap(({ time }) => time ?? []).sort().at(-1);
}
