import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectQuiet } from './support/quiet';
import { picture, Stage, type Visit } from './support/stage';

const PAYLOAD = '<img src=x onerror="window.__pwned=1">{{7*7}}${7*7}\u202E';

/** Names and policies that somebody means ill with, in the real dashboard: they are text there, and nothing else. */
describe('hostile names', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(() => visit?.leave());

  it('are shown as they were received, run nothing and leave the dashboard usable', async() => {
    const { world } = stage.sandbox;
    const eks = world.kube('prod-eks').store;
    const local = world.kube('local').store;

    eks.patch(eks.findType('', 'serviceaccounts')!, 'shop', 'writer', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::111122223333:role/${ PAYLOAD }`, 'eks.amazonaws.com/audience': PAYLOAD } } });
    local.patch(local.findType('management.cattle.io', 'clusters')!, undefined, 'c-m-store001', 'application/merge-patch+json', { spec: { displayName: PAYLOAD } });
    const role = [...world.aws.state.roles.values()].find(({ name }) => name === 's3-reader')!;

    role.trust = JSON.stringify({ ...JSON.parse(role.trust) as object, Id: PAYLOAD });
    role.tags.set('owner', PAYLOAD);
    visit = await stage.visit();
    const { page } = visit;
    const dialogs: string[] = [];

    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    for (const [path, ready] of [
      ['/c/_/irsa/clusters', 'irsa-cluster-prod-eks'], ['/c/_/irsa/clusters/c-eks01?account=shop%2Fwriter', 'irsa-binding-shop/writer'],
      ['/c/_/irsa/clusters/c-eks01?account=shop%2Freader', 'irsa-binding-chain-shop/reader'], ['/c/_/irsa/clusters/c-m-store001', 'irsa-link-provider'], ['/c/_/irsa/settings', 'irsa-settings'],
    ] as const) {
      await visit.goto(path);
      await page.getByTestId(ready).first().waitFor();
      expect(await page.evaluate(() => (window as unknown as { __pwned?: number }).__pwned), path).toBeUndefined();
      expect(await page.locator('img[src="x"]').count(), path).toBe(0);
    }
    await visit.goto('/c/_/irsa/clusters/c-eks01?account=shop%2Fwriter');
    await page.getByTestId('irsa-binding-shop/writer').waitFor();
    expect(await page.locator('body').innerText()).toContain('{{7*7}}${7*7}');
    await picture(page, 'hostile');
    expect(dialogs).toEqual([]);
    // The dashboard goes on as ever.
    await page.locator('.side-nav a[href*="/irsa/settings"]').first().click();
    await page.getByTestId('irsa-settings').waitFor();
    expectQuiet(visit);
  });
});
