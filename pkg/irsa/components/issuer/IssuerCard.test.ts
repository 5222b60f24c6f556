import { config, flushPromises, mount } from '@vue/test-utils';
import { beforeEach, expect, it, vi } from 'vitest';
import { computed, reactive, ref } from 'vue';
import { ENGINE } from '../../composables/use-engine';
import type { ObservedCluster } from '../../domain/facts';
import type { Drift } from '../../domain/issuer/drift';
import type { ObservedBucket, ObservedHosting } from '../../domain/issuer/hosting';
import { targetBucket, type ObservedIssuer } from '../../domain/issuer/setup';
import { newTrust } from '../../domain/trust';
import { binding, role, value } from '../../plans/test-facts';
import { BUCKET, DONE, hosting, ISSUER, SELF_MANAGED, servers } from '../../plans/test-issuer-facts';
import ClusterIdentity from '../ClusterIdentity.vue';

// A mocked `t` would take the place of the component's own in its template.
config.global.mocks = {};

let route: { path: string; hash: string; query: Record<string, string> };
const go = ({ query }: { query: Record<string, string> }) => (route.query = query);
const router = { push: vi.fn(go), replace: vi.fn(go), beforeEach: () => () => undefined, afterEach: () => () => undefined };

vi.mock('vue-router', () => ({ useRoute: () => route, useRouter: () => router }));
vi.mock('../../composables/use-clusters', () => ({ useClusterList: () => ({ clusters: computed(() => []), loading: ref(false), failure: ref() }) }));

const arn = `arn:aws:iam::111122223333:oidc-provider/${ ISSUER.slice(8) }`;
const SAME: Drift = { missing: [], extra: [], unknown: [], renamed: [], discovery: 'same', unreadable: false, publicWrite: false };
const trusting = (name: string) => role({ name, arn: `arn:aws:iam::111122223333:role/${ name }`, managedPolicies: value([]), trustPolicy: JSON.stringify(newTrust({ providerArn: arn, issuer: ISSUER, namespace: 'shop', serviceAccount: name })) });
const ROLES = ['reader', 'writer'].map(trusting);
/** A cluster that signs with an issuer in a bucket of ours, and two roles that trust it. */
const observed: ObservedCluster = {
  ...SELF_MANAGED,
  issuer:    value(ISSUER),
  provider:  value({ arn, audiences: ['sts.amazonaws.com'] }),
  providers: [arn],
  accounts:  ROLES.map(({ name }) => ({ namespace: 'shop', name })),
  bindings:  value(ROLES.map((one) => binding({ role: value(one) }, { name: one.name, roleArn: one.arn }))),
};

/** The page, after it looked at a bucket that is like this. */
async function open(seen: Partial<ObservedBucket>, drift: Partial<Drift> | undefined = {}, change: Partial<ObservedIssuer> = {}) {
  const found = { ...DONE, ...seen };
  const setup: ObservedIssuer = { target: targetBucket(BUCKET), jwks: value('{}'), servers: value(servers([`service-account-issuer=${ ISSUER }`])), hosting: hosting(found, { provider: value({ arn }) }), ...(found.state === 'here' ? { drift: { ...SAME, ...drift } } : {}), ...change };
  const engine = {
    observe: async() => observed, issuer: vi.fn(async() => setup), observeRole: async(name: string) => trusting(name), quotas: async() => value({}), keyUses: () => new Promise(() => undefined),
  };
  const getters = { 'i18n/exists': () => true, 'i18n/t': (key: string, args?: object) => args ? `${ key } ${ JSON.stringify(args) }` : key, 'rancher/schemaFor': () => ({ collectionMethods: ['GET'] }) };
  const view = mount(ClusterIdentity, {
    props:  { cluster: observed.cluster },
    global: {
      provide: { store: { getters, dispatch: async() => [{ id: 'cattle-global-data:cc-1', name: 'aws', provider: 'aws' }], commit: vi.fn(), subscribe: () => () => undefined }, [ENGINE as symbol]: async() => engine },
      stubs:   { BindingsTable: true, CredentialPicker: true, KeyUseList: true },
    },
  });

  await flushPromises();

  return { view, engine, codes: () => view.findAll('[data-testid="irsa-listed-finding"]').map((one) => one.attributes('data-code')) };
}

beforeEach(() => {
  route = reactive({ path: '/', hash: '', query: {} });
});

it('what the look at an issuer found is judged, too: an open bucket is told once, however many roles trust it', async() => {
  const policy = (...actions: string[]) => ({ policy: JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action: actions, Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'] } }) });

  expect((await open({})).codes()).toEqual([]);
  const { view, codes } = await open(policy('s3:GetObject', 's3:ListBucket'));

  expect(codes()).toEqual(['ISSUER_BUCKET_ACL']);
  expect(view.get('[data-code="ISSUER_BUCKET_ACL"]').text()).toContain('"what":"list"');
  // It is about no role alone.
  expect(view.get('[data-code="ISSUER_BUCKET_ACL"]').text()).not.toContain('irsa.role.of');
});

it('a key of somebody else is told by the cluster’s page as an alarm and by a role’s among its findings, by each once', async() => {
  const { view, codes, engine } = await open({}, { unknown: ['evil'] });
  const alarms = () => view.findAll('[data-testid="irsa-finding"]').filter((one) => one.text().includes('ISSUER_KEY_FOREIGN'));

  expect(alarms()).toHaveLength(1);
  expect(codes()).toEqual([]);
  go({ query: { of: 'reader' } });
  await flushPromises();
  expect(alarms()).toHaveLength(0);
  expect(codes()).toEqual(['JWKS_DRIFT']);
  expect(view.get('[data-code="JWKS_DRIFT"]').text()).toContain('"keys":"evil"');
  // Nothing is looked at again for it.
  expect(engine.issuer).toHaveBeenCalledOnce();
});

it('an alarm that needs no live keys is there before all is published, too', async() => {
  const { view, codes } = await open({}, { publicWrite: true, missing: ['k'] }, { servers: value(servers()), hosting: hosting({ ...DONE, policy: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"*"}}' }) });

  expect(view.get('[data-testid="irsa-issuer-card"]').attributes('data-stage')).toBe('publish');
  expect(view.findAll('[data-testid="irsa-finding"]').filter((one) => one.text().includes('irsa.drift')).map((one) => /ISSUER_\w+/.exec(one.text())?.[0])).toEqual(['ISSUER_PUBLIC_WRITE']);
  expect(codes()).toEqual([]);
});

it('a bucket that is gone while IAM trusts its address is the worst, and its cluster’s statements stay', async() => {
  const { view, codes } = await open({ state: 'absent', others: [] });

  expect(codes()).toEqual(['PROVIDER_MISSING']);
  expect(view.get('[data-code="PROVIDER_MISSING"]').text()).toContain('irsa.role.severities.critical');
  expect(view.find('[data-code="PROVIDER_MISSING"] [data-testid="irsa-listed-remedy"]').exists()).toBe(false);
});

const S3 = 's3.eu-central-1.amazonaws.com';
/** The same page, with the way to its bucket like this. */
const openWith = (reach: ObservedHosting['reach']) => open({}, {}, { hosting: hosting(DONE, { provider: value({ arn }), reach }) });
const ENTRY = { domain: S3, name: 'irsa-s3', uid: 'u', stays: false };

it.each([
  ['shut where it was opened here', 'close', { host: S3, state: 'allowed' as const, entry: ENTRY }],
  ['opened where its bucket cannot be seen', 'open', { host: S3, state: 'openable' as const }],
])('leads to where the way to its bucket is %s', async(_what, how, reach) => {
  const { view } = await openWith(value(reach));

  await view.get(`[data-testid="irsa-${ how }-s3"]`).trigger('click');
  expect(route.query).toMatchObject({ plan: `${ how }-sts`, bucket: BUCKET.name, region: BUCKET.region });
});

it('says nothing of the way to a bucket where others opened it, or this person may not shut it', async() => {
  const reaches: ObservedHosting['reach'][] = [value({ host: S3, state: 'allowed' }), value({ host: S3, state: 'allowed', entry: ENTRY, missing: { clusterId: 'local', verb: 'delete', group: 'management.cattle.io', resource: 'proxyendpoints' } }), value({ host: S3, state: 'closed' })];

  for (const reach of reaches) {
    expect((await openWith(reach)).view.find('[data-testid="irsa-s3-row"]').exists()).toBe(false);
  }
});
