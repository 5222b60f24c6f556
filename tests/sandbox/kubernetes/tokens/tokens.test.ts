import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../contracts.ts';
import type { SandboxCluster } from '../cluster.ts';
import { ask, testCluster, typeOf } from '../testing.ts';
import { keyIdOf, KeyPool, signingKey } from './keys.ts';

const keys = new KeyPool(2);
const START = Date.parse('2026-11-23T10:00:00Z');
let time: number;
let cluster: SandboxCluster;

beforeEach(async() => {
  time = START;
  cluster = testCluster(keys, { now: () => new Date(time) });
  await ask(cluster, 'POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'reader' } } });
});
afterEach(() => cluster.stop());

interface Claims { iss: string; aud: string[]; sub: string; exp: number; iat: number; nbf: number; jti: string; 'kubernetes.io': Record<string, unknown> }

function read(token: string): { header: { alg: string; kid: string }; claims: Claims } {
  const [header = '', claims = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());

  return { header: JSON.parse(header) as { alg: string; kid: string }, claims: JSON.parse(claims) as Claims };
}

async function mint(spec: object = {}, name = 'reader'): Promise<string> {
  const answer = await ask(cluster, 'POST', `/api/v1/namespaces/default/serviceaccounts/${ name }/token`, { body: { spec } });

  expect(answer.status).toBe(201);

  return (answer.body as { status: { token: string } }).status.token;
}

const account = (): KubeObject => cluster.store.get(typeOf(cluster.store, 'serviceaccounts'), 'default', 'reader') as KubeObject;

describe('TokenRequest', () => {
  it('mints what kube-apiserver mints', async() => {
    const { header, claims } = read(await mint({ audiences: ['sts.amazonaws.com'], expirationSeconds: 600 }));
    const seconds = START / 1000;

    expect(header).toStrictEqual({ alg: 'RS256', kid: (cluster.jwks().keys[0] as { kid: string }).kid });
    expect(claims).toStrictEqual({
      aud: ['sts.amazonaws.com'], exp: seconds + 600, iat: seconds, nbf: seconds, iss: 'https://oidc.example.com/id/TEST', jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'reader', uid: account().metadata.uid } }, sub: 'system:serviceaccount:default:reader'
    });
  });

  it('signs with the key it publishes', async() => {
    const token = await mint();
    const [header = '', payload = '', signature = ''] = token.split('.');
    const key = createPublicKey({ key: cluster.jwks().keys[0] as object, format: 'jwk' });

    expect(verify('sha256', Buffer.from(`${ header }.${ payload }`), key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(cluster.jwks().keys[0]).toStrictEqual({ use: 'sig', kty: 'RSA', kid: keyIdOf(key), alg: 'RS256', n: expect.any(String) as string, e: 'AQAB' });
    expect(keyIdOf(key)).toBe(createHash('sha256').update(key.export({ format: 'der', type: 'spki' })).digest('base64url'));
    expect(keyIdOf(key)).toHaveLength(43);
  });

  it('has an hour and the API\'s own audience unless told otherwise', async() => {
    const { claims } = read(await mint());

    expect([claims.aud, claims.exp - claims.iat]).toStrictEqual([['https://oidc.example.com/id/TEST'], 3600]);
  });

  it('binds to a pod of the account', async() => {
    await ask(cluster, 'POST', '/api/v1/namespaces/default/pods', { body: { metadata: { name: 'p' }, spec: { serviceAccountName: 'reader', containers: [{ name: 'c', image: 'i' }] } } });
    await ask(cluster, 'POST', '/api/v1/namespaces/default/pods', { body: { metadata: { name: 'other' }, spec: { containers: [{ name: 'c', image: 'i' }] } } });
    await cluster.idle();
    const pods = typeOf(cluster.store, 'pods');
    const { uid } = (cluster.store.get(pods, 'default', 'p') as KubeObject).metadata;
    const token = await mint({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid } });
    const url = '/api/v1/namespaces/default/serviceaccounts/reader/token';

    expect(read(token).claims['kubernetes.io']).toMatchObject({ pod: { name: 'p', uid }, node: { name: 'node-1' } });
    expect(cluster.authenticate(token)?.name).toBe('system:serviceaccount:default:reader');
    expect((await ask(cluster, 'POST', url, { body: { spec: { boundObjectRef: { kind: 'Pod', name: 'nope' } } } })).body).toMatchObject({ code: 404, message: 'pods "nope" not found' });
    expect((await ask(cluster, 'POST', url, { body: { spec: { boundObjectRef: { kind: 'Pod', name: 'other' } } } })).body).toMatchObject({ code: 422, message: expect.stringContaining('pod running with different serviceaccount name') as string });
    expect((await ask(cluster, 'POST', url, { body: { spec: { boundObjectRef: { kind: 'Pod', name: 'p', uid: 'x' } } } })).body).toMatchObject({ code: 409 });
    cluster.store.delete(pods, 'default', 'p', { gracePeriodSeconds: 0 });
    expect(cluster.authenticate(token)).toBeUndefined();
  });
});

describe('a bearer token', () => {
  it('says who bears it', async() => {
    expect(cluster.authenticate(await mint())).toStrictEqual({ name: 'system:serviceaccount:default:reader', groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'] });
  });

  it('is worth nothing for another audience, late, forged, or when its account is another', async() => {
    const token = await mint();
    const [header = '', payload = '', signature = ''] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ ...read(token).claims, sub: 'system:serviceaccount:kube-system:admin' })).toString('base64url');

    expect(cluster.authenticate(await mint({ audiences: ['sts.amazonaws.com'] }))).toBeUndefined();
    expect(cluster.authenticate(`${ header }.${ forged }.${ signature }`)).toBeUndefined();
    expect(cluster.authenticate(`${ Buffer.from('{"alg":"none"}').toString('base64url') }.${ payload }.`)).toBeUndefined();
    expect(cluster.authenticate('rubbish')).toBeUndefined();
    expect(cluster.authenticate(token)).toBeDefined();
    time += 3600_000;
    expect(cluster.authenticate(token)).toBeUndefined();
    time = START;
    cluster.store.delete(typeOf(cluster.store, 'serviceaccounts'), 'default', 'reader');
    expect(cluster.authenticate(token)).toBeUndefined();
    await ask(cluster, 'POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'reader' } } });
    expect(cluster.authenticate(token)).toBeUndefined();
  });

  it('of another cluster is refused', async() => {
    const other = testCluster(new KeyPool(1));

    await ask(other, 'POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'reader' } } });
    const answer = await ask(other, 'POST', '/api/v1/namespaces/default/serviceaccounts/reader/token', { body: {} });

    expect(cluster.authenticate((answer.body as { status: { token: string } }).status.token)).toBeUndefined();
    other.stop();
  });

  it('outlives the key that signed it', async() => {
    const token = await mint();
    const [before] = cluster.jwks().keys;

    cluster.rotateKey(signingKey());
    expect(cluster.jwks().keys).toHaveLength(2);
    expect(cluster.jwks().keys[1]).toStrictEqual(before);
    expect(read(await mint()).header.kid).not.toBe(read(token).header.kid);
    expect(cluster.authenticate(token)).toBeDefined();
  });

  it('can be reviewed', async() => {
    const review = async(spec: object): Promise<object> => (await ask(cluster, 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec } })).body;

    expect(await review({ token: await mint() })).toMatchObject({ status: { authenticated: true, user: { username: 'system:serviceaccount:default:reader' } } });
    expect(await review({ token: await mint({ audiences: ['x'] }), audiences: ['x'] })).toMatchObject({ status: { authenticated: true, audiences: ['x'] } });
    expect(await review({ token: 'rubbish' })).toMatchObject({ status: { user: {}, error: expect.any(String) as string } });
  });
});

describe('several API servers', () => {
  const OLD = 'https://kubernetes.default.svc.cluster.local';
  const NEW = 'https://oidc.example.com/new';
  const issuerOf = (token: string): string => read(token).claims.iss;

  async function three(args: string[]): Promise<SandboxCluster> {
    cluster.stop();
    cluster = testCluster(keys, { issuers: [OLD], audiences: [OLD, 'rke2'], servers: ['a', 'b', 'c'].map((name) => ({ name, args })), restart: 5 });
    await ask(cluster, 'POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'reader' } } });

    return cluster;
  }

  it('each sign as they were started, in turn', async() => {
    await three([]);
    expect([issuerOf(await mint()), read(await mint()).claims.aud, cluster.issuer()]).toStrictEqual([OLD, [OLD, 'rke2'], OLD]);
    cluster.servers.servers.forEach((server, index) => {
      server.config = { ...server.config, issuers: [`https://${ index }.example.com`] };
    });
    expect(new Set([issuerOf(await mint()), issuerOf(await mint()), issuerOf(await mint())]).size).toBe(3);
  });

  it('refuse each other\'s tokens when an issuer is switched in one step', async() => {
    await three([]);
    const before = await mint();
    const rolling = cluster.servers.roll([`service-account-issuer=${ NEW }`]);
    let refused = 0;

    while (cluster.servers.servers.some((server) => server.config.issuers[0] === OLD)) {
      refused += cluster.authenticate(before) ? 0 : 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await rolling;
    expect(refused).toBeGreaterThan(0);
    expect([cluster.issuer(), issuerOf(await mint())]).toStrictEqual([NEW, NEW]);
  });

  it('accept everything all the time when it is done in two', async() => {
    await three([]);
    const tokens = [await mint()];
    const watching = new AbortController();
    const watch = (async() => {
      while (!watching.signal.aborted) {
        tokens.push(await mint());
        tokens.forEach((token) => expect(cluster.authenticate(token)).toBeDefined());
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();

    await cluster.servers.roll([`service-account-issuer=${ OLD }`, `service-account-issuer=${ NEW }`]);
    expect(issuerOf(await mint())).toBe(OLD);
    await cluster.servers.roll([`service-account-issuer=${ NEW }`, `service-account-issuer=${ OLD }`]);
    expect(issuerOf(await mint())).toBe(NEW);
    watching.abort();
    await watch;
    expect(new Set(tokens.map(issuerOf))).toStrictEqual(new Set([OLD, NEW]));
  });
});
