import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectQuiet } from './support/quiet';
import { picture, PROD_EKS, Stage, type Visit } from './support/stage';

const STORE = 'c-m-store001';
/** Rancher's own page asks for the App and the namespace that are not there yet. */
const provoked = /404.*(catalog\.cattle\.io\.apps|v1\/namespaces)\/pod-identity-webhook/;
const REPOSITORY = { apiVersion: 'catalog.cattle.io/v1', kind: 'ClusterRepo', metadata: { name: 'irsa' }, spec: { url: 'https://charts.example/irsa' } };

/** Apps → Charts → Pod Identity Webhook, in Rancher's own install page. */
describe('the install form of the webhook\'s chart', () => {
  let stage: Stage;
  let visit: Visit;

  const kube = (cluster: string) => stage.sandbox.world.kube(cluster).store;
  const list = (cluster: string, group: string, resource: string) => kube(cluster).list(kube(cluster).findType(group, resource)!);
  const field = (name: string) => visit.page.locator(`input[data-testid="irsa-webhook-${ name }"]`);

  /** As an admin adds the repository, and then as they come to the form. */
  async function open(cluster: string, id: string): Promise<void> {
    const type = kube(cluster).findType('catalog.cattle.io', 'clusterrepos')!;

    if (!kube(cluster).get(type, undefined, 'irsa')) {
      kube(cluster).create(type, REPOSITORY);
    }
    const { version } = stage.sandbox.world.sources.at(REPOSITORY.spec.url)!.find(({ name }) => name === 'pod-identity-webhook')!;

    await visit.goto(`/c/${ id }/apps/charts/install?repo-type=cluster&repo=irsa&chart=pod-identity-webhook&version=${ version }`);
    await visit.page.getByRole('button', { name: 'Next' }).click();
  }

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(() => visit?.leave());

  it.each(['light', 'dark'] as const)('fills in what the cluster tells, explains it, and installs (%s)', async(theme) => {
    visit = await stage.visit({ theme, provoked });
    await open('store-k3s', STORE);
    await field('region').waitFor();
    await expect.poll(() => field('region').inputValue()).toBe('eu-central-1');
    expect(await field('replicas').inputValue()).toBe('1');
    expect(await visit.page.getByTestId('irsa-webhook-tls-about').innerText()).toContain('There is no cert-manager here');
    expect(await visit.page.getByTestId('irsa-held-back').count()).toBe(0);
    await picture(visit.page, `webhook-form-${ theme }`);

    // What is changed in the form is in the YAML, and the other way round.
    await field('audience').fill('sts.example');
    await visit.page.getByRole('button', { name: 'Edit YAML' }).click();
    await expect.poll(() => visit.page.locator('.CodeMirror').first().innerText()).toContain('audience: sts.example');
    await visit.page.getByRole('button', { name: 'Edit Options' }).click();
    await field('audience').waitFor();
    expect(await field('audience').inputValue()).toBe('sts.example');
    expect(await field('region').inputValue()).toBe('eu-central-1');
    await visit.page.getByRole('button', { name: 'Install', exact: true }).click();
    await expect.poll(() => list('store-k3s', 'catalog.cattle.io', 'apps').map(({ metadata }) => metadata.name), { timeout: 20_000 }).toContain('pod-identity-webhook');
    const [deployment] = list('store-k3s', 'apps', 'deployments').filter(({ metadata }) => metadata.namespace === 'pod-identity-webhook');

    expect(deployment!.spec).toMatchObject({ replicas: 1, template: { spec: { containers: [{ args: expect.arrayContaining(['--aws-default-region=eu-central-1', '--token-audience=sts.example']) }] } } });
    expectQuiet(visit);
  });

  it('is held back where another one is, and says which', async() => {
    const type = kube('store-k3s').findType('admissionregistration.k8s.io', 'mutatingwebhookconfigurations')!;

    kube('store-k3s').create(type, { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'identities' }, webhooks: [{ name: 'a.example.com', admissionReviewVersions: ['v1beta1'], sideEffects: 'None', failurePolicy: 'Ignore', clientConfig: { url: 'https://x.example/mutate' }, objectSelector: { matchExpressions: [{ key: 'eks.amazonaws.com/skip-pod-identity-webhook', operator: 'DoesNotExist' }] }, rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }] }] });
    visit = await stage.visit({ provoked });
    await open('store-k3s', STORE);
    expect(await visit.page.getByTestId('irsa-held-back').innerText()).toContain('MutatingWebhookConfiguration identities');
    await visit.page.getByRole('button', { name: 'Install', exact: true }).click();
    await visit.page.getByText('Nothing was begun. The form says why.').waitFor();
    expect(await visit.page.getByText('the MutatingWebhookConfiguration identities').count()).toBe(1);
    await picture(visit.page, 'webhook-form-held-back');
    expect(list('store-k3s', 'catalog.cattle.io', 'apps').map(({ metadata }) => metadata.name)).not.toContain('pod-identity-webhook');
    expectQuiet(visit);
  });

  it('is held back on EKS, which has its own', async() => {
    visit = await stage.visit({ provoked });
    await open('prod-eks', PROD_EKS);
    await visit.page.getByTestId('irsa-held-back').waitFor();
    expect(await visit.page.getByTestId('irsa-held-back').innerText()).toContain('EKS brings the pod identity webhook along');
    expectQuiet(visit);
  });
});
