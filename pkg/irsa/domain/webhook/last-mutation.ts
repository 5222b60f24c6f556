import type { ObservedCluster } from '../facts';

/** The newest pod that the webhook gave a role, as far as the cluster's bindings show; undefined where none carries one. */
export function lastMutation({ bindings }: Pick<ObservedCluster, 'bindings'>): { pod: string; at: string } | undefined {
  const carrying = (bindings.known ? bindings.value : []).flatMap(({ account, pods }) => pods.filter(({ identity, overrides }) => identity && !overrides)
    .map(({ name, createdAt }) => ({ pod: `${ account.namespace }/${ name }`, at: createdAt })));

  return carrying.filter(({ at }) => at).sort((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
}
