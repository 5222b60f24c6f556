import { watchEffect, type Ref } from 'vue';
import type { ObservedCluster } from '../domain/facts';
import type { Place } from './use-place';
import { TEMPORARY, useTemporaryCredentials } from './use-temporary-keys';

/**
 * What happens on a page when temporary keys come and go, and whose they turn out to be.
 * @param credential  that signs: `TEMPORARY`, or the id of a cloud credential
 * @param observed    the newest look
 */
export function useHeldKeys(
  credential: Ref<string | undefined>, observed: Ref<ObservedCluster | undefined>, { place, refresh, go }: { place: Ref<Place>; refresh(): Promise<unknown>; go(change: Place, how: 'replace'): void }
): { pasted(): void; forgotten(): void } {
  const temporary = useTemporaryCredentials();

  // What was looked at with the keys that are held now says whose they are.
  watchEffect(() => {
    const { value: seen } = observed;

    if (credential.value === TEMPORARY && seen?.account.known && seen.at >= (temporary.state.value.since ?? Infinity)) {
      temporary.belongsTo(seen.account.value.id);
    }
  });

  return {
    pasted() {
      // Fresh keys may be another account's: look again even where temporary ones were in use before.
      if (credential.value === TEMPORARY) {
        void refresh();
      }
      go({ credential: TEMPORARY }, 'replace');
    },
    forgotten() {
      // Forgotten ones sign no more: only the address tells that they were chosen.
      if (place.value.credential === TEMPORARY) {
        go({ credential: undefined }, 'replace');
      }
    },
  };
}
