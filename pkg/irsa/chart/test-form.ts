import { flushPromises, mount } from '@vue/test-utils';
import { dump, load } from 'js-yaml';
import {
  defineAsyncComponent, defineComponent, h, markRaw, type Component
} from 'vue';
import { expect, vi } from 'vitest';
import { routerKey } from 'vue-router';
import { ENGINE, type Engine } from '../composables/use-engine';
import { cluster, role } from '../domain/chain/test-facts';
import type { ObservedBinding, ObservedRole } from '../domain/facts';
import type { SeenOutput } from '../gateways/observe/key-uses';
import type { WebhookSettings } from '../domain/workload/settings';
import { unbound } from '../plans/test-facts';
import { aboveForm } from './above-form';
import BackupForm from './rancher-backup.vue';
import type LoggingForm from './logging.vue';

export type Values = Record<string, unknown>;
type Hook = () => Promise<void>;

/** The host's form: counts how often it is made, and hands on what it is given. */
function host() {
  const made = vi.fn();
  const seen: { attrs?: Values } = {};
  const form = defineComponent({
    inheritAttrs: false,
    setup(_props, { attrs }) {
      made();
      seen.attrs = attrs;

      return () => h('div', { 'data-testid': 'host-form' });
    },
  });

  return { made, form, seen };
}

/** Rancher's page as far as forms meet it (shell, pages/c/_cluster/apps/charts/install.vue): its form is taken down while its editor is open. */
function pageOf(form: Component, values: Values, mode: string, hooks: { before?: Hook; after?: Hook }, isKnown: boolean, hasQuestions: boolean, more: object) {
  return defineComponent({
    data:     () => ({
      chartValues: values, [isKnown ? 'valuesYaml' : 'other']: '', formYamlOption: 'FORM', valuesComponent: markRaw(form), preFormYamlOption: 'FORM', hasQuestions
    }) as unknown as { chartValues: Values; valuesYaml: string; formYamlOption: string; valuesComponent: Component | null; preFormYamlOption: string },
    computed: {
      showingYaml(): boolean {
        return this.formYamlOption === 'YAML';
      },
      showingYamlDiff: () => false,
    },
    methods: {
      turn(to: string) {
        if (to === 'YAML') {
          this.valuesYaml = dump(this.chartValues);
        }
        this.formYamlOption = to;
      },
      applyYamlToValues() {
        try {
          this.chartValues = load(this.valuesYaml) as Values;
        } catch (error) {
          return { errors: [(error as Error).message] };
        }

        return { errors: [] };
      },
    },
    render() {
      return this.formYamlOption === 'FORM' && this.valuesComponent ? h(this.valuesComponent, { value: this.chartValues, mode, ...more, onRegisterBeforeHook: (hook: Hook) => (hooks.before = hook), onRegisterAfterHook: (hook: Hook) => (hooks.after = hook) }) : h('div');
    },
  });
}

export interface Opening {
  /** The App that is upgraded. */
  existing?: { metadata: { name: string; namespace: string } };
  /** The account that is looked at is the one that is asked for. */
  isNamed?: boolean;
  /** Of the chart. */
  version?: string;
  /** False: a page that nothing is known about. */
  isKnown?: boolean;
  values?: Values; credentials?: string[]; hasQuestions?: boolean; section?: () => Promise<Component>;
  there?: boolean; form?: typeof BackupForm | typeof LoggingForm; hasForm?: boolean; webhook?: WebhookSettings;
  mode?: string; target?: ObservedBinding; found?: Partial<ObservedRole>; outputs?: SeenOutput[];
}

/** Opens one of the forms, before stand-ins for Rancher's page and the engine. */
export async function open({ values = {}, credentials = ['c1'], there = false, form = BackupForm, section = async() => form as Component, hasForm = true, hasQuestions = false, webhook, mode = 'create', target = unbound(), found = {}, outputs = [], isKnown = true, existing = mode === 'edit' ? { metadata: form === BackupForm ? { name: 'rancher-backup', namespace: 'cattle-resources-system' } : { name: 'rancher-logging', namespace: 'cattle-logging-system' } } : undefined, version = '999.0.0', isNamed = false }: Opening = {}) {
  const says = (key: string, args?: object) => `${ key }${ args ? ` ${ JSON.stringify(args) }` : '' }`;
  const own = host();
  const hooks: { before?: Hook; after?: Hook } = {};
  const growls: string[] = [];
  const looked = vi.fn((_account: { namespace: string; name: string }): void => undefined);
  const run = vi.fn(async() => ({ status: 'done' as const }));
  const helm = { values: structuredClone(values) };
  const appAt = vi.fn(async(_cluster: string, _release: object) => helm);
  const seen = cluster();
  const observed = { ...seen, cluster: { ...seen.cluster, origin: 'local' as const, region: 'eu-central-1' }, ...(webhook ? { webhook: { known: true as const, value: { kind: 'installed' as const, name: 'w', settings: webhook } } } : {}) };
  const engine = {
    appAt, observe: async() => observed, observeBinding: async(_observed: unknown, account: { namespace: string; name: string }) => looked(account) ?? (isNamed || account.name.includes('-eks-')) ? { ...JSON.parse(JSON.stringify(target).replaceAll('-root-', '-eks-')) as ObservedBinding, account: { ...target.account, ...account } } : target, observeRole: async() => there || run.mock.calls.length > 0 ? role(found) : null, outputs: async() => outputs,
    caller: async() => ({ known: false, why: {} }), preflight: async() => ({ rights: [], aws: [], unsure: [], unchecked: [] }), run, roleNames: async() => [],
  } as unknown as Engine;
  const cloud = { id: 'c-1', spec: {}, metadata: { name: 'c-1', annotations: {} }, nameDisplay: 'local', isLocal: true, status: {} };
  const store = {
    state:   {},
    getters: {
      currentCluster: { id: 'c-1' }, 'management/byId': () => cloud, 'management/all': () => [], 'i18n/exists': () => true, 'i18n/t': says,
      'type-map/hasCustomChart': () => hasForm, 'type-map/importChart': () => own.form, 'rancher/schemaFor': () => ({ collectionMethods: [] }),
    },
    commit:    () => undefined,
    subscribe: () => () => undefined,
    dispatch:  async(what: string) => what.startsWith('growl/') ? growls.push(what) : what === 'rancher/findAll' ? credentials.map((id) => ({ id, name: id, provider: 'aws' })) : undefined,
  };
  const view = mount(pageOf(defineAsyncComponent(aboveForm(section, `${ form === BackupForm ? 'rancher-backup' : 'logging' }/index`)), values, mode, hooks, isKnown, hasQuestions, { existing, chart: { id: 'theirs' }, versionInfo: {}, autoInstallInfo: [], version: { version } }), {
    attachTo: document.body,
    global: { provide: { [ENGINE as symbol]: async() => engine, [routerKey as symbol]: { afterEach: () => undefined }, store }, stubs: { SelectField: true, CredentialPicker: true } },
  });

  await flushPromises();
  const choose = async(index: number) => {
    await view.findAll('[data-testid="irsa-chart-mode"] input')[index]!.setValue(true);
    await flushPromises();
    // A test that chose nothing would hold for the wrong reason.
    expect(view.find('[data-testid="irsa-chart-role"]').exists()).toBe(index === 0);
  };

  /** What Rancher sends once the hook is done. */
  const sent = (): Values => view.vm.showingYaml ? load(view.vm.valuesYaml) as Values : view.vm.chartValues;
  const turn = async(to: 'FORM' | 'YAML' | 'HELM') => {
    view.vm.turn(to);
    await flushPromises();
  };
  const edit = (change: (values: Values) => void) => {
    const edited = load(view.vm.valuesYaml) as Values;

    change(edited);
    view.vm.valuesYaml = dump(edited);
  };

  const landed = () => Object.assign(helm, { values: JSON.parse(JSON.stringify(sent())) as Values });
  const installed = async(hasLanded = true) => {
    if (hasLanded) {
      landed();
    }

    return hooks.after!();
  };

  return { view, values, run, looked, own, choose, growls, turn, edit, sent, appAt, landed, install: async() => hooks.before!(), installed };
}

