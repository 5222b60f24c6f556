import {
  computed, onBeforeUnmount, ref, shallowRef, watch, type ComputedRef, type Ref
} from 'vue';
import type { ClusterRef, ObservedCluster } from '../domain/facts';
import { failureOf, type Failure } from './failure';
import { fewAtOnce } from './few-at-once';
import { inventoryRows, type InventoryRow, type ReadPods } from './inventory-rows';
import { useEngines } from './use-engines';

/** Clusters that are asked at the same time: a browser keeps six connections to one host. */
const AT_ONCE = 6;
/** Milliseconds between two drawings of what came in; rows that come one by one would be drawn as often. */
const PACE = 120;

type Look = { observed: ObservedCluster } | { failure: Failure };

/** A cluster of which nothing, or not everything, is in the list. */
export interface Gap {
  cluster: ClusterRef;
  failure: Failure;
  /** A right is missing: asking again is no use. */
  forbidden: boolean;
}

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
  const looks = new Map<string, Look>();
  const pods = new Map<string, ReadPods>();
  /** Rows of a cluster are made anew only where something of it changed. */
  const made = new Map<string, { look: Look; pods: ReadPods | undefined; rows: InventoryRow[] }>();
  const drawn = shallowRef(0);
  const queue = ref(0);
  const podsSoon = new Map<string, Promise<void>>();
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let begun = new Set<string>();

  function draw(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      drawn.value++;
    }, drawn.value ? PACE : 0);
  }

  async function lookAt(wanted: ClusterRef[]): Promise<void> {
    queue.value += wanted.length;
    await fewAtOnce(wanted, AT_ONCE, abort.signal, async(cluster) => {
      try {
        looks.set(cluster.id, { observed: await (await engineOf(cluster)).observeBrief(cluster, { signal: abort.signal, onlyBound: true }) });
      } catch (error) {
        if (!abort.signal.aborted) {
          looks.set(cluster.id, { failure: failureOf(error) });
        }
      }
      queue.value--;
      draw();
    });
  }

  function readNamespace(row: InventoryRow): Promise<void> {
    const { clusterId, namespace } = row;
    const key = `${ clusterId } ${ namespace }`;
    const reading = podsSoon.get(key) ?? (async() => {
      const cluster = clusters.value.find(({ id }) => id === clusterId);
      const found = cluster && await (await engineOf(cluster)).podsIn(cluster, namespace, abort.signal);

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
    await fewAtOnce(rows.filter((row) => !row.pods), AT_ONCE, abort.signal, (row) => readNamespace(row).catch(() => undefined));
    await new Promise((resolve) => setTimeout(resolve, PACE));
  }

  const connected = computed(() => may.value ? clusters.value.filter((one) => one.connected) : []);

  watch(() => connected.value.map(({ id }) => id).join(' '), () => {
    const fresh = connected.value.filter(({ id }) => !begun.has(id));

    fresh.forEach(({ id }) => begun.add(id));
    if (fresh.length) {
      void lookAt(fresh);
    }
  }, { immediate: true });
  onBeforeUnmount(() => {
    abort.abort();
    clearTimeout(timer);
  });

  const seen = computed(() => drawn.value >= 0 ? connected.value.flatMap((cluster) => {
    const look = looks.get(cluster.id);

    return look ? [{ cluster, look }] : [];
  }) : []);

  function rowsOf(id: string, look: Look): InventoryRow[] {
    const read = pods.get(id);
    const known = made.get(id);

    if (known?.look === look && known.pods === read) {
      return known.rows;
    }
    const rows = 'observed' in look ? inventoryRows(look.observed, read ?? new Map()) : [];

    made.set(id, { look, pods: read, rows });

    return rows;
  }

  return {
    rows:     computed(() => seen.value.flatMap(({ cluster, look }) => rowsOf(cluster.id, look))),
    gaps:     computed(() => seen.value.flatMap(({ cluster, look }) => gapOf(cluster, look))),
    progress: computed(() => ({ done: connected.value.length - queue.value, total: connected.value.length })),
    readPods,
    again(ids) {
      const wanted = connected.value.filter(({ id }) => !ids || ids.includes(id));

      for (const { id } of wanted) {
        looks.delete(id);
        pods.delete(id);
      }
      for (const key of [...podsSoon.keys()].filter((one) => wanted.some(({ id }) => one.startsWith(`${ id } `)))) {
        podsSoon.delete(key);
      }
      begun = new Set([...begun, ...wanted.map(({ id }) => id)]);
      draw();
      void lookAt(wanted);
    },
  };
}

/** What a cluster did not tell, and why. */
function gapOf(cluster: ClusterRef, look: Look): Gap[] {
  if ('failure' in look) {
    return [{ cluster, failure: look.failure, forbidden: false }];
  }
  const { bindings } = look.observed;

  return bindings.known ? [] : [{
    cluster, forbidden: bindings.why.kind === 'forbidden', failure: { what: bindings.why.text, why: bindings.why.text }
  }];
}
