import { clusterPage, type Visit } from './stage';

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
