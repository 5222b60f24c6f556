import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CREDENTIAL, IRMA, seedIrma, shipped, type Rights } from '../contract/rights/people';
import { without, withoutAction } from '../contract/rights/removals';
import { put } from '../sandbox/scenario/put.ts';
import { expectQuiet } from './support/quiet';
import { picture, PROD_EKS, Stage, type Visit } from './support/stage';
import { apply, openCluster } from './support/steps';

/** Rancher's own pages ask for what no role of ours gives. */
const OTHERS = /\/v1\/|\/v3\/|management\.cattle\.io/;

/** Somebody with just the roles and the policy that ship, and with one right less of them, before a plan. */
describe('a plan and somebody’s rights', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit.leave();
  });

  const writes = () => stage.sandbox.world.aws.calls().filter(({ write }) => write).map(({ action }) => action);
  const writer = () => {
    const { store } = stage.sandbox.world.kube('prod-eks');

    return store.get(store.findType('', 'serviceaccounts')!, 'shop', 'writer')!;
  };

  /** From the cluster's page to the plan that binds shop/writer. */
  async function review(rights: Rights): Promise<void> {
    seedIrma(stage.sandbox.world, rights);
    visit = await stage.visit({ user: IRMA, provoked: OTHERS });
    await openCluster(visit, PROD_EKS, `?credential=${ encodeURIComponent(CREDENTIAL) }`);
    await visit.click('irsa-bind');
    await visit.click('irsa-preset-any');
    for (const [testId, entry] of [['irsa-namespace', 'shop'], ['irsa-account', 'writer']] as const) {
      await visit.page.getByTestId(testId).click();
      await visit.page.getByRole('option', { name: entry, exact: true }).click();
    }
    await visit.click('irsa-review');
    await visit.page.getByTestId('irsa-plan').waitFor();
  }

  it('goes through with exactly what ships', async() => {
    await review(shipped());
    expect(await apply(visit)).toBe('verified');
    expect(writer().metadata.annotations?.['eks.amazonaws.com/role-arn']).toContain(':role/rancher-irsa/');
    expectQuiet(visit);
  });

  it('is not begun without the right to annotate, which the page names', async() => {
    const rights = shipped();

    seedIrma(stage.sandbox.world, { ...rights, roleTemplate: without(rights.roleTemplate, '', 'serviceaccounts', 'patch') });
    visit = await stage.visit({ user: IRMA, provoked: OTHERS });
    await openCluster(visit, PROD_EKS, `?credential=${ encodeURIComponent(CREDENTIAL) }`);
    await visit.page.getByTestId('irsa-right-missing').locator('summary').click();
    await visit.page.getByText('patch serviceaccounts').waitFor();
    expect(await visit.page.getByTestId('irsa-bind').count()).toBe(0);
    expectQuiet(visit);
  });

  const LACKS: [string, (rights: Rights) => Rights, RegExp][] = [
    ['a right in the cluster', (rights) => ({ ...rights, roleTemplate: without(rights.roleTemplate, 'apps', 'daemonsets', 'patch') }), /patch daemonsets\.apps collector in namespace shop of prod-eks/],
    ['an action of IAM', (rights) => withoutAction(rights, 'CreateRole'), /iam:CreateRole on arn:aws:iam::111122223333:role\/rancher-irsa\//],
  ];

  it.each(LACKS)('is held back for want of %s, by name, before anything is changed', async(what, take, name) => {
    put(stage.sandbox.world.kube('prod-eks'), 'apps', 'daemonsets', {
      metadata: { name: 'collector', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'collector' } }, template: { metadata: { labels: { app: 'collector' } }, spec: { serviceAccountName: 'writer', containers: [{ name: 'app', image: 'registry.example/acme/app:1.4.2' }] } } }
    });
    const before = JSON.stringify(writer());

    await review(take(shipped()));
    const held = visit.page.getByTestId('irsa-held-back');

    await held.waitFor();
    expect(await held.innerText()).toMatch(name);
    expect(await held.innerText()).toContain('Nothing was changed');
    expect(await visit.page.locator('[data-testid="irsa-plan"] [data-testid="irsa-apply"]').isEnabled()).toBe(false);
    await picture(visit.page, `held-back-${ what.replace(/\W+/g, '-') }`);
    expect(writes()).toEqual([]);
    expect(JSON.stringify(writer())).toBe(before);
    await visit.click('irsa-to-settings');
    await visit.page.getByTestId('irsa-settings').waitFor();
    expectQuiet(visit);
  });

  it('tells somebody who may not make objects of the whole cluster so, before the webhook is begun', async() => {
    seedIrma(stage.sandbox.world, shipped());
    visit = await stage.visit({ user: IRMA, provoked: OTHERS });
    await openCluster(visit, 'c-m-store001', `?credential=${ encodeURIComponent(CREDENTIAL) }`);
    await visit.click('irsa-install-webhook');
    await visit.page.getByText('You may not install the webhook here').waitFor();
    expect(await visit.page.locator('body').innerText()).toMatch(/right to list clusterrepos\.catalog\.cattle\.io, create mutatingwebhookconfigurations\.admissionregistration\.k8s\.io, create clusterroles\.rbac/);
    await picture(visit.page, 'held-back-webhook');
    const { store } = stage.sandbox.world.kube('store-k3s');

    expect(store.list(store.findType('catalog.cattle.io', 'clusterrepos')!).map(({ metadata }) => metadata.name)).not.toContain('irsa');
    expectQuiet(visit);
  });
});
