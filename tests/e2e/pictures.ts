import { mkdirSync } from 'node:fs';
import { allowS3 } from '../contract/issuer-seeds';
import { clusterPage, PROD_EKS, Stage, type Visit } from './support/stage';
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

/** A role of ours that lets in more than it should. */
function seedLooseRole(): void {
  const { world } = stage.sandbox;
  const { store } = world.kube('prod-eks');
  const host = world.kube('prod-eks').issuer().slice('https://'.length);
  const { arn } = world.aws.seedProvider({ url: `https://${ host }`, clientIds: ['sts.amazonaws.com'] });
  const statement = (Condition: object) => ({ Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition });

  world.aws.seedRole({
    name:  'loose', path: '/rancher-irsa/', tags: { 'rancher.io/irsa': 'managed' },
    trust: {
      Version:   '2012-10-17',
      Statement: [
        statement({ StringEquals: { [`${ host }:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${ host }:sub`]: 'system:serviceaccount:shop:*' } }),
        statement({ StringEquals: { [`${ host }:aud`]: 'sts.amazonaws.com', [`${ host }:sub`]: 'system:serviceaccount:archive:reader' } }),
      ],
    },
  });
  store.patch(store.findType('', 'serviceaccounts')!, 'shop', 'writer', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/rancher-irsa/loose' } } });
}

/** A cluster that runs itself on its way to an issuer, and the list of one that Rancher cannot change. */
async function takeIssuers(visit: Visit, suffix: string): Promise<void> {
  allowS3(stage.sandbox.world);
  await openCluster(visit, 'c-m-edge0001');
  await visit.click('irsa-enable');
  await visit.page.locator('[data-testid="irsa-host-choose"]:enabled').waitFor();
  await take(visit, `issuer-host${ suffix }`);
  await visit.click('irsa-host-choose');
  await visit.page.locator('[data-testid="irsa-apply"]:enabled').click();
  await outcome(visit);
  await visit.click('irsa-done');
  await visit.page.locator('[data-step="switch"] [data-testid="irsa-apply"]:enabled').click();
  await visit.page.locator('[data-testid="irsa-servers"] [data-state="accepted"]').first().waitFor();
  await take(visit, `issuer-switching${ suffix }`);
  await outcome(visit);
  await openCluster(visit, 'c-m-store001');
  await visit.click('irsa-enable');
  await visit.page.locator('[data-testid="irsa-host-choose"]:enabled').click();
  await visit.page.locator('[data-testid="irsa-apply"]:enabled').click();
  await outcome(visit);
  await visit.click('irsa-done');
  await visit.page.getByTestId('irsa-checklist').waitFor();
  await take(visit, `issuer-checklist${ suffix }`);
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
    await visit.goto('/c/_/irsa/settings?of=c-eks01');
    await visit.page.locator('[data-testid="irsa-need-CreateRole"][data-state="there"]').waitFor({ state: 'attached' });
    await visit.page.locator('[data-testid="irsa-settings-again"]:enabled').waitFor();
    await take(visit, `settings${ suffix }`);
    await openCluster(visit, PROD_EKS, '?account=shop%2Freader');
    await visit.page.getByTestId('irsa-binding-chain-shop/reader').waitFor();
    await take(visit, `cluster${ suffix }`);
    seedLooseRole();
    await visit.goto(`${ clusterPage(PROD_EKS) }?of=loose`);
    await visit.page.getByTestId('irsa-role-users').waitFor();
    await visit.page.getByTestId('irsa-role-around').waitFor({ state: 'detached' });
    await take(visit, `role${ suffix }`);
    await visit.goto(`/c/${ PROD_EKS }/explorer/serviceaccount/shop/reader#data`);
    await visit.page.getByTestId('irsa-panel').getByTestId('irsa-finding').waitFor();
    await take(visit, `panel${ suffix }`);
    await visit.goto('/c/_/irsa/bindings');
    await visit.page.locator('[data-testid="irsa-inventory-progress"]:not(:has(progress))').waitFor();
    await visit.page.getByText('2 of 2').first().waitFor();
    await take(visit, `bindings${ suffix }`);
    await visit.goto(`${ clusterPage(PROD_EKS) }?of=loose`);
    await visit.click('irsa-edit-trust');
    await visit.page.getByTestId('irsa-policy-note').first().click();
    await take(visit, `edit${ suffix }`);
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
    await takeIssuers(visit, suffix);
    await visit.leave();
  }
} finally {
  await stage.close();
}
