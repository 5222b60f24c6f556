import { config, flushPromises, mount } from '@vue/test-utils';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { computed, reactive, ref } from 'vue';
import type { Engine } from '../composables/use-engine';
import { irsaError } from '../domain/errors';
import type { ClusterRef, ObservedRole, RemedyId } from '../domain/facts';
import { newTrust } from '../domain/trust';
import { binding, cluster, hidden, PROVIDER, role, ROLE_ARN, SUBJECT, value } from '../plans/test-facts';
import RoleView from './RoleView.vue';

// A mocked `t` would take the place of the component's own in its template.
config.global.mocks = {};

let route: { path: string; hash: string; query: Record<string, string> };
let clusters: ClusterRef[] = [];
const router = { push: vi.fn(({ query }) => (route.query = query)), replace: vi.fn(({ query }) => (route.query = query)), beforeEach: () => () => undefined, afterEach: () => () => undefined };

vi.mock('vue-router', () => ({ useRoute: () => route, useRouter: () => router }));
vi.mock('../composables/use-clusters', () => ({ useClusterList: () => ({ clusters: computed(() => clusters), loading: ref(false), failure: ref() }) }));

const here = cluster({ accounts: [{ namespace: 'shop', name: 'reader' }], providers: [PROVIDER], bindings: value([binding()]) });
const loose = JSON.stringify({ Version: '2008-10-17', Statement: ['gone', 'reader'].flatMap((serviceAccount) => newTrust({ ...SUBJECT, serviceAccount }).Statement) });

function open(found: ObservedRole | null | Error, engine: Partial<Engine> = {}, remedies: RemedyId[] = ['tighten-trust']) {
  const ours = {
    observeRole: vi.fn(async() => {
      if (found instanceof Error) {
        throw found;
      }

      return found;
    }),
    quotas: vi.fn(async() => value({ trustPolicySize: 4096 })),
    ...engine,
  };
  const getters = { 'i18n/exists': () => true, 'i18n/t': (key: string, args?: object) => args ? `${ key } ${ JSON.stringify(args) }` : key };

  return {
    ours,
    view: mount(RoleView, {
      props:  { name: 'reader-role', observed: here, engine: async() => ours as unknown as Engine, refresh: async() => here, remedies },
      global: { provide: { store: { getters, commit: vi.fn() } }, stubs: { RoleUsers: { props: ['users'], template: '<div data-testid="users">{{ users.length }}</div>' }, PlanPanel: true, PolicyEditor: true } },
    }),
  };
}

beforeEach(() => {
  route = reactive({ path: '/', hash: '', query: { of: 'reader-role' } });
  clusters = [here.cluster];
});

describe('a role’s page', () => {
  it('shows findings worst first, each with what mends it, and all of them at once', async() => {
    const { view } = open(role({ trustPolicy: loose, managedPolicies: value(['arn:aws:iam::aws:policy/AdministratorAccess']) }));

    await flushPromises();
    expect(view.findAll('[data-testid="irsa-listed-finding"]').map((one) => one.attributes('data-code'))).toEqual(['ADMIN_ROLE', 'STALE_SUBJECT', 'OLD_VERSION', 'MERGEABLE']);
    expect(view.findAll('[data-testid="irsa-listed-remedy"]')).toHaveLength(3);
    await view.get('[data-code="STALE_SUBJECT"] [data-testid="irsa-listed-remedy"]').trigger('click');
    expect(route.query).toMatchObject({ of: 'reader-role', plan: 'tighten-trust', finding: expect.stringMatching(/^STALE_SUBJECT \/Statement\/0\/Condition/) as string });
    route.query = { of: 'reader-role' };
    await flushPromises();
    expect(view.get('[data-testid="irsa-mend-all"]').text()).toContain('{"count":3}');
    await view.get('[data-testid="irsa-mend-all"]').trigger('click');
    expect(route.query).toEqual({ of: 'reader-role', plan: 'tighten-trust' });
  });

  it('does not call a role in order that does not let in who asks for it, and leads to what does', async() => {
    const { view } = open(role({ trustPolicy: JSON.stringify(newTrust({ ...SUBJECT, serviceAccount: 'other' })) }), {}, ['mend-trust']);

    await flushPromises();
    expect(view.find('[data-testid="irsa-role-clean"]').exists()).toBe(false);
    const refused = view.get('[data-testid="irsa-role-refused"]');

    expect(refused.text()).toContain('"account":"shop/reader"');
    await refused.get('[data-testid="irsa-remedy"]').trigger('click');
    expect(route.query).toEqual({ plan: 'mend-trust', account: 'shop/reader' });
  });

  it('reads what attached policies say, where nothing else makes the role an administrator', async() => {
    const arn = 'arn:aws:iam::111122223333:policy/all';
    const managedPolicies = vi.fn(async() => value({ [arn]: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }));
    const codes = (view: ReturnType<typeof open>['view']) => view.findAll('[data-testid="irsa-listed-finding"]').map((one) => one.attributes('data-code'));
    const { view } = open(role({ managedPolicies: value([arn]) }), { managedPolicies });

    await flushPromises();
    expect(managedPolicies).toHaveBeenCalledWith([arn], expect.anything());
    expect(codes(view)).toEqual(['ADMIN_ROLE']);
    managedPolicies.mockClear();
    const known = open(role({ managedPolicies: value([arn, 'arn:aws:iam::aws:policy/AdministratorAccess']) }), { managedPolicies });

    await flushPromises();
    expect(codes(known.view)).toEqual(['ADMIN_ROLE']);
    expect(managedPolicies).not.toHaveBeenCalled();
    const refused = open(role({ managedPolicies: value([arn]) }), { managedPolicies: vi.fn(async() => hidden('refused')) });

    await flushPromises();
    expect(codes(refused.view)).toEqual([]);
    expect(refused.view.get('[data-testid="irsa-managed-unread"]').text()).toContain('irsa.role.unread');
  });

  it('says when nothing is wrong, holds the size against the account’s own quota, and lists who uses it', async() => {
    const { view } = open(role({ managedPolicies: value([]) }));

    await flushPromises();
    expect(view.find('[data-testid="irsa-role-clean"]').exists()).toBe(true);
    expect(view.get('[data-testid="irsa-trust-room"]').attributes('data-quota')).toBe('4096');
    expect(view.get('[data-testid="users"]').text()).toBe('1');
    expect(view.find('[data-testid="irsa-mend-all"]').exists()).toBe(false);
  });

  it('looks at few other clusters by itself, and at many when asked', async() => {
    const other = (index: number): ClusterRef => ({ ...here.cluster, id: `c-${ index }`, name: `c-${ index }` });
    const observeBrief = vi.fn(async(one: ClusterRef) => cluster({ cluster: one, issuer: value(`https://oidc.example/${ one.id }`) }));

    clusters = [here.cluster, ...[1, 2].map(other), { ...other(3), region: 'cn-north-1' }, { ...other(4), connected: false }];
    const few = open(role(), { observeBrief });

    await flushPromises();
    expect(observeBrief.mock.calls.map(([{ id }]) => id)).toEqual(['c-1', 'c-2']);
    expect(few.view.get('[data-testid="irsa-role-around"]').text()).toContain('irsa.role.unseen {"count":1}');
    few.view.unmount();
    observeBrief.mockClear();
    clusters = [here.cluster, ...Array.from({ length: 9 }, (_, index) => other(index))];
    const many = open(role(), { observeBrief });

    await flushPromises();
    expect(observeBrief).not.toHaveBeenCalled();
    await many.view.get('[data-testid="irsa-role-look-around"]').trigger('click');
    await flushPromises();
    expect(observeBrief).toHaveBeenCalledTimes(9);
    expect(many.view.find('[data-testid="irsa-role-around"]').exists()).toBe(false);
  });

  it('says what could not be read: the role, its policy, what is attached', async() => {
    const gone = open(null);

    await flushPromises();
    expect(gone.view.find('[data-testid="irsa-role-missing"]').exists()).toBe(true);
    const refused = open(irsaError('DENIED', { action: 'iam:GetRole', message: '' }));

    await flushPromises();
    expect(refused.view.get('[data-testid="irsa-role-failed"]').text()).toContain('irsa.error.DENIED.what');
    const odd = open(role({ trustPolicy: '{', managedPolicies: hidden('refused') }), { quotas: vi.fn(async() => hidden('refused')) });

    await flushPromises();
    expect(odd.view.get('[data-testid="irsa-role-unreadable"]').text()).toContain('line 1, column 2');
    expect(odd.view.find('[data-testid="irsa-role-clean"]').exists()).toBe(false);
    expect(odd.view.text()).toContain('irsa.role.notAttached');
  });

  it.each(['Done', 'the browser’s way back', 'the way back from a plan that stopped'])('shows nothing of before a plan that ran, by %s', async(way) => {
    const before = role({ trustPolicy: loose });
    const answers: ((found: ObservedRole) => void)[] = [];
    const observeRole = vi.fn<() => Promise<ObservedRole>>().mockResolvedValueOnce(before).mockImplementation(async() => new Promise((resolve) => answers.push(resolve)));
    const { view } = open(before, { observeRole });

    await flushPromises();
    route.query = { of: 'reader-role', plan: 'tighten-trust' };
    await flushPromises();
    const panel = view.getComponent({ name: 'PlanPanel' });

    panel.vm.$emit('ran', !way.includes('stopped'));
    await flushPromises();
    if (way === 'Done') {
      panel.vm.$emit('close');
    } else {
      route.query = { of: 'reader-role' };
    }
    await flushPromises();
    expect(view.find('[data-testid="irsa-listed-finding"]').exists()).toBe(false);
    expect(view.text()).toContain('irsa.role.looking');
    answers.forEach((answer) => answer(role({ managedPolicies: value([]) })));
    await flushPromises();
    expect(view.find('[data-testid="irsa-role-clean"]').exists()).toBe(true);
  });

  it('offers nobody a button that would fail', async() => {
    const { view } = open(role({ trustPolicy: loose, arn: ROLE_ARN }));

    await view.setProps({ remedies: [] });
    await flushPromises();
    expect(view.findAll('[data-testid="irsa-listed-finding"]').length).toBeGreaterThan(1);
    expect(view.find('[data-testid="irsa-listed-remedy"]').exists()).toBe(false);
    expect(view.find('[data-testid="irsa-mend-all"]').exists()).toBe(false);
  });
});
