import {
  inject, onBeforeUnmount, shallowRef, type InjectionKey, type ShallowRef
} from 'vue';
import { useStore } from 'vuex';
import type { ClusterRef } from '../domain/facts';
import { observeWebhookPlace, type WebhookPlace } from '../gateways/observe/webhook-place';
import { storeTransport } from '../gateways/store-transport';
import { currentCluster } from './current-cluster';
import { failureOf, type Failure } from './failure';

/** Looks at a cluster; tests put their own here. */
export type PlaceObserver = (cluster: ClusterRef, signal: AbortSignal) => Promise<WebhookPlace>;
export const PLACE: InjectionKey<PlaceObserver> = Symbol('irsa.webhookPlace');

export interface WebhookPlaceLook {
  place: ShallowRef<WebhookPlace | undefined>;
  failure: ShallowRef<Failure | undefined>;
  /** Looks again; undefined when that fails. */
  look(): Promise<WebhookPlace | undefined>;
}

/** What the cluster that the dashboard is in tells about installing the webhook there. No credential of AWS is needed for it. */
export function useWebhookPlace(): WebhookPlaceLook {
  const store = useStore();
  const observe = inject(PLACE, (cluster, signal) => observeWebhookPlace(storeTransport((action, payload) => store.dispatch(action, payload)), cluster, signal));
  const place = shallowRef<WebhookPlace>();
  const failure = shallowRef<Failure>();
  const abort = new AbortController();

  onBeforeUnmount(() => abort.abort());

  return {
    place,
    failure,
    async look() {
      const cluster = currentCluster(store);

      if (!cluster) {
        return undefined;
      }
      try {
        place.value = await observe(cluster, abort.signal);
        failure.value = undefined;

        return place.value;
      } catch (error) {
        failure.value = abort.signal.aborted ? undefined : failureOf(error);

        return undefined;
      }
    },
  };
}
