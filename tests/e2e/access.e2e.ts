import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { axeFindings } from './support/axe';
import { expectQuiet } from './support/quiet';
import { PROD_EKS, Stage, picture, type Visit } from './support/stage';
import { apply, openCluster, reviewBackup } from './support/steps';

describe('for everyone, in both themes', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(() => visit?.leave());

  describe.each(['light', 'dark'] as const)('%s', (theme) => {
    it('list of clusters', async() => {
      visit = await stage.visit({ theme });
      await visit.goto('/c/_/irsa/clusters');
      await visit.page.getByTestId('irsa-cluster-prod-eks').waitFor();
      await visit.page.locator('[data-testid="irsa-finding-prod-eks"]').waitFor();
      await picture(visit.page, `clusters-${ theme }`);
      expect(await visit.page.evaluate(() => document.body.className)).toContain(`theme-${ theme }`);
      expect(await axeFindings(visit.page, '[data-testid="irsa-clusters"]')).toEqual([]);
      expectQuiet(visit);
    });

    it('a cluster and the chain of a binding', async() => {
      visit = await stage.visit({ theme });
      await openCluster(visit, PROD_EKS, '?account=shop%2Freader');
      await visit.page.getByTestId('irsa-binding-chain-shop/reader').waitFor();
      await picture(visit.page, `cluster-${ theme }`);
      expect(await axeFindings(visit.page, '[data-testid="irsa-cluster"]')).toEqual([]);
      expectQuiet(visit);
    });

    it('the wizard, the plan and its end', async() => {
      visit = await stage.visit({ theme });
      await openCluster(visit, 'local');
      await visit.click('irsa-bind');
      await visit.click('irsa-preset-rancher-backup');
      await picture(visit.page, `bind-${ theme }`);
      expect(await axeFindings(visit.page, '[data-testid="irsa-cluster"]')).toEqual([]);
      await openCluster(visit, 'local');
      await reviewBackup(visit);
      await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
      await picture(visit.page, `plan-${ theme }`);
      for (const tab of ['steps', 'trust', 'permissions', 'cli']) {
        await visit.page.getByTestId(`irsa-tab-${ tab }`).click();
        await picture(visit.page, `plan-${ tab }-${ theme }`);
        expect(await axeFindings(visit.page, '[data-testid="irsa-cluster"]'), tab).toEqual([]);
      }
      await visit.page.getByTestId('irsa-tab-steps').click();
      expect(await apply(visit)).toBe('verified');
      await picture(visit.page, `verified-${ theme }`);
      expect(await axeFindings(visit.page, '[data-testid="irsa-cluster"]')).toEqual([]);
      expectQuiet(visit);
    });
  });

  it('binds with the keyboard alone', async() => {
    visit = await stage.visit();
    await openCluster(visit, 'local');
    const { page } = visit;

    await page.getByTestId('irsa-bind').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('irsa-bind-wizard').waitFor();
    await page.getByTestId('irsa-preset-rancher-backup').focus();
    await page.keyboard.press('Space');
    // Choosing leads to the first question.
    await page.keyboard.type('acme-backups');
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    await page.getByTestId('irsa-apply').focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="irsa-outcome"][data-result="verified"]').waitFor({ timeout: 120_000 });
    expectQuiet(visit);
  });
});
