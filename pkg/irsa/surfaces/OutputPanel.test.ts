import { flushPromises, mount } from '@vue/test-utils';
import { beforeEach, expect, it, vi } from 'vitest';
import { cluster } from '../domain/chain/test-facts';
import OutputPanel from './OutputPanel.vue';

const PAGE = '/c/c-m-prod/logging/logging.banzaicloud.io.clusteroutput/create';
const push = vi.fn();
let seen: object;

beforeEach(() => (seen = { senders: [], loggings: [] }));

vi.mock('vue-router', () => ({ useRoute: () => ({ fullPath: PAGE, query: {} }), useRouter: () => ({ push }) }));
vi.mock('../composables/current-cluster', () => ({ currentCluster: () => cluster().cluster }));
vi.mock('../gateways/observe/output', async(original) => ({ ...await original<object>(), observeOutput: async() => seen }));

it('has a form that is opened and cancelled, and leads to a plan that comes back here', async() => {
  const getters = { 'i18n/exists': () => true, 'i18n/t': (key: string) => key };
  const view = mount(OutputPanel, { attachTo: document.body, props: { resource: { type: 'logging.banzaicloud.io.clusteroutput' } }, global: { provide: { store: { getters, dispatch: vi.fn() } } } });
  const find = (id: string) => view.find(`[data-testid="irsa-output-${ id }"]`);

  await flushPromises();
  await find('use').trigger('click');
  expect([find('use').exists(), find('create').exists()]).toEqual([false, true]);
  await find('cancel').trigger('click');
  await flushPromises();
  expect([find('use').exists(), find('create').exists()]).toEqual([true, false]);
  expect(document.activeElement).toBe(find('use').element);

  await find('use').trigger('click');
  await view.get('input[data-testid="irsa-output-name"]').setValue('logs');
  await view.get('input[data-testid="irsa-parameter-logGroup"]').setValue('/acme');
  await find('create').trigger('click');
  expect(push).toHaveBeenCalledWith({ path: '/c/_/irsa/clusters/c-m-prod', query: expect.objectContaining({ plan: 'create-output', 'p.logGroup': '/acme', back: PAGE }) as object });
  view.unmount();
});

it('stays where an output does not go to AWS, and says so', async() => {
  seen = { senders: [], loggings: [], output: { kind: 'clusteroutput', namespace: 'ns', name: 'loki', spec: { loki: { url: 'https://loki.example' } } } };
  const getters = { 'i18n/exists': () => true, 'i18n/t': (key: string) => key };
  const view = mount(OutputPanel, { props: { resource: { type: 'logging.banzaicloud.io.clusteroutput', metadata: { name: 'loki', uid: '1' } } }, global: { provide: { store: { getters, dispatch: vi.fn() } } } });

  expect(view.text()).toContain('irsa.outputPanel.looking');
  await flushPromises();
  expect(view.text()).toContain('irsa.outputPanel.notAws');
  expect(view.findAll('button')).toEqual([]);
});
