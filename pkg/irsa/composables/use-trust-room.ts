import {
  computed, onBeforeUnmount, shallowRef, watch, type ComputedRef, type Ref
} from 'vue';
import { TRUST_POLICY_SIZE } from '../domain/aws/quotas';
import type { AccountQuotas, Known, ObservedCluster } from '../domain/facts';
import { providerArn } from '../domain/issuer/issuer';
import {
  addBinding, newTrust, parseTrust, trustRoom, trustSize, type Binding, type TrustDocument, type TrustRoom
} from '../domain/trust';
import type { Account } from './accounts';
import type { Engine } from './use-engine';

/** How a role's trust policy would stand with one account more. */
export interface RoomFor extends TrustRoom {
  /** Characters that it has today; undefined for a role that is to be made. */
  before?: number;
  /** The account's own quota was read; else it is the usual one. */
  isLive: boolean;
}

/** Milliseconds without another choice, before IAM is asked. */
const PAUSE = 400;

/**
 * What the chosen role's trust policy has room for, with the account in it. Undefined while it is not known: nobody chose yet, the cluster
 * does not tell its issuer, or the policy cannot be read.
 */
export function useTrustRoom(observed: Ref<ObservedCluster>, account: Ref<Account | undefined>, role: Ref<string>, engine: () => Promise<Engine>): ComputedRef<RoomFor | undefined> {
  const found = shallowRef<{ role: string; trust?: TrustDocument }>();
  const quotas = shallowRef<Known<AccountQuotas>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort = new AbortController();

  const binding = computed<Binding | undefined>(() => {
    const { issuer, account: aws, provider } = observed.value;
    const arn = provider.known && provider.value ? provider.value.arn : issuer.known && aws.known ? providerArn(aws.value, issuer.value) : undefined;

    return account.value && issuer.known && arn ? { issuer: issuer.value, providerArn: arn, namespace: account.value.namespace, serviceAccount: account.value.name } : undefined;
  });

  async function look(name: string): Promise<void> {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;

    try {
      const ours = await engine();
      const [seen, limits] = await Promise.all([ours.observeRole(name, { policies: [], signal }), ours.quotas(signal)]);

      if (!signal.aborted) {
        found.value = { role: name, ...(seen ? { trust: parseTrust(seen.trustPolicy) } : {}) };
        quotas.value = limits;
      }
    } catch {
      // No meter then. The plan reads the same again, and says what is in the way.
      found.value = undefined;
    }
  }

  watch([role, () => !!binding.value], ([name, known]) => {
    clearTimeout(timer);
    if (name && known) {
      timer = setTimeout(() => look(name), PAUSE);
    }
  }, { immediate: true });
  onBeforeUnmount(() => {
    clearTimeout(timer);
    abort.abort();
  });

  return computed(() => {
    if (!binding.value || found.value?.role !== role.value) {
      return undefined;
    }
    const { trust } = found.value;
    const live = quotas.value?.known ? quotas.value.value.trustPolicySize : undefined;
    const after = trust ? addBinding(trust, binding.value) : newTrust(binding.value);

    return { ...trustRoom(after, live ?? TRUST_POLICY_SIZE, binding.value), isLive: live !== undefined, ...(trust ? { before: trustSize(trust) } : {}) };
  });
}
