import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assessCluster } from '../../pkg/irsa/domain/chain';
import type { ObservedCluster } from '../../pkg/irsa/domain/facts';
import { findWebhookSource } from '../../pkg/irsa/gateways/rancher/catalog';
import { observeWebhookDetails, readWebhookApp } from '../../pkg/irsa/gateways/observe/webhook-details';
import { planInstallWebhook, planRemoveWebhook, planUpgradeWebhook } from '../../pkg/irsa/plans';
import type { Plan } from '../../pkg/irsa/plans/plan';
import { toCli } from '../../pkg/irsa/plans/export/cli';
import { preflight } from '../../pkg/irsa/plans/rights/preflight';
import { runPlan } from '../../pkg/irsa/plans/run';
import { webhookChart } from '../sandbox/catalog/charts/pod-identity-webhook.ts';
import { SANDBOX_USERS } from '../sandbox/scenario/users.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { logIn, type Person, type Target } from './target';

const STORE = 'store-k3s';
const ROLE = 'arn:aws:iam::111122223333:role/receipts';

/** Installing the webhook on a cluster that has none, through the catalog. */
describe('the pod identity webhook', () => {
  let sandbox: Sandbox;
  let target: Target;
  let admin: Person;

  const source = async(person: Person, { cluster }: ObservedCluster) => findWebhookSource(person.transport, cluster.id);
  const store = () => sandbox.world.kube(STORE).store;
  const list = (group: string, resource: string, namespace?: string) => store().list(store().findType(group, resource)!).filter(({ metadata }) => !namespace || metadata.namespace === namespace);
  const roles = () => list('', 'pods', 'pos').filter(({ metadata }) => !metadata.deletionTimestamp).map(({ spec }) => (spec as { containers: { env?: { name: string; value: string }[] }[] }).containers[0]!.env?.find(({ name }) => name === 'AWS_ROLE_ARN')?.value);
  const annotate = () => store().patch(store().findType('', 'serviceaccounts')!, 'pos', 'receipts', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': ROLE } } });

  async function install(): Promise<void> {
    const observed = await admin.observe(STORE);
    const result = await admin.run(planInstallWebhook(observed, await source(admin, observed)));

    expect(result, JSON.stringify(result)).toMatchObject({ status: 'done' });
  }

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 3 });
    target = { name: 'sandbox', url: sandbox.url, users: Object.fromEntries(SANDBOX_USERS.map(({ username, password }) => [username, password])) } as Target;
  });
  afterAll(() => sandbox.stop());
  beforeEach(async() => {
    await sandbox.reset();
    admin = await logIn(target, 'admin');
  });

  it('comes from the repository that the extension came from, with what the cluster tells', async() => {
    expect(await source(admin, await admin.observe(STORE))).toEqual({
      repository: { name: 'irsa', spec: { url: 'https://charts.example/irsa' }, private: false }, taken: ['rancher-charts'], version: '0.1.0', nodes: 1, shellImage: 'rancher/shell:v0.8.1',
    });
  });

  it('comes from there too when the Extensions page installed us, which notes the repository in a label alone', async() => {
    const local = sandbox.world.clusters.local.kube.store;
    const type = local.findType('catalog.cattle.io', 'apps')!;
    const app = local.get(type, 'cattle-ui-plugin-system', 'irsa')!;
    const { chart, ...spec } = app.spec as { chart: { metadata: { annotations: Record<string, string> } } };
    const annotations = Object.fromEntries(Object.entries(chart.metadata.annotations).filter(([key]) => !key.includes('ui-source-repo')));

    local.update(type, { ...app, metadata: { ...app.metadata, labels: { 'catalog.cattle.io/cluster-repo-name': 'irsa' } }, spec: { ...spec, chart: { ...chart, metadata: { ...chart.metadata, annotations } } } });
    expect((await source(admin, await admin.observe(STORE))).repository.name).toBe('irsa');
  });

  it('is installed, and pods get their role when they are made anew', async() => {
    annotate();
    expect(roles()).toEqual([undefined]);
    await install();
    expect((await admin.observe(STORE)).webhook).toMatchObject({ known: true, value: { kind: 'installed', name: 'pod-identity-webhook', release: { name: 'pod-identity-webhook', namespace: 'pod-identity-webhook' } } });
    expect(list('catalog.cattle.io', 'clusterrepos').map(({ metadata }) => metadata.name).sort()).toEqual(['irsa', 'rancher-charts']);
    expect(list('apps', 'deployments', 'pod-identity-webhook')[0]!.spec).toMatchObject({ replicas: 1, template: { spec: { containers: [{ args: expect.arrayContaining(['--aws-default-region=eu-central-1']) }] } } });
    expect(roles()).toEqual([undefined]);
    const [pod] = list('', 'pods', 'pos');

    store().delete(store().findType('', 'pods')!, 'pos', pod!.metadata.name);
    await expect.poll(roles).toEqual([ROLE]);
  });

  it('takes its images from the cluster’s own registry, which comes before Rancher’s', async() => {
    const local = sandbox.world.clusters.local.kube.store;
    const settings = local.findType('management.cattle.io', 'settings')!;
    const clusters = local.findType('provisioning.cattle.io', 'clusters')!;
    const edge = sandbox.world.kube('edge-rke2').store;
    const images = () => JSON.stringify(edge.list(edge.findType('apps', 'deployments')!, { namespace: 'pod-identity-webhook' }));

    local.update(settings, { ...local.get(settings, undefined, 'system-default-registry')!, value: 'rancher.example' });
    local.patch(clusters, 'fleet-default', 'edge-rke2', 'application/merge-patch+json', { spec: { rkeConfig: { machineSelectorConfig: [{ config: { 'system-default-registry': 'own.example:5000' } }] } } });
    const observed = await admin.observe('edge-rke2');

    expect(await admin.run(planInstallWebhook(observed, await source(admin, observed)))).toMatchObject({ status: 'done' });
    expect(images()).toContain('"image":"own.example:5000/eks/');
  });

  it('is never installed twice', async() => {
    const stale = await admin.observe(STORE);
    const plan = planInstallWebhook(stale, await source(admin, stale));

    await install();
    const observed = await admin.observe(STORE);

    expect(planInstallWebhook(observed, await source(admin, observed)).steps).toEqual([]);
    // A second tab that still has the old plan.
    expect(await admin.run(plan)).toEqual({ status: 'changed' });
    expect(list('admissionregistration.k8s.io', 'mutatingwebhookconfigurations')).toHaveLength(1);
  });

  it('says what Helm said, when Helm fails', async() => {
    const type = store().findType('rbac.authorization.k8s.io', 'clusterroles')!;

    store().create(type, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'pod-identity-webhook' }, rules: [] });
    const observed = await admin.observe(STORE);
    const result = await admin.run(planInstallWebhook(observed, await source(admin, observed)));

    expect(result).toMatchObject({ status: 'failed', error: { code: 'HELM_REFUSED' } });
    expect(JSON.stringify(result)).toContain('ClusterRole \\"pod-identity-webhook\\" in namespace \\"\\" exists and cannot be imported into the current release');
  });

  describe('where Helm refuses, and its pod is gone before Rancher has seen it', () => {
    /** Minutes pass in a moment. */
    const hurried = () => {
      let ahead = 0;

      return { now: () => Date.now() + ahead, random: () => 0.5, sleep: async(duration: number) => {
        ahead += duration;
        await new Promise((resolve) => setTimeout(resolve, 20));
      } };
    };
    const run = (plan: Plan) => runPlan(plan, admin.gateways(), { clock: hurried(), onStep: () => undefined });
    const obstacle = () => store().create(store().findType('rbac.authorization.k8s.io', 'clusterroles')!, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'pod-identity-webhook' }, rules: [] });

    it('an install has failed', async() => {
      obstacle();
      sandbox.world.catalog.losesPods = true;
      const observed = await admin.observe(STORE);

      expect(await run(planInstallWebhook(observed, await source(admin, observed)))).toMatchObject({ status: 'failed', error: { code: expect.stringMatching(/^HELM_/) } });
    });

    it('an upgrade has failed, though Rancher calls the operation active and the release deployed', async() => {
      await install();
      const newer = { ...webhookChart('9.0.0'), render: () => [{ apiVersion: 'none.example/v1', kind: 'Unheard', metadata: { name: 'of' } }] };
      const url = 'https://charts.example/irsa';

      sandbox.world.sources.serve(url, [newer, ...sandbox.world.sources.at(url)!]);
      sandbox.world.catalog.losesPods = true;
      const observed = await admin.observe(STORE);
      const app = await readWebhookApp(admin.transport, observed.cluster.id, { namespace: 'pod-identity-webhook', name: 'pod-identity-webhook' });
      const result = await run(planUpgradeWebhook(observed, { ...await source(admin, observed), version: '9.0.0', isStale: true }, app));

      expect(result).toMatchObject({ status: 'failed', error: { code: expect.stringMatching(/^HELM_/) } });
    });

    it('a removal has failed', async() => {
      await install();
      const observed = await admin.observe(STORE);

      sandbox.world.catalog.losesPods = true;
      // A release that Helm cannot read any more; Rancher's App is still there.
      for (const secret of list('', 'secrets', 'pod-identity-webhook').filter(({ type }) => type === 'helm.sh/release.v1')) {
        store().update(store().findType('', 'secrets')!, { ...secret, data: { release: '' } });
      }
      expect(await run(planRemoveWebhook(observed))).toMatchObject({ status: 'failed', error: { code: expect.stringMatching(/^HELM_/) } });
    });
  });

  it('is upgraded when a newer chart is there, with the admin\'s values as they were', async() => {
    await install();
    const older = await admin.observe(STORE);
    const app = async(observed: ObservedCluster) => readWebhookApp(admin.transport, observed.cluster.id, observed.webhook.known ? observed.webhook.value.release! : { namespace: '', name: '' });
    const upgrade = async() => {
      const observed = await admin.observe(STORE);

      return planUpgradeWebhook(observed, await source(admin, observed), await app(observed));
    };

    expect((await upgrade()).steps).toEqual([]);
    const url = 'https://charts.example/irsa';
    const charts = sandbox.world.sources.at(url)!;
    const type = store().findType('catalog.cattle.io', 'clusterrepos')!;

    // An admin changed a value meanwhile, by Rancher's own form.
    await admin.transport.request({
      method: 'POST', url: `/k8s/clusters/${ older.cluster.id }/v1/catalog.cattle.io.clusterrepos/irsa?action=upgrade`, headers: { accept: 'application/json', 'content-type': 'application/json' },
      body:   JSON.stringify({ charts: [{ chartName: 'pod-identity-webhook', version: charts.at(-1)!.version, releaseName: 'pod-identity-webhook', values: { ...(await app(older)).values, audience: 'sts.example' } }], namespace: 'pod-identity-webhook', wait: true }),
    });
    await sandbox.world.catalog.idle();
    sandbox.world.sources.serve(url, [...charts.filter(({ name }) => name === 'irsa'), webhookChart('9.0.0'), webhookChart()]);
    const before = await app(older);
    const plan = await upgrade();

    expect(plan.steps.map(({ id }) => id)).toEqual(['repository-downloaded', 'upgrade-webhook']);
    expect(await admin.run(plan)).toMatchObject({ status: 'done' });
    const after = await app(await admin.observe(STORE));

    expect(after).toMatchObject({ version: '9.0.0', revision: before.revision! + 1, values: before.values });
    expect(after.values).toMatchObject({ audience: 'sts.example', region: 'eu-central-1' });
    expect((await upgrade()).steps).toEqual([]);
    // A second tab that still has the old plan.
    expect(await admin.run(plan)).toEqual({ status: 'changed' });
    expect(store().get(type, undefined, 'irsa')!.spec).toEqual({ url });
  });

  it('has the cluster fetch the repository again where what it knows of it is old', async() => {
    await install();
    const observed = await admin.observe(STORE);
    const app = await readWebhookApp(admin.transport, observed.cluster.id, { namespace: 'pod-identity-webhook', name: 'pod-identity-webhook' });
    const plan = planUpgradeWebhook(observed, { ...await source(admin, observed), isStale: true, version: '9.0.0' }, app);
    const downloaded = () => (store().get(store().findType('catalog.cattle.io', 'clusterrepos')!, undefined, 'irsa')!.status as { downloadTime: string }).downloadTime;

    expect(plan.steps.map(({ id }) => id)).toEqual(['refresh-repository', 'repository-downloaded', 'upgrade-webhook']);
    // The chart is not there after all: what Rancher says of it is what is told.
    expect(await admin.run(plan)).toMatchObject({ status: 'failed' });
    expect(Date.parse(downloaded())).toBeGreaterThanOrEqual(Math.floor(observed.at / 1000) * 1000);
  });

  it('shows what Helm writes, also when it fails', async() => {
    const observed = await admin.observe(STORE);
    const logs: (string | undefined)[] = [];

    store().create(store().findType('rbac.authorization.k8s.io', 'clusterroles')!, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'pod-identity-webhook' }, rules: [] });
    await runPlan(planInstallWebhook(observed, await source(admin, observed)), admin.gateways(), { onStep: ({ id, log }) => id === 'install-webhook' && logs.push(log) });
    expect(logs.at(-1)).toContain('INSTALLATION FAILED: ');
    expect(logs.at(-1)).toContain('helm install');
  });

  it('tells how it is doing: version, replicas, certificate', async() => {
    await install();
    const details = await observeWebhookDetails(admin.transport, (await admin.observe(STORE)).cluster.id, { namespace: 'pod-identity-webhook', name: 'pod-identity-webhook' });

    expect(details).toMatchObject({ version: { known: true, value: webhookChart().version }, program: 'v0.6.17', replicas: { known: true, value: { ready: 1, wanted: 1 } }, certificate: { known: true, value: { renewed: 'chart' } } });
    expect(details.certificate.known && details.certificate.value!.until - Date.now()).toBeGreaterThan(364 * 86_400_000);
  });

  it('is asked how it was started: its own prefix and audience are what bindings are read and written by', async() => {
    const annotations = { 'acme.example/role-arn': ROLE, 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/other' };

    await install();
    store().patch(store().findType('', 'serviceaccounts')!, 'pos', 'receipts', 'application/merge-patch+json', { metadata: { annotations } });
    const type = store().findType('apps', 'deployments')!;
    const deployment = store().get(type, 'pod-identity-webhook', 'pod-identity-webhook')!;
    const { template, ...spec } = deployment.spec as { template: { spec: { containers: { args: string[] }[] } } };
    const containers = template.spec.containers.map((one) => ({ ...one, args: [...one.args, '--annotation-prefix=acme.example', '--token-audience=acme', '--token-expiration=3600'] }));

    store().update(type, { ...deployment, spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } } } as typeof deployment);
    const observed = await admin.observe(STORE);

    expect(observed.webhook).toMatchObject({ value: { details: { settings: { annotationPrefix: 'acme.example', audience: 'acme', tokenExpirationSeconds: 3600 } } } });
    expect(observed.bindings).toMatchObject({ value: [{ account: { name: 'receipts', roleArn: ROLE, audience: 'acme' } }] });
    const [pod] = list('', 'pods', 'pos');

    store().delete(store().findType('', 'pods')!, 'pos', pod!.metadata.name);
    await expect.poll(roles).toEqual([ROLE]);
    expect((await admin.observe(STORE)).bindings).toMatchObject({ value: [{ pods: [{ identity: { roleArn: ROLE, audience: 'acme' } }] }] });
  });

  it('is a broken link when none of its pods is ready, and a warning before its certificate ends', async() => {
    await install();
    const webhook = async() => assessCluster(await admin.observe(STORE)).links.find(({ id }) => id === 'webhook')!;
    const change = (group: string, resource: string, name: string, body: object) => store().patch(store().findType(group, resource)!, 'pod-identity-webhook', name, 'application/merge-patch+json', body as Record<string, never>);
    const ending = (days: number) => change('', 'secrets', 'pod-identity-webhook-cert', { metadata: { annotations: { 'irsa.rancher.io/not-after': String(Math.floor(Date.now() / 1000) + days * 86_400) } } });

    expect(await webhook()).toMatchObject({ state: 'ok', findings: [] });
    ending(3);
    expect(await webhook()).toMatchObject({ state: 'attention', findings: [{ code: 'WEBHOOK_CERTIFICATE_ENDS' }] });
    ending(-1);
    expect(await webhook()).toMatchObject({ state: 'broken', findings: [{ code: 'WEBHOOK_CERTIFICATE_ENDED' }] });
    change('apps', 'deployments', 'pod-identity-webhook', { spec: { replicas: 0 } });
    await expect.poll(webhook).toMatchObject({ state: 'broken', findings: [{ code: 'WEBHOOK_DOWN' }] });
  });

  it('is asked how it was started: its audience is the pods’, and an annotation prefix of its own is told', async() => {
    annotate();
    await install();
    const restart = async(args: Record<string, string>) => {
      const type = store().findType('apps', 'deployments')!;
      const deployment = store().get(type, 'pod-identity-webhook', 'pod-identity-webhook')! as unknown as { spec: { template: { spec: { containers: { args: string[] }[] } } } };
      const changed = deployment.spec.template.spec.containers[0]!.args.map((arg) => Object.entries(args).reduce((text, [flag, value]) => text.replace(new RegExp(`^--${ flag }=.*`), `--${ flag }=${ value }`), arg));

      store().patch(type, 'pod-identity-webhook', 'pod-identity-webhook', 'application/json-patch+json', [{ op: 'replace', path: '/spec/template/spec/containers/0/args', value: changed }] as never);

      return admin.observe(STORE);
    };
    const observed = await restart({ 'token-audience': 'sts.corp.example' });

    expect(observed.bindings).toMatchObject({ known: true, value: [{ account: { name: 'receipts', audience: 'sts.corp.example' } }] });
    expect(assessCluster(await restart({ 'annotation-prefix': 'iam.corp.example' })).links.find(({ id }) => id === 'webhook')).toMatchObject({ state: 'attention', findings: [{ code: 'WEBHOOK_PREFIX', title: { args: { prefix: 'iam.corp.example' } } }] });
  });

  it('is removed after a yes, as accounts depend on it, and leaves nothing of its own behind', async() => {
    annotate();
    const everything = () => [['', 'secrets'], ['', 'services'], ['', 'serviceaccounts'], ['apps', 'deployments'], ['rbac.authorization.k8s.io', 'clusterroles'], ['rbac.authorization.k8s.io', 'clusterrolebindings'], ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations'], ['catalog.cattle.io', 'apps']]
      .flatMap(([group = '', resource = '']) => list(group, resource).map(({ metadata }) => `${ resource } ${ metadata.namespace ?? '' }/${ metadata.name }`)).filter((name) => name !== 'serviceaccounts pod-identity-webhook/default').sort();
    const before = everything();

    await install();
    const plan = planRemoveWebhook(await admin.observe(STORE));

    expect(plan.consent?.text.args).toEqual({ count: 1, accounts: 'pos/receipts' });
    expect(await admin.run(plan)).toMatchObject({ status: 'done' });
    expect(everything()).toEqual(before);
    expect((await admin.observe(STORE)).webhook).toEqual({ known: true, value: { kind: 'absent' } });
  });

  it('is not removed where it is somebody else\'s', async() => {
    const type = store().findType('admissionregistration.k8s.io', 'mutatingwebhookconfigurations')!;

    store().create(type, { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'amazon-eks-pod-identity-webhook', labels: { 'helm.sh/chart': 'amazon-eks-pod-identity-webhook-2.6.5' }, annotations: { 'meta.helm.sh/release-name': 'a', 'meta.helm.sh/release-namespace': 'b' } }, webhooks: [{ name: 'pod-identity-webhook.amazonaws.com', admissionReviewVersions: ['v1beta1'], sideEffects: 'None', failurePolicy: 'Ignore', clientConfig: { url: 'https://x.example/mutate' }, rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }] }] });
    const observed = await admin.observe(STORE);

    expect(() => planRemoveWebhook(observed)).toThrow('WEBHOOK_FOREIGN');
  });

  it('is found whatever chart or manifest brought it', async() => {
    const type = store().findType('admissionregistration.k8s.io', 'mutatingwebhookconfigurations')!;

    store().create(type, { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'aws-iam' }, webhooks: [{ name: 'pod-identity-webhook.amazonaws.com', admissionReviewVersions: ['v1beta1'], sideEffects: 'None', failurePolicy: 'Ignore', clientConfig: { url: 'https://x.example/mutate' }, rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }] }] });
    expect((await admin.observe(STORE)).webhook).toEqual({ known: true, value: { kind: 'installed', name: 'aws-iam', since: expect.stringMatching(/^20/) as string } });
  });

  it('comes from a repository of the cluster, for an owner who may not look into Rancher\'s own cluster', async() => {
    const olivia = await logIn(target, 'olivia');
    const observed = await olivia.observe('edge-rke2');

    await expect(source(olivia, observed)).rejects.toMatchObject({ code: 'WEBHOOK_NO_SOURCE' });
    const edge = sandbox.world.kube('edge-rke2').store;

    edge.create(edge.findType('catalog.cattle.io', 'clusterrepos')!, { apiVersion: 'catalog.cattle.io/v1', kind: 'ClusterRepo', metadata: { name: 'ours' }, spec: { url: 'https://charts.example/irsa' } });
    const plan = planInstallWebhook(observed, await source(olivia, observed));

    expect(plan.steps.map(({ id }) => id)).toEqual(['repository-downloaded', 'install-webhook']);
    expect(await olivia.run(plan)).toMatchObject({ status: 'done' });
  });

  it('asks nothing of Rancher\'s own cluster for somebody who is known not to see it', async() => {
    const olivia = await logIn(target, 'olivia');
    const { cluster } = await olivia.observe('edge-rke2');
    const asked: string[] = [];
    const find = (isHidden: boolean) => findWebhookSource({
      request: (options) => {
        asked.push(options.url);

        return olivia.transport.request(options);
      }
    }, cluster.id, undefined, isHidden);
    const ofLocal = () => asked.splice(0).filter((url) => /clusters\/local\/v1\/catalog|^\/v1\/catalog/.test(url));

    await expect(find(false)).rejects.toMatchObject({ code: 'WEBHOOK_NO_SOURCE' });
    expect(ofLocal()).toHaveLength(1);
    await expect(find(true)).rejects.toMatchObject({ code: 'WEBHOOK_NO_SOURCE' });
    expect(ofLocal()).toEqual([]);
  });

  it.each<[string, Record<string, string | boolean>]>([
    ['a mirror with a CA of its own', { url: 'https://mirror.corp.example/irsa', caBundle: 'Y2E=' }],
    ['a mirror over plain HTTP', { url: 'http://mirror.corp.example/irsa', insecurePlainHttp: true }],
    ['a registry', { url: 'oci://registry.corp.example/charts' }],
    ['a git repository and its branch', { gitRepo: 'https://git.corp.example/charts.git', gitBranch: 'release' }],
  ])('comes from %s, as the extension did', async(_, spec) => {
    const local = sandbox.world.clusters.local.kube.store;
    const type = local.findType('catalog.cattle.io', 'clusterrepos')!;
    const origin = local.get(type, undefined, 'irsa')!;

    sandbox.world.sources.serve(String(spec.gitRepo ?? spec.url), sandbox.world.sources.at('https://charts.example/irsa')!);
    local.update(type, { ...origin, spec });
    await install();

    const made = list('catalog.cattle.io', 'clusterrepos').find(({ metadata }) => metadata.name === 'irsa')!;

    expect(made.spec).toEqual(spec);
    expect(list('catalog.cattle.io', 'apps').map(({ metadata }) => metadata.name)).toContain('pod-identity-webhook');
    // Another cluster that leads there already is left as it is.
    expect((await source(admin, await admin.observe(STORE))).inCluster).toBe('irsa');
  });

  it('says that a repository is read with a secret, which the cluster would lack', async() => {
    const local = sandbox.world.clusters.local.kube.store;
    const type = local.findType('catalog.cattle.io', 'clusterrepos')!;
    const origin = local.get(type, undefined, 'irsa')!;
    const secret = { name: 'mirror-login', namespace: 'cattle-system' };

    local.update(type, { ...origin, spec: { ...origin.spec as object, clientSecret: secret } });
    const observed = await admin.observe(STORE);
    const plan = planInstallWebhook(observed, await source(admin, observed));

    expect(plan.warnings.map(({ key }) => key)).toContain('irsa.warning.privateRepository');
    expect(JSON.stringify(plan.steps)).not.toContain(secret.name);
  });

  it('tells why, when the repository has no such chart', async() => {
    sandbox.world.sources.serve('https://charts.example/irsa', sandbox.world.sources.at('https://charts.example/irsa')!.filter(({ name }) => name === 'irsa'));
    await expect(source(admin, await admin.observe(STORE))).rejects.toMatchObject({ code: 'WEBHOOK_NO_SOURCE' });
  });

  it('tells a person who may not make objects of the whole cluster so, before anything starts', async() => {
    const observed = await admin.observe(STORE);
    // As if it stood in the one cluster that this person is a member of.
    const { cluster: { id } } = await admin.observe('prod-eks');
    const plan = planInstallWebhook({ ...observed, cluster: { ...observed.cluster, id } }, await source(admin, observed));
    const { rights } = await preflight(plan, (await logIn(target, 'milo')).gateways(), { caller: async() => ({ known: false, why: { kind: 'not-asked', text: { key: '' } } }) });

    expect(rights.map(({ verb, resource }) => `${ verb } ${ resource }`)).toEqual(['create clusterrepos', '* *']);
  });

  it('can be taken away as a script', async() => {
    const observed = await admin.observe(STORE);
    const found = await source(admin, observed);
    const scriptFrom = (spec: Record<string, string>) => toCli(planInstallWebhook(observed, { ...found, repository: { ...found.repository, spec } }));
    const script = scriptFrom({ url: 'https://charts.example/irsa' });

    expect(script).toContain('helm upgrade --namespace=\'pod-identity-webhook\'');
    expect(script).toContain('--install --create-namespace --values=- --description="$mark" --wait --timeout=10m --repo=\'https://charts.example/irsa\' -- \'pod-identity-webhook\' \'pod-identity-webhook\'');
    // Not over what somebody else has installed since.
    expect(script).toContain('helm_unchanged \'pod-identity-webhook\' \'pod-identity-webhook\' \'\' "$mark"\n');
    expect(script).not.toContain('CHART_REPO');
    expect(scriptFrom({ url: 'oci://registry.example/charts/' })).toContain('-- \'pod-identity-webhook\' \'oci://registry.example/charts/pod-identity-webhook\'');
    // Helm cannot read git: the person's own Helm has to know the repository.
    expect(scriptFrom({ gitRepo: 'https://git.example/charts.git' })).toContain('CHART_REPO: name of the chart repository');
  });
});
