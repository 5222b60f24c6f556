import AxeBuilder from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectQuiet } from './support/quiet';
import { PROD_EKS, Stage, picture, type Visit } from './support/stage';
import { answer, apply, openCluster } from './support/steps';

describe('the catalogue of charts', () => {
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

  const cards = () => visit.page.locator('[data-testid^="irsa-preset-"]').evaluateAll((all) => all.map((card) => card.getAttribute('data-testid')!.replace('irsa-preset-', '')));
  const account = (cluster: string, namespace: string, name: string) => {
    const { store } = stage.sandbox.world.kube(cluster);

    return store.get(store.findType('', 'serviceaccounts')!, namespace, name);
  };
  const put = (cluster: string, type: string, body: object) => visit.context.request.post(`/k8s/clusters/${ cluster }/api/v1/${ type }`, { data: body });

  it.each(['light', 'dark'] as const)('is searched, filtered and read, %s', async(theme) => {
    visit = await stage.visit({ theme });
    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-bind');
    const { page } = visit;

    await page.locator('[data-testid="irsa-preset-rancher-logging"]', { hasText: 'Installed' }).waitFor();
    expect((await cards())[0]).toBe('rancher-logging');
    expect((await cards()).length).toBeGreaterThan(17);
    // An icon that Rancher's font does not have has no width; text that is too long would leave its card.
    expect(await page.locator('[data-testid^="irsa-preset-"] .icon').evaluateAll((all) => all.filter((icon) => icon.clientWidth < 10).map((icon) => icon.className))).toEqual([]);
    expect(await page.locator('[data-testid^="irsa-preset-"]').evaluateAll((all) => all.filter((card) => card.scrollWidth > card.clientWidth + 1).map((card) => card.textContent))).toEqual([]);
    await picture(page, `presets-${ theme }`);
    expect((await new AxeBuilder({ page }).include('[data-testid="irsa-bind-wizard"]').analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
    await page.locator('input[data-testid="irsa-catalogue-search"]').fill('harbor');
    await page.getByTestId('irsa-impossible-harbor').waitFor();
    expect(await cards()).toEqual(['any']);
    await picture(page, `presets-impossible-${ theme }`);
    await page.locator('input[data-testid="irsa-catalogue-search"]').fill('no such thing');
    await page.getByTestId('irsa-catalogue-empty').waitFor();
    await page.locator('input[data-testid="irsa-catalogue-search"]').fill('');
    await visit.click('irsa-catalogue-installed');
    expect(await cards()).toEqual(['rancher-logging', 'any']);
    await visit.click('irsa-preset-rancher-logging');
    await page.getByTestId('irsa-preset-notes').waitFor();
    await picture(page, `presets-chosen-${ theme }`);
    expect((await new AxeBuilder({ page }).include('[data-testid="irsa-bind-wizard"]').analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
    await visit.click('irsa-choose-again');
    expect((await cards()).length).toBeGreaterThan(17);
    expectQuiet(visit);
  });

  it('binds a chart that is here under another name', async() => {
    visit = await stage.visit();
    await openCluster(visit, PROD_EKS);
    expect((await put(PROD_EKS, 'namespaces/shop/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'backup-velero-server', namespace: 'shop' } })).ok()).toBe(true);
    await visit.click('irsa-bind');
    await visit.page.locator('[data-testid="irsa-preset-velero"]', { hasText: 'Installed' }).waitFor();
    await visit.click('irsa-preset-velero');
    expect(await visit.page.getByTestId('irsa-chosen-account').textContent()).toContain('not in this cluster');
    await visit.click('irsa-found-shop/backup-velero-server');
    expect(await visit.page.getByTestId('irsa-chosen-account').textContent()).toContain('shop/backup-velero-server');
    await answer(visit, 'bucket', 'acme-data');
    await picture(visit.page, 'presets-other-account');
    await visit.click('irsa-review');
    expect(await apply(visit)).toBe('verified');
    expect(account(PROD_EKS, 'shop', 'backup-velero-server')?.metadata.annotations?.['eks.amazonaws.com/role-arn']).toContain('backup-velero-server');
    expectQuiet(visit);
  });
});
