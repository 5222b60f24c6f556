import type { Store } from 'vuex';
import type { ClusterRef } from '../domain/facts';
import { toClusterRefs } from '../gateways/rancher/clusters';
import { MANAGEMENT_CLUSTER } from './use-clusters';

/** The cluster whose explorer the dashboard is in; undefined outside of one. */
export function currentCluster(store: Store<unknown>): ClusterRef | undefined {
  const id = store.getters.currentCluster?.id as string | undefined;
  const model: unknown = id === undefined ? undefined : store.getters['management/byId'](MANAGEMENT_CLUSTER, id);

  return toClusterRefs(model ? [model] : [], [])[0];
}
