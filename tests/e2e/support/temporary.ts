import type { Sandbox } from '../../sandbox/server.ts';
import { issueSession, type IssuedSession } from '../../sandbox/aws/sessions.ts';
import type { Visit } from './stage';

/** Temporary credentials of the sandbox's account. */
export const issue = ({ world }: Sandbox, seconds = 2610): IssuedSession['Credentials'] => issueSession(world.aws.state, seconds).Credentials;

/** The lines that IAM Identity Center's portal gives to copy. */
export function exportLines({ AccessKeyId, SecretAccessKey, SessionToken, Expiration }: IssuedSession['Credentials']): string {
  return `export AWS_ACCESS_KEY_ID="${ AccessKeyId }"\nexport AWS_SECRET_ACCESS_KEY="${ SecretAccessKey }"\nexport AWS_SESSION_TOKEN="${ SessionToken }"\nexport AWS_CREDENTIAL_EXPIRATION="${ Expiration }"`;
}

/** Pastes as Ctrl+V does, into what has the focus. */
export async function pasteText({ page }: Visit, text: string): Promise<void> {
  await page.evaluate((words) => {
    const clipboardData = new DataTransfer();

    clipboardData.setData('text/plain', words);
    document.activeElement!.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** Opens the form from the list of credentials. */
export async function openForm(visit: Visit): Promise<void> {
  await visit.click('irsa-credential');
  await visit.click('irsa-credential-paste');
  // Rancher's panel takes the focus for itself once it is open.
  await visit.page.waitForFunction(() => document.querySelector('#slides')?.contains(document.activeElement));
  await visit.page.locator('textarea[data-testid="irsa-temporary-block"]').focus();
}

/** From the cluster's page to being looked at with temporary credentials. */
export async function usePasted(visit: Visit, text: string): Promise<void> {
  await openForm(visit);
  await pasteText(visit, text);
  await visit.click('irsa-temporary-use');
  await visit.page.locator('[data-testid="irsa-temporary-block"]').waitFor({ state: 'detached' });
}
