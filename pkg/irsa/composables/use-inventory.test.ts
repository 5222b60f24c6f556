import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import { binding, cluster, hidden, value } from '../domain/chain/test-facts';
import { irsaError } from '../domain/errors';
import type { ClusterRef, ObservedCluster } from '../domain/facts';
import { useInventory, type Inventory } from './use-inventory';
import type { Engine } from './use-engine';

let engine: Partial<Engine>;

vi.mock('./use-engine', () => ({ useEngine: () => async() => engine }));

const ref_ = (id: string, change: Partial<ClusterRef> = {}): ClusterRef => ({ ...cluster().cluster, id, name: id, ...change });
const seen = (one: ClusterRef, change: Partial<ObservedCluster> = {}): ObservedCluster => cluster({ cluster: one, bindings: value([binding({ pods: [] })]), ...change });

function open(all: ClusterRef[]) {
  let inventory!: Inventory;
  const clusters = ref(all);
  const view = mount(defineComponent({
    setup() {
      inventory = useInventory(clusters, () => 'aws', ref(true));

      return () => h('div');
    }
  }));

  return { clusters, view, inventory };
}

/** Until everything came in and was drawn. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await flushPromises();
    await vi.advanceTimersByTimeAsync(200);
  }
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the bindings of all clusters', () => {
  it('come a few clusters at a time, and one that fails or is closed to us takes none of the others away', async() => {
    let under = 0;
    let most = 0;

    engine = {
      observeBrief: vi.fn(async(one: ClusterRef) => {
        most = Math.max(most, ++under);
        await new Promise((resolve) => setTimeout(resolve, 10));
        under--;
        if (one.id === 'c-3') {
          throw irsaError('ROLE_GONE', { role: 'x' });
        }

        return one.id === 'c-5' ? seen(one, { bindings: hidden('forbidden') }) : seen(one);
      }),
    };
    const { inventory } = open([...Array.from({ length: 20 }, (_, index) => ref_(`c-${ index }`)), ref_('away', { connected: false })]);

    expect(inventory.progress.value).toEqual({ done: 0, total: 20 });
    await settle();
    expect(most).toBe(6);
    expect(inventory.progress.value).toEqual({ done: 20, total: 20 });
    expect(inventory.rows.value.map(({ clusterId }) => clusterId)).toHaveLength(18);
    expect(inventory.gaps.value.map(({ cluster: { id }, forbidden }) => [id, forbidden])).toEqual([['c-3', false], ['c-5', true]]);
    expect(engine.observeBrief).not.toHaveBeenCalledWith(expect.objectContaining({ id: 'away' }), expect.anything());
  });

  it('ask again for what failed, and for that alone', async() => {
    let isDown = true;

    engine = {
      observeBrief: vi.fn(async(one: ClusterRef) => {
        if (one.id === 'b' && isDown) {
          throw irsaError('ROLE_GONE', { role: 'x' });
        }

        return seen(one);
      })
    };
    const { inventory } = open([ref_('a'), ref_('b')]);

    await settle();
    isDown = false;
    inventory.again(['b']);
    await settle();
    expect(inventory.gaps.value).toEqual([]);
    expect(inventory.rows.value.map(({ clusterId }) => clusterId)).toEqual(['a', 'b']);
    expect(vi.mocked(engine.observeBrief!).mock.calls.map(([{ id }]) => id)).toEqual(['a', 'b', 'b']);
  });

  it('read the pods of a namespace once, and make only that cluster’s rows anew', async() => {
    engine = {
      observeBrief: async(one) => seen(one, { bindings: value([binding({ pods: [] }), binding({ pods: [] }, { name: 'other' })]) }),
      podsIn:       vi.fn(async() => value(new Map([['reader', binding().pods]]))),
    };
    const { inventory } = open([ref_('a'), ref_('b')]);

    await settle();
    const before = inventory.rows.value;
    const reading = Promise.all([inventory.readPods(before.slice(0, 2)), inventory.readPods(before.slice(0, 1))]);

    await settle();
    await reading;
    expect(vi.mocked(engine.podsIn!).mock.calls.map(([{ id }, namespace]) => [id, namespace])).toEqual([['a', 'shop']]);
    expect(inventory.rows.value.map(({ pods }) => pods?.total)).toEqual([2, 0, undefined, undefined]);
    expect(inventory.rows.value[2]).toBe(before[2]);
  });
});
