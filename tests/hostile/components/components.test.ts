import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { config, mount } from '@vue/test-utils';
import IntlMessageFormat from 'intl-messageformat';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { computed, ref, type App, type Component } from 'vue';
import AnyAccount from '../../../pkg/irsa/components/AnyAccount.vue';
import BindingsTable from '../../../pkg/irsa/components/BindingsTable.vue';
import ClusterFacts from '../../../pkg/irsa/components/ClusterFacts.vue';
import ChartValues from '../../../pkg/irsa/components/ChartValues.vue';
import CopyBlock from '../../../pkg/irsa/components/CopyBlock.vue';
import FindingBanner from '../../../pkg/irsa/components/FindingBanner.vue';
import FindingsList from '../../../pkg/irsa/components/FindingsList.vue';
import IdentityBadge from '../../../pkg/irsa/components/IdentityBadge.vue';
import IdentityChain from '../../../pkg/irsa/components/IdentityChain.vue';
import InventoryGaps from '../../../pkg/irsa/components/InventoryGaps.vue';
import InventoryTable from '../../../pkg/irsa/components/InventoryTable.vue';
import OwnPolicy from '../../../pkg/irsa/components/OwnPolicy.vue';
import PlanOutcome from '../../../pkg/irsa/components/PlanOutcome.vue';
import PlanView from '../../../pkg/irsa/components/PlanView.vue';
import PolicyDiff from '../../../pkg/irsa/components/PolicyDiff.vue';
import PolicyEditor from '../../../pkg/irsa/components/PolicyEditor.vue';
import RightMissing from '../../../pkg/irsa/components/RightMissing.vue';
import RoleField from '../../../pkg/irsa/components/RoleField.vue';
import RoleFacts from '../../../pkg/irsa/components/RoleFacts.vue';
import RolePolicies from '../../../pkg/irsa/components/RolePolicies.vue';
import RoleUsers from '../../../pkg/irsa/components/RoleUsers.vue';
import { assessCluster } from '../../../pkg/irsa/domain';
import { inventoryRows } from '../../../pkg/irsa/composables/inventory-rows';
import { obstacleFinding } from '../../../pkg/irsa/domain/chain/findings';
import { irsaError } from '../../../pkg/irsa/domain/errors';
import { visible } from '../../../pkg/irsa/domain/text';
import engineWords from '../../../pkg/irsa/l10n/engine.en-us.yaml';
import ownWords from '../../../pkg/irsa/l10n/en-us.yaml';
import inventoryWords from '../../../pkg/irsa/l10n/inventory.en-us.yaml';
import roleWords from '../../../pkg/irsa/l10n/role.en-us.yaml';
import Cluster from '../../../pkg/irsa/pages/Cluster.vue';
import { planBind } from '../../../pkg/irsa/plans';
import { binding, cluster, role, unbound, value, wish } from '../../../pkg/irsa/plans/test-facts';
import ClusterTab from '../../../pkg/irsa/surfaces/ClusterTab.vue';
import { printSummary } from '../../contract/summary';
import { createTally } from '../tally';
import { TEXTS, type Kind } from '../texts';

const address = vi.hoisted(() => ({ id: '' }));

vi.mock('vue-router', () => ({ useRoute: () => ({ params: { id: address.id }, query: {}, path: '/', hash: '' }), useRouter: () => ({ push: () => undefined, replace: () => undefined, afterEach: () => () => undefined }) }));
vi.mock('../../../pkg/irsa/composables/use-clusters', () => ({
  useClusterList: () => ({ clusters: computed(() => []), loading: ref(false), failure: ref(), forbidden: computed(() => false) })
}));

// A mocked `t` would take the place of a component's own in its template, and with it of what makes text visible.
config.global.mocks = {};

const tally = createTally();
const look = (words: unknown, key: string) => key.split('.').reduce<unknown>((branch, part) => (branch as Record<string, unknown> | undefined)?.[part], words);
const store = {
  getters: {
    'i18n/t': (key: string, args: object = {}) => {
      const words = look(ownWords, key) ?? look(engineWords, key) ?? look(roleWords, key) ?? look(inventoryWords, key);

      return typeof words === 'string' ? new IntlMessageFormat(words, 'en-us').format({ vendor: 'Rancher', appName: 'Rancher', docsBase: '', ...args }) : undefined;
    },
    'i18n/exists':                          () => true,
    'resource-fetch/manualRefreshIsLoading': false,
    'prefs/get':   (name: string) => name.endsWith('-format') ? 'YYYY-MM-DD' : 50,
    'type-map/labelFor': () => '',
  },
  dispatch: () => Promise.resolve(),
  commit:    () => undefined,
  subscribe: () => () => undefined,
};

afterAll(() => printSummary('hostile-components', [`Hostile input, components: ${ tally.summary() }`]));

const nothing = () => undefined;

/** What the tooltips of Rancher's fields read as HTML. */
const tooltips: string[] = [];

function show(component: Component, props: Record<string, unknown>) {
  tooltips.length = 0;
  const tooltip = (_element: HTMLElement, { value: content }: { value?: string | { content?: string } }) => {
    tooltips.push(typeof content === 'string' ? content : content?.content ?? '');
  };

  return mount(component, {
    props,
    global: {
      provide: { store }, plugins: [(app: App) => Object.assign(app.config.globalProperties, { $store: store, t: store.getters['i18n/t'] })], directives: { 'clean-tooltip': tooltip, 'trim-whitespace': nothing, 'ui-context': nothing, shortkey: nothing },
      stubs:   { ActionMenu: true, RouterLink: true, CredentialPicker: false }
    }
  });
}

/** Elements and the names of their attributes: what a text may not change. */
function structure(root: Element): string[] {
  return [root, ...root.querySelectorAll('*')].map((element) => `${ element.tagName } ${ element.getAttributeNames().filter((name) => !/^(data-v-|id$|for$|aria-(labelledby|describedby|controls|owns)$)/.test(name)).sort().join(' ') }`);
}

const FOREIGN = 'script, img, svg, iframe, details, style, math, h1, b, a[href]';

/** A name that can be part of no address makes no plan, which is said; there is nothing to show then. */
function orUnusable<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    expect(error).toMatchObject({ code: 'NAME_UNUSABLE' });

    return undefined;
  }
}

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();
const noEngine = () => new Promise<never>(() => undefined);
const account = (text: string) => ({ namespace: text, name: text, roleArn: `arn:aws:iam::111122223333:role/x/${ text }`, audience: text });
const failure = (text: string) => irsaError('AWS_OTHER', { action: text, code: text, message: text });
const form = (text: string) => ({ what: 'any', namespace: text, account: text, parameters: {}, role: text, permissions: 'policy' as const, policyJson: text });

function facts(text: string) {
  return cluster({
    cluster:  { ...cluster().cluster, name: text, region: text, version: text, credentialId: text }, account: value({ id: text, partition: 'aws' as const }), webhook: value({ kind: 'installed' as const, name: text }),
    bindings: value([binding({ role: value(role({ name: text, trustPolicy: text })), owner: { kind: 'app', release: text, namespace: text, chart: text, version: text, values: {} }, identity: { at: 0, result: 'refused', aws: { code: text, message: text } } }, account(text))]),
  });
}

const PLACES: Record<string, { component: Component; props: (text: string) => Record<string, unknown>; silent?: boolean; varied?: boolean; prepare?: (text: string) => void }> = {
  finding:               { component: FindingBanner, props: (text) => ({ finding: obstacleFinding({ kind: 'refused', text: failure(text).why })[0] }) },
  'finding of a binding':  { component: FindingBanner, props: (text) => ({ finding: assessCluster(facts(text)).bindings[0]!.findings.find(({ code }) => code === 'IDENTITY_REFUSED') }) },
  chain:                 { component: IdentityChain, props: (text) => ({ links: [{ id: 'identity', state: 'broken', detail: failure(text).why, findings: [] }], label: text }) },
  badge:                 { component: IdentityBadge, props: (text) => ({ state: 'broken', links: [{ id: 'identity', state: 'broken', detail: failure(text).why, findings: [] }] }) },
  bindings:              { component: BindingsTable, props: (text) => ({ observed: facts(text), bindings: (facts(text).bindings as { value: unknown }).value, assessments: assessCluster(facts(text)).bindings, remedies: ['bind'], verifying: [], mayVerify: true, open: `${ text }/${ text }` }), varied: true },
  'facts of a cluster':    { component: ClusterFacts, props: (text) => ({ cluster: facts(text).cluster, observed: facts(text), credentials: [{ id: 'a', name: text }], creatable: false, credential: 'a' }) },
  'text to take away':     { component: CopyBlock, props: (text) => ({ text, label: text }) },
  'policy, JSON':          { component: PolicyDiff, props: (text) => ({ before: JSON.stringify({ a: 1 }), after: JSON.stringify({ [text]: text }), label: text }), silent: true },
  'policy, statements':   { component: PolicyDiff, props: (text) => ({ before: JSON.stringify({ Id: text, Statement: [{ Sid: text }, { Action: text }] }), after: JSON.stringify({ Statement: [{ Sid: text, Action: text }, { Action: text }] }), label: text }), silent: true },
  'findings of a role':   { component: FindingsList, props: (text) => ({ items: [{ role: text, statement: JSON.stringify({ [text]: text }), finding: { ...obstacleFinding({ kind: 'refused', text: failure(text).why })[0], pointer: text, statement: 0 } }] }) },
  'facts of a role':      { component: RoleFacts, props: (text) => ({ role: role({ arn: text, permissionsBoundary: text, tags: { [text]: text } }) }) },
  'policies of a role':   { component: RolePolicies, props: (text) => ({ role: role({ name: text, trustPolicy: text, inlinePolicies: { [text]: text, b: JSON.stringify({ [text]: text }) }, managedPolicies: value([text]) }), begun: [] }), varied: true },
  'users of a role':      { component: RoleUsers, props: (text) => ({ users: [{ cluster: { id: text, name: text }, issuer: text, namespace: text, name: text, asks: true, letIn: false }] }), varied: true },
  'policy as text':       { component: PolicyEditor, props: (text) => ({ modelValue: text, title: text, kind: 'trust', original: '', context: {}, quota: 2048 }), varied: true, silent: true },
  'policy, no JSON':       { component: PolicyDiff, props: (text) => ({ after: `not ${ text }`, label: text }), varied: true },
  'outcome, failed':       { component: PlanOutcome, props: (text) => ({ plan: 'bind', run: { status: 'failed', steps: {}, failure: { what: failure(text).what, why: failure(text).why, todo: failure(text).remedy } } }) },
  'outcome, refused':      { component: PlanOutcome, props: (text) => ({ plan: 'bind', run: { status: 'done', steps: {}, check: { at: 0, result: 'refused', assumedRoleArn: text, aws: { code: text, message: text }, text: failure(text).why } } }) },
  plan:                  {
    component: PlanView,
    props:     (text) => {
      const target = unbound({ pods: [], workloads: [{ kind: 'Deployment', namespace: 'shop', name: text, replicas: 1 }] }, { namespace: 'shop', name: text });
      const plan = { ...planBind(cluster({ cluster: { ...cluster().cluster, name: text } }), wish({ target: { ...target, workloads: [] }, role: { kind: 'existing', role: role({ name: text, tags: {} }) } })), id: 'bind' };

      return { plan, run: { status: 'idle', steps: {} }, forbidden: text };
    },
    varied: true
  },
  rights:                { component: RightMissing, props: (text) => ({ cluster: text, rights: [{ clusterId: 'c', verb: text, group: text, resource: text, namespace: text }] }) },
  'account field':         { component: AnyAccount, props: (text) => ({ form: form(text), problems: { namespace: { key: 'irsa.bind.badJson', args: { why: text } } }, engine: noEngine, clusterId: 'c' }), silent: true },
  'role field':            { component: RoleField, props: (text) => ({ modelValue: text, predicted: text, engine: noEngine, problem: { key: 'irsa.bind.badJson', args: { why: text } } }), silent: true },
  'policy field':          { component: OwnPolicy, props: (text) => ({ form: form(text), problem: { key: 'irsa.bind.badJson', args: { why: text } } }), silent: true },
  'values of a chart':     { component: ChartValues, props: (text) => ({ changes: [{ path: text, before: text, after: `${ text } ` }] }) },
  'bindings of all':       { component: InventoryTable, props: (text) => ({ rows: inventoryRows(facts(text), new Map()), loading: false, none: text, address: () => '/' }), varied: true },
  'gaps of a list':        { component: InventoryGaps, props: (text) => ({ gaps: [{ cluster: facts(text).cluster, failure: failure(text), forbidden: false }, { cluster: facts(text).cluster, failure: failure(text), forbidden: true }], disconnected: [facts(text).cluster] }) },
  'page of no cluster':    { component: Cluster, props: () => ({}), prepare: (text) => (address.id = text) },
  'tab of no cluster':     { component: ClusterTab, props: (text) => ({ resource: { nameDisplay: text } }) },
};

const KINDS: Kind[] = ['html', 'attribute', 'url', 'template', 'words', 'prototype', 'direction', 'invisible', 'surrogates', 'control', 'quotes', 'emoji'];
const texts = [...KINDS.flatMap((kind) => [...TEXTS[kind]]), TEXTS.long[0], TEXTS.long[5]];

describe('a component shows text as text', () => {
  it.each(Object.entries(PLACES))('%s', async(place, { component, props, prepare, silent, varied }) => {
    prepare?.('benign');
    const benign = show(component, props('benign'));
    const expected = structure(benign.element as Element);

    benign.unmount();
    for (const text of texts) {
      await tally.one(place, text, () => {
        prepare?.(text);
        const given = orUnusable(() => props(text));

        if (!given) {
          return;
        }
        const view = show(component, given);
        const root = view.element as Element;

        if (varied) {
          // What is judged of it differs with the text, and so do the rows; none of the text's own elements may be among them.
          expect([...root.querySelectorAll(FOREIGN)]).toEqual([]);
        } else {
          expect(structure(root)).toEqual(expected);
        }
        expect([...root.querySelectorAll('*')].flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith('on'))).toEqual([]);
        if (!silent) {
          expect([visible(text, { spaces: true }), visible(text)].some((shown) => squeezed(root.textContent ?? '').includes(squeezed(shown))), root.textContent ?? '').toBe(true);
        }
        for (const content of tooltips.filter(Boolean)) {
          const page = document.createElement('div');

          page.innerHTML = content;
          expect(page.children).toHaveLength(0);
          expect(squeezed(page.textContent ?? '')).toContain(squeezed(visible(text, { spaces: true })));
        }
        view.unmount();
      });
    }
    expect((window as unknown as { __pwned?: number }).__pwned).toBeUndefined();
  }, 60_000);
});

/** What shows texts of the world in pages and panels that cannot be mounted here, and who lies to it instead. */
const ELSEWHERE: Record<string, string> = {
  'components/AccountIdentity.vue': 'IdentityPanel.test.ts mounts it; its chain is «chain», its badge «badge»',
  'pages/Bindings.vue':             'hostile.e2e.ts; its parts are «bindings of all» and «gaps of a list»',
  'pages/Clusters.vue':             'hostile.e2e.ts',
  'pages/Fleet.vue':                'hostile.e2e.ts',
  'surfaces/BackupPanel.vue':       'BackupPanel.test.ts mounts it; its findings are shown by «finding»',
  'surfaces/OutputPanel.vue':       'OutputPanel.test.ts mounts it; its findings are shown by «finding»',
};

it('whatever shows texts of the world is tried here, in itself or as a part, or named with its reason', () => {
  const root = path.resolve('pkg/irsa');
  const importsOf = (file: string, text: string) => [...text.matchAll(/'(\.[^']+\.vue)'/g)].map(([, where = '']) => path.resolve(path.dirname(file), where));
  const reached = new Set<string>();
  const queue = importsOf(path.resolve('tests/hostile/components/x'), readFileSync('tests/hostile/components/components.test.ts', 'utf8'));

  for (let file = queue.pop(); file; file = queue.pop()) {
    if (!reached.has(file)) {
      reached.add(file);
      queue.push(...importsOf(file, readFileSync(file, 'utf8')));
    }
  }
  const showing = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.vue') && !/^(node_modules|\.shell)/.test(file) && /\bshow\(/.test(readFileSync(path.join(root, file), 'utf8')));

  expect(showing.length).toBeGreaterThan(20);
  expect(showing.filter((file) => !reached.has(path.join(root, file))).sort()).toEqual(Object.keys(ELSEWHERE));
});
