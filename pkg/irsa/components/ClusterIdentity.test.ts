import { flushPromises, mount } from '@vue/test-utils';
import {
  afterEach, beforeEach, describe, expect, it, vi
} from 'vitest';
import { reactive } from 'vue';
import { ENGINE, type Engine } from '../composables/use-engine';
import { IrsaError } from '../domain/errors';
import { outputSpec } from '../domain/keys/output';
import type { ClusterAssessment, ClusterRef, ObservedCluster } from '../domain/facts';
import ClusterIdentity from './ClusterIdentity.vue';

const address = vi.hoisted(() => ({ query: {} as Record<string, string> }));
let route: { path: string; hash: string; query: Record<string, string> };
const router = {
  push:       vi.fn(({ query }) => (route.query = query)),
  replace:    vi.fn(({ query }) => (route.query = query)),
  beforeEach: () => () => undefined,
  afterEach:  () => () => undefined,
};

vi.mock('vue-router', () => ({ useRoute: () => route, useRouter: () => router }));
vi.mock('../domain/chain', () => ({ assessCluster: () => judged }));

let judged: ClusterAssessment;
const CREDENTIALS = [{ id: 'cattle-global-data:cc-1', name: 'aws-prod', provider: 'aws' }, { id: 'cattle-global-data:cc-2', name: 'azure', provider: 'azure' }];

const cluster = (over: Partial<ClusterRef> = {}): ClusterRef => ({
  id: 'c-m-1', name: 'prod-eks', distribution: 'eks', origin: 'rancher', version: 'v1.34.2-eks-1', region: 'eu-central-1', editable: true, connected: true, ...over
});
const observed = (over: Partial<ObservedCluster> = {}): ObservedCluster => ({
  cluster:  cluster(),
  at:       0,
  issuer:   { known: true, value: 'https://oidc.eks.example/id/1' },
  keys:     { known: true, value: { ids: ['a'], publishedBy: 'eks' } },
  account:  { known: true, value: { id: '111122223333', partition: 'aws' } },
  provider: { known: true, value: null },
  webhook:  { known: true, value: { kind: 'built-in' } },
  sts:      { known: true, value: { host: 'sts.eu-central-1.amazonaws.com', state: 'allowed' } },
  bindings: { known: true, value: [] },
  rights:   [],
  ...over,
});

function open(options: { cluster?: ClusterRef; engine?: Partial<Engine>; credentials?: unknown[]; mayCreate?: boolean } = {}) {
  const engine = { observe: vi.fn(async() => observed()), ...options.engine };
  const create = vi.fn(async() => engine as unknown as Engine);
  const store = {
    getters: {
      'i18n/exists':      () => true,
      'rancher/schemaFor': () => ({ collectionMethods: options.mayCreate ? ['GET', 'POST'] : ['GET'] }),
    },
    dispatch: vi.fn(async() => options.credentials ?? CREDENTIALS),
    commit:    vi.fn(),
    subscribe: () => () => undefined,
  };

  return {
    engine,
    create,
    view: mount(ClusterIdentity, {
      props:  { cluster: options.cluster ?? cluster() },
      global: {
        provide: { store: { ...store, getters: { ...store.getters, 'i18n/t': (key: string, args?: object) => args ? `${ key } ${ JSON.stringify(args) }` : key } }, [ENGINE as symbol]: create },
        stubs:   { BindingsTable: true, CredentialPicker: { props: ['modelValue'], template: '<span data-testid="picker">{{ modelValue }}</span>' } },
      },
    }),
  };
}

beforeEach(() => {
  route = reactive({ path: '/c/_/irsa/clusters/c-m-1', hash: '', query: { ...address.query } });
  judged = {
    state:    'broken',
    bindings: [],
    links:    [{ id: 'provider', state: 'broken', detail: { key: 'not registered' }, findings: [] }],
    findings: [{
      code: 'PROVIDER_ABSENT', severity: 'critical', title: { key: 'AWS does not know it' }, why: { key: 'so it refuses' }, remedy: { id: 'enable', label: { key: 'Register it' } }
    }],
  };
});
afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
});

describe('a cluster’s page', () => {
  it('says that it looks, then shows facts, chain and the worst finding with its remedy', async() => {
    const { view, create } = open();

    expect(view.find('[data-testid="irsa-looking"]').exists()).toBe(true);
    await flushPromises();
    expect(view.find('[data-testid="irsa-looking"]').exists()).toBe(false);
    expect(create).toHaveBeenCalledWith('cattle-global-data:cc-1');
    expect(view.get('[data-testid="irsa-fact-account"]').text()).toBe('111122223333');
    expect(view.get('[data-testid="irsa-link-provider"]').attributes('data-state')).toBe('broken');
    expect(view.get('[data-testid="irsa-finding"]').text()).toContain('AWS does not know it');

    await view.get('[data-testid="irsa-remedy"]').trigger('click');
    expect(route.query).toEqual({ plan: 'enable' });
  });

  it.each([['done', 'irsa-done', '/c/c-m-1/logging/logging.banzaicloud.io.clusteroutput'], ['left', 'irsa-cancel', '/c/c-m-1/logging/logging.banzaicloud.io.clusteroutput/create']])('leads back to Rancher’s page when an output’s plan is %s', async(how, button, to) => {
    route = reactive({ path: '/', hash: '', query: { plan: 'create-output', use: 'clusteroutput/ns/logs', 'p.destination': 's3', 'p.bucket': 'acme-logs', 'p.region': 'eu-central-1', back: '/c/c-m-1/logging/logging.banzaicloud.io.clusteroutput/create' } });
    const spec = outputSpec({ destination: 's3', bucket: 'acme-logs', region: 'eu-central-1', folder: '' });
    const output = async() => ({ senders: [], loggings: [], ...(how === 'done' ? { output: { kind: 'clusteroutput' as const, namespace: 'ns', name: 'logs', spec } } : {}) });
    const { view } = open({ engine: { output, preflight: async() => ({ rights: [], aws: [], unsure: [], unchecked: [] }) } });

    await flushPromises();
    await view.get(`[data-testid="${ button }"]`).trigger('click');
    expect(router.replace).toHaveBeenCalledWith(to);
  });

  it('checks an account once where the address asks for it, and keeps its chain open', async() => {
    route = reactive({ path: '/', hash: '', query: { account: 'shop/reader', verify: '1' } });
    const account = { namespace: 'shop', name: 'reader', exists: true, annotations: {}, audience: 'sts.amazonaws.com', roleArn: 'arn:aws:iam::111122223333:role/reader' };
    const verify = vi.fn(async() => ({ at: 0, result: 'verified' as const, assumedRoleArn: 'x' }));
    const { view } = open({ engine: { observe: vi.fn(async() => observed({ bindings: { known: true, value: [{ account, owner: { kind: 'nobody' }, role: { known: true, value: null }, workloads: [], pods: [] }] } })), verify } });

    await flushPromises();
    expect(verify).toHaveBeenCalledOnce();
    expect(verify).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ account }));
    expect(route.query).toEqual({ account: 'shop/reader' });
    expect(view.getComponent({ name: 'BindingsTable' }).props('open')).toBe('shop/reader');
  });

  it('takes the credential from the address before any other', async() => {
    address.query = { credential: 'cattle-global-data:cc-9' };
    route = reactive({ path: '/', hash: '', query: address.query });
    const { create } = open({ cluster: cluster({ credentialId: 'cattle-global-data:cc-1' }) });

    await flushPromises();
    expect(create).toHaveBeenCalledWith('cattle-global-data:cc-9');
    address.query = {};
  });

  it('offers Enable only while there is no provider', async() => {
    const first = open();

    await flushPromises();
    expect(first.view.find('[data-testid="irsa-enable"]').exists()).toBe(true);

    const second = open({ engine: { observe: vi.fn(async() => observed({ provider: { known: true, value: { arn: 'arn:aws:iam::1:oidc-provider/x' } } })) } });

    await flushPromises();
    expect(second.view.find('[data-testid="irsa-enable"]').exists()).toBe(false);
    expect(second.view.find('[data-testid="irsa-bind"]').exists()).toBe(true);
  });

  it('shows a member no button that would fail, and which right is missing', async() => {
    const right = { clusterId: 'c-m-1', verb: 'patch', group: '', resource: 'serviceaccounts' };
    const { view } = open({ credentials: [], engine: { observe: vi.fn(async() => observed({ rights: [{ right, allowed: false }] })) } });

    await flushPromises();
    for (const id of ['irsa-enable', 'irsa-bind', 'irsa-remedy']) {
      expect(view.find(`[data-testid="${ id }"]`).exists(), id).toBe(false);
    }
    expect(view.get('[data-testid="irsa-right-missing"]').text()).toContain('serviceaccounts');
  });

  it('does not say that there are no bindings when they could not be read', async() => {
    const unread = observed({ bindings: { known: false, why: { kind: 'unreachable', text: { key: 'no answer in time' } } } });
    const { view } = open({ engine: { observe: vi.fn(async() => unread) } });

    await flushPromises();
    expect(view.get('[data-testid="irsa-bindings-unknown"]').text()).toContain('no answer in time');
    expect(view.findComponent({ name: 'BindingsTable' }).exists()).toBe(false);
  });

  it('says what failed when it could not look, and keeps what was seen when a later look fails', async() => {
    vi.useFakeTimers();
    const failed = new IrsaError('X', { kind: 'unreachable', what: { key: 'no answer' }, why: { key: 'the network' }, remedy: { key: 'try later' } });
    const observe = vi.fn().mockResolvedValueOnce(observed()).mockRejectedValue(failed);
    const { view } = open({ engine: { observe } });

    await vi.advanceTimersByTimeAsync(0);
    expect(view.find('[data-testid="irsa-look-failed"]').exists()).toBe(false);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(view.get('[data-testid="irsa-look-failed"]').text()).toContain('no answer');
    expect(view.find('[data-testid="irsa-link-provider"]').exists()).toBe(true);
    view.unmount();
  });

  it('shows nothing of before a plan that ran, until it has looked again', async() => {
    route.query = { plan: 'enable' };
    let answer: ((seen: ObservedCluster) => void) | undefined;
    const observe = vi.fn().mockResolvedValueOnce(observed()).mockImplementation(async() => new Promise((resolve) => (answer = resolve)));
    const { view } = open({ engine: { observe } });

    await flushPromises();
    const panel = view.getComponent({ name: 'PlanPanel' });

    const looks = observe.mock.calls.length;

    panel.vm.$emit('ran', true);
    panel.vm.$emit('close');
    await flushPromises();
    expect(route.query).toEqual({});
    expect(observe).toHaveBeenCalledTimes(looks + 1);
    expect(view.find('[data-testid="irsa-link-provider"]').exists()).toBe(false);
    expect(view.find('[data-testid="irsa-looking"]').exists()).toBe(true);
    answer!(observed());
    await flushPromises();
    expect(view.find('[data-testid="irsa-link-provider"]').exists()).toBe(true);
    expect(view.find('[data-testid="irsa-looking"]').exists()).toBe(false);
  });

  it('goes back from a plan that was not run to what it showed', async() => {
    route.query = { plan: 'enable' };
    const observe = vi.fn().mockResolvedValueOnce(observed()).mockImplementation(async() => new Promise(() => undefined));
    const { view } = open({ engine: { observe } });

    await flushPromises();
    view.getComponent({ name: 'PlanPanel' }).vm.$emit('cancel');
    await flushPromises();
    expect(view.find('[data-testid="irsa-link-provider"]').exists()).toBe(true);
  });

  it('looks again while it is seen, not when it is hidden or gone', async() => {
    vi.useFakeTimers();
    const { view, engine } = open();
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(false);

    await vi.advanceTimersByTimeAsync(16_000);
    expect(engine.observe).toHaveBeenCalledTimes(2);
    hidden.mockReturnValue(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(engine.observe).toHaveBeenCalledTimes(2);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(0);
    expect(engine.observe).toHaveBeenCalledTimes(3);
    view.unmount();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(engine.observe).toHaveBeenCalledTimes(3);
    hidden.mockRestore();
  });

  it('does not ask a cluster that Rancher does not reach', async() => {
    const { view, engine } = open({ cluster: cluster({ connected: false }) });

    await flushPromises();
    expect(view.find('[data-testid="irsa-disconnected"]').exists()).toBe(true);
    expect(engine.observe).not.toHaveBeenCalled();
  });
});
