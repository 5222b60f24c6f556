import { computed, type ComputedRef, type Ref } from 'vue';
import type { ClusterRef } from '../domain/facts';
import { accountId } from './accounts';
import { keyUseRows, type KeyUseRow } from './key-use-rows';
import { failedGap, useClusterLooks, type Gap } from './use-cluster-looks';
import { useEngines } from './use-engines';

export interface KeyInventory {
  rows: ComputedRef<KeyUseRow[]>;
  gaps: ComputedRef<Gap[]>;
  /** What was not looked at for want of a right, cluster by cluster. */
  lacking: ComputedRef<{ cluster: string; resources: string }[]>;
  progress: ComputedRef<{ done: number; total: number }>;
  again(ids?: string[]): void;
}

/** What uses access keys in every cluster. AWS is not asked: accounts, outputs, Backups and workloads tell it. */
export function useKeyInventory(clusters: Ref<ClusterRef[]>, may: Ref<boolean>): KeyInventory {
  const engineOf = useEngines(() => undefined);
  const { looks, progress, again } = useClusterLooks(clusters, may, async(cluster, signal) => {
    const engine = await engineOf(cluster);
    const [uses, bound] = await Promise.all([engine.keyUses(cluster.id, signal), engine.boundAccounts(cluster.id, signal)]);

    // Whose accounts may not be read, of those nobody can say that they have no role.
    return { rows: keyUseRows(cluster, bound ? uses : { ...uses, withoutKey: [] }, new Map(bound?.map((one) => [accountId(one), one.roleArn]))), missing: [...uses.missing.map(({ resource }) => resource), ...bound ? [] : ['serviceaccounts']] };
  });

  return {
    rows:    computed(() => looks.value.flatMap(({ look }) => 'seen' in look ? look.seen.rows : [])),
    gaps:    computed(() => looks.value.flatMap(({ cluster, look }) => failedGap(cluster, look))),
    lacking: computed(() => looks.value.flatMap(({ cluster, look }) => 'seen' in look && look.seen.missing.length ? [{ cluster: cluster.name, resources: look.seen.missing.join(', ') }] : [])),
    progress,
    again:   (ids) => again(ids),
  };
}
