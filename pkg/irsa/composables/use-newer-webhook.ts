import {
  computed, onBeforeUnmount, shallowRef, watch, type ComputedRef, type Ref
} from 'vue';
import type { ObservedCluster } from '../domain/facts';
import { look } from '../gateways/observe/known';
import { isNewer } from '../plans/index';
import type { Engine } from './use-engine';

/** The newer version that the webhook's chart has in its repository, where there is one; asked once for each release. */
export function useNewerWebhook(observed: Ref<ObservedCluster>, engine: () => Promise<Engine>): ComputedRef<string | undefined> {
  const newest = shallowRef<string>();
  const abort = new AbortController();
  const webhook = computed(() => observed.value.webhook.known ? observed.value.webhook.value : undefined);

  async function see(): Promise<void> {
    // Where the chart would come from may be nobody's business here: then there is nothing to offer.
    const source = await look(async() => (await engine()).webhookSource(observed.value.cluster, abort.signal));

    newest.value = source.known ? source.value.version : undefined;
  }

  watch(() => webhook.value?.release && `${ webhook.value.release.namespace }/${ webhook.value.release.name }`, (now) => {
    if (now) {
      see().catch((error: unknown) => {
        if (!abort.signal.aborted) {
          throw error;
        }
      });
    }
  }, { immediate: true });
  onBeforeUnmount(() => abort.abort());

  return computed(() => {
    const version = webhook.value?.details?.version;
    const installed = version?.known ? version.value : undefined;

    return installed && newest.value && isNewer({ version: newest.value }, { version: installed }) ? newest.value : undefined;
  });
}
