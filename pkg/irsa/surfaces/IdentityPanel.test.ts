import { config, flushPromises, mount } from '@vue/test-utils';
import { beforeEach, expect, it, vi } from 'vitest';
import { reactive } from 'vue';
import { binding, cluster, value } from '../domain/chain/test-facts';
import type { Engine } from '../composables/use-engine';
import IdentityPanel from './IdentityPanel.vue';

config.global.mocks = {};

let route: { name: string; query: Record<string, string> };
let engine: Partial<Engine>;
const push = vi.fn();

vi.mock('vue-router', () => ({ useRoute: () => route, useRouter: () => ({ push, afterEach: () => () => undefined }) }));
vi.mock('../composables/use-engine', () => ({ useEngine: () => async() => engine }));
vi.mock('../composables/current-cluster', () => ({ currentCluster: () => cluster().cluster }));
vi.mock('../composables/use-credentials', () => ({
  useCredentials: () => ({ all: { value: [] }, loaded: { value: true }, load: async() => undefined }), preselect: () => 'aws'
}));

const BOUND = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/rancher-irsa/reader-role' };
const account = (annotations: Record<string, string>) => ({ type: 'serviceaccount', metadata: { namespace: 'shop', name: 'reader', annotations } });
const pod = (name: string) => ({ type: 'pod', metadata: { namespace: 'shop', name }, spec: { serviceAccountName: 'reader' } });

async function open(resource: object, schemas = ['serviceaccount']) {
  const getters = {
    'i18n/exists': () => true, 'i18n/t': (key: string, args?: object) => args ? `${ key } ${ JSON.stringify(args) }` : key, 'cluster/schemaFor': (type: string) => schemas.includes(type)
  };
  const store = { getters, commit: vi.fn(), subscribe: vi.fn(() => () => undefined) };
  const view = mount(IdentityPanel, { props: { resource }, global: { provide: { store } } });

  await flushPromises();

  return view;
}

beforeEach(() => {
  route = reactive({ name: 'c-cluster-product-resource-namespace-id', query: {} });
  push.mockReset();
  const stale = { ...binding().pods[1]!, identity: { roleArn: 'arn:aws:iam::111122223333:role/old' } };

  engine = {
    isBound: vi.fn(async() => true),
    observe: vi.fn(async() => cluster({ bindings: value([binding({ pods: [binding().pods[0]!, stale] })]) })),
  };
});

it('looks at the one account, shows the first broken link, and leads to its remedy', async() => {
  const view = await open(account(BOUND));

  expect(engine.observe).toHaveBeenCalledWith(expect.objectContaining({ id: 'c-m-prod' }), expect.anything(), { namespace: 'shop', name: 'reader' });
  expect(view.get('[data-testid="irsa-finding"]').attributes('data-code')).toBe('PODS_STALE_ROLE');
  await view.get('[data-testid="irsa-remedy"]').trigger('click');
  expect(push).toHaveBeenCalledWith(expect.objectContaining({ params: { cluster: '_', id: 'c-m-prod' }, query: { plan: 'restart', account: 'shop/reader' } }));
});

it('says which annotation the cluster’s webhook reads, where it passes over the one that is there', async() => {
  engine.observe = vi.fn(async() => cluster({ webhook: value({ kind: 'installed' as const, settings: { annotationPrefix: 'iam.acme.example' } }), bindings: value([]) }));
  const view = await open(account(BOUND));

  expect(view.get('[data-testid="irsa-panel-none"]').text()).toContain('iam.acme.example');
  expect(view.find('[data-testid="irsa-panel-bind"]').exists()).toBe(true);
  expect(view.find('[data-testid="irsa-identity"]').exists()).toBe(false);
});

it('judges on a pod’s page that pod alone', async() => {
  const good = await open(pod('web-a'));

  expect(good.get('[data-testid="irsa-link-pods"]').attributes('data-state')).toBe('ok');
  expect(good.find('[data-testid="irsa-finding"]').exists()).toBe(false);
  const stale = await open(pod('web-b'));

  expect(stale.get('[data-testid="irsa-link-pods"]').attributes('data-state')).toBe('broken');
});

it('asks nothing more of a pod whose account asks for no role, and nothing at all where it may not', async() => {
  vi.mocked(engine.isBound!).mockResolvedValue(false);
  expect((await open(pod('web-a'))).find('[data-testid="irsa-panel"]').exists()).toBe(false);
  expect((await open(pod('web-a'), [])).find('[data-testid="irsa-panel"]').exists()).toBe(false);
  expect(engine.isBound).toHaveBeenCalledTimes(1);
  expect(engine.observe).not.toHaveBeenCalled();
});

it('offers a role to an account without one, and is away while it is edited', async() => {
  const view = await open(account({}));

  expect(engine.observe).not.toHaveBeenCalled();
  await view.get('[data-testid="irsa-panel-bind"]').trigger('click');
  expect(push).toHaveBeenCalledWith(expect.objectContaining({ query: { plan: 'bind', account: 'shop/reader' } }));
  route.query = { mode: 'edit' };
  await flushPromises();
  expect(view.find('[data-testid="irsa-panel"]').exists()).toBe(false);
});
