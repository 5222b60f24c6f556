import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AwsRequest, HttpRequest } from '../contracts.ts';
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

async function arrived(request: HttpRequest, at: string | undefined): Promise<AwsRequest | undefined> {
  let got: AwsRequest | undefined;
  const clock = at ? Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')) : 0;
  const proxy = createMetaProxy({
    internet: { send: (asked) => {
      got = asked;

      return Promise.resolve({ status: 200, body: '<ok/>' });
    } },
    allowed: () => ['*amazonaws.com', '*amazonaws.com.cn', '*api.aws'], credential: (id) => KEYS[id], clock: () => clock
  });

  await proxy(request, undefined);

  return got;
}

describe('the meta proxy', () => {
  it.each(requests.map((recorded, index) => [`${ index }: ${ recorded.case ?? `${ recorded.method } ${ recorded.host }${ recorded.url }` }`, recorded] as const))('sends on what a real Rancher sent on, signature and all: %s', async(_name, recorded) => {
    const { body, ...got } = await arrived(sent(recorded), recorded.headers['x-amz-date']) ?? { body: '' };

    expect({ ...got, body: body.toString() }).toEqual({ method: recorded.method, host: recorded.host, url: recorded.url, headers: recorded.headers, body: recorded.body });
  });

  it('answers 502 and nothing else for a host off the list or that is not there (recorded "meta sts refused", "meta s3 unlisted host")', async() => {
    const proxy = createMetaProxy({ internet: { send: (asked) => Promise.resolve(asked.host.startsWith('iam') ? { status: 200, body: 'x' } : undefined) }, allowed: () => ['iam.amazonaws.com', 's3.%.amazonaws.com'], credential: () => undefined });
    const ask = (host: string): ReturnType<typeof proxy> => proxy({ method: 'GET', path: `/meta/proxy/${ host }/`, query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0), origin: 'http://x' }, undefined);

    expect(await ask('iam.amazonaws.com')).toMatchObject({ status: 200, body: 'x' });
    expect(await ask('sts.eu-central-1.amazonaws.com')).toMatchObject({ status: 502, body: '' });
    expect(await ask('s3.nowhere-1.amazonaws.com')).toMatchObject({ status: 502, body: '' });
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
