import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectQuiet } from './support/quiet';
import { picture, PROD_EKS, Stage, type Visit } from './support/stage';
import { apply, openCluster } from './support/steps';

const ACCOUNT = 'shop/writer';
const ROLE = 'arn:aws:iam::111122223333:role/orders';

/** Which pods carry the identity of their account, and what a restart makes of it. */
describe('the truth about pods', () => {
  let stage: Stage;
  let visit: Visit;

  const store = () => stage.sandbox.world.kube('prod-eks').store;
  const pods = () => store().list(store().findType('', 'pods')!).filter(({ metadata, spec }) => metadata.namespace === 'shop' && !metadata.deletionTimestamp && (spec as { serviceAccountName?: string }).serviceAccountName === 'writer');
  const carrying = () => pods().filter(({ spec }) => JSON.stringify(spec).includes(`"value":"${ ROLE }"`)).map(({ metadata }) => metadata.name.split('-')[0]).sort();

  function deploy(name: string, container: object = {}, { labels = {}, volumes = [] }: { labels?: object; volumes?: object[] } = {}): void {
    store().create(store().findType('apps', 'deployments')!, {
      apiVersion: 'apps/v1',
      kind:       'Deployment',
      metadata:   { name, namespace: 'shop' },
      spec:       {
        replicas: 1,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name, ...labels } }, spec: { serviceAccountName: 'writer', volumes, containers: [{ name: 'main', image: 'registry.example/acme/app:1', ...container }] } }
      },
    });
  }

  /** The account is bound, by hand and rightly, while its pods run: none of them carries anything. */
  function prepare(): void {
    const { aws, clusters } = stage.sandbox.world;
    const local = clusters.local.kube.store;
    const issuer = stage.sandbox.world.kube('prod-eks').issuer().replace('https://', '');
    const { arn } = aws.seedProvider({ url: `https://${ issuer }`, clientIds: ['sts.amazonaws.com'] });
    const Condition = { StringEquals: { [`${ issuer }:aud`]: 'sts.amazonaws.com', [`${ issuer }:sub`]: 'system:serviceaccount:shop:writer' } };

    aws.seedRole({ name: 'orders', trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition }] } });
    local.create(local.findType('management.cattle.io', 'proxyendpoints')!, { apiVersion: 'management.cattle.io/v3', kind: 'ProxyEndpoint', metadata: { name: 'sts' }, spec: { routes: [{ domain: 'sts.eu-central-1.amazonaws.com' }] } });
    deploy('queue', { volumeMounts: [{ name: 'buffer', mountPath: '/buffers' }] }, { volumes: [{ name: 'buffer', emptyDir: {} }] });
    deploy('own', { env: [{ name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::111122223333:role/own' }, { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/own/token' }] });
    deploy('out', {}, { labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': 'true' } });
  }

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(() => visit?.leave());

  it.each(['light', 'dark'] as const)('is counted before and after a restart, which says what may be lost (%s)', async(theme) => {
    prepare();
    await expect.poll(() => pods().length, { timeout: 20_000 }).toBe(5);
    store().patch(store().findType('', 'serviceaccounts')!, 'shop', 'writer', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': ROLE } } });
    visit = await stage.visit({ theme });
    const truth = () => visit.page.getByTestId(`irsa-binding-chain-${ ACCOUNT }`).getByTestId('irsa-pod-truth');
    const numbers = async() => ({ should: await truth().locator('.count').getAttribute('data-should'), carry: await truth().locator('.count').getAttribute('data-carry') });
    const reasonOf = (name: string) => truth().getByRole('row', { name: new RegExp(`^${ name }-`) }).first().innerText();

    await openCluster(visit, PROD_EKS, `?account=${ ACCOUNT }`);
    await truth().waitFor();
    expect(carrying()).toEqual([]);
    expect(await numbers()).toEqual({ should: '4', carry: '0' });
    expect(await reasonOf('queue')).toContain('or had not seen the service account yet');
    expect(await reasonOf('own')).toContain('main sets the AWS variables');
    expect(await reasonOf('out')).toContain('It is not counted');
    await picture(visit.page, `pods-before-${ theme }`);

    await visit.page.getByTestId(`irsa-binding-chain-${ ACCOUNT }`).getByTestId('irsa-remedy').first().click();
    await visit.page.getByTestId('irsa-plan').waitFor();
    const steps = await visit.page.locator('[data-testid^="irsa-step-restart-"]').allInnerTexts();

    expect(steps.map((text) => /Restart (\S+)/.exec(text)?.[1]).sort()).toEqual(['deployment/checkout', 'deployment/queue']);
    expect(await visit.page.getByTestId('irsa-plan-warnings').innerText()).toContain('/buffers');
    await picture(visit.page, `pods-restart-${ theme }`);
    expect(await apply(visit)).toBe('verified');

    await openCluster(visit, PROD_EKS, `?account=${ ACCOUNT }`);
    await truth().waitFor();
    await expect.poll(carrying).toEqual(['checkout', 'checkout', 'queue']);
    await expect.poll(numbers, { timeout: 20_000 }).toEqual({ should: '4', carry: '3' });
    expect(await truth().locator('tbody tr').count()).toBe(2);
    expect(await visit.page.getByTestId('irsa-webhook-pods').innerText()).toMatch(/^\d+ of \d+ carry their role$/);
    await picture(visit.page, `pods-after-${ theme }`);
    expectQuiet(visit);
  });
});
