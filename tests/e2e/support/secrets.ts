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
  private readonly reading: Promise<unknown>[] = [];
  private readonly urls: string[] = [];
  private readonly said: string[] = [];
  private readonly files: string[] = [];
  private readonly from = said.length;

  private constructor(page: Page, context: BrowserContext, sandbox: Sandbox) {
    this.page = page;
    this.context = context;
    this.sandbox = sandbox;
  }

  /** Before the first page is opened: what passes by is noted from then on. */
  static async begin(page: Page, context: BrowserContext, sandbox: Sandbox): Promise<SecretWalk> {
    const walk = new SecretWalk(page, context, sandbox);

    await page.addInitScript(keepTraces);
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

    return walk;
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
    const { state } = this.sandbox.world.aws;
    const cookies = (await this.context.cookies()).filter(({ name }) => name === 'R_SESS');
    const all: Secret[] = [
      { name: 'secret key of the cloud credential', value: CREDENTIAL.secretKey },
      ...[...state.keys.values()].flatMap(({ secret, session }) => [{ name: 'secret key of the account', value: secret }, ...session ? [{ name: 'session token', value: session.token }] : []]),
      ...cookies.flatMap(({ value }) => [{ name: 'R_SESS', value }, { name: 'secret part of R_SESS', value: decodeURIComponent(value).split(':')[1] ?? '' }]),
      ...[...this.learned].map(([value, name]) => ({ name, value })),
      ...[...this.learned].filter(([value]) => value.split('.').length === 3).map(([value, name]) => ({ name: `signature of a ${ name }`, value: value.split('.')[2] ?? '' })),
    ];

    return [...new Map(all.filter(({ value }) => value.length >= SHORTEST).map((secret) => [secret.value, secret])).values()];
  }

  /** Everything that can be looked at, now and since the visit began. */
  async places(): Promise<Place[]> {
    await Promise.all(this.reading);
    const traces: Traces = this.page.isClosed() ? {} : await this.page.evaluate(tracesIn);

    return [
      ...Object.entries(traces),
      ['URLs asked, and their referrers', this.urls.join('\n')],
      ['console', this.said.join('\n')],
      ['downloaded files', this.files.join('\n')],
      ['the sandbox’s log of AWS calls', JSON.stringify(this.sandbox.world.aws.calls())],
      ['what the sandbox’s process said', said.slice(this.from).join('\n')],
    ];
  }

  /** Where which secret was found, in whatever encoding; empty when all is well. */
  async findings(): Promise<string[]> {
    const places = await this.places();

    return (await this.secrets()).flatMap(({ name, value }) => places.flatMap(([place, text]) => encodings(value).filter(([, needle]) => text.includes(needle)).slice(0, 1).map(([how]) => `${ place }: ${ name } (${ how })`)));
  }
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
