import type { BrowserContext, Page, Response } from 'playwright-core';
import type { Sandbox } from '../../sandbox/server.ts';
import { CREDENTIAL } from '../../sandbox/scenario/scenario.ts';
import { encodings } from './encodings';
import { keepTraces, tracesIn, type Traces } from './traces';

/** A secret of this run, and what to call it: findings never repeat it. */
export interface Secret {
  name: string;
  value: string;
}

/** Where something was, in words, and all that was there. */
export type Place = [name: string, text: string];

/** Shorter than this is no secret, and would be found everywhere. */
const SHORTEST = 12;
/** Milliseconds for an export to come: its code is loaded with its tab. */
const EXPORT_COMES = 5000;
const EXPORTS = ['cli', 'terraform', 'cloudformation'];

/**
 * Looks for the secrets of a visit in every place where the extension, the dashboard, the browser or the sandbox could have left one.
 * It learns them as they come into being: what the sandbox's account holds, the session's cookie, every token that a cluster minted and
 * every credential that STS gave to this browser.
 */
export class SecretWalk {
  private readonly page: Page;
  private readonly context: BrowserContext;
  private readonly sandbox: Sandbox;
  private readonly learned = new Map<string, string>();
  /** Cookies of sessions, of those that were ended too. */
  private readonly sessions = new Set<string>();
  private readonly reading: Promise<unknown>[] = [];
  private readonly urls: string[] = [];
  private readonly said: string[] = [];
  private readonly files: string[] = [];
  private readonly exports: string[] = [];
  /** What was found in documents that are gone. */
  private readonly before = new Set<string>();
  /** What a journey cannot help. */
  private readonly excused: RegExp[] = [];
  private readonly from = said.length;

  private constructor(page: Page, context: BrowserContext, sandbox: Sandbox) {
    this.page = page;
    this.context = context;
    this.sandbox = sandbox;
  }

  /** Before the first page is opened: what passes by is noted from then on. */
  static async begin(page: Page, context: BrowserContext, sandbox: Sandbox): Promise<SecretWalk> {
    const walk = new SecretWalk(page, context, sandbox);

    await context.exposeBinding('__left', (_source, traces: Traces) => walk.reading.push(walk.lookThrough(Object.entries(traces))));
    await context.addInitScript(keepTraces);
    context.on('page', (other) => walk.listenTo(other));
    walk.listenTo(page);
    walk.lookBeforeLeaving();

    return walk;
  }

  /** What a document kept that was left behind our back, with the secrets that there were then. */
  private async lookThrough(places: Place[]): Promise<void> {
    for (const finding of findIn(places, await this.known())) {
      this.before.add(finding);
    }
  }

  /** All that a document kept goes with it, so it is looked through first. */
  private lookBeforeLeaving(): void {
    const { page } = this;
    const [goto, reload, close] = [page.goto.bind(page), page.reload.bind(page), page.close.bind(page)];
    const look = async() => {
      for (const finding of await this.findings()) {
        this.before.add(finding);
      }
      if (this.isThere()) {
        await page.evaluate(() => ((window as unknown as { __traces: { looked: boolean } }).__traces.looked = true));
      }
    };

    page.goto = (...words) => look().then(() => goto(...words));
    page.reload = (...words) => look().then(() => reload(...words));
    page.close = (...words) => look().then(() => close(...words));
  }

  private listenTo(page: Page): void {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const walk = this;

    page.on('request', (request) => walk.urls.push(request.url(), request.headers().referer ?? ''));
    page.on('websocket', (socket) => walk.urls.push(socket.url()));
    page.on('framenavigated', (frame) => walk.urls.push(frame.url()));
    page.on('console', (message) => walk.said.push(`${ message.text() } ${ message.location().url }`));
    page.on('pageerror', (error) => walk.said.push(String(error.stack ?? error)));
    page.on('response', (response) => walk.reading.push(walk.learn(response).catch(() => undefined)));
    page.on('download', (download) => walk.reading.push((async() => {
      const chunks: Buffer[] = [];

      for await (const chunk of await download.createReadStream()) {
        chunks.push(chunk as Buffer);
      }
      walk.files.push(download.suggestedFilename(), Buffer.concat(chunks).toString());
    })()));
  }

  /** A secret that only the test knows, e.g. one it typed. */
  add(name: string, value: string): void {
    this.learned.set(value, name);
  }

  /** Tokens of service accounts and credentials of assumed roles: they come to the browser, and must go nowhere from there. */
  private async learn(response: Response): Promise<void> {
    const url = response.url();

    if (/\/serviceaccounts\/[^/]+\/token$/.test(url) && response.ok()) {
      this.add('token of a service account', ((await response.json()) as { status?: { token?: string } }).status?.token ?? '');
    }
    if (/\/meta\/proxy\/sts\.|^https:\/\/sts\./.test(url)) {
      for (const [, name = '', value = ''] of (await response.text()).matchAll(/<(SecretAccessKey|SessionToken)>([^<]+)</g)) {
        this.add(`${ name } of an assumed role`, value);
      }
    }
  }

  /** All secrets of this run, as far as it has come. */
  async secrets(): Promise<Secret[]> {
    await Promise.all(this.reading);

    return this.known();
  }

  private async known(): Promise<Secret[]> {
    const { state } = this.sandbox.world.aws;

    (await this.context.cookies()).forEach(({ name, value }) => name === 'R_SESS' && this.sessions.add(value));
    const all: Secret[] = [
      { name: 'secret key of the cloud credential', value: CREDENTIAL.secretKey },
      ...[...state.keys.values()].flatMap(({ secret, session }) => [{ name: 'secret key of the account', value: secret }, ...session ? [{ name: 'session token', value: session.token }] : []]),
      ...[...this.sessions].flatMap((value) => [{ name: 'R_SESS', value }, { name: 'secret part of R_SESS', value: decodeURIComponent(value).split(':')[1] ?? '' }]),
      ...[...this.learned].map(([value, name]) => ({ name, value })),
      ...[...this.learned].filter(([value]) => value.split('.').length === 3).map(([value, name]) => ({ name: `signature of a ${ name }`, value: value.split('.')[2] ?? '' })),
    ];

    return [...new Map(all.filter(({ value }) => value.length >= SHORTEST).map((secret) => [secret.value, secret])).values()];
  }

  /** The plan on the page, in every form that it can be taken away in. */
  private async readExports(): Promise<void> {
    const plan = this.page.getByTestId('irsa-plan');

    for (const form of await plan.isVisible() ? EXPORTS : []) {
      const tab = plan.getByTestId(`irsa-tab-${ form }`);

      if (await tab.isVisible()) {
        // Not a click of the mouse: something may lie over the plan.
        await tab.dispatchEvent('click');
        await plan.locator('.copy-block').or(plan.getByTestId('irsa-export-none')).first().waitFor({ timeout: EXPORT_COMES });
        this.exports.push(await plan.locator('[role="tabpanel"]').innerText());
      }
    }
  }

  private isThere(): boolean {
    return !this.page.isClosed() && this.page.url().startsWith('http');
  }

  /** Everything that can be looked at, now and since the visit began. */
  async places(): Promise<Place[]> {
    const isThere = this.isThere();

    if (isThere) {
      await this.readExports();
    }
    await Promise.all(this.reading);
    const traces: Traces = isThere ? await this.page.evaluate(tracesIn) : {};

    return [
      ...Object.entries(traces),
      ['URLs asked, and their referrers', this.urls.join('\n')],
      ['console', this.said.join('\n')],
      ['exported plans', this.exports.join('\n')],
      ['downloaded files', this.files.join('\n')],
      ['the sandbox’s log of AWS calls', JSON.stringify(this.sandbox.world.aws.calls())],
      ['what the sandbox’s process said', said.slice(this.from).join('\n')],
    ];
  }

  /**
   * What this journey cannot help: it is left out of what is found.
   * @param because  for who reads the test
   */
  excuse(finding: RegExp, because: string): void {
    if (because) {
      this.excused.push(finding);
    }
  }

  /** Where which secret was found, in whatever encoding, since the visit began; empty when all is well. */
  async findings(): Promise<string[]> {
    const places = await this.places();
    const now = findIn(places, await this.secrets());

    return [...new Set([...this.before, ...now])].filter((finding) => !this.excused.some((one) => one.test(finding)));
  }
}

function findIn(places: Place[], secrets: Secret[]): string[] {
  return secrets.flatMap(({ name, value }) => places.flatMap(([place, text]) => encodings(value).filter(([, needle]) => text.includes(needle)).slice(0, 1).map(([how]) => `${ place }: ${ name } (${ how })`)));
}

/** What this process printed: the sandbox runs in it. */
const said: string[] = [];

/* eslint-disable no-console */
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  const print = console[method].bind(console);

  console[method] = (...words: unknown[]) => {
    said.push(words.map((word) => word instanceof Error ? `${ word.stack }` : typeof word === 'string' ? word : JSON.stringify(word)).join(' '));
    print(...words);
  };
}
/* eslint-enable no-console */
