import type { ObservedServiceAccount } from '../../domain/facts';
import { DEFAULT_AUDIENCE } from '../../domain/aws/quotas';
import { queryValue, segment } from '../../domain/names/segment';
import type { Transport } from '../transport';
import { listAll, type KubeObject } from './client';

/** Annotations that the pod identity webhook reads (amazon-eks-pod-identity-webhook pkg/cache). */
const ROLE = 'eks.amazonaws.com/role-arn';
const AUDIENCE = 'eks.amazonaws.com/audience';

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

export function isBound({ metadata }: KubeObject): boolean {
  return Boolean(metadata.annotations?.[ROLE]);
}

/**
 * An account as the rules see it.
 * @param audience  of the tokens that the webhook gives where the account names none
 */
export function observedAccount(namespace: string, name: string, found: KubeObject | undefined, audience = DEFAULT_AUDIENCE): ObservedServiceAccount {
  const annotations = found?.metadata.annotations ?? {};

  return {
    namespace,
    name,
    exists:          Boolean(found),
    resourceVersion: found?.metadata.resourceVersion,
    annotations,
    roleArn:         annotations[ROLE] || undefined,
    audience:        annotations[AUDIENCE] || audience,
    annotatedAt:     annotatedAt(found),
  };
}

/** Of all that wrote the annotation, the last; a manager's time covers its other fields too, so this may be later than the truth. */
function annotatedAt(found: KubeObject | undefined): string | undefined {
  return found?.metadata.managedFields
    ?.filter(({ fieldsV1 }) => Object.hasOwn(fieldsV1?.['f:metadata']?.['f:annotations'] ?? {}, `f:${ ROLE }`))
    .flatMap(({ time }) => time ?? []).sort().at(-1);
}
