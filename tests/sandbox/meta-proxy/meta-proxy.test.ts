import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AwsRequest, HttpAnswer, HttpRequest } from '../contracts.ts';
import { isAllowed } from './allow-list.ts';
import { createMetaProxy } from './meta-proxy.ts';

interface Recorded {
  case: string | null;
  method: string;
  host: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

const { requests } = JSON.parse(readFileSync(new URL('../../fixtures/rancher-meta-proxy.json', import.meta.url), 'utf8')) as { requests: Recorded[] };
/** The keys of the recorded credentials (rancher-answers.json "cloud credential"). */
const KEYS: Record<string, { accessKey: string; secretKey: string }> = {
  AKIAIOSFODNN7EXAMPLE: { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }, AKIA: { accessKey: 'AKIA', secretKey: 'secret' }
};

interface Answered {
  name: string;
  method: string;
  path: string;
  requestHeaders?: Record<string, string>;
  status: number;
  headers: Record<string, string>;
}

const { answers } = JSON.parse(readFileSync(new URL('../../fixtures/rancher-answers.json', import.meta.url), 'utf8')) as { answers: Answered[] };
const passed = answers.filter(({ name, status }) => name.startsWith('meta ') && status !== 502);
const unnamed = requests.filter((request) => request.case === null);
const OWN_CREDENTIAL = 'cc-z66wc';

/** What the browser must have sent for this to arrive. */
function sent(recorded: Recorded): HttpRequest {
  const { authorization = '', 'x-amz-date': date, ...rest } = recorded.headers;
  const keyId = /Signature=[0-9a-f]{64}/.test(authorization) ? /Credential=([^/]+)/.exec(authorization)?.[1] : undefined;
  const [path = '', query = ''] = recorded.url.split('?');
  const auth = keyId ? { 'x-api-cattleauth-header': `awsv4 credID=${ keyId }` } : authorization.startsWith('AWS4') ? { 'x-api-auth-header': authorization, ...date ? { 'x-amz-date': date } : {} } : recorded.case === 'cookie unknown cred' ? { 'x-api-cattleauth-header': 'awsv4 credID=nope' } : { ...authorization ? { authorization } : {} };

  return {
    method: recorded.method, path: `/meta/proxy/${ recorded.host }${ path }`, query: new URLSearchParams(query.replace(/=$/, '')), origin: 'https://rancher.example.com', body: Buffer.from(recorded.body),
    headers: { ...rest, host: 'rancher.example.com', 'user-agent': 'test', 'content-type': `rancher:${ rest['content-type'] ?? '' }`, cookie: 'R_SESS=(the session token, whole); CSRF=…', ...keyId && !rest.cookie ? { cookie: undefined } : {}, ...auth }
  };
}

async function arrived(request: HttpRequest, at: string | undefined, credential = (id: string): (typeof KEYS)[string] | undefined => KEYS[id]): Promise<AwsRequest | undefined> {
  let got: AwsRequest | undefined;
  const clock = at ? Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')) : 0;
  const proxy = createMetaProxy({
    internet: { send: (asked) => {
      got = asked;

      return Promise.resolve({ status: 200, body: '<ok/>' });
    } },
    allowed: () => ['*amazonaws.com', '*amazonaws.com.cn', '*api.aws'], credential, clock: () => clock
  });

  await proxy(request, undefined);

  return got;
}

describe('the meta proxy', () => {
  it.each(requests.map((recorded, index) => [`${ index }: ${ recorded.case ?? `${ recorded.method } ${ recorded.host }${ recorded.url }` }`, recorded] as const))('sends on what a real Rancher sent on, signature and all: %s', async(_name, recorded) => {
    const { body, ...got } = await arrived(sent(recorded), recorded.headers['x-amz-date']) ?? { body: '' };

    expect({ ...got, body: body.toString() }).toEqual({ method: recorded.method, host: recorded.host, url: recorded.url, headers: recorded.headers, body: recorded.body });
  });

  /**
   * The same from the other end: what the client really sent (rancher-answers.json "meta …") must arrive as it was recorded. Unnamed
   * requests arrived in the order the client sent them; those that were refused never arrived.
   */
  it.each(passed.map((answer, index) => [answer.name, answer, unnamed[index]] as const))('makes of what was sent what arrived: %s', async(name, { method, path, requestHeaders }, recorded) => {
    const [bare = '', query = ''] = path.split('?');
    const request: HttpRequest = {
      method, path: bare, query: new URLSearchParams(query), origin: 'https://rancher.example.com', body: Buffer.from(recorded?.body ?? ''),
      headers: { 'accept-encoding': 'identity', accept: 'application/json', 'user-agent': 'Python-urllib', host: 'rancher.example.com', ...requestHeaders, authorization: 'Bearer (the API token, whole)' }
    };
    const credential = (id: string): (typeof KEYS)[string] | undefined => (id.endsWith(OWN_CREDENTIAL) && !name.includes('someone else') ? KEYS.AKIAIOSFODNN7EXAMPLE : undefined);
    const { body, ...got } = await arrived(request, recorded?.headers['x-amz-date'], credential) ?? { body: '' };

    expect({ ...got, body: body.toString() }).toEqual({ method: recorded?.method, host: recorded?.host, url: recorded?.url, headers: recorded?.headers, body: recorded?.body });
  });

  it('has a recorded arrival for each recorded request, and passes answers on as recorded', async() => {
    expect(passed.map(({ path }) => path.split('/')[3])).toEqual(unnamed.map(({ host }) => host));
    for (const { status, headers, method, path } of passed) {
      const { 'cache-control': _cache, 'content-security-policy': _csp, 'x-content-type-options': _sniff, 'x-api-cattle-auth': _auth, ...upstream } = headers;
      const proxy = createMetaProxy({ internet: { send: () => Promise.resolve({ status, headers: upstream, body: '<ok/>' }) }, allowed: () => ['*amazonaws.com', '*amazonaws.com.cn', '*api.aws'], credential: () => undefined });
      const answer = await proxy({ method, path: path.split('?')[0] ?? '', query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0), origin: 'https://x' }, undefined);

      // `x-api-cattle-auth` is put on by Rancher's front door, for every answer.
      expect({ status: answer.status, headers: { ...answer.headers, 'x-api-cattle-auth': 'true' } }).toEqual({ status, headers });
    }
  });

  describe('answers 502 and nothing else', () => {
    const [refused] = answers.filter(({ name }) => name === 'meta sts refused');
    const ask = async(host: string, internet: (asked: AwsRequest) => HttpAnswer | undefined): Promise<{ answer: HttpAnswer; sent: string[] }> => {
      const hosts: string[] = [];
      const send = (asked: AwsRequest): Promise<HttpAnswer | undefined> => {
        hosts.push(asked.host);

        return Promise.resolve(internet(asked));
      };
      const proxy = createMetaProxy({ internet: { send }, allowed: () => ['iam.amazonaws.com', 's3.%.amazonaws.com'], credential: () => KEYS.AKIA });
      const headers = { 'x-api-cattleauth-header': 'awsv4 credID=x', cookie: 'R_SESS=secret' };

      return { answer: await proxy({ method: 'GET', path: `/meta/proxy/${ host }/`, query: new URLSearchParams(), headers, body: Buffer.alloc(0), origin: 'http://x' }, undefined), sent: hosts };
    };
    const there = (): HttpAnswer => ({ status: 200, body: 'x' });

    it.each(['sts.eu-central-1.amazonaws.com', 'acme.s3.eu-central-1.amazonaws.com', 'evil.example', 'iam.amazonaws.com.evil.example', 'IAM.amazonaws.com:8443'])('for %s, off the list: nothing is sent there, though it would answer (recorded "meta sts refused", "meta s3 unlisted host")', async(host) => {
      const { answer, sent: hosts } = await ask(host, there);

      expect(hosts).toEqual([]);
      expect({ ...answer, headers: { ...answer.headers, 'x-api-cattle-auth': 'true' } }).toEqual({ status: refused?.status, headers: refused?.headers, body: '' });
    });

    it('for a host on the list that is not there, or breaks off (rancher.md §2.8; real-parts.md: «all three look the same»)', async() => {
      expect((await ask('iam.amazonaws.com', there)).answer).toMatchObject({ status: 200, body: 'x' });
      for (const silent of [(): undefined => undefined, (): HttpAnswer => ({ status: 0 })]) {
        const { answer, sent: hosts } = await ask('s3.nowhere-1.amazonaws.com', silent);

        expect(hosts).toEqual(['s3.nowhere-1.amazonaws.com']);
        expect({ ...answer, headers: { ...answer.headers, 'x-api-cattle-auth': 'true' } }).toEqual({ status: refused?.status, headers: refused?.headers, body: '' });
      }
    });
  });
});

/** reference/rancher.md §2.8: pkg/httpproxy/proxy.go:90-114 and 372-410. */
describe('the allow list', () => {
  it.each([
    ['iam.amazonaws.com', 'iam.amazonaws.com', true],
    ['sts.%.amazonaws.com', 'sts.eu-central-1.amazonaws.com', true],
    ['sts.%.amazonaws.com', 'sts.amazonaws.com', false],
    ['sts.%.amazonaws.com', 'sts.a.b.amazonaws.com', false],
    ['%.s3.%.amazonaws.com', 'acme.s3.eu-central-1.amazonaws.com', true],
    ['%.s3.amazonaws.com', 'acme.s3.amazonaws.com', false],
    ['*.amazonaws.com', 'sts.eu-central-1.amazonaws.com', true],
    ['*', 'evil.example', false],
    ['*.com', 'evil.com', false],
    ['a%.example.com', 'ab.example.com', false],
  ])('%s and %s: %s', (pattern, host, allowed) => {
    expect(isAllowed(host, [pattern])).toBe(allowed);
  });
});
