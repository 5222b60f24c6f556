import {
  computed, onBeforeUnmount, ref, shallowRef, watch, type ComputedRef, type Ref
} from 'vue';
import type { ClusterRef } from '../domain/facts';
import { failureOf, type Failure } from './failure';
import { fewAtOnce } from './few-at-once';

/** Clusters that are asked at the same time: a browser keeps six connections to one host. */
export const AT_ONCE = 6;
/** Milliseconds between two drawings of what came in; rows that come one by one would be drawn as often. */
export const PACE = 120;

export type Look<T> = { seen: T } | { failure: Failure };

/** A cluster of which nothing, or not everything, is in the list. */
export interface Gap {
  cluster: ClusterRef;
  failure: Failure;
  /** A right is missing: asking again is no use. */
  forbidden: boolean;
}

export interface ClusterLooks<T> {
  /** What came in so far, in the order of the clusters. */
  looks: ComputedRef<{ cluster: ClusterRef; look: Look<T> }[]>;
  /** How many clusters are to be looked at, and how many of these were. */
  progress: ComputedRef<{ done: number; total: number }>;
  signal: AbortSignal;
  /** Says that there is something new to draw. */
  draw(): void;
  /** Looks again: at these clusters, or at all. `before`: what else is to be forgotten of each. */
  again(ids?: string[], before?: (id: string) => void): void;
}

/** A look at every connected cluster, a few at a time; what one answers does not hold up the others. Begins once it `may`. */
export function useClusterLooks<T>(clusters: Ref<ClusterRef[]>, may: Ref<boolean>, lookAt: (cluster: ClusterRef, signal: AbortSignal) => Promise<T>): ClusterLooks<T> {
  const found = new Map<string, Look<T>>();
  const drawn = shallowRef(0);
  const queue = ref(0);
  const abort = new AbortController();
  const begun = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function draw(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      drawn.value++;
    }, drawn.value ? PACE : 0);
  }

  async function ask(wanted: ClusterRef[]): Promise<void> {
    queue.value += wanted.length;
    await fewAtOnce(wanted, AT_ONCE, abort.signal, async(cluster) => {
      try {
        found.set(cluster.id, { seen: await lookAt(cluster, abort.signal) });
      } catch (error) {
        if (!abort.signal.aborted) {
          found.set(cluster.id, { failure: failureOf(error) });
        }
      }
      queue.value--;
      draw();
    });
  }

  const connected = computed(() => may.value ? clusters.value.filter((one) => one.connected) : []);

  watch(() => connected.value.map(({ id }) => id).join(' '), () => {
    const fresh = connected.value.filter(({ id }) => !begun.has(id));

    fresh.forEach(({ id }) => begun.add(id));
    if (fresh.length) {
      void ask(fresh);
    }
  }, { immediate: true });
  onBeforeUnmount(() => {
    abort.abort();
    clearTimeout(timer);
  });

  return {
    looks: computed(() => drawn.value >= 0 ? connected.value.flatMap((cluster) => {
      const look = found.get(cluster.id);

      return look ? [{ cluster, look }] : [];
    }) : []),
    progress: computed(() => ({ done: connected.value.length - queue.value, total: connected.value.length })),
    signal:   abort.signal,
    draw,
    again(ids, before) {
      const wanted = connected.value.filter(({ id }) => !ids || ids.includes(id));

      for (const { id } of wanted) {
        found.delete(id);
        before?.(id);
        begun.add(id);
      }
      draw();
      void ask(wanted);
    },
  };
}

/** A cluster that could not be looked at. */
export function failedGap(cluster: ClusterRef, look: Look<unknown>): Gap[] {
  return 'failure' in look ? [{ cluster, failure: look.failure, forbidden: false }] : [];
}
