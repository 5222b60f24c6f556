import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedBound, seedBoundBackup, seedKeyedBackup, seedKeyedOutput, seedKeyedWhole } from '../contract/seeds';
import { axeFindings } from './support/axe';
import { expectQuiet } from './support/quiet';
import { picture, Stage, type Visit } from './support/stage';

/** Every binding in every cluster, on a page of the product. */
describe('the bindings of all clusters', () => {
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
    await visit?.leave();
  });

  const row = (account: string) => visit.page.getByTestId(`irsa-inventory-${ account }`);

  async function open(options: Parameters<Stage['visit']>[0] = {}, query = ''): Promise<void> {
    visit = await stage.visit(options);
    await visit.goto(`/c/_/irsa/bindings${ query }`);
    await visit.page.getByTestId('irsa-inventory').waitFor();
  }

  const isComplete = () => visit.page.locator('[data-testid="irsa-inventory-progress"]:not(:has(progress))').waitFor();

  async function download(kind: 'csv' | 'json'): Promise<string> {
    await visit.click('irsa-export');
    const [file] = await Promise.all([visit.page.waitForEvent('download'), visit.click(`irsa-export-${ kind }`)]);

    expect(file.suggestedFilename()).toBe(`irsa-bindings.${ kind }`);

    return readFile(await file.path(), 'utf8');
  }

  it.each(['light', 'dark'] as const)('shows them with what is wrong, filters, and leads to each (%s)', async(theme) => {
    seedBound(stage.sandbox.world);
    seedBoundBackup(stage.sandbox.world);
    visit = await stage.visit({ theme });
    await visit.goto('/c/_/irsa/clusters');
    await visit.page.getByTestId('irsa-clusters').waitFor();
    await visit.page.getByRole('link', { name: 'Bindings', exact: true }).click();
    await row('prod-eks-shop/writer').waitFor();
    await isComplete();
    expect(await visit.page.locator('tr.entry').count()).toBe(3);
    // Worst first, and their pods come by themselves.
    expect(await visit.page.locator('tr.entry').last().innerText()).toContain('writer');
    expect(await visit.page.locator('[data-code="TRUST_SUBJECT_DIFFERS"]').count()).toBe(1);
    await visit.page.locator('tr.entry', { has: row('prod-eks-shop/reader') }).getByText('2 of 2').waitFor();
    expect(await axeFindings(visit.page, '[data-testid="irsa-inventory"]')).toEqual([]);
    await picture(visit.page, `inventory-${ theme }`);

    await visit.page.getByTestId('irsa-table-search').fill('backup');
    await row('prod-eks-shop/writer').waitFor({ state: 'detached' });
    expect(await visit.page.locator('tr.entry').count()).toBe(1);
    await visit.page.getByTestId('irsa-table-search').fill('');
    await visit.page.getByTestId('irsa-filter-severity').click();
    await visit.page.getByRole('option', { name: 'High and worse' }).click();
    await row('prod-eks-shop/writer').waitFor({ state: 'detached' });
    await visit.page.getByTestId('irsa-filter-cluster').click();
    await visit.page.getByRole('option', { name: 'prod-eks' }).click();
    await row('local-cattle-resources-system/rancher-backup').waitFor({ state: 'detached' });
    expect(await visit.page.locator('tr.entry').count()).toBe(1);
    // The filter is part of the address.
    await visit.page.reload();
    await row('prod-eks-shop/reader').waitFor();
    await isComplete();
    expect(await visit.page.locator('tr.entry').count()).toBe(1);
    await row('prod-eks-shop/reader').click();
    await visit.page.getByTestId('irsa-binding-chain-shop/reader').waitFor();
    expectQuiet(visit);
  });

  it('exports exactly what the filters leave, and nothing that a spreadsheet computes', async() => {
    const { world } = stage.sandbox;

    seedBound(world);
    seedBoundBackup(world);
    const { store } = world.kube('local');

    store.patch(store.findType('management.cattle.io', 'clusters')!, undefined, 'c-eks01', 'application/merge-patch+json', { spec: { displayName: '=1+1' } });
    await open({}, '?in=c-eks01');
    await visit.page.getByTestId('irsa-inventory-=1+1-shop/writer').waitFor();
    await isComplete();
    const json = JSON.parse(await download('json'));

    expect(json.map(({ serviceAccount, pods, podsWithRole, worstFinding }: Record<string, unknown>) => ({ serviceAccount, pods, podsWithRole, worstFinding }))).toEqual([
      { serviceAccount: 'reader', pods: 2, podsWithRole: 2, worstFinding: 'TRUST_SUBJECT_DIFFERS' },
      { serviceAccount: 'writer', pods: 2, podsWithRole: 2, worstFinding: null },
    ]);
    await visit.page.getByTestId('irsa-table-search').fill('writer');
    await visit.page.getByTestId('irsa-inventory-=1+1-shop/reader').waitFor({ state: 'detached' });
    const lines = (await download('csv')).trim().split('\r\n');

    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^'=1\+1,c-eks01,shop,writer,arn:aws:iam::/);
    expectQuiet(visit);
  });

  it('shows the others when one cluster does not answer, says so, and asks that one again', async() => {
    seedBound(stage.sandbox.world);
    seedBoundBackup(stage.sandbox.world);
    stage.sandbox.world.faults.add({ id: 'down', match: 'GET /k8s/clusters/c-eks01/api/v1/serviceaccounts', kind: 'error', times: 100 });
    await open({ provoked: /serviceaccounts|500|503/ });
    await row('local-cattle-resources-system/rancher-backup').waitFor();
    const gaps = visit.page.getByTestId('irsa-inventory-gaps');

    await gaps.waitFor();
    expect(await gaps.innerText()).toContain('prod-eks');
    await picture(visit.page, 'inventory-gap');
    stage.sandbox.world.faults.clear();
    await visit.click('irsa-inventory-retry');
    await row('prod-eks-shop/writer').waitFor();
    await gaps.waitFor({ state: 'detached' });
  });

  it.each(['light', 'dark'] as const)('lists what uses access keys in every cluster, exports it, and leads to the plans (%s)', async(theme) => {
    const { world } = stage.sandbox;

    seedBound(world);
    seedKeyedWhole(world);
    seedKeyedOutput(world);
    seedKeyedBackup(world);
    world.faults.add({ id: 'down', match: 'GET /k8s/clusters/c-m-store001/apis/apps', kind: 'error', times: 1000 });
    await open({ theme, provoked: /apis\/apps|500|503/ });
    await isComplete();
    await visit.page.getByRole('tab', { name: 'Access keys and node roles' }).click();
    await visit.page.getByTestId('irsa-move-prod-eks-deployment/shop/checkout').waitFor();
    await visit.page.getByTestId('irsa-move-local-backup//nightly').waitFor();
    await isComplete();
    expect(await visit.page.getByTestId('irsa-inventory-gaps').innerText()).toContain('store-k3s');
    expect(await axeFindings(visit.page, '[data-testid="irsa-inventory"]')).toEqual([]);
    await picture(visit.page, `inventory-keys-${ theme }`);
    await visit.page.getByTestId('irsa-table-search').fill('checkout');
    await visit.page.getByTestId('irsa-move-local-backup//nightly').waitFor({ state: 'detached' });
    await visit.click('irsa-export');
    const [file] = await Promise.all([visit.page.waitForEvent('download'), visit.click('irsa-export-json')]);

    expect(file.suggestedFilename()).toBe('irsa-access-keys.json');
    expect(JSON.parse(await readFile(await file.path(), 'utf8'))).toMatchObject([{ cluster: 'prod-eks', what: 'deployment shop/checkout', signsWith: 'access key', secrets: ['shop/checkout-aws'] }]);
    await visit.click('irsa-move-prod-eks-deployment/shop/checkout');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    await visit.page.goBack();
    await visit.page.getByTestId('irsa-move-prod-eks-deployment/shop/checkout').waitFor();
    expectQuiet(visit);
  });

  it('tells a member of a project which clusters it says nothing about', async() => {
    seedBound(stage.sandbox.world);
    await open({ user: 'milo', provoked: /clusters\/local/ });
    await visit.page.getByTestId('irsa-inventory-no-right').waitFor();
    expect(await visit.page.getByTestId('irsa-inventory-no-right').innerText()).toContain('prod-eks');
    await picture(visit.page, 'inventory-member');
    expectQuiet(visit);
  });
});
