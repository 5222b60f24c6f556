import { launchBrowser } from '../../scripts/browser.mjs';
import { dashboardDirectory, extensionDirectory } from '../../scripts/paths.mjs';
import { SANDBOX_USERS } from '../sandbox/scenario/users.ts';
import { startSandbox } from '../sandbox/server.ts';

export interface InventorySpeed {
  clusters: number;
  /** Milliseconds from the click on Bindings to the first row. */
  firstRows: number;
  /** Milliseconds from there to the last cluster. */
  all: number;
  /** Milliseconds of the longest task of the browser's main thread meanwhile. */
  longestTask: number;
  /** Most requests to one cluster, but for further pages of more than 500 accounts, and before pods are in sight: then there is one more for each namespace. */
  requests: number;
}

/** The list of bindings over the fleet of the sandbox: 500 clusters with 50 000 service accounts, three of each bound. */
export async function inventorySpeed(): Promise<InventorySpeed> {
  const sandbox = await startSandbox({ dashboard: dashboardDirectory(), extension: extensionDirectory(), fleet: true });
  const browser = await launchBrowser();

  try {
    const context = await browser.newContext({ baseURL: sandbox.url, viewport: { width: 1440, height: 1000 } });
    const { username, password } = SANDBOX_USERS[0]!;
    const page = await context.newPage();
    const asked = new Map<string, number>();
    let isCounting = false;

    page.on('request', (request) => {
      const [, cluster] = /\/k8s\/clusters\/([^/]+)\/api/.exec(request.url()) ?? [];

      if (cluster && isCounting && !/\/pods\?|[?&]continue=/.test(request.url())) {
        asked.set(cluster, (asked.get(cluster) ?? 0) + 1);
      }
    });
    await context.request.post('/v1-public/login', { data: { type: 'localProvider', username, password, responseType: 'cookie' } });
    await page.goto('/dashboard/c/_/irsa/settings');
    await page.locator('[data-testid="irsa-settings-again"]:enabled').waitFor();
    // What the dashboard itself still does after it was opened is not ours.
    await page.waitForTimeout(3000);
    await page.evaluate(() => {
      const seen = globalThis as unknown as { longest: number };

      seen.longest = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (seen.longest = Math.max(seen.longest, duration)))).observe({ entryTypes: ['longtask'] });
    });
    isCounting = true;
    const begun = performance.now();

    await page.getByRole('link', { name: 'Bindings', exact: true }).click();
    await page.locator('[data-testid="irsa-inventory"] tr.entry').first().waitFor();
    const firstRows = performance.now() - begun;

    await page.locator('[data-testid="irsa-inventory-progress"]:not(:has(progress))').waitFor({ timeout: 180_000 });
    const all = performance.now() - begun;
    const clusters = Number(await page.getByTestId('irsa-inventory-progress').getAttribute('data-total'));

    return { clusters, firstRows, all, longestTask: await page.evaluate(() => (globalThis as unknown as { longest: number }).longest), requests: Math.max(0, ...asked.values()) };
  } finally {
    await browser.close();
    await sandbox.stop();
  }
}
