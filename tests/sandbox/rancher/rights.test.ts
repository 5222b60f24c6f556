import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../server.ts';
import type { Sandbox } from '../server.ts';
import { SANDBOX_USERS } from '../scenario/users.ts';
import { fieldsOf, listOf, stringOf } from './values.ts';
import type { Fields } from './values.ts';

let sandbox: Sandbox;
const tokens: Record<string, string> = {};

beforeAll(async() => {
  sandbox = await startSandbox({ pace: 1 });
  for (const { username, password } of SANDBOX_USERS) {
    const answer = await fetch(`${ sandbox.url }/v1-public/login`, { method: 'POST', body: JSON.stringify({ username, password, responseType: 'json' }) });

    tokens[username] = stringOf(fieldsOf(await answer.json()).token);
  }
});
afterAll(() => sandbox.stop());

interface Answer {
  status: number;
  body: Fields;
}

async function as(user: string, method: string, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${ sandbox.url }${ path }`, {
    method, headers: { authorization: `Bearer ${ tokens[user] ?? '' }`, 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }, body: body && JSON.stringify(body)
  });
  const text = await answer.text();

  try {
    return { status: answer.status, body: fieldsOf(JSON.parse(text) as unknown) };
  } catch {
    return { status: answer.status, body: { text } };
  }
}

function ids(answer: Answer): string[] {
  return listOf(answer.body.data).map((one) => stringOf(fieldsOf(one).id));
}

const READER = '/k8s/clusters/c-eks01/api/v1/namespaces/shop/serviceaccounts/reader';
const TOKEN = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: ['sts.amazonaws.com'] } };

describe('who sees what', () => {
  it.each([
    ['admin', ['c-eks01', 'c-m-edge0001', 'c-m-store001', 'local']],
    ['olivia', ['c-eks01', 'c-m-edge0001']],
    ['milo', ['c-eks01']],
  ])('%s sees the clusters %j', async(user, clusters) => {
    expect(ids(await as(user, 'GET', '/v1/management.cattle.io.clusters'))).toEqual(clusters);
    expect(ids(await as(user, 'GET', '/v3/clusters')).sort()).toEqual([...clusters].sort());
    expect(ids(await as(user, 'GET', '/v1/provisioning.cattle.io.clusters'))).toHaveLength(clusters.length);
  });

  it('shows namespaces by role: all, all, the project\'s', async() => {
    const of = async(user: string): Promise<string[]> => ids(await as(user, 'GET', '/k8s/clusters/c-eks01/v1/namespaces'));

    expect(await of('admin')).toContain('kube-system');
    expect(await of('olivia')).toContain('kube-system');
    expect(await of('milo')).toEqual(['shop']);
  });

  it('tells a reader from a writer in the schema', async() => {
    const methods = async(user: string): Promise<unknown[]> => {
      const { body } = await as(user, 'GET', '/k8s/clusters/c-eks01/v1/schemas/serviceaccount');

      return [listOf(body.collectionMethods), [...listOf(body.resourceMethods)].sort()];
    };

    expect(await methods('olivia')).toEqual([['GET', 'POST'], ['DELETE', 'GET', 'PATCH', 'PUT']]);
    expect(await methods('milo')).toEqual([['GET'], ['GET']]);
    expect((await as('milo', 'GET', '/k8s/clusters/c-eks01/v1/schemas/secret')).status).toBe(404);
  });

  it('leaves out links that would fail', async() => {
    const links = async(user: string): Promise<string[]> => Object.keys(fieldsOf((await as(user, 'GET', '/k8s/clusters/c-eks01/v1/serviceaccounts/shop/reader')).body.links));

    expect(await links('olivia')).toEqual(['patch', 'remove', 'self', 'update', 'view']);
    expect(await links('milo')).toEqual(['self', 'view']);
  });

  it('keeps credentials to those who may use them', async() => {
    expect(ids(await as('admin', 'GET', '/v3/cloudcredentials'))).toEqual(['cattle-global-data:cc-awsprod']);
    expect(ids(await as('olivia', 'GET', '/v3/cloudcredentials'))).toEqual([]);
    const made = await as('olivia', 'POST', '/v3/cloudcredentials', { name: 'mine', amazonec2credentialConfig: { accessKey: 'AKIAOLIVIA', secretKey: 'never shown' } });

    expect(made.status).toBe(201);
    expect(JSON.stringify(made.body)).not.toContain('never shown');
    expect(ids(await as('olivia', 'GET', '/v3/cloudcredentials'))).toEqual([made.body.id]);
    expect(ids(await as('milo', 'GET', '/v3/cloudcredentials'))).toEqual([]);
    expect((await as('olivia', 'DELETE', `/v3/cloudcredentials/${ stringOf(made.body.id) }`)).status).toBe(204);
  });
});

describe('who may do what', () => {
  it('lets an owner annotate and ask for tokens, a member only read', async() => {
    const patch = { metadata: { annotations: { test: 'yes' } } };

    expect((await as('olivia', 'PATCH', READER, patch)).status).toBe(200);
    expect((await as('olivia', 'POST', `${ READER }/token`, TOKEN)).status).toBe(201);
    expect((await as('milo', 'GET', READER)).status).toBe(200);
    const refused = await as('milo', 'PATCH', READER, patch);

    expect(refused.status).toBe(403);
    expect(refused.body.message).toBe('serviceaccounts "reader" is forbidden: User "u-milo" cannot patch resource "serviceaccounts" in API group "" in the namespace "shop"');
    expect((await as('milo', 'POST', `${ READER }/token`, TOKEN)).status).toBe(403);
  });

  it('lets only owners read discovery and keys', async() => {
    for (const path of ['/.well-known/openid-configuration', '/openid/v1/jwks']) {
      expect((await as('olivia', 'GET', `/k8s/clusters/c-eks01${ path }`)).status).toBe(200);
      expect((await as('milo', 'GET', `/k8s/clusters/c-eks01${ path }`)).status).toBe(403);
      expect((await as('admin', 'GET', `/k8s/clusters/local${ path }`)).status).toBe(404);
    }
  });

  it('refuses Rancher\'s own cluster to those who are not admins', async() => {
    for (const user of ['olivia', 'milo']) {
      expect((await as(user, 'GET', '/k8s/clusters/local/api/v1/namespaces')).status).toBe(403);
      expect((await as(user, 'GET', '/k8s/clusters/c-m-store001/api/v1/namespaces')).status).toBe(403);
      expect((await as(user, 'PUT', '/v1/management.cattle.io.settings/server-url', { value: 'x' })).status).toBe(403);
    }
  });

  it('says by SelfSubjectAccessReview what it does', async() => {
    const review = async(user: string): Promise<unknown> => fieldsOf((await as(user, 'POST', '/k8s/clusters/c-eks01/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace: 'shop' } }
    })).body.status).allowed;

    expect(await review('olivia')).toBe(true);
    expect(await review('milo')).toBe(false);
  });
});

describe('logging in', () => {
  it('sets a cookie, asks browsers for the CSRF header, and forgets on logout', async() => {
    const login = await fetch(`${ sandbox.url }/v1-public/login`, { method: 'POST', body: JSON.stringify({ username: 'milo', password: 'sandbox-milo-1', responseType: 'cookie' }) });
    const session = stringOf(login.headers.get('set-cookie')).split(';')[0] ?? '';
    const browser = { 'user-agent': 'Mozilla/5.0', cookie: session };

    expect(login.status).toBe(200);
    const first = await fetch(`${ sandbox.url }/v1/userpreferences`, { headers: browser });
    const csrf = stringOf(first.headers.get('set-cookie')).split(';')[0] ?? '';

    expect(first.headers.get('x-api-cattle-auth')).toBe('true');
    expect(csrf).toMatch(/^CSRF=/);
    const write = async(headers: Record<string, string>): Promise<number> => (await fetch(`${ sandbox.url }/v1/userpreferences/u-milo`, { method: 'PUT', headers: { ...browser, cookie: `${ session }; ${ csrf }`, ...headers }, body: JSON.stringify({ data: { theme: 'dark' } }) })).status;

    expect(await write({})).toBe(422);
    expect(await write({ 'x-api-csrf': csrf.slice('CSRF='.length) })).toBe(200);
    expect((await fetch(`${ sandbox.url }/v1/logout`, { method: 'POST', headers: browser })).status).toBe(200);
    expect((await fetch(`${ sandbox.url }/v1/userpreferences`, { headers: browser })).status).toBe(401);
  });

  it('shows strangers the login page\'s settings and nothing else', async() => {
    const settings = await fetch(`${ sandbox.url }/v1/management.cattle.io.settings`);
    const names = listOf(fieldsOf(await settings.json()).data).map((one) => fieldsOf(one).id);

    expect(settings.status).toBe(200);
    expect(names).toContain('ui-pl');
    expect(names).not.toContain('install-uuid');
    expect((await fetch(`${ sandbox.url }/v1/namespaces`)).status).toBe(401);
    expect(fieldsOf(JSON.parse(await (await fetch(`${ sandbox.url }/v1/uiplugins`)).text()) as unknown).entries).toEqual({});
  });
});

describe('clusters that are not there', () => {
  it('answers as recorded for a lost connection', async() => {
    const cluster = sandbox.world.clusters.get('c-m-store001');

    if (cluster) {
      cluster.connected = false;
    }
    const steve = await as('admin', 'GET', '/k8s/clusters/c-m-store001/v1/serviceaccounts');
    const raw = await as('admin', 'GET', '/k8s/clusters/c-m-store001/api/v1/namespaces');

    expect([steve.status, steve.body.text]).toEqual([500, 'lost connection to cluster: failed to find Session for client stv-cluster-c-m-store001']);
    expect(raw.status).toBe(503);
    await sandbox.reset();
    expect((await as('admin', 'GET', '/k8s/clusters/c-m-store001/api/v1/namespaces')).status).toBe(200);
  });
});
