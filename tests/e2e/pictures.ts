import { mkdirSync } from 'node:fs';
import { PROD_EKS, Stage, type Visit } from './support/stage';
import { openCluster, outcome, reviewBackup } from './support/steps';

/** The pictures of the documents, from the journeys that they show. */
const FOLDER = 'docs/pictures';

async function take({ page }: Visit, name: string): Promise<void> {
  // Nothing blinks, turns or fades in a picture.
  await page.addStyleTag({ content: '*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }' });
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${ FOLDER }/${ name }.png` });
  console.log(`${ FOLDER }/${ name }.png`);
}

mkdirSync(FOLDER, { recursive: true });
const stage = await Stage.open();

try {
  for (const theme of ['light', 'dark'] as const) {
    const suffix = theme === 'dark' ? '-dark' : '';
    const visit = await stage.visit({ theme });

    await stage.sandbox.reset();
    await visit.goto('/c/_/irsa/clusters');
    await visit.page.getByTestId('irsa-finding-store-k3s').waitFor();
    await visit.page.waitForTimeout(1500);
    await take(visit, `clusters${ suffix }`);
    await openCluster(visit, PROD_EKS, '?account=shop%2Freader');
    await visit.page.getByTestId('irsa-binding-chain-shop/reader').waitFor();
    await take(visit, `cluster${ suffix }`);
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    await visit.page.goBack();
    await visit.page.getByTestId('irsa-review').waitFor();
    await take(visit, `bind${ suffix }`);
    await visit.click('irsa-review');
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    await take(visit, `plan${ suffix }`);
    await visit.click('irsa-apply');
    await visit.page.locator('[data-testid="irsa-step-upgrade-app"][data-status="waiting"]').waitFor();
    await take(visit, `running${ suffix }`);
    await outcome(visit);
    await take(visit, `verified${ suffix }`);
    await visit.leave();
  }
} finally {
  await stage.close();
}
