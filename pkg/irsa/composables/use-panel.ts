import {
  onBeforeUnmount, onMounted, shallowRef, type ShallowRef
} from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useStore } from 'vuex';
import type { ClusterRef } from '../domain/facts';
import { storeTransport } from '../gateways/store-transport';
import type { Transport } from '../gateways/transport';
import { currentCluster } from './current-cluster';
import { failureOf, type Failure } from './failure';
import { definedOf, type Place } from './use-place';

/** The object of Rancher's page that a panel stands on: a model, of which little is read. */
export interface PanelResource {
  metadata?: { namespace?: string; name?: string; uid?: string };
}

export interface Panel<Facts> {
  cluster: ClusterRef | undefined;
  transport: Transport;
  facts: ShallowRef<Facts | undefined>;
  failure: ShallowRef<Failure | undefined>;
  look(): Promise<void>;
  /** To the cluster's page, where plans are made; from there back to this one. */
  open(place: Place): void;
}

/** What a panel on one of Rancher's own pages needs: the cluster that the page is in, a look at it, and a way to its plans. */
export function usePanel<Facts>(observe: (transport: Transport, clusterId: string, signal: AbortSignal) => Promise<Facts>): Panel<Facts> {
  const store = useStore();
  const route = useRoute();
  const router = useRouter();
  const cluster = currentCluster(store);
  const transport = storeTransport((action, payload) => store.dispatch(action, payload));
  const facts = shallowRef<Facts>();
  const failure = shallowRef<Failure>();
  const abort = new AbortController();

  async function look(): Promise<void> {
    if (!cluster) {
      return;
    }
    try {
      facts.value = await observe(transport, cluster.id, abort.signal);
      failure.value = undefined;
    } catch (error) {
      failure.value = abort.signal.aborted ? undefined : failureOf(error);
    }
  }

  onMounted(look);
  onBeforeUnmount(() => abort.abort());

  return {
    cluster,
    transport,
    facts,
    failure,
    look,
    open(place) {
      // The path and not the route's name, which is the pages' own.
      void router.push({ path: `/c/_/irsa/clusters/${ encodeURIComponent(cluster?.id ?? '') }`, query: { ...definedOf(place), back: route.fullPath } });
    },
  };
}
