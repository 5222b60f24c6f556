import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { seedBound, seedStsEndpoint } from '../contract/seeds';
import { expectQuiet } from './support/quiet';
import { PROD_EKS, Stage, picture, type Visit } from './support/stage';
import { apply } from './support/steps';

let stage: Stage;

beforeAll(async() => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());
beforeEach(() => stage.sandbox.reset());

const LIST = `/c/${ PROD_EKS }/explorer/serviceaccount`;

/** Opens an account's menu in Rancher's list and takes an entry. */
async function take({ page }: Visit, account: string, entry: string): Promise<void> {
  await page.locator('tr', { has: page.getByRole('link', { name: account, exact: true }) }).getByTestId(/action-button/).first().click();
  await page.getByRole('menuitem', { name: entry }).click();
}

it.each(['light', 'dark'] as const)('shows the role in Rancher’s list of service accounts, and verifies and unbinds from there (%s)', async(theme) => {
  seedBound(stage.sandbox.world);
  seedStsEndpoint(stage.sandbox.world);
  const visit = await stage.visit({ theme });

  await visit.goto(LIST);
  await visit.page.getByRole('columnheader', { name: 'IAM role' }).waitFor();
  await visit.page.getByRole('cell', { name: 'prod-eks_shop_writer' }).waitFor();
  await picture(visit.page, `service-accounts-${ theme }`);
  await take(visit, 'writer', 'Verify IAM role');
  await visit.page.locator('[data-testid="irsa-link-identity"][data-state="ok"]').waitFor();
  await visit.goto(LIST);
  await take(visit, 'writer', 'Unbind IAM role');
  expect(await apply(visit)).toBe('done');
  await visit.click('irsa-done');
  await visit.page.waitForURL((url) => url.pathname.endsWith(LIST));
  const { store } = stage.sandbox.world.kube(PROD_EKS);

  expect(store.get(store.findType('', 'serviceaccounts')!, 'shop', 'writer')?.metadata.annotations?.['eks.amazonaws.com/role-arn']).toBeUndefined();
  expectQuiet(visit);
  await visit.leave();
});

it('binds from there, with what is known of the account filled in', async() => {
  const visit = await stage.visit();

  await visit.goto(LIST);
  await take(visit, 'writer', 'Bind IAM role');
  await visit.click('irsa-review');
  expect(await apply(visit)).toBe('verified');
  expectQuiet(visit);
  await visit.leave();
});
