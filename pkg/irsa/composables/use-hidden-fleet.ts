import { computed, type ComputedRef } from 'vue';
import { useStore } from 'vuex';

/** What Fleet is asked for, as Rancher's schemas call it, and in the words of rights. */
const KINDS = { 'fleet.cattle.io.cluster': 'clusters', 'fleet.cattle.io.helmop': 'helmops', 'fleet.cattle.io.bundledeployment': 'bundledeployments' };

/** What of Fleet this person is known not to see, in the words of rights: a kind that nobody may read is not among their schemas. */
export function useHiddenFleet(): ComputedRef<string[]> {
  const store = useStore();

  return computed(() => Object.entries(KINDS).flatMap(([type, resource]) => store.getters['management/schemaFor'](type) ? [] : [`list ${ resource }.fleet.cattle.io`]));
}
