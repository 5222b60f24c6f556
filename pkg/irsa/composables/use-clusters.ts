import {
  computed, onBeforeUnmount, onMounted, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef
} from 'vue';
import { useStore } from 'vuex';
import type { ClusterRef, ObservedCluster } from '../domain/facts';
import { toClusterRefs } from '../gateways/rancher/clusters';
import { failureOf, type Failure } from './failure';
import { useEngines } from './use-engines';
import { useVisibleInterval } from './use-visible-interval';

export const MANAGEMENT_CLUSTER = 'management.cattle.io.cluster';
export const PROVISIONING_CLUSTER = 'provisioning.cattle.io.cluster';
const AT_ONCE = 4;
const REFRESH = 60_000;

export interface Clusters {
  clusters: ComputedRef<ClusterRef[]>;
  loading: Ref<boolean>;
  failure: ShallowRef<Failure | undefined>;
  /** Neither kind of cluster may be listed. */
  forbidden: ComputedRef<boolean>;
  load(): Promise<void>;
}

/** Rancher's own, watched lists of clusters: rows come, change and go by themselves. */
export function useClusterList(): Clusters {
  const store = useStore();
  const loading = ref(true);
  const failure = shallowRef<Failure>();
  const types = computed(() => [MANAGEMENT_CLUSTER, PROVISIONING_CLUSTER].filter((type) => store.getters['management/schemaFor'](type)));
  const all = (type: string): unknown[] => loading.value || !types.value.includes(type) ? [] : store.getters['management/all'](type) ?? [];

  async function load(): Promise<void> {
    loading.value = true;
    failure.value = undefined;
    try {
      await Promise.all(types.value.map((type) => store.dispatch('management/findAll', { type })));
    } catch (error) {
      failure.value = failureOf(error);
    }
    loading.value = false;
  }

  onMounted(load);

  return {
    clusters: computed(() => types.value.includes(MANAGEMENT_CLUSTER) ? toClusterRefs(all(MANAGEMENT_CLUSTER), all(PROVISIONING_CLUSTER)) : []),
    loading,
    failure,
    forbidden: computed(() => !types.value.includes(MANAGEMENT_CLUSTER)),
    load,
  };
}

export type Glance = { state: 'waiting' } | { state: 'seen'; observed: ObservedCluster } | { state: 'failed'; failure: Failure };

/** A short look at each cluster, a few at a time, the ones in sight not waiting for the others longer than they must. */
export function useGlances(
  clusters: Ref<ClusterRef[]>, credentialOf: (cluster: ClusterRef) => string | undefined, may: Ref<boolean>
): Map<string, Glance> {
  const engineOf = useEngines(credentialOf);
  const glances = reactive(new Map<string, Glance>());
  const queue: string[] = [];
  const abort = new AbortController();
  let under = 0;

  async function look(id: string): Promise<void> {
    const cluster = clusters.value.find((one) => one.id === id);

    if (!cluster) {
      glances.delete(id);

      return;
    }
    try {
      glances.set(id, { state: 'seen', observed: await (await engineOf(cluster)).observeBrief(cluster, { signal: abort.signal }) });
    } catch (error) {
      if (!abort.signal.aborted) {
        glances.set(id, { state: 'failed', failure: failureOf(error) });
      }
    }
  }

  async function work(): Promise<void> {
    if (under >= AT_ONCE) {
      return;
    }
    under++;
    for (let id = queue.shift(); id !== undefined && !abort.signal.aborted; id = queue.shift()) {
      await look(id);
    }
    under--;
  }

  function ask(ids: string[]): void {
    queue.push(...ids.filter((id) => !queue.includes(id)));
    for (let i = 0; i < Math.min(AT_ONCE, ids.length); i++) {
      void work();
    }
  }

  const connected = computed(() => may.value ? clusters.value.filter((cluster) => cluster.connected).map(({ id }) => id) : []);

  watch(connected, (now) => {
    const fresh = now.filter((id) => !glances.has(id));

    fresh.forEach((id) => glances.set(id, { state: 'waiting' }));
    ask(fresh);
  }, { immediate: true });
  useVisibleInterval(async() => ask(connected.value), REFRESH);
  onBeforeUnmount(() => abort.abort());

  return glances;
}
