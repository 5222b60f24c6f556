import { flushPromises, mount } from '@vue/test-utils';
import { expect, it, vi } from 'vitest';
import { cluster } from '../domain/chain/test-facts';
import OutputPanel from './OutputPanel.vue';

const PAGE = '/c/c-m-prod/logging/logging.banzaicloud.io.clusteroutput/create';
const push = vi.fn();

vi.mock('vue-router', () => ({ useRoute: () => ({ fullPath: PAGE, query: {} }), useRouter: () => ({ push }) }));
vi.mock('../composables/current-cluster', () => ({ currentCluster: () => cluster().cluster }));
vi.mock('../gateways/observe/output', async(original) => ({ ...await original<object>(), observeOutput: async() => ({ senders: [], loggings: [] }) }));

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
