import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../composables/use-engine';
import type { ObservedCluster } from '../../domain/facts';
import { targetBucket, type ObservedIssuer } from '../../domain/issuer/setup';
import { value } from '../../plans/test-facts';
import { BUCKET, DONE, hosting, ISSUER, SELF_MANAGED, TAGS } from '../../plans/test-issuer-facts';
import { planIssuerStep } from '../../composables/issuer-plans';
import IssuerRoom from './IssuerRoom.vue';

vi.mock('vue-router', () => ({ useRoute: () => ({ path: '/', hash: '', query: { issuer: 'teardown' } }), useRouter: () => ({ push: vi.fn(), replace: vi.fn(), beforeEach: () => () => undefined, afterEach: () => () => undefined }) }));

const OLD = 'https://old.example';
const SIGNS = [`service-account-issuer=${ ISSUER }`, `service-account-issuer=${ OLD }`];
const REVERTED = [`service-account-issuer=${ OLD }`, `service-account-issuer=${ ISSUER }`];
const NEVER = [`service-account-issuer=${ OLD }`];

/** Three servers that somebody changes by hand, of which one answered with a token of the old issuer. */
function facts(...args: (string[] | undefined)[]): { observed: ObservedCluster; setup: ObservedIssuer } {
  const servers = ['a', 'b', 'c'].map((name, index) => ({ name, ...(args[index] ? { args: args[index] } : {}) }));

  return {
    observed: { ...SELF_MANAGED, cluster: { ...SELF_MANAGED.cluster, origin: 'imported', provisioningId: undefined }, issuer: value(OLD) },
    setup:    {
      target: targetBucket(BUCKET), jwks: value('{"keys":[]}'), servers: value({ provisioningId: '', lists: [], selectors: [], servers, rollout: { state: 'done' as const } }),
      hosting: hosting(DONE, { provider: value({ arn: `arn:aws:iam::111122223333:oidc-provider/${ ISSUER.slice(8) }`, tags: TAGS }) }),
    },
  };
}

async function open(...args: (string[] | undefined)[]) {
  const { observed, setup } = facts(...args);
  const engine = { issuer: async() => setup, servers: async() => setup.servers, preflight: async() => [] } as unknown as Engine;
  const getters = { 'i18n/exists': () => true, 'i18n/t': (key: string, args?: object) => args ? `${ key } ${ JSON.stringify(args) }` : key };
  const view = mount(IssuerRoom, {
    props:  { observed, engine: async() => engine, refresh: async() => observed, signsItself: false, mayHost: true },
    global: { provide: { store: { getters, commit: () => undefined } }, stubs: { PlanPanel: true } },
  });

  await flushPromises();
  const lines = () => ['a', 'b', 'c'].map((name) => view.get(`[data-testid="irsa-hand-accept-${ name }"]`).attributes('data-state'));

  return { view, lines, offers: () => view.findComponent({ name: 'PlanPanel' }).exists() };
}

describe('an issuer that is taken away from servers by hand', () => {
  it('keeps provider and bucket while one server signs with it, whatever the token of another says', async() => {
    const { lines, offers } = await open(REVERTED, SIGNS, SIGNS);

    expect(lines()).toEqual(['done', 'current', 'later']);
    expect(offers()).toBe(false);
    const { observed, setup } = facts(REVERTED, SIGNS, REVERTED);

    await expect(planIssuerStep('teardown', observed, setup, { signsItself: false, confirmed: false, next: '' })).rejects.toMatchObject({ code: 'ISSUER_IN_USE' });
  });

  it('offers to delete them when every server is back, or never had it', async() => {
    const { lines, offers } = await open(REVERTED, NEVER, REVERTED);

    expect(lines()).toEqual(['done', 'done', 'done']);
    expect(offers()).toBe(true);
    const { observed, setup } = facts(REVERTED, NEVER, REVERTED);

    expect((await planIssuerStep('teardown', observed, setup, { signsItself: false, confirmed: false, next: '' })).steps.map(({ id }) => id)).toEqual(['delete-provider', 'delete-discovery', 'delete-keys', 'delete-bucket']);
  });

  it('waits for a person’s word about one that does not tell', async() => {
    const { view, lines, offers } = await open(REVERTED, undefined, REVERTED);

    expect(lines()).toEqual(['done', 'current', 'done']);
    expect(offers()).toBe(false);
    await view.get('[data-testid="irsa-hand-blind"]').get('input').setValue(true);
    expect(offers()).toBe(true);
  });
});
