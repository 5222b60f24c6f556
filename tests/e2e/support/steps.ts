import { expect } from 'vitest';
import { clusterPage, picture, pictures, PROD_EKS, type Visit } from './stage';

/** What people do again and again. */

export async function openCluster(visit: Visit, id: string, query = ''): Promise<void> {
  await visit.goto(clusterPage(id) + query);
  await visit.page.getByTestId('irsa-link-provider').waitFor();
}

/** Presses Apply and waits for the run's end; gives what the page says it came to. */
export async function apply(visit: Visit): Promise<string | null> {
  await visit.page.locator('[data-testid="irsa-plan"] [data-testid="irsa-apply"]:enabled').waitFor();
  await visit.click('irsa-apply');

  return outcome(visit);
}

export async function outcome({ page }: Visit): Promise<string | null> {
  await page.locator('[data-testid="irsa-plan"]:not([data-status="running"]):not([data-status="stopping"]) [data-testid="irsa-outcome"]').waitFor({ timeout: 120_000 });

  return page.getByTestId('irsa-outcome').getAttribute('data-result');
}

/** From a cluster's page to the plan that binds Rancher Backups, with what has to be typed. */
export async function reviewBackup(visit: Visit, bucket = 'acme-backups'): Promise<void> {
  await visit.click('irsa-bind');
  await visit.click('irsa-preset-rancher-backup');
  await visit.page.getByTestId('irsa-parameter-bucket').locator('input').or(visit.page.locator('input[data-testid="irsa-parameter-bucket"]')).first()
    .fill(bucket);
  await visit.click('irsa-review');
  await visit.page.getByTestId('irsa-plan').waitFor();
}

export async function linkState({ page }: Visit, link: string): Promise<string | null> {
  return page.getByTestId(`irsa-link-${ link }`).first().getAttribute('data-state');
}

/** Waits until a link of the cluster's chain is in a state; the page looks again by itself. */
export async function waitForLink({ page }: Visit, link: string, state: string): Promise<void> {
  await page.locator(`[data-testid="irsa-link-${ link }"][data-state="${ state }"]`).first().waitFor({ timeout: 40_000 });
}

/** Types an answer into the wizard as a person does: into the field first, then the keys. */
export async function answer({ page }: Visit, parameter: string, value: string): Promise<void> {
  const field = page.locator(`input[data-testid="irsa-parameter-${ parameter }"]`);

  await field.focus();
  await field.press('ControlOrMeta+a');
  await field.pressSequentially(value);
}

/** Makes a Backup with Rancher's own form, where the chart says that backups go. */
export async function makeBackup({ goto, page }: Visit, name: string): Promise<void> {
  await goto('/c/local/backup/resources.cattle.io.backup/create');
  await page.getByLabel('Name', { exact: false }).first().fill(name);
  await page.getByText('Store the contents of the backup unencrypted').click();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.endsWith('/create'));
}

/** From a cluster's page: takes the role away from an account, and deletes the role where that is offered. */
export async function unbind(visit: Visit, cluster: string, account: string, deleteRole = true): Promise<void> {
  await openCluster(visit, cluster);
  await visit.click(`irsa-actions-${ account }`);
  await visit.page.getByRole('menuitem', { name: 'Unbind' }).click();
  await visit.page.getByTestId('irsa-plan').waitFor();
  if (deleteRole) {
    await visit.click('irsa-choice');
    await visit.page.getByTestId('irsa-step-delete-role').waitFor();
  }
  expect(await apply(visit)).toBe('done');
}

/** Makes a ClusterOutput of prod-eks that uses the role, from the page on which Rancher makes one. */
export async function makeOutput(visit: Visit, name: string, { destination, ...answers }: Record<string, string>, shown?: string): Promise<void> {
  await visit.goto(`/c/${ PROD_EKS }/logging/logging.banzaicloud.io.clusteroutput/create`);
  await visit.click('irsa-output-use');
  await visit.page.locator('input[data-testid="irsa-output-name"]').fill(name);
  if (destination) {
    await visit.page.getByTestId('irsa-parameter-destination').click();
    await visit.page.getByRole('option', { name: destination, exact: true }).click();
  }
  for (const [parameter, value] of Object.entries(answers)) {
    await answer(visit, parameter, value);
  }
  if (shown) {
    await pictures(visit.page, shown);
  }
  await visit.click('irsa-output-create');
  await visit.page.getByTestId('irsa-step-create-output').waitFor();
  if (shown) {
    await picture(visit.page, `${ shown }-plan`);
  }
  await apply(visit);
  // Where Rancher itself leads once one was made.
  await visit.click('irsa-done');
  await visit.page.waitForURL((url) => url.pathname.endsWith('/logging.banzaicloud.io.clusteroutput'));
  await visit.page.getByRole('heading', { name: 'ClusterOutputs' }).waitFor();
}
