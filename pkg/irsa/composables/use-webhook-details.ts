import {
  computed, onBeforeUnmount, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef
} from 'vue';
import type { ObservedCluster } from '../domain/facts';
import { look } from '../gateways/observe/known';
import type { WebhookDetails } from '../gateways/observe/webhook-details';
import { isNewer } from '../plans/index';
import type { Engine } from './use-engine';
import { useVisibleInterval } from './use-visible-interval';

const REFRESH = 60_000;

export interface WebhookDetailsLook {
  details: ShallowRef<WebhookDetails | undefined>;
  /** The chart's newer version, where there is one. */
  newer: ComputedRef<string | undefined>;
}

/** How our release of the webhook is doing, looked at again while the page is seen; which version there would be, asked once. */
export function useWebhookDetails(observed: Ref<ObservedCluster>, engine: () => Promise<Engine>): WebhookDetailsLook {
  const details = shallowRef<WebhookDetails>();
  const newest = shallowRef<string>();
  const abort = new AbortController();
  const release = computed(() => observed.value.webhook.known ? observed.value.webhook.value.release : undefined);

  async function see(): Promise<void> {
    const { value } = release;

    if (value) {
      const seen = await look(async() => (await engine()).webhookDetails(observed.value.cluster.id, value, abort.signal));

      details.value = seen.known ? seen.value : details.value;
    }
  }

  /** Where the chart would come from may be nobody's business here: then there is nothing to offer. */
  async function seeNewest(): Promise<void> {
    const source = await look(async() => (await engine()).webhookSource(observed.value.cluster, abort.signal));

    newest.value = source.known ? source.value.version : undefined;
  }

  const quietly = (asked: Promise<void>): void => {
    asked.catch((error: unknown) => {
      if (!abort.signal.aborted) {
        throw error;
      }
    });
  };

  watch(() => release.value && `${ release.value.namespace }/${ release.value.name }`, (now) => {
    details.value = undefined;
    if (now) {
      quietly(see());
      quietly(seeNewest());
    }
  }, { immediate: true });
  useVisibleInterval(async() => quietly(see()), REFRESH);
  onBeforeUnmount(() => abort.abort());

  return {
    details,
    newer: computed(() => {
      const version = details.value?.version.known ? details.value.version.value : undefined;

      return version && newest.value && isNewer({ version: newest.value }, { version }) ? newest.value : undefined;
    }),
  };
}
