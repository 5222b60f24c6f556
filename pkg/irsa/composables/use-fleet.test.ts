import { flushPromises, mount } from '@vue/test-utils';
import { expect, it, vi } from 'vitest';
import { computed, defineComponent, ref } from 'vue';
import { ENGINE, type Engine } from './use-engine';
import { useFleet, type Fleet } from './use-fleet';
import type { ClusterRef } from '../domain/facts';

const CLUSTERS: ClusterRef[] = [{ id: 'c-m-edge', name: 'edge', distribution: 'rke2', origin: 'rancher', editable: true, connected: true }];

vi.mock('vue-router', () => ({ useRouter: () => ({ afterEach: () => () => undefined, beforeEach: () => () => undefined }), useRoute: () => ({}) }));
vi.mock('./use-clusters', () => ({ useClusterList: () => ({ clusters: computed(() => CLUSTERS), loading: ref(false), failure: ref() }) }));

async function open(schemas: string[]) {
  const engine = { fleet: vi.fn(async() => ({ clusters: [], releases: [] })), webhookSite: vi.fn(async() => ({})), webhookSource: vi.fn(async() => ({})) };
  let fleet!: Fleet;

  mount(defineComponent({
    setup() {
      fleet = useFleet();

      return () => null;
    }
  }), { global: { provide: { store: { getters: { 'management/schemaFor': (type: string) => schemas.includes(type) ? {} : undefined }, subscribe: () => () => undefined }, [ENGINE as symbol]: async() => engine as unknown as Engine } } });
  await flushPromises();

  return { engine, fleet };
}

const ALL = ['fleet.cattle.io.cluster', 'fleet.cattle.io.helmop', 'fleet.cattle.io.bundledeployment'];

it('Fleet is asked by whoever may see it', async() => {
  const { engine, fleet } = await open(ALL);

  expect(engine.fleet).toHaveBeenCalledOnce();
  expect(fleet.failure.value).toBeUndefined();
  expect(fleet.rows.value).toHaveLength(1);
});

it('whoever is known not to see it is told which right is missing, and nothing is asked', async() => {
  const { engine, fleet } = await open(ALL.slice(0, 1));

  expect(fleet.failure.value).toMatchObject({ code: 'KUBERNETES_FORBIDDEN', why: { key: 'irsa.fleet.hidden', args: { right: 'list helmops.fleet.cattle.io, list bundledeployments.fleet.cattle.io' } } });
  expect(fleet.looking.value).toBe(false);
  await expect(fleet.planFor(['c-m-edge'])).rejects.toMatchObject({ code: 'KUBERNETES_FORBIDDEN' });
  await expect(fleet.planUndo()).rejects.toMatchObject({ code: 'KUBERNETES_FORBIDDEN' });
  expect(engine.fleet).not.toHaveBeenCalled();
  expect(engine.webhookSite).not.toHaveBeenCalled();
});
