import { flushPromises, mount } from '@vue/test-utils';
import { defineComponent, h } from 'vue';
import { describe, expect, it, vi } from 'vitest';
import { routerKey } from 'vue-router';
import { ENGINE, type Engine } from '../composables/use-engine';
import { cluster, role, ROLE_ARN } from '../domain/chain/test-facts';
import type { WebhookSettings } from '../domain/workload/settings';
import { unbound } from '../plans/test-facts';
import { rancherBackup } from '../presets/rancher-backup';
import BackupForm from './rancher-backup.vue';
import LoggingForm from './logging.vue';

type Values = Record<string, unknown>;
type Hook = () => Promise<void>;

const OTHER_ACCOUNT = 'arn:aws:iam::999988887777:role/hand-made/backups';

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

interface Opening { values?: Values; credentials?: string[]; there?: boolean; form?: typeof BackupForm | typeof LoggingForm; hasForm?: boolean; webhook?: WebhookSettings }

async function open({ values = {}, credentials = ['c1'], there = false, form = BackupForm, hasForm = true, webhook }: Opening = {}) {
  const says = (key: string, args?: object) => `${ key }${ args ? ` ${ JSON.stringify(args) }` : '' }`;
  const own = host();
  const before: Hook[] = [];
  const run = vi.fn(async() => ({ status: 'done' as const }));
  const seen = cluster();
  const observed = { ...seen, cluster: { ...seen.cluster, origin: 'local' as const, region: 'eu-central-1' }, ...(webhook ? { webhook: { known: true as const, value: { kind: 'installed' as const, name: 'w', settings: webhook } } } : {}) };
  const engine = {
    observe: async() => observed, observeBinding: async() => unbound(), observeRole: async() => there || run.mock.calls.length > 0 ? role() : null,
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
    dispatch:  async(what: string) => what === 'rancher/findAll' ? credentials.map((id) => ({ id, name: id, provider: 'aws' })) : undefined,
  };
  const view = mount(form, {
    props:  { value: values },
    attrs:  { mode: 'create', onRegisterBeforeHook: (hook: Hook) => before.push(hook), onRegisterAfterHook: () => undefined },
    global: { provide: { [ENGINE as symbol]: async() => engine, [routerKey as symbol]: { afterEach: () => undefined }, store }, stubs: { SelectField: true, CredentialPicker: true } },
  });

  await flushPromises();
  const choose = async(index: number) => {
    await view.findAll('[data-testid="irsa-chart-mode"] input')[index]!.setValue(true);
    await flushPromises();
    // A test that chose nothing would hold for the wrong reason.
    expect(view.find('[data-testid="irsa-chart-role"]').exists()).toBe(index === 0);
  };

  return { view, values, run, own, choose, install: async() => before[0]!() };
}

describe('AWS access above the forms of Rancher’s charts', () => {
  it('shows the host’s own form, and hands everything on', async() => {
    const { own, view, values } = await open();

    expect(view.find('[data-testid="host-form"]').exists()).toBe(true);
    expect(own.seen.attrs).toMatchObject({ mode: 'create', value: values });
  });

  it('leaves values alone where nothing is chosen', async() => {
    const { values, install } = await open({ values: { s3: { enabled: false }, mine: 1 } });

    await install();
    expect(values).toEqual({ s3: { enabled: false }, mine: 1 });
  });

  it('keeps the key when somebody looks at the role and goes back to the key', async() => {
    const s3 = { enabled: true, credentialSecretName: 'keys', credentialSecretNamespace: 'default', bucketName: 'b-own', region: 'eu-west-1', endpoint: 's3.eu-west-1.amazonaws.com', folder: '' };
    const { values, choose, install } = await open({ values: { s3: { ...s3 } } });

    await choose(0);
    await choose(1);
    await install();
    expect(values).toEqual({ s3 });
  });

  it('upgrades a chart that has its role without a credential at hand: nothing of AWS is wished to change', async() => {
    const values = rancherBackup.values({ roleArn: ROLE_ARN, audience: 'sts.amazonaws.com', bucket: 'acme-backups', region: 'eu-central-1' });
    const { install } = await open({ values, credentials: [] });

    await expect(install()).resolves.toBeUndefined();
  });

  it('upgrades Logging with its role without asking again where logs go', async() => {
    const { install } = await open({ form: LoggingForm, there: true, values: { loggingServiceAccountAnnotations: { root: { 'eks.amazonaws.com/role-arn': ROLE_ARN } } } });

    await expect(install()).resolves.toBeUndefined();
  });

  it('never swaps the role of another account for one of the same name here', async() => {
    const values = rancherBackup.values({ roleArn: OTHER_ACCOUNT, audience: 'sts.amazonaws.com', bucket: 'acme-backups', region: 'eu-central-1' });
    const { values: after, install, run } = await open({ values });

    await install().catch(() => undefined);
    expect(JSON.stringify(after)).toContain(OTHER_ACCOUNT);
    expect(run).not.toHaveBeenCalled();
  });

  it('holds an upgrade back that would take a role of another account for one here, with the reason', async() => {
    const values = rancherBackup.values({ roleArn: OTHER_ACCOUNT, audience: 'sts.amazonaws.com', bucket: 'acme-backups', region: 'eu-central-1' });
    const { view, values: after, install, run } = await open({ values });

    await view.get('[data-testid="irsa-chart-role"] input').setValue('acme-others');
    await flushPromises();
    await expect(install()).rejects.toThrow('irsa.chart.elsewhere');
    expect(JSON.stringify(after)).toContain(OTHER_ACCOUNT);
    expect(run).not.toHaveBeenCalled();
  });

  it('makes the role anew where the values name one that IAM has no more', async() => {
    const values = rancherBackup.values({ roleArn: ROLE_ARN, audience: 'sts.amazonaws.com', bucket: 'acme-backups', region: 'eu-central-1' });
    const { install, run } = await open({ values });

    await install();
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('takes the key out once the role is made, and not before', async() => {
    const s3 = { enabled: true, credentialSecretName: 'keys', credentialSecretNamespace: 'default', bucketName: 'b-own', region: 'eu-west-1', endpoint: 's3.eu-west-1.amazonaws.com', folder: '' };
    const { values, choose, install, run } = await open({ values: { s3: { ...s3 }, mine: 1 } });

    await choose(0);
    await install();
    expect(run).toHaveBeenCalledTimes(1);
    expect(values).toMatchObject({ mine: 1, s3: { bucketName: 'b-own', credentialSecretName: '' }, serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN } } });
  });

  it('writes what the cluster’s own webhook reads, and takes it out again', async() => {
    const webhook = { annotationPrefix: 'iam.acme.example', audience: 'sts.corp' };
    const { values, choose, install } = await open({ webhook, values: { s3: { enabled: true, credentialSecretName: 'keys', bucketName: 'b-own', region: 'eu-west-1' } } });

    await choose(0);
    await install();
    expect(values.serviceAccount).toEqual({ annotations: { 'iam.acme.example/role-arn': ROLE_ARN } });
    const again = await open({ webhook, values });

    await again.choose(1);
    await again.install();
    expect(again.values.serviceAccount).toEqual({ annotations: {} });
  });

  it('does not make the host’s form anew at each key that is typed above it', async() => {
    const { view, own, choose } = await open();

    await choose(0);
    const before = own.made.mock.calls.length;
    const input = view.get('[data-testid="irsa-chart-role"] input');

    for (const text of ['acm', 'acme', 'acme-', 'acme-b']) {
      await input.setValue(text);
      await flushPromises();
    }
    expect(own.made.mock.calls.length - before).toBe(0);
    await vi.waitFor(() => expect(own.made.mock.calls.length - before).toBe(1));
  });
});
