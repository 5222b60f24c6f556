import { flushPromises } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { binding, role, ROLE_ARN, value } from '../domain/chain/test-facts';
import type { SeenOutput } from '../gateways/observe/key-uses';
import { unbound } from '../plans/test-facts';
import { rancherBackup } from '../presets/rancher-backup';
import { rancherLogging } from '../presets/rancher-logging';
import LoggingForm from './logging.vue';
import { open, type Values } from './test-form';

const OTHER_ACCOUNT = 'arn:aws:iam::999988887777:role/hand-made/backups';

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

describe('the form of Logging with fluentds beside root’s', () => {
  const eks = { additionalLoggingSources: { eks: { enabled: true } } };
  const mine = JSON.stringify(rancherLogging.policy({ destination: 'cloudwatch', logGroup: '/acme', region: 'eu-central-1', partition: 'aws', accountId: '111122223333' }));
  const bound = { root: { 'eks.amazonaws.com/role-arn': ROLE_ARN } };
  const typed = async({ view }: Awaited<ReturnType<typeof open>>) => view.get('input[data-testid="irsa-parameter-logGroup"]').setValue('/acme');
  const told = ({ view }: Awaited<ReturnType<typeof open>>) => view.findAll('[data-testid="irsa-chart-beside"]').map((line) => [line.attributes('data-how'), line.text()]);
  const trust = ({ run }: Awaited<ReturnType<typeof open>>) => JSON.stringify((run.mock.calls as unknown as [{ documents: { id: string; after: string }[] }][])[0]![0].documents.find(({ id }) => id === 'trust'));

  it('gives them one role, each let in by name', async() => {
    const form = await open({ form: LoggingForm, values: structuredClone(eks) });

    await form.choose(0);
    await typed(form);
    expect(told(form)).toEqual([['joins', expect.stringContaining('rancher-logging-eks') as string]]);
    await form.install();
    expect(form.values.loggingServiceAccountAnnotations).toEqual({ ...bound, eks: bound.root });
    expect(trust(form)).toMatch(/system:serviceaccount:shop:reader.*system:serviceaccount:cattle-logging-system:rancher-logging-eks-fluentd/);
  });

  it('follows the source that is turned off in the form below', async() => {
    const form = await open({ form: LoggingForm, values: structuredClone(eks) });

    await form.choose(0);
    await typed(form);
    (form.view.vm.chartValues as typeof eks).additionalLoggingSources.eks.enabled = false;
    await flushPromises();
    expect(told(form)).toEqual([]);
    await form.install();
    expect(form.values.loggingServiceAccountAnnotations).toEqual(bound);
    expect(trust(form)).not.toContain('rancher-logging-eks-fluentd');
  });

  it('lets in on an upgrade who was turned on since, and leaves it at that', async() => {
    const form = await open({
      form: LoggingForm, mode: 'edit', there: true, values: { ...structuredClone(eks), loggingServiceAccountAnnotations: structuredClone(bound) },
      found: { inlinePolicies: { mine } } });

    await form.install();
    expect(form.run).toHaveBeenCalledTimes(1);
    expect(form.values.loggingServiceAccountAnnotations).toEqual({ ...bound, eks: bound.root });
    await form.install();
    expect(form.run).toHaveBeenCalledTimes(1);
  });

  it('is held back where the role is of another account, and has to let in who was turned on since', async() => {
    const elsewhere = { 'eks.amazonaws.com/role-arn': OTHER_ACCOUNT };
    const upgrade = (others: Values) => open({ form: LoggingForm, mode: 'edit', there: true, values: { ...structuredClone(eks), loggingServiceAccountAnnotations: { root: { ...elsewhere }, ...others } } });
    const form = await upgrade({});

    await expect(form.install()).rejects.toThrow('irsa.chart.elsewhere');
    expect(form.values.loggingServiceAccountAnnotations).toEqual({ root: elsewhere });
    expect(form.run).not.toHaveBeenCalled();
    const whole = await upgrade({ eks: { ...elsewhere } });

    await whole.install();
    expect(whole.values.loggingServiceAccountAnnotations).toEqual({ root: elsewhere, eks: elsewhere });
    expect(whole.run).not.toHaveBeenCalled();
  });

  it('leaves a role of its own alone, and says what cannot have one', async() => {
    const own = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/by-hand' };
    const sources = { eks: { enabled: true }, kubeAudit: { enabled: true } };
    const form = await open({ form: LoggingForm, values: { additionalLoggingSources: sources, loggingServiceAccountAnnotations: { eks: { ...own } } } });

    await form.choose(0);
    await typed(form);
    expect(told(form).map(([how]) => how)).toEqual(['own', 'cannot']);
    expect(told(form)[0]![1]).toContain('by-hand');
    await form.install();
    expect(form.values.loggingServiceAccountAnnotations).toEqual({ ...bound, eks: own });
  });

  it('takes the role from all that have it, and from nobody else', async() => {
    for (const [other, left] of [[bound.root, {}], [{ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/by-hand' }, { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/by-hand' }]] as const) {
      const form = await open({ form: LoggingForm, mode: 'edit', there: true, target: binding(), values: { ...structuredClone(eks), loggingServiceAccountAnnotations: { root: { ...bound.root }, eks: { ...other } } } });

      await form.choose(2);
      await form.install();
      expect(form.values.loggingServiceAccountAnnotations).toEqual({ root: {}, eks: left });
    }
  });
});

describe('the forms when a chart is upgraded', () => {
  const LOGS = { destination: 's3', bucket: 'acme-logs', region: 'eu-central-1' };
  const annotated = { loggingServiceAccountAnnotations: { root: { 'eks.amazonaws.com/role-arn': ROLE_ARN } } };
  const inlinePolicies = { mine: JSON.stringify(rancherLogging.policy({ ...LOGS, partition: 'aws' })) };
  const account = { namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' };
  const sends = (name: string, spec: Values): SeenOutput => ({ output: { kind: 'clusteroutput', namespace: account.namespace, name, spec }, use: undefined, access: 'role', accounts: [account] });

  it('show where logs go, from the role’s policies and the outputs, and what is not allowed yet', async() => {
    const { view, install, run } = await open({
      form: LoggingForm, mode: 'edit', there: true, values: annotated, found: { inlinePolicies },
      outputs: [sends('archive', { s3: { s3_bucket: 'acme-logs', s3_region: 'eu-central-1' } }), sends('watch', { cloudwatch: { log_group_name: '/acme', region: 'eu-central-1' } }), { ...sends('other', { sqs: { queue_name: 'q', region: 'eu-central-1' } }), accounts: [{ ...account, name: 'another' }] }],
    });
    const places = view.findAll('[data-testid="irsa-chart-place"]').map((line) => line.text());

    expect(places).toHaveLength(2);
    expect(places[0]).toMatch(/s3:\/\/acme-logs\/.*"may":"yes".*archive/);
    expect(places[1]).toMatch(/\/acme.*"may":"no".*watch/);
    await install();
    expect(run).not.toHaveBeenCalled();
  });

  it('begin with the destination that is there: nothing is asked again', async() => {
    const { view } = await open({ form: LoggingForm, mode: 'edit', there: true, values: annotated, found: { inlinePolicies } });

    expect(view.findAll('[data-testid="irsa-chart-role"] input').map((input) => (input.element as HTMLInputElement).value)).toContain('acme-logs');
  });

  it('say which workload is restarted, and what is lost by it, before anything is done', async() => {
    const workload = { kind: 'StatefulSet' as const, name: 'rancher-logging-root-fluentd' };
    const target = unbound({ workloads: [{ ...workload, namespace: account.namespace, replicas: 1 }], pods: [{ name: 'p', createdAt: '', ready: true, workload }] });
    const { view, choose } = await open({ form: LoggingForm, mode: 'edit', target });

    await choose(0);
    const said = view.get('[data-testid="irsa-chart-restarts"]').text();

    expect(said).toContain('statefulset/rancher-logging-root-fluentd');
    expect(said).toContain('irsa.preset.logging.restartDanger');
  });

  it('say so of the second fluentd as well, when it is turned on below, and what both lose once', async() => {
    const workload = { kind: 'StatefulSet' as const, name: 'rancher-logging-root-fluentd' };
    const target = unbound({ workloads: [{ ...workload, namespace: account.namespace, replicas: 1 }], pods: [{ name: 'p', createdAt: '', ready: true, workload }] });
    const { view, choose } = await open({ form: LoggingForm, mode: 'edit', target, values: { additionalLoggingSources: { eks: { enabled: false } } } });
    const said = () => view.get('[data-testid="irsa-chart-restarts"]').text();

    await choose(0);
    expect(said()).not.toContain('-eks-');
    (view.vm.chartValues as { additionalLoggingSources: { eks: Values } }).additionalLoggingSources.eks.enabled = true;
    await flushPromises();
    expect(said()).toContain('statefulset/rancher-logging-root-fluentd');
    expect(said()).toContain('statefulset/rancher-logging-eks-fluentd');
    expect(said().split('irsa.preset.logging.restartDanger')).toHaveLength(2);
  });

  it('show the role of an account whose values say none, and leave values alone', async() => {
    const { view, values, install, run } = await open({ mode: 'edit', there: true, target: binding(), values: { s3: { enabled: false } } });

    expect((view.findAll('[data-testid="irsa-chart-mode"] input')[0]!.element as HTMLInputElement).checked).toBe(true);
    await install();
    expect(values).toEqual({ s3: { enabled: false } });
    expect(run).not.toHaveBeenCalled();
  });

  it('delete the role with that where it was ticked, and say so before', async() => {
    vi.useFakeTimers();
    const { view, choose, install, installed, run } = await open({ form: LoggingForm, mode: 'edit', there: true, target: binding({ role: value(role({ inlinePolicies: {}, managedPolicies: value([]) })) }), values: { ...annotated } });

    await choose(2);
    await view.get('[data-testid="irsa-chart-delete"] input').setValue(true);
    expect(view.get('[data-testid="irsa-chart-leaves"]').text()).toContain('irsa.step.delete-role.title');
    await install();
    await installed();
    await vi.advanceTimersByTimeAsync(3_100);
    expect((run.mock.calls as unknown as [{ steps: { id: string }[] }][])[0]![0].steps.map(({ id }) => id)).toContain('delete-role');
    vi.useRealTimers();
  });

  it('take the role off the account as well, and its pods, once the values are without it', async() => {
    vi.useFakeTimers();
    const { view, choose, install, installed, run, growls } = await open({ form: LoggingForm, mode: 'edit', there: true, target: binding(), values: { ...annotated } });

    await choose(2);
    expect(view.get('[data-testid="irsa-chart-leaves"]').text()).toContain('irsa.step.remove-annotation.title');
    await install();
    await installed();
    await vi.advanceTimersByTimeAsync(3_100);
    expect((run.mock.calls as unknown as [{ steps: { id: string }[] }][])[0]![0].steps.map(({ id }) => id)).toEqual(['update-trust', 'remove-annotation', 'restart-deployments-web', 'pods-without-role']);
    // The stand-in never loses it: what is not finished is not called so.
    await vi.advanceTimersByTimeAsync(700_000);
    expect(growls).toEqual(['growl/warning']);
    vi.useRealTimers();
  });
});
