import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endSessions } from '../sandbox/aws/sessions.ts';
import { expectQuiet } from './support/quiet';
import { PROD_EKS, Stage, picture, type Visit, type VisitOptions } from './support/stage';
import { apply, openCluster, outcome, reviewBackup } from './support/steps';
import { exportLines, issue, openForm, pasteText, usePasted } from './support/temporary';

/** Lines that Chromium prints by itself for an answer that is not a success; only where the test provokes that answer. */
const REFUSED = /Failed to load resource.*\/meta\/proxy\//;

interface DashboardStore { _mutations: Record<string, unknown>; subscribe(listener: (mutation: { type: string }) => void): void }

interface Dashboard { __vue_app__: { config: { globalProperties: { $router: { push(path: string): void }; $store: DashboardStore } } } }

interface Watched { __seenOfLogout(): { waiting: number; loggedOut: boolean; knowsMutation: boolean } }

/** Runs in the page: credentials that are held have a timer that ends them; who forgets them stops it. */
function watchLogout(): void {
  const { setTimeout: set, clearTimeout: clear } = window;
  const { $store } = (document.querySelector('#app') as unknown as Dashboard).__vue_app__.config.globalProperties;
  const timers = new Set<unknown>();
  const mutations: string[] = [];
  const seen = () => ({ waiting: timers.size, loggedOut: mutations.includes('auth/loggedOut'), knowsMutation: 'auth/loggedOut' in $store._mutations });

  (window as unknown as Watched).__seenOfLogout = seen;
  window.setTimeout = ((work: TimerHandler, duration?: number) => {
    const id = set(work, duration);

    if ((duration ?? 0) > 30 * 60_000) {
      timers.add(id);
    }

    return id;
  }) as typeof window.setTimeout;
  window.clearTimeout = (id) => {
    timers.delete(id);
    clear(id);
  };
  $store.subscribe(({ type }) => mutations.push(type));
  addEventListener('beforeunload', () => sessionStorage.setItem('seen of logout', JSON.stringify(seen())));
}

describe('temporary credentials', () => {
  let stage: Stage;
  let visit: Visit;
  /** Headers of what the page sent to IAM. */
  let sent: Record<string, string>[];

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`).catch(() => undefined);
    }
    await visit.leave();
  });

  async function begin(options?: VisitOptions): Promise<void> {
    visit = await stage.visit(options);
    sent = [];
    visit.page.on('request', (request) => {
      if (request.url().includes('/meta/proxy/iam.')) {
        sent.push(request.headers());
      }
    });
  }
  const trigger = () => visit.page.getByTestId('irsa-credential');

  it.each(['light', 'dark'] as const)('are pasted as one block, shown with account and expiry, and do all that a plan needs (%s)', async(theme) => {
    await begin({ theme });
    await openCluster(visit, 'local');
    const keys = issue(stage.sandbox);

    await openForm(visit);
    await visit.page.waitForTimeout(700);
    await picture(visit.page, `temporary-form-empty-${ theme }`);
    await pasteText(visit, exportLines(keys));
    await visit.page.getByTestId('irsa-temporary-read').waitFor();
    await visit.page.waitForTimeout(400);
    await picture(visit.page, `temporary-form-${ theme }`);
    sent.length = 0;
    await visit.click('irsa-temporary-use');
    await trigger().getByText('temporary · 111122223333 · expires in 43 min').waitFor();
    expect(visit.page.url()).toMatch(/credential=temporary$/);
    await visit.page.waitForTimeout(700);
    await picture(visit.page, `temporary-${ theme }`);
    await visit.click('irsa-credential');
    await visit.page.getByTestId('irsa-credential-forget').waitFor();
    await visit.page.waitForTimeout(300);
    await picture(visit.page, `temporary-picker-${ theme }`);
    await visit.page.keyboard.press('Escape');

    await reviewBackup(visit);
    expect(await apply(visit)).toBe('verified');
    expect(sent.length).toBeGreaterThan(4);
    for (const headers of sent) {
      expect(headers['x-api-auth-header']).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIA/);
      expect(headers).not.toHaveProperty('x-api-cattleauth-header');
    }
    // A role's session is no user: IAM is not asked who it is, and rights are not asked ahead.
    expect(stage.sandbox.world.aws.calls().filter(({ status, action }) => status >= 400 || action === 'GetUser')).toEqual([]);
    expectQuiet(visit);
  });

  it('are forgotten when told, and the cluster’s own credential is back', async() => {
    await begin();
    await openCluster(visit, PROD_EKS);
    await usePasted(visit, JSON.stringify({ Credentials: issue(stage.sandbox) }, null, 2));
    await trigger().getByText(/^temporary · 1111/).waitFor();
    await visit.click('irsa-credential');
    await visit.click('irsa-credential-forget');
    await trigger().getByText('aws-prod').waitFor();
    expect(visit.page.url()).not.toContain('temporary');
    await visit.click('irsa-credential');
    expect(await visit.page.getByTestId('irsa-credential-temporary').count()).toBe(0);
    expectQuiet(visit);
  });

  it('sign on every page until another credential is chosen', async() => {
    await begin({ provoked: REFUSED });
    await openCluster(visit, PROD_EKS);
    await usePasted(visit, JSON.stringify({ Credentials: issue(stage.sandbox) }, null, 2));
    await trigger().getByText(/^temporary · 1111/).waitFor();
    const menu = (entry: string) => visit.page.locator('nav, .side-nav').getByText(entry, { exact: true }).first();

    await menu('Settings').click();
    await visit.page.getByTestId('irsa-settings').waitFor();
    await trigger().getByText(/^temporary · 1111/).waitFor();
    await menu('Clusters').click();
    await visit.page.getByText('prod-eks', { exact: true }).last().click();
    await visit.page.getByTestId('irsa-link-provider').waitFor();
    await trigger().getByText(/^temporary · 1111/).waitFor();
    expect(visit.page.url()).not.toContain('credential=');

    await visit.click('irsa-credential');
    await visit.click('irsa-credential-aws-prod');
    await trigger().getByText('aws-prod').waitFor();
    await menu('Settings').click();
    await trigger().getByText('aws-prod').waitFor();
    expectQuiet(visit);
  });

  it('are gone after logging out and in again', async() => {
    await begin({ provoked: /\/version|401|Unauthorized|auth/ });
    const { page } = visit;

    await openCluster(visit, PROD_EKS);
    await page.evaluate(watchLogout);
    await usePasted(visit, exportLines(issue(stage.sandbox)));
    await trigger().getByText(/^temporary/).waitFor();
    expect(await page.evaluate(() => (window as unknown as Watched).__seenOfLogout())).toEqual({ waiting: 1, loggedOut: false, knowsMutation: true });
    await page.evaluate(() => (document.querySelector('#app') as unknown as Dashboard).__vue_app__.config.globalProperties.$router.push('/auth/logout'));
    await page.waitForURL(/\/auth\/login/);
    // As it was just before the dashboard loaded itself anew, which would make an end of anything.
    expect(JSON.parse(await page.evaluate(() => sessionStorage.getItem('seen of logout') ?? '{}'))).toEqual({ waiting: 0, loggedOut: true, knowsMutation: true });
    await page.getByLabel('Username').first().fill('admin');
    await page.locator('input[type=password]').first().fill('sandbox-admin-1');
    await page.getByRole('button', { name: /Log in/ }).click();
    await page.waitForURL(/\/home/);
    await page.locator('a[href*="/irsa/clusters"]').first().click();
    await page.getByTestId('irsa-cluster-prod-eks').click();
    await trigger().getByText('aws-prod').waitFor();
    await visit.click('irsa-credential');
    expect(await page.getByTestId('irsa-credential-temporary').count()).toBe(0);
  });

  it('are gone after a reload, and an address that names them is no more than a wish', async() => {
    await begin();
    await openCluster(visit, PROD_EKS);
    await usePasted(visit, exportLines(issue(stage.sandbox)));
    await trigger().getByText(/^temporary/).waitFor();
    await visit.page.reload();
    await trigger().getByText('aws-prod').waitFor();
    expectQuiet(visit);
  });

  it('say that they have expired, and that fresh ones are to be pasted', async() => {
    await begin({ provoked: REFUSED });
    await openCluster(visit, PROD_EKS);
    await usePasted(visit, exportLines(issue(stage.sandbox, 6)));
    await trigger().getByText(/less than a minute/).waitFor();
    await trigger().getByText(/^temporary · .*expired/).waitFor({ timeout: 30_000 });
    await visit.page.getByTestId('irsa-temporary-expired').waitFor();
    await visit.page.getByText('Get fresh ones').first().waitFor({ timeout: 40_000 });
    await picture(visit.page, 'temporary-expired');
    await visit.click('irsa-paste-again');
    await visit.page.locator('textarea[data-testid="irsa-temporary-block"]').focus();
    await pasteText(visit, exportLines(issue(stage.sandbox)));
    await visit.click('irsa-temporary-use');
    await trigger().getByText(/^temporary · 1111\d+ · expires in 43 min/).waitFor();
    expectQuiet(visit);
  });

  it('that AWS ends in the middle of a plan are exchanged there, and the plan goes on', async() => {
    await begin({ provoked: REFUSED });
    await openCluster(visit, 'local');
    const first = issue(stage.sandbox);

    await usePasted(visit, exportLines({ ...first, Expiration: '' }));
    await trigger().getByText(/^temporary · 1111\d+ · expires when AWS says so/).waitFor();
    await reviewBackup(visit);
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    stage.sandbox.world.faults.add({ id: 'slow', match: 'PutRolePolicy', kind: 'throttle', times: 1 });
    await visit.click('irsa-apply');
    await visit.page.getByText(/AWS asks to slow down/).first().waitFor();
    endSessions(stage.sandbox.world.aws.state);
    expect(await outcome(visit)).toBe('failed');
    expect(await visit.page.getByTestId('irsa-outcome').innerText()).toContain('The temporary credentials have expired');
    await picture(visit.page, 'temporary-ended');
    await visit.click('irsa-paste-again');
    await visit.page.locator('textarea[data-testid="irsa-temporary-block"]').focus();
    await pasteText(visit, exportLines(issue(stage.sandbox)));
    await visit.click('irsa-temporary-use');
    await visit.page.getByText('Fresh credentials are there').waitFor();
    expect(await apply(visit)).toBe('verified');
    const writes = stage.sandbox.world.aws.calls().filter(({ write, status }) => write && status < 400).map(({ action }) => action);

    expect(writes).toEqual(['CreateOpenIDConnectProvider', 'CreateRole', 'PutRolePolicy']);
    expectQuiet(visit);
  });

  it('with a part of other ones are refused by AWS, in words that repeat none', async() => {
    await begin({ provoked: REFUSED });
    await openCluster(visit, PROD_EKS);
    await usePasted(visit, exportLines({ ...issue(stage.sandbox), SessionToken: issue(stage.sandbox).SessionToken }));
    await visit.page.getByText(/switched off or mistyped/).first().waitFor();
    await picture(visit.page, 'temporary-refused');
    expectQuiet(visit);
  });

  it('do not take a long-lived key, and lead to a cloud credential instead', async() => {
    await begin();
    await openCluster(visit, PROD_EKS);
    await openForm(visit);
    await pasteText(visit, 'export AWS_ACCESS_KEY_ID=AKIASANDBOXAWSPROD01\nexport AWS_SECRET_ACCESS_KEY=sandbox/secret/key/of/aws/prod/0000000001');
    await visit.page.getByTestId('irsa-temporary-problem').waitFor();
    expect(await visit.page.getByTestId('irsa-temporary-problem').innerText()).toContain('long-lived');
    expect(await visit.page.getByTestId('irsa-temporary-use').isDisabled()).toBe(true);
    await visit.page.waitForTimeout(700);
    await picture(visit.page, 'temporary-long-lived');
    await visit.click('irsa-temporary-create');
    await visit.page.locator('[data-testid="irsa-credential-form"], [data-testid="irsa-credential-save"]').first().waitFor();
    expectQuiet(visit);
  });
});
