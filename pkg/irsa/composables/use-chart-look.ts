import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { ClusterRef, ObservedBinding, ObservedCluster } from '../domain/facts';
import type { Account } from './accounts';
import { failureOf, type Failure } from './failure';
import { observeLeaving } from './use-chart-role';
import { useEngine, type Engine } from './use-engine';

/** What is seen of a cluster, and of the account of a chart in it. */
export interface ChartLook {
  /** The credential that is looked with. */
  credential: Ref<string | undefined>;
  observed: ShallowRef<ObservedCluster | undefined>;
  binding: ShallowRef<ObservedBinding | undefined>;
  failure: ShallowRef<Failure | undefined>;
  looking: Ref<boolean>;
  engine(): Promise<Engine>;
  /** @throws IrsaError */
  observe(): Promise<ObservedCluster>;
  look(): Promise<void>;
  /** Once what is being looked at has been seen, or has not. */
  settled(): Promise<void>;
}

/** @param needsCredential  whether nothing of what is wished for can be done without one */
export function useChartLook(cluster: ClusterRef | undefined, account: Account, needsCredential: () => boolean): ChartLook {
  const makeEngine = useEngine();
  const credential = ref<string>();
  const observed = shallowRef<ObservedCluster>();
  const binding = shallowRef<ObservedBinding>();
  const failure = shallowRef<Failure>();
  const looking = ref(false);
  let made: { of: string; promise: Promise<Engine> } | undefined;
  let looked: Promise<void> | undefined;
  let looks = 0;

  function engine(): Promise<Engine> {
    const of = credential.value ?? '';

    if (made?.of !== of) {
      made = { of, promise: makeEngine(credential.value) };
    }

    return made.promise;
  }

  const observe = async(): Promise<ObservedCluster> => (await engine()).observe(cluster!);

  async function lookNow(): Promise<void> {
    // Looks take their time: one that was begun before another credential was chosen is of no use any more.
    const ours = ++looks;

    failure.value = undefined;
    // What runs in the cluster can be seen without one.
    looking.value = !!cluster && (!needsCredential() || !!credential.value);
    if (!looking.value) {
      return;
    }
    const found: { seen?: ObservedCluster; its?: ObservedBinding; failure?: Failure } = await observe().then(async(seen) => {
      // Without it, only what would be restarted is not said.
      const its = await (needsCredential() ? (await engine()).observeBinding(seen, account) : observeLeaving(await engine(), seen, account)).catch(() => undefined);

      return { seen, its };
    }).catch((error: unknown) => ({ seen: undefined, its: binding.value, failure: failureOf(error) }));

    if (ours !== looks) {
      return looked;
    }
    binding.value = found.its;
    observed.value = found.seen;
    failure.value = found.failure;
    looking.value = false;
  }

  return {
    credential,
    observed,
    binding,
    failure,
    looking,
    engine,
    observe,
    look:    () => (looked = lookNow()),
    settled: async() => looked,
  };
}
