import { launchBrowser } from '../../scripts/browser.mjs';
import { dashboardDirectory, extensionDirectory } from '../../scripts/paths.mjs';
import { SANDBOX_USERS } from '../sandbox/scenario/users.ts';
import { startSandbox } from '../sandbox/server.ts';
import { gzipped } from './size.ts';

/** What a browser fetched of the extension between the log-in and a quiet home page. */
export async function fetchedAtLogin(): Promise<{ file: string; bytes: number }[]> {
  const sandbox = await startSandbox({ dashboard: dashboardDirectory(), extension: extensionDirectory() });
  const browser = await launchBrowser();

  try {
    const context = await browser.newContext({ baseURL: sandbox.url });
    const { username, password } = SANDBOX_USERS[0]!;
    const page = await context.newPage();
    const fetched: Promise<{ file: string; bytes: number }>[] = [];

    page.on('response', (response) => {
      const [, file] = /\/uiplugins\/irsa\/[^/]+\/plugin\/([^?]+)/.exec(response.url()) ?? [];

      if (file) {
        fetched.push(response.body().then((body) => ({ file, bytes: gzipped(body) })));
      }
    });
    await context.request.post('/v1-public/login', { data: { type: 'localProvider', username, password, responseType: 'cookie' } });
    await page.goto('/dashboard/home');
    await page.locator('a[href*="/irsa/clusters"]').first().waitFor({ state: 'attached' });
    await page.waitForTimeout(2000);

    return await Promise.all(fetched);
  } finally {
    await browser.close();
    await sandbox.stop();
  }
}
