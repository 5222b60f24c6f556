import {
  computed, onBeforeUnmount, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef
} from 'vue';
import { accountId, type Account } from './accounts';
import { assessCluster } from '../domain/chain';
import type {
  ClusterAssessment, ClusterRef, IdentityCheck, ObservedBinding, ObservedCluster
} from '../domain/facts';
import type { LintIssuer } from '../domain/trust';
import { failureOf, type Failure } from './failure';
import { useEngine, type Engine } from './use-engine';
import { useVisibleInterval } from './use-visible-interval';

const REFRESH = 15_000;

/** How a cluster's issuer is published. */
export interface Publication {
  /** Whether the documents fit the cluster's keys, of the issuer that signs now. */
  fits?: 'checked' | 'drifted';
  hosting: LintIssuer;
}

export interface ClusterIdentity {
  observed: ComputedRef<ObservedCluster | undefined>;
  assessment: ComputedRef<ClusterAssessment | undefined>;
  /** Why the last look failed; what was seen before stays. */
  failure: ShallowRef<Failure | undefined>;
  looking: Ref<boolean>;
  /** `namespace/name` of the accounts whose identity is being checked. */
  verifying: Ref<string[]>;
  /** Looks again now. */
  refresh(): Promise<ObservedCluster | undefined>;
  verify(account: Account): Promise<void>;
  /** Keeps what a plan's own check found, for the account as the next look finds it. */
  remember(account: Account, check: IdentityCheck): void;
  /** What the issuer's card saw, when it has looked. */
  publication: ShallowRef<Publication | undefined>;
  engine(): Promise<Engine>;
}

/**
 * Facts and judgement of one cluster, looked at again while the page is seen and nothing else is going on.
 * @param only  of its bindings, this account's alone
 */
export function useClusterIdentity(cluster: Ref<ClusterRef | undefined>, credential: Ref<string | undefined>, paused: Ref<boolean>, only?: Account): ClusterIdentity {
  const createEngine = useEngine();
  const facts = shallowRef<ObservedCluster>();
  const failure = shallowRef<Failure>();
  const looking = ref(false);
  const verifying = ref<string[]>([]);
  const publication = shallowRef<Publication>();
  // Checks are of this visit: they say what STS answered then, and with which role.
  const checks = reactive(new Map<string, { roleArn?: string; check: IdentityCheck }>());
  /** Of a plan that has just run: it is about what is found next. */
  const proofs = new Map<string, { account: Account; check: IdentityCheck }>();
  let abort = new AbortController();
  let made: { credential: string | undefined; engine: Promise<Engine> } | undefined;

  /** One engine for a credential: it remembers this person's rights. */
  function engine(): Promise<Engine> {
    if (!made || made.credential !== credential.value) {
      made = { credential: credential.value, engine: createEngine(credential.value) };
    }

    return made.engine;
  }

  function withCheck(binding: ObservedBinding): ObservedBinding {
    const kept = checks.get(accountId(binding.account));

    return kept && kept.roleArn === binding.account.roleArn ? { ...binding, identity: kept.check } : binding;
  }

  const observed = computed<ObservedCluster | undefined>(() => facts.value && {
    ...facts.value,
    ...(publication.value ? { hosting: publication.value.hosting } : {}),
    keys:     publication.value?.fits && facts.value.keys.known && facts.value.keys.value.publishedBy === 'unchecked' ? { known: true, value: { ...facts.value.keys.value, publishedBy: publication.value.fits } } : facts.value.keys,
    bindings: facts.value.bindings.known ? { known: true, value: facts.value.bindings.value.map(withCheck) } : facts.value.bindings,
  });

  async function refresh(): Promise<ObservedCluster | undefined> {
    const subject = cluster.value;

    abort.abort();
    abort = new AbortController();
    if (!subject?.connected) {
      return undefined;
    }
    const { signal } = abort;

    looking.value = true;
    try {
      const seen = await (await engine()).observe(subject, signal, only);

      if (!signal.aborted) {
        facts.value = seen;
        failure.value = undefined;
        proofs.forEach(({ account, check }) => keep(account, check));
        proofs.clear();
      }

      return observed.value;
    } catch (error) {
      if (!signal.aborted) {
        failure.value = failureOf(error);
      }

      return undefined;
    } finally {
      if (!signal.aborted) {
        looking.value = false;
      }
    }
  }

  function keep(account: Account, check: IdentityCheck): void {
    const binding = facts.value?.bindings.known ? facts.value.bindings.value.find((one) => accountId(one.account) === accountId(account)) : undefined;

    checks.set(accountId(account), { roleArn: binding?.account.roleArn, check });
  }

  async function verify(account: Account): Promise<void> {
    const id = accountId(account);
    const binding = facts.value?.bindings.known ? facts.value.bindings.value.find((one) => accountId(one.account) === id) : undefined;

    if (!facts.value || !binding || verifying.value.includes(id)) {
      return;
    }
    verifying.value = [...verifying.value, id];
    try {
      keep(account, await (await engine()).verify(facts.value, binding));
    } catch (error) {
      keep(account, { at: Date.now(), result: 'not-checked', text: failureOf(error).what });
    } finally {
      verifying.value = verifying.value.filter((one) => one !== id);
    }
  }

  watch([() => cluster.value?.id, () => cluster.value?.connected, credential], ([id, , signer], [before, , signed]) => {
    if (id !== before) {
      facts.value = undefined;
      checks.clear();
      proofs.clear();
    }
    // With other keys it may be another bucket, or none to be seen.
    if (id !== before || signer !== signed) {
      publication.value = undefined;
    }
    void refresh();
  }, { immediate: true });
  useVisibleInterval(async() => paused.value ? undefined : refresh(), REFRESH);
  onBeforeUnmount(() => abort.abort());

  return {
    observed,
    assessment: computed(() => observed.value && assessCluster(observed.value)),
    failure,
    looking,
    verifying,
    refresh,
    verify,
    remember:   (account, check) => {
      proofs.set(accountId(account), { account, check });
    },
    publication,
    engine,
  };
}
