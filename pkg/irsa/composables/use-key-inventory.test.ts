import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { defineComponent, h, nextTick, ref } from 'vue';
import { cluster } from '../domain/chain/test-facts';
import { irsaError } from '../domain/errors';
import type { ClusterRef } from '../domain/facts';
import { KEY_USES } from '../plans/test-facts';
import type { Engine } from './use-engine';
import { useKeyInventory, type KeyInventory } from './use-key-inventory';

let engine: Partial<Engine>;

vi.mock('./use-engine', () => ({ useEngine: () => async() => engine }));

const named = (id: string, change: Partial<ClusterRef> = {}): ClusterRef => ({ ...cluster().cluster, id, name: id, ...change });

function open(all: ClusterRef[], wanted = true) {
  let inventory!: KeyInventory;
  const may = ref(wanted);

  mount(defineComponent({
    setup() {
      inventory = useKeyInventory(ref(all), may);

      return () => h('div');
    }
  }));

  return { inventory, may };
}

const settle = async() => {
  await flushPromises();
  await new Promise((resolve) => setTimeout(resolve, 150));
  await flushPromises();
};

describe('access keys in all clusters', () => {
  it('are looked for once somebody wants to see them, and a cluster that fails takes none of the others away', async() => {
    engine = {
      keyUses: vi.fn(async(id: string) => {
        if (id === 'broken') {
          throw irsaError('CLUSTER_UNREACHABLE', { cluster: id });
        }

        return { uses: [KEY_USES.workload], withoutKey: [], missing: id === 'shut' ? [{ clusterId: id, verb: 'list', group: 'apps', resource: 'daemonsets' }] : [] };
      }),
      boundAccounts: vi.fn(async() => [{ namespace: 'shop', name: 'reader', roleArn: 'arn:aws:iam::111122223333:role/reader' }]),
    };
    const { inventory, may } = open([named('one'), named('broken'), named('shut'), named('away', { connected: false })], false);

    await settle();
    expect(engine.keyUses).not.toHaveBeenCalled();
    may.value = true;
    await nextTick();
    await settle();
    expect(inventory.progress.value).toEqual({ done: 3, total: 3 });
    expect(inventory.rows.value.map(({ cluster: where, place }) => [where, place?.plan])).toEqual([['one', 'move'], ['shut', 'move']]);
    expect(inventory.gaps.value.map(({ cluster: { id } }) => id)).toEqual(['broken']);
    expect(inventory.lacking.value).toEqual([{ cluster: 'shut', resources: 'daemonsets' }]);
    inventory.again(['broken']);
    await settle();
    expect(vi.mocked(engine.keyUses!).mock.calls.filter(([id]) => id === 'broken')).toHaveLength(2);
    expect(vi.mocked(engine.keyUses!).mock.calls.filter(([id]) => id === 'one')).toHaveLength(1);
  });

  it('says so where it may not be seen who has a role, and calls nothing a use of the node’s', async() => {
    engine = { keyUses: async() => ({ uses: [], withoutKey: [{ what: 'deployment shop/web', account: { namespace: 'shop', name: 'web' }, sign: 'AWS_REGION' }], missing: [] }), boundAccounts: async() => undefined };
    const { inventory } = open([named('one')]);

    await settle();
    expect(inventory.rows.value).toEqual([]);
    expect(inventory.lacking.value).toEqual([{ cluster: 'one', resources: 'serviceaccounts' }]);
  });

  it('names a cluster of which the accounts may not be read, as it cannot tell who has a role', async() => {
    engine = { keyUses: async() => ({ uses: [], withoutKey: [], missing: [] }), boundAccounts: async() => Promise.reject(irsaError('KUBERNETES_FORBIDDEN', {})) };
    const { inventory } = open([named('one')]);

    await settle();
    expect(inventory.gaps.value.map(({ cluster: { id } }) => id)).toEqual(['one']);
  });
});
