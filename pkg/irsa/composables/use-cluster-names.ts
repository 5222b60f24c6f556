import { useStore } from 'vuex';
import { MANAGEMENT_CLUSTER } from './use-clusters';

interface ClusterModel { spec?: { displayName?: string } }

/** Shown names of clusters, as far as the dashboard has them at hand; else the id, which is a name too. */
export function useClusterNames(): { nameOf(id: string): string } {
  const store = useStore();

  return { nameOf: (id) => (store.getters['management/byId']?.(MANAGEMENT_CLUSTER, id) as ClusterModel | undefined)?.spec?.displayName || id };
}
