import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { saveApp } from '../sandbox/catalog/apps.ts';
import { deploy } from '../sandbox/catalog/helm.ts';
import { webhookChart } from '../sandbox/catalog/charts/pod-identity-webhook.ts';
import { expectQuiet } from './support/quiet';
import { picture, Stage, type Visit } from './support/stage';
import { apply, linkState, openCluster, waitForLink } from './support/steps';

const STORE = 'c-m-store001';
const ROLE = 'arn:aws:iam::111122223333:role/receipts';

describe('the pod identity webhook on store-k3s', () => {
  let stage: Stage;
  let visit: Visit;

  const store = () => stage.sandbox.world.kube('store-k3s').store;
  const pods = () => store().list(store().findType('', 'pods')!).filter(({ metadata }) => metadata.namespace === 'pos' && !metadata.deletionTimestamp);
  const roles = () => pods().map(({ spec }) => (spec as { containers: { env?: { name: string; value: string }[] }[] }).containers[0]!.env?.find(({ name }) => name === 'AWS_ROLE_ARN')?.value);

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(() => visit?.leave());

  it.each(['light', 'dark'] as const)('is installed from the cluster page, and pods carry their role when they are made anew (%s)', async(theme) => {
    store().patch(store().findType('', 'serviceaccounts')!, 'pos', 'receipts', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': ROLE } } });
    visit = await stage.visit({ theme });
    await openCluster(visit, STORE);
    await visit.page.getByTestId('irsa-install-webhook').waitFor();
    expect(await linkState(visit, 'webhook')).toBe('broken');
    await picture(visit.page, `webhook-absent-${ theme }`);
    await visit.click('irsa-install-webhook');
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    await picture(visit.page, `webhook-plan-${ theme }`);
    expect(await apply(visit)).toBe('done');
    expect(await visit.page.getByTestId('irsa-log-install-webhook').locator('pre').textContent()).toContain('Release "pod-identity-webhook" has been deployed');
    await visit.page.getByTestId('irsa-log-install-webhook').locator('summary').click();
    await picture(visit.page, `webhook-installed-${ theme }`);
    await openCluster(visit, STORE);
    await waitForLink(visit, 'webhook', 'ok');
    expect(await visit.page.getByTestId('irsa-install-webhook').count()).toBe(0);
    expect(roles()).toEqual([undefined]);
    store().delete(store().findType('', 'pods')!, 'pos', pods()[0]!.metadata.name);
    await expect.poll(roles, { timeout: 20_000 }).toEqual([ROLE]);

    await openCluster(visit, STORE);
    const card = (name: string) => visit.page.getByTestId(`irsa-webhook-${ name }`);

    await card('replicas').waitFor();
    expect(await card('version').innerText()).toBe(`${ webhookChart().version } (webhook v0.6.17)`);
    expect(await card('replicas').innerText()).toBe('1 of 1 ready');
    expect(await card('certificate').innerText()).toMatch(/^ends on .*, in 36\d days · renewed by the chart’s own job$/);
    expect(await card('last').innerText()).toMatch(/^just now on pos\/receipts-/);
    expect(await visit.page.getByTestId('irsa-upgrade-webhook').count()).toBe(0);
    await picture(visit.page, `webhook-card-${ theme }`);

    await visit.click('irsa-remove-webhook');
    await visit.page.getByTestId('irsa-consent').waitFor();
    await picture(visit.page, `webhook-remove-${ theme }`);
    expect(await visit.page.getByTestId('irsa-apply').isEnabled()).toBe(false);
    await visit.page.getByTestId('irsa-consent').click();
    expect(await apply(visit)).toBe('done');
    await openCluster(visit, STORE);
    await waitForLink(visit, 'webhook', 'broken');
    expectQuiet(visit);
  });

  it('is upgraded from its card, and keeps the values that an admin gave it', async() => {
    visit = await stage.visit();
    await openCluster(visit, STORE);
    await visit.click('irsa-install-webhook');
    expect(await apply(visit)).toBe('done');
    const { sources } = stage.sandbox.world;
    const url = 'https://charts.example/irsa';
    const app = () => store().list(store().findType('catalog.cattle.io', 'apps')!).find(({ metadata }) => metadata.name === 'pod-identity-webhook')!.spec as { chart: { metadata: { version: string } }; values: object };
    const kube = stage.sandbox.world.kube('store-k3s');
    // What an admin gave under Apps, Edit/Upgrade, and no install of ours: values of their own, and one against ours.
    const values = { region: 'eu-central-1', replicaCount: 2, audience: 'sts.corp.example', podLabels: { team: 'platform' } };
    const annotations = { 'catalog.cattle.io/ui-source-repo': 'irsa', 'catalog.cattle.io/ui-source-repo-type': 'cluster' };
    const given = deploy(kube, { name: 'admin', groups: ['system:masters'] }, { chart: webhookChart(), release: 'pod-identity-webhook', namespace: 'pod-identity-webhook', values, annotations, upgrade: true });

    saveApp(kube, given.release, given.secret, 'irsa');
    sources.serve(url, [...sources.at(url)!.filter(({ name }) => name !== 'pod-identity-webhook'), webhookChart('9.0.0')]);
    await openCluster(visit, STORE);
    await visit.page.getByTestId('irsa-upgrade-webhook').waitFor();
    expect(await visit.page.getByTestId('irsa-upgrade-webhook').innerText()).toBe('Upgrade to 9.0.0');
    await visit.click('irsa-upgrade-webhook');
    await picture(visit.page, 'webhook-upgrade');
    expect(await apply(visit)).toBe('done');
    expect(app().chart.metadata.version).toBe('9.0.0');
    expect(app().values).toEqual(values);
    expect(JSON.stringify(store().list(store().findType('apps', 'deployments')!, { namespace: 'pod-identity-webhook' }))).toContain('--token-audience=sts.corp.example');
    expectQuiet(visit);
  });

  it('says what Helm said, when Helm fails', async() => {
    store().create(store().findType('rbac.authorization.k8s.io', 'clusterroles')!, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'pod-identity-webhook' }, rules: [] });
    visit = await stage.visit();
    await openCluster(visit, STORE);
    await visit.click('irsa-install-webhook');
    expect(await apply(visit)).toBe('failed');
    expect(await visit.page.getByTestId('irsa-outcome').innerText()).toContain('exists and cannot be imported into the current release');
    const log = visit.page.getByTestId('irsa-log-install-webhook').locator('pre');

    expect(await log.isVisible()).toBe(true);
    expect(await log.innerText()).toContain('INSTALLATION FAILED');
    await picture(visit.page, 'webhook-failed');
    expectQuiet(visit);
  });
});
