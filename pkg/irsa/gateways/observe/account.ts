import type { ObservedServiceAccount } from '../../domain/facts';
import { findAccount, observedAccount } from '../kubernetes/accounts';
import { settingsFor } from '../kubernetes/webhook';
import type { Transport } from '../transport';

/** One account alone, as the webhook of its cluster reads it; the cluster is not looked at beyond that. */
export async function readAccount(transport: Transport, clusterId: string, { namespace, name }: { namespace: string; name: string }, signal?: AbortSignal): Promise<ObservedServiceAccount> {
  const found = await findAccount(transport, clusterId, namespace, name, signal);

  return observedAccount(namespace, name, found, await settingsFor(transport, clusterId, found ? [found] : [], signal));
}
