import { mkdirSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../../../scripts/browser.mjs';
import { dashboardDirectory, extensionDirectory } from '../../../scripts/paths.mjs';
import { SANDBOX_USERS } from '../../sandbox/scenario/users.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/server.ts';
import { SecretWalk } from './secrets';

const OUTPUT = 'tests/e2e/output';

/** A person at the real dashboard, with the built extension loaded as Rancher loads it, in front of the sandbox. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What the browser's console called an error, and errors nobody caught. */
  complaints: string[];
  /** Knows the secrets of this visit, and every place where one could lie. */
  secrets: SecretWalk;
  /** Clicks made through `click`. */
  clicks: number;
  click(testId: string): Promise<void>;
  goto(path: string): Promise<void>;
  /**
   * Ends the visit, once; every journey comes by here, or by the end of its stage.
   * @throws Error that names each place where a secret of this visit lies
   */
  leave(): Promise<void>;
}

export interface VisitOptions {
  /** One of the scenario's people, or somebody whom a test made. */
  user?: string | { username: string; password: string };
  theme?: 'light' | 'dark';
  /** Console errors that this very test provokes; everything else fails it. */
  provoked?: RegExp;
}

export interface StageOptions extends Pick<SandboxOptions, 'local' | 'region'> {
  /** A Rancher in which nobody has installed the extension. */
  bare?: boolean;
}

/** Sandbox and browser of one test file. */
export class Stage {
  readonly sandbox: Sandbox;
  private readonly browser: Browser;
  private readonly visits = new Set<Visit>();

  private constructor(sandbox: Sandbox, browser: Browser) {
    this.sandbox = sandbox;
    this.browser = browser;
  }

  static async open({ bare = false, ...options }: StageOptions = {}): Promise<Stage> {
    const [sandbox, browser] = await Promise.all([
      startSandbox({ ...options, pace: 60, dashboard: dashboardDirectory(), ...(bare ? { bare } : { extension: extensionDirectory() }) }),
      launchBrowser(),
    ]);

    return new Stage(sandbox, browser);
  }

  /** @throws Error where a visit that nobody ended left a secret */
  async close(): Promise<void> {
    try {
      for (const visit of this.visits) {
        await visit.leave();
      }
    } finally {
      await this.browser.close();
      await this.sandbox.stop();
    }
  }

  async visit({ user = 'admin', theme = 'light', provoked }: VisitOptions = {}): Promise<Visit> {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 1000 }, colorScheme: theme, baseURL: this.sandbox.url });

    context.setDefaultTimeout(30_000);
    if (user) {
      await logIn(context, user);
    }
    const page = await context.newPage();
    const complaints: string[] = [];

    page.on('console', (message) => {
      if (message.type() === 'error' && !provoked?.test(`${ message.text() } ${ message.location().url }`)) {
        complaints.push(`${ message.text() } (${ message.location().url })`);
      }
    });
    page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
    const visit: Visit = {
      page,
      secrets: await SecretWalk.begin(page, context, this.sandbox),
      context,
      complaints,
      clicks: 0,
      async click(testId) {
        await page.getByTestId(testId).first().click();
        visit.clicks++;
      },
      async goto(path) {
        await page.goto(`/dashboard${ path }`);
      },
      leave: async() => {
        if (!this.visits.delete(visit)) {
          return;
        }
        try {
          const findings = await visit.secrets.findings();

          if (findings.length) {
            throw new Error(`A secret was left where others find it:\n${ findings.join('\n') }`);
          }
        } finally {
          await context.close();
        }
      },
    };

    this.visits.add(visit);

    return visit;
  }
}

async function logIn(context: BrowserContext, user: string | { username: string; password: string }): Promise<void> {
  const { username, password } = typeof user === 'string' ? SANDBOX_USERS.find((one) => one.username === user)! : user;

  await context.request.post('/v1-public/login', { data: { type: 'localProvider', username, password, responseType: 'cookie' } });
}

/** Keeps a picture for people who look at what a run saw; CI keeps no file, so it takes none. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.CI) {
    return;
  }
  mkdirSync(OUTPUT, { recursive: true });
  await page.screenshot({ path: `${ OUTPUT }/${ name }.png` });
}

/**
 * The same of both themes: the dashboard follows the browser.
 * @param look  what has to be looked at in each
 */
export async function pictures(page: Page, name: string, look?: () => Promise<void>): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(`body.theme-${ theme }`).waitFor({ state: 'attached' });
    await picture(page, `${ name }-${ theme }`);
    await look?.();
  }
}

/** Address of a cluster's page in the product. */
export const clusterPage = (id: string): string => `/c/_/irsa/clusters/${ id }`;
export const PROD_EKS = 'c-eks01';
