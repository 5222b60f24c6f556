import { computed, type ComputedRef, type Ref } from 'vue';
import type { ClusterRef, ObservedCluster } from '../domain/facts';
import { fewAtOnce } from './few-at-once';
import { inventoryRows, type InventoryRow, type ReadPods } from './inventory-rows';
import { AT_ONCE, failedGap, PACE, useClusterLooks, type Gap, type Look } from './use-cluster-looks';
import { useEngines } from './use-engines';

export interface Inventory {
  rows: ComputedRef<InventoryRow[]>;
  gaps: ComputedRef<Gap[]>;
  /** How many clusters are to be looked at, and how many of these were. */
  progress: ComputedRef<{ done: number; total: number }>;
  /** Reads the pods of these rows, where that was not done; ends when they are there. */
  readPods(rows: InventoryRow[]): Promise<void>;
  /** Looks again: at these clusters, or at all. */
  again(ids?: string[]): void;
}

/** Every binding of every cluster, a few clusters at a time; what one cluster answers does not hold up the others. */
export function useInventory(clusters: Ref<ClusterRef[]>, credentialOf: (cluster: ClusterRef) => string | undefined, may: Ref<boolean>): Inventory {
  const engineOf = useEngines(credentialOf);
  const pods = new Map<string, ReadPods>();
  /** Rows of a cluster are made anew only where something of it changed. */
  const made = new Map<string, { look: Look<ObservedCluster>; pods: ReadPods | undefined; rows: InventoryRow[] }>();
  const podsSoon = new Map<string, Promise<void>>();
  const {
    looks, progress, signal, draw, again
  } = useClusterLooks(clusters, may, async(cluster, aborted) => (await engineOf(cluster)).observeBrief(cluster, { signal: aborted, onlyBound: true }));

  function readNamespace(row: InventoryRow): Promise<void> {
    const { clusterId, namespace } = row;
    const key = `${ clusterId } ${ namespace }`;
    const reading = podsSoon.get(key) ?? (async() => {
      const cluster = clusters.value.find(({ id }) => id === clusterId);
      const found = cluster && await (await engineOf(cluster)).podsIn(cluster, namespace, signal);

      if (found) {
        pods.set(clusterId, new Map([...pods.get(clusterId) ?? [], [namespace, found]]));
        draw();
      }
    })();

    podsSoon.set(key, reading);

    return reading;
  }

  async function readPods(rows: InventoryRow[]): Promise<void> {
    // A look that was given up, or failed on its way, leaves the cell empty: the others go on.
    await fewAtOnce(rows.filter((row) => !row.pods), AT_ONCE, signal, (row) => readNamespace(row).catch(() => undefined));
    await new Promise((resolve) => setTimeout(resolve, PACE));
  }

  function rowsOf(id: string, look: Look<ObservedCluster>): InventoryRow[] {
    const read = pods.get(id);
    const known = made.get(id);

    if (known?.look === look && known.pods === read) {
      return known.rows;
    }
    const rows = 'seen' in look ? inventoryRows(look.seen, read ?? new Map()) : [];

    made.set(id, { look, pods: read, rows });

    return rows;
  }

  function forget(id: string): void {
    pods.delete(id);
    for (const key of [...podsSoon.keys()].filter((one) => one.startsWith(`${ id } `))) {
      podsSoon.delete(key);
    }
  }

  return {
    rows:  computed(() => looks.value.flatMap(({ cluster, look }) => rowsOf(cluster.id, look))),
    gaps:  computed(() => looks.value.flatMap(({ cluster, look }) => gapOf(cluster, look))),
    progress,
    readPods,
    again: (ids) => again(ids, forget),
  };
}

/** What a cluster did not tell, and why. */
function gapOf(cluster: ClusterRef, look: Look<ObservedCluster>): Gap[] {
  if ('failure' in look) {
    return failedGap(cluster, look);
  }
  const { bindings } = look.seen;

  return bindings.known ? [] : [{
    cluster, forbidden: bindings.why.kind === 'forbidden', failure: { what: bindings.why.text, why: bindings.why.text }
  }];
}
