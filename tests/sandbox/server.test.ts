import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fieldsOf, listOf, stringOf, valueAt } from './rancher/values.ts';
import type { Fields } from './rancher/values.ts';
import { startSandbox } from './server.ts';
import type { Sandbox } from './server.ts';

const READER = '/k8s/clusters/c-eks01/api/v1/namespaces/shop/serviceaccounts/reader';

let sandbox: Sandbox;
let token: string;

beforeAll(async() => {
  sandbox = await startSandbox({ pace: 1 });
  const login = await fetch(`${ sandbox.url }/v1-public/login`, { method: 'POST', body: JSON.stringify({ username: 'admin', password: 'sandbox-admin-1', responseType: 'json' }) });

  token = stringOf(fieldsOf(await login.json()).token);
});
beforeEach(() => control('DELETE', '/faults'));
afterAll(() => sandbox.stop());

async function control(method: string, path: string, body?: object): Promise<Fields> {
  return fieldsOf(await (await fetch(`${ sandbox.url }/sandbox${ path }`, { method, body: body && JSON.stringify(body) })).json());
}

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: Fields; headers: Headers }> {
  const answer = await fetch(`${ sandbox.url }${ path }`, { method, headers: { authorization: `Bearer ${ token }`, 'content-type': 'application/merge-patch+json' }, body: body && JSON.stringify(body) });
  const text = await answer.text();

  return { status: answer.status, headers: answer.headers, body: text.startsWith('{') ? fieldsOf(JSON.parse(text) as unknown) : { text } };
}

function annotate(value: string): Promise<{ status: number; body: Fields }> {
  return call('PATCH', READER, { metadata: { annotations: { value } } });
}

async function annotation(): Promise<unknown> {
  return valueAt((await call('GET', READER)).body, 'metadata.annotations.value');
}

describe('faults', () => {
  it.each([['conflict', 409, 'Conflict'], ['deny', 403, 'Forbidden'], ['throttle', 429, 'TooManyRequests'], ['error', 500, 'InternalError']])('%s strikes once, then the path works again', async(kind, status, reason) => {
    await control('POST', '/faults', { match: `PATCH ${ READER }`, kind });
    const struck = await annotate('struck');

    expect([struck.status, struck.body.kind, struck.body.reason]).toEqual([status, 'Status', reason]);
    expect((await annotate(kind)).status).toBe(200);
    expect(await annotation()).toBe(kind);
  });

  it('lost-answer does the work and drops the connection', async() => {
    await control('POST', '/faults', { match: `PATCH ${ READER }`, kind: 'lost-answer' });
    await expect(annotate('lost')).rejects.toThrow();
    expect(await annotation()).toBe('lost');
  });

  it('timeout does nothing and drops the connection', async() => {
    await annotate('before');
    await control('POST', '/faults', { match: `PATCH ${ READER }`, kind: 'timeout', delay: 20 });
    await expect(annotate('never')).rejects.toThrow();
    expect(await annotation()).toBe('before');
  });

  it('strike by prefix as often as asked', async() => {
    await control('POST', '/faults', { match: 'GET /k8s/clusters/c-eks01/*', kind: 'throttle', times: 2 });
    expect([(await call('GET', READER)).status, (await call('GET', READER)).status, (await call('GET', READER)).status]).toEqual([429, 429, 200]);
  });
});

describe('control', () => {
  it('tells where everything is', async() => {
    const state = await control('GET', '/state');

    expect(state.url).toBe(sandbox.url);
    expect(listOf(state.clusters).map((cluster) => fieldsOf(cluster).name)).toEqual(['local', 'prod-eks', 'edge-rke2', 'store-k3s']);
    expect(listOf(state.users).map((user) => fieldsOf(user).username)).toEqual(['admin', 'olivia', 'milo']);
  });

  it('puts everything back and keeps people logged in', async() => {
    await annotate('changed');
    await control('POST', '/reset');
    expect(await annotation()).toBeUndefined();
    expect((await call('GET', '/v1/counts')).status).toBe(200);
  });

  it('gives temporary credentials that end when they should', async() => {
    const made = fieldsOf((await control('POST', '/aws/credentials', { seconds: 2 })).Credentials);
    const key = sandbox.world.aws.state.keys.get(String(made.AccessKeyId));

    expect(made).toMatchObject({ AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/) as string, SecretAccessKey: key?.secret, SessionToken: key?.session?.token });
    expect(Date.parse(String(made.Expiration))).toBeLessThanOrEqual(Date.now() + 2000);
    expect(key?.session?.expires).toBeGreaterThan(Date.now());
    expect(await control('DELETE', '/aws/credentials')).toEqual({ ended: 1 });
    expect(key?.session?.expires).toBeLessThanOrEqual(Date.now());
    expect(await control('POST', '/aws/credentials', { seconds: 0 })).toHaveProperty('message');
  });

  it('cuts a cluster off and joins it again', async() => {
    await control('POST', '/clusters/prod-eks', { connected: false });
    expect((await call('GET', READER)).status).toBe(503);
    await control('POST', '/clusters/prod-eks', { connected: true });
    expect((await call('GET', READER)).status).toBe(200);
  });
});

describe('a world', () => {
  it('answers with links to the host it was asked by', async() => {
    const answer = await fetch(`${ sandbox.url }/v1/namespaces/default`, { headers: { authorization: `Bearer ${ token }`, 'x-api-host': 'rancher.example.com', 'x-forwarded-proto': 'https' } });

    expect(valueAt(await answer.json(), 'links.self')).toBe('https://rancher.example.com/v1/namespaces/default');
  });

  it('streams watches of the raw API', async() => {
    const abort = new AbortController();
    const answer = await fetch(`${ sandbox.url }/k8s/clusters/c-eks01/api/v1/namespaces/shop/serviceaccounts?watch=true&resourceVersion=0`, { headers: { authorization: `Bearer ${ token }` }, signal: abort.signal });
    const reader = answer.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);

    abort.abort();
    expect(fieldsOf(JSON.parse(first.split('\n')[0] ?? '') as unknown).type).toBe('ADDED');
  });

  it('can be one of five hundred clusters, each made when it is asked', async() => {
    const fleet = await startSandbox({ pace: 1, fleet: true });
    const clusters = fleet.world.clusters.all();

    expect(clusters).toHaveLength(504);
    expect(clusters.filter((cluster) => cluster.made)).toHaveLength(4);
    const kube = fleet.world.kube('fleet-250');
    const type = kube.store.findType('', 'serviceaccounts');

    expect(type && kube.store.list(type).filter((account) => account.metadata.namespace?.startsWith('team-') && account.metadata.name !== 'default')).toHaveLength(100);
    await fleet.stop();
  });

  it('can stand on RKE2', async() => {
    const rke2 = await startSandbox({ pace: 1, local: 'rke2' });

    expect(rke2.world.kube('local').issuer()).toBe('https://kubernetes.default.svc.cluster.local');
    await rke2.stop();
  });
});
