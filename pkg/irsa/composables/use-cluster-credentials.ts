import type { ClusterRef } from '../domain/facts';
import { preselect, useCredentials, type Credentials } from './use-credentials';
import { useTemporaryCredentials } from './use-temporary-keys';

export interface ClusterCredentials extends Pick<Credentials, 'loaded' | 'load'> {
  /** Who signs for a cluster where nobody was asked; temporary credentials that have expired do not. */
  credentialOf(cluster: ClusterRef): string | undefined;
}

/** For pages that go over all clusters: each is looked at with the credential that its own page would begin with. */
export function useClusterCredentials(): ClusterCredentials {
  const { all, loaded, load } = useCredentials();
  const temporary = useTemporaryCredentials();

  return {
    loaded,
    load,
    credentialOf: (cluster) => preselect(all.value, undefined, cluster, temporary.state.value.status === 'held' ? temporary.standing() : 'none'),
  };
}
