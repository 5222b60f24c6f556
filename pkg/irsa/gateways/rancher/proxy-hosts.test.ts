import { describe, expect, it } from 'vitest';
import type { Transport } from '../transport';
import { isAllowed, observeProxyHost } from './proxy-hosts';

const HOST = 'sts.eu-central-1.amazonaws.com';

describe('the proxy’s allow list', () => {
  it.each([
    [HOST, [HOST], true],
    [HOST, ['sts.%.amazonaws.com'], true],
    [HOST, ['*.amazonaws.com'], true],
    [HOST, ['iam.amazonaws.com', 'ec2.%.amazonaws.com'], false],
    // One label only, and a dot is a dot.
    ['sts.a.b.amazonaws.com', ['sts.%.amazonaws.com'], false],
    ['stsxeu-central-1.amazonaws.com', ['sts.%.amazonaws.com'], false],
    [`${ HOST }.evil.example`, ['sts.%.amazonaws.com'], false],
  ])('%s among %j: %s', (host, patterns, expected) => {
    expect(isAllowed(host, patterns)).toBe(expected);
  });
});

describe('whether STS can be reached through Rancher', () => {
  /** A Rancher with these rights; `endpoints` undefined is one older than 2.14. */
  function rancher(rights: string[], { endpoints, whitelist = '', made, allowed }: { endpoints?: string[]; whitelist?: string; made?: object[]; allowed?: string }): Transport {
    return {
      async request({ url, body }) {
        const json = (data: unknown) => ({ status: 200, headers: {}, body: JSON.stringify(data) });

        if (url.endsWith('selfsubjectaccessreviews')) {
          const { verb, resource } = JSON.parse(body!).spec.resourceAttributes;

          return json({ status: { allowed: rights.includes(`${ verb } ${ resource }`) } });
        }
        if (url.endsWith('/apis/management.cattle.io/v3')) {
          return json({ resources: [{ name: 'settings' }, ...(endpoints ? [{ name: 'proxyendpoints' }] : [])] });
        }
        if (url.endsWith('proxyendpoints')) {
          return json({ data: [{ spec: { routes: (endpoints ?? []).map((domain) => ({ domain })) } }, ...(made ?? [])] });
        }
        if (url.endsWith('whitelist-domain')) {
          return json({ value: whitelist, default: 'forums.rancher.com', metadata: { resourceVersion: '7', ...(allowed ? { annotations: { 'rancher.io/irsa-allowed': allowed } } : {}) } });
        }
        throw new Error(`not expected: ${ url }`);
      },
    };
  }
  const admin = ['list proxyendpoints', 'create proxyendpoints', 'get settings', 'patch settings'];

  it.each([
    ['an endpoint covers it', admin, { endpoints: ['sts.%.amazonaws.com'] }, { state: 'allowed' }],
    ['an admin may add an endpoint', admin, { endpoints: ['iam.amazonaws.com'] }, { state: 'openable', via: { kind: 'proxyEndpoint' } }],
    ['an older Rancher has the setting', admin, { whitelist: 'a.example' }, { state: 'openable', via: { kind: 'whitelistDomain', value: 'a.example', resourceVersion: '7' } }],
    ['the setting covers it', ['get settings'], { whitelist: 'sts.%.amazonaws.com' }, { state: 'allowed' }],
    ['may look and not change', ['list proxyendpoints'], { endpoints: [] }, { state: 'closed', missing: { verb: 'create', resource: 'proxyendpoints' } }],
    ['an older Rancher, may read and not change', ['get settings'], {}, { state: 'closed', missing: { verb: 'patch', resource: 'settings', name: 'whitelist-domain' } }],
  ] as const)('%s', async(_what, rights, setup, expected) => {
    expect(await observeProxyHost(rancher([...rights], setup as { endpoints?: string[] }), HOST)).toMatchObject({ host: HOST, ...expected });
  });

  /** What may be taken back. */
  const entry = async(rights: string[], setup: Parameters<typeof rancher>[1]) => (await observeProxyHost(rancher([...admin, ...rights], setup), HOST))?.entry;
  const OURS = 'sts.%.amazonaws.com';
  const endpoint = (domains: string[], labels?: object) => ({ metadata: { name: 'irsa-sts', uid: 'u', resourceVersion: '3', labels }, spec: { routes: domains.map((domain) => ({ domain })) } });
  const MARK = { 'rancher.io/irsa': 'managed' };

  it('tells the entry that was made here from those of others', async() => {
    expect(await entry(['delete proxyendpoints'], { endpoints: ['a.example'], made: [endpoint([OURS], MARK)] })).toEqual({ domain: OURS, name: 'irsa-sts', uid: 'u', resourceVersion: '3', stays: false });
    expect(await entry(['delete proxyendpoints'], { endpoints: ['*.amazonaws.com'], made: [endpoint([OURS], MARK)] })).toMatchObject({ stays: true });
    expect(await entry([], { whitelist: `a.example,${ OURS }`, allowed: OURS })).toEqual({ domain: OURS, value: `a.example,${ OURS }`, made: [OURS], resourceVersion: '7', stays: false });
  });

  it.each([
    ['bears our name and not our mark', { endpoints: [], made: [endpoint([OURS])] }],
    ['has come to let others through as well', { endpoints: [], made: [endpoint([OURS, 'a.example'], MARK)] }],
    ['is wider than what we make', { endpoints: [], made: [endpoint(['*.amazonaws.com'], MARK)] }],
    ['stands in the setting without our mark', { whitelist: OURS }],
    ['stands in the setting beside our mark on another', { whitelist: OURS, allowed: 's3.%.amazonaws.com' }],
  ])('leaves alone what %s', async(_what, setup) => {
    expect(await observeProxyHost(rancher([...admin, 'delete proxyendpoints'], setup), HOST)).toEqual({ host: HOST, state: 'allowed' });
  });

  it('names what is missing to who may not take it back', async() => {
    expect(await observeProxyHost(rancher(admin, { endpoints: [], made: [endpoint([OURS], MARK)] }), HOST)).toMatchObject({ entry: { name: 'irsa-sts' }, missing: { verb: 'delete', resource: 'proxyendpoints' } });
    expect(await observeProxyHost(rancher(['get settings'], { whitelist: OURS, allowed: OURS }), HOST)).toMatchObject({ entry: { made: [OURS] }, missing: { verb: 'patch', resource: 'settings', name: 'whitelist-domain' } });
  });

  it('does not guess for those who may not look', async() => {
    expect(await observeProxyHost(rancher(['get settings', 'create proxyendpoints'], { endpoints: [] }), HOST)).toBeUndefined();
    expect(await observeProxyHost(rancher([], {}), HOST)).toBeUndefined();
  });
});
