import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
    await picture(visit.page, `webhook-installed-${ theme }`);
    await openCluster(visit, STORE);
    await waitForLink(visit, 'webhook', 'ok');
    expect(await visit.page.getByTestId('irsa-install-webhook').count()).toBe(0);
    expect(roles()).toEqual([undefined]);
    store().delete(store().findType('', 'pods')!, 'pos', pods()[0]!.metadata.name);
    await expect.poll(roles, { timeout: 20_000 }).toEqual([ROLE]);

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

  it('says what Helm said, when Helm fails', async() => {
    store().create(store().findType('rbac.authorization.k8s.io', 'clusterroles')!, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'pod-identity-webhook' }, rules: [] });
    visit = await stage.visit();
    await openCluster(visit, STORE);
    await visit.click('irsa-install-webhook');
    expect(await apply(visit)).toBe('failed');
    expect(await visit.page.getByTestId('irsa-outcome').innerText()).toContain('exists and cannot be imported into the current release');
    await picture(visit.page, 'webhook-failed');
    expectQuiet(visit);
  });
});
