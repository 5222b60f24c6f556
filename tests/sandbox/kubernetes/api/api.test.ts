import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpAnswer, KubeObject, KubeUser } from '../../contracts.ts';
import type { SandboxCluster } from '../cluster.ts';
import { ask, requestOf, ADMIN, testCluster, typeOf } from '../testing.ts';
import { KeyPool } from '../tokens/keys.ts';

const keys = new KeyPool(1);
let cluster: SandboxCluster;

beforeEach(() => {
  cluster = testCluster(keys);
});
afterEach(() => cluster.stop());

const NOBODY: KubeUser = { name: 'u-abc', groups: [] };

interface List { kind: string; metadata: { continue?: string; remainingItemCount?: number; resourceVersion: string }; items: KubeObject[] }

async function makeMaps(...names: string[]): Promise<void> {
  for (const name of names) {
    await ask(cluster, 'POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name, labels: { name } }, data: { x: name } } });
  }
}

/** Reads a watch until it is stopped. */
function follow(answer: HttpAnswer): { events: { type: string; object: KubeObject & { code?: number } }[]; ended: () => boolean; stop: () => void } {
  const events: { type: string; object: KubeObject }[] = [];
  let ended = false;
  const stop = answer.stream?.((chunk) => {
    expect(chunk.endsWith('\n')).toBe(true);
    events.push(JSON.parse(chunk) as { type: string; object: KubeObject });
  }, () => {
    ended = true;
  });

  return { events, ended: () => ended, stop: () => stop?.() };
}

describe('discovery', () => {
  it('names groups and resources as clients need them', async() => {
    expect((await ask(cluster, 'GET', '/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    expect((await ask(cluster, 'GET', '/apis')).body).toMatchObject({ kind: 'APIGroupList', groups: expect.arrayContaining([expect.objectContaining({ name: 'apps', preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } })]) as unknown });
    expect((await ask(cluster, 'GET', '/apis/apps')).body).toMatchObject({ kind: 'APIGroup', name: 'apps' });
    const { resources } = (await ask(cluster, 'GET', '/api/v1')).body as { resources: { name: string; kind: string; verbs: string[]; group?: string }[] };

    expect(resources.find((one) => one.name === 'serviceaccounts')).toMatchObject({ kind: 'ServiceAccount', namespaced: true, singularName: 'serviceaccount', shortNames: ['sa'], verbs: expect.arrayContaining(['watch', 'patch']) as unknown });
    expect(resources.find((one) => one.name === 'serviceaccounts/token')).toMatchObject({ kind: 'TokenRequest', group: 'authentication.k8s.io', verbs: ['create'] });
    expect((await ask(cluster, 'GET', '/apis/authorization.k8s.io/v1')).body).toMatchObject({ resources: expect.arrayContaining([expect.objectContaining({ name: 'selfsubjectaccessreviews', verbs: ['create'] })]) as unknown });
  });

  it('knows a custom resource as soon as its definition is there', async() => {
    expect((await ask(cluster, 'GET', '/apis/example.org/v1')).status).toBe(404);
    await ask(cluster, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      body: { metadata: { name: 'gadgets.example.org' }, spec: { group: 'example.org', scope: 'Namespaced', names: { kind: 'Gadget', plural: 'gadgets' }, versions: [{ name: 'v1', served: true, storage: true }] } }
    });
    expect((await ask(cluster, 'GET', '/apis/example.org/v1')).body).toMatchObject({ groupVersion: 'example.org/v1', resources: [expect.objectContaining({ name: 'gadgets' })] });
    expect((await ask(cluster, 'POST', '/apis/example.org/v1/namespaces/default/gadgets', { body: { metadata: { name: 'g' }, spec: { a: 1 } } })).status).toBe(201);
    expect((await ask(cluster, 'GET', '/apis/example.org/v1/gadgets')).body).toMatchObject({ kind: 'GadgetList', items: [{ apiVersion: 'example.org/v1', kind: 'Gadget', spec: { a: 1 } }] });
  });

  it('serves the issuer\'s documents to those who may read them', async() => {
    const document = await ask(cluster, 'GET', '/.well-known/openid-configuration');

    expect(document.body).toStrictEqual({
      issuer: 'https://oidc.example.com/id/TEST', jwks_uri: expect.stringMatching(/^https:.*\/openid\/v1\/jwks$/) as string, response_types_supported: ['id_token'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256']
    });
    const jwks = await ask(cluster, 'GET', '/openid/v1/jwks');

    expect(jwks.headers?.['content-type']).toBe('application/jwk-set+json');
    expect(jwks.body).toStrictEqual(cluster.jwks());
    expect((await ask(cluster, 'GET', '/openid/v1/jwks', { headers: { accept: 'application/json' } })).status).toBe(406);
    expect((await ask(cluster, 'GET', '/openid/v1/jwks', { user: NOBODY })).body).toMatchObject({ code: 403, message: 'forbidden: User "u-abc" cannot get path "/openid/v1/jwks"', details: {} });
    expect((await ask(cluster, 'GET', '/openid/v1/jwks', { user: { name: 'system:serviceaccount:a:b', groups: ['system:serviceaccounts'] } })).status).toBe(200);
  });

  it('has no page for what nobody serves', async() => {
    for (const path of ['/nope', '/api/v1/nopes', '/apis/nope.example.com/v1/things', '/api/v1/namespaces/default/configmaps/a/nope', '/apis/apps/v2/deployments']) {
      expect(await ask(cluster, 'GET', path)).toMatchObject({ status: 404, body: '404 page not found\n' });
    }
  });

  it('publishes nothing for an issuer that is no https address', async() => {
    const plain = testCluster(keys, { issuers: ['kubernetes/serviceaccount'] });

    expect((await ask(plain, 'GET', '/.well-known/openid-configuration')).status).toBe(404);
    expect((await ask(plain, 'GET', '/openid/v1/jwks')).status).toBe(404);
    plain.stop();
  });
});

describe('lists', () => {
  it('come in chunks', async() => {
    await makeMaps('a', 'b', 'c');
    const url = '/api/v1/namespaces/default/configmaps?limit=2';
    const first = (await ask(cluster, 'GET', url)).body as List;

    expect(first).toMatchObject({ kind: 'ConfigMapList', metadata: { remainingItemCount: 2 } });
    expect(first.items.map((one) => one.metadata.name)).toStrictEqual(['a', 'b']);
    expect(first.items[0]).not.toHaveProperty('kind');
    expect(JSON.parse(Buffer.from(first.metadata.continue ?? '', 'base64url').toString())).toStrictEqual({ v: 'meta.k8s.io/v1', rv: Number(first.metadata.resourceVersion), start: 'default/b\u0000' });
    const second = (await ask(cluster, 'GET', `${ url }&continue=${ first.metadata.continue ?? '' }`)).body as List;

    expect(second.items.map((one) => one.metadata.name)).toStrictEqual(['c', 'kube-root-ca.crt']);
    expect(second.metadata).toStrictEqual({ resourceVersion: first.metadata.resourceVersion });
    await makeMaps('d');
    cluster.store.compact();
    expect((await ask(cluster, 'GET', `${ url }&continue=${ first.metadata.continue ?? '' }`)).body).toMatchObject({ code: 410, reason: 'Expired' });
    expect((await ask(cluster, 'GET', `${ url }&continue=rubbish`)).body).toMatchObject({ code: 400, reason: 'BadRequest' });
  });

  it('are chosen by selectors, and refused by wrong ones', async() => {
    await makeMaps('a', 'b');
    expect(((await ask(cluster, 'GET', '/api/v1/configmaps?labelSelector=name%20in%20(a)')).body as List).items).toHaveLength(1);
    expect(((await ask(cluster, 'GET', '/api/v1/configmaps?fieldSelector=metadata.name%3Db')).body as List).items).toHaveLength(1);
    expect((await ask(cluster, 'GET', '/api/v1/configmaps?fieldSelector=data.x%3Db')).body).toMatchObject({ code: 400, message: '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"' });
  });

  it('show metadata alone, or a table, when asked', async() => {
    await makeMaps('a');
    const accept = (as: string): Record<string, string> => ({ accept: `application/json;as=${ as };v=v1;g=meta.k8s.io, application/json` });
    const partial = (await ask(cluster, 'GET', '/api/v1/namespaces/default/configmaps/a', { headers: accept('PartialObjectMetadata') })).body;

    expect(partial).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
    expect(partial).not.toHaveProperty('data');
    expect((await ask(cluster, 'GET', '/api/v1/namespaces/default/configmaps/a?includeObject=None', { headers: accept('Table') })).body).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', 1, expect.stringMatching(/^\ds$/) as string] }] });
    expect((await ask(cluster, 'GET', '/api/v1/configmaps', { headers: { accept: 'image/png' } })).body).toMatchObject({ code: 406, reason: 'NotAcceptable' });
  });
});

describe('writes', () => {
  it('check the body against the path', async() => {
    const maps = '/api/v1/namespaces/default/configmaps';

    await makeMaps('a');
    expect((await ask(cluster, 'POST', maps, { body: { metadata: { name: 'b', namespace: 'other' } } })).body).toMatchObject({ code: 400, message: 'the namespace of the provided object does not match the namespace sent on the request' });
    expect((await ask(cluster, 'POST', maps, { body: { kind: 'Secret', metadata: { name: 'b' } } })).body).toMatchObject({ code: 400, message: expect.stringContaining('Secret in version "v1" cannot be handled as a ConfigMap') as string });
    expect((await ask(cluster, 'POST', maps, { body: { apiVersion: 'v2', metadata: { name: 'b' } } })).body).toMatchObject({ code: 400 });
    expect((await ask(cluster, 'POST', maps, { body: '{"metadata"' })).body).toMatchObject({ code: 400 });
    expect((await ask(cluster, 'PUT', `${ maps }/a`, { body: { metadata: { name: 'b' } } })).body).toMatchObject({ code: 400, message: 'the name of the object (b) does not match the name on the URL (a)' });
    expect((await ask(cluster, 'POST', '/api/v1/configmaps', { body: { metadata: { name: 'b' } } })).body).toMatchObject({ code: 405 });
    expect((await ask(cluster, 'POST', '/api/v1/namespaces/nope/configmaps', { body: { metadata: { name: 'b' } } })).body).toMatchObject({ code: 404, message: 'namespaces "nope" not found' });
    expect((await ask(cluster, 'GET', `${ maps }/b`)).body).toMatchObject({ code: 404 });
  });

  it('take YAML', async() => {
    expect((await ask(cluster, 'POST', '/api/v1/namespaces/default/configmaps', { body: 'metadata:\n  name: y\ndata:\n  k: v\n', headers: { 'content-type': 'application/yaml' } })).body).toMatchObject({ metadata: { name: 'y' }, data: { k: 'v' } });
  });

  it('run dry', async() => {
    await makeMaps('a');
    const url = '/api/v1/namespaces/default/configmaps';
    const merge = { 'content-type': 'application/merge-patch+json' };

    expect((await ask(cluster, 'POST', `${ url }?dryRun=All`, { body: { metadata: { name: 'b' } } })).status).toBe(201);
    expect((await ask(cluster, 'GET', `${ url }/b`)).status).toBe(404);
    expect((await ask(cluster, 'PATCH', `${ url }/a?dryRun=All`, { body: { data: { x: 'z' } }, headers: merge })).body).toMatchObject({ data: { x: 'z' } });
    expect((await ask(cluster, 'DELETE', `${ url }/a?dryRun=All`)).status).toBe(200);
    expect((await ask(cluster, 'GET', `${ url }/a`)).body).toMatchObject({ data: { x: 'a' } });
    expect((await ask(cluster, 'POST', `${ url }?dryRun=Some`, { body: { metadata: { name: 'b' } } })).status).toBe(422);
  });

  it('of status and scale touch nothing else', async() => {
    const url = '/apis/apps/v1/namespaces/default/deployments';
    const merge = { 'content-type': 'application/merge-patch+json' };
    const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } };

    expect((await ask(cluster, 'POST', url, { body: { metadata: { name: 'web' }, spec, status: { replicas: 9 } } })).body).not.toHaveProperty('status');
    expect((await ask(cluster, 'PATCH', `${ url }/web/scale`, { body: { spec: { replicas: 3 } }, headers: merge })).body).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
    expect((await ask(cluster, 'PATCH', `${ url }/web/status`, { body: { spec: { replicas: 7 }, status: { replicas: 8 } }, headers: merge })).body).toMatchObject({ spec: { replicas: 3 }, status: { replicas: 8 } });
    expect((await ask(cluster, 'PATCH', `${ url }/web`, { body: { status: { replicas: 5 } }, headers: merge })).body).toMatchObject({ spec: { replicas: 3 }, status: { replicas: 8 } });
  });

  it('need a field manager to apply', async() => {
    const url = '/api/v1/namespaces/default/configmaps/applied';
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: applied\n';

    expect((await ask(cluster, 'PATCH', url, { body, headers })).body).toMatchObject({ code: 422, message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch' });
    expect((await ask(cluster, 'PATCH', `${ url }?fieldManager=me`, { body, headers })).status).toBe(201);
    expect((await ask(cluster, 'PATCH', `${ url }?fieldManager=me`, { body, headers })).status).toBe(200);
  });

  it('delete, one or many', async() => {
    await makeMaps('a', 'b', 'c');
    const url = '/api/v1/namespaces/default/configmaps';
    const uid = ((await ask(cluster, 'GET', `${ url }/a`)).body as KubeObject).metadata.uid;

    expect((await ask(cluster, 'DELETE', `${ url }/a`)).body).toStrictEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name: 'a', kind: 'configmaps', uid } });
    expect((await ask(cluster, 'DELETE', `${ url }?labelSelector=name`)).body).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'b' } }, { metadata: { name: 'c' } }] });
    expect(((await ask(cluster, 'GET', url)).body as List).items.map((one) => one.metadata.name)).toStrictEqual(['kube-root-ca.crt']);
    expect((await ask(cluster, 'DELETE', '/api/v1/namespaces/default/serviceaccounts/default')).body).toMatchObject({ kind: 'ServiceAccount' });
    expect((await ask(cluster, 'DELETE', '/api/v1/namespaces')).body).toMatchObject({ code: 405 });
  });
});

describe('watch', () => {
  it('goes on, and tells of what enters and leaves a selection', async() => {
    await makeMaps('a');
    const watch = follow(await cluster.handle(requestOf('GET', '/api/v1/namespaces/default/configmaps?watch=true&labelSelector=name'), ADMIN));

    expect(watch.events).toMatchObject([{ type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'a' } } }]);
    await makeMaps('b');
    const patch = async(labels: object): Promise<void> => {
      await ask(cluster, 'PATCH', '/api/v1/namespaces/default/configmaps/a', { body: { metadata: { labels } }, headers: { 'content-type': 'application/merge-patch+json' } });
    };

    await patch({ other: 'x' });
    await patch({ name: null });
    await patch({ unseen: 'x' });
    await patch({ name: 'again' });
    await ask(cluster, 'DELETE', '/api/v1/namespaces/default/configmaps/b');
    expect(watch.events.map((event) => `${ event.type } ${ event.object.metadata.name }`)).toStrictEqual(['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED a', 'ADDED a', 'DELETED b']);
    watch.stop();
    await makeMaps('c');
    expect(watch.events).toHaveLength(6);
  });

  it('takes up where a list was made, or says that this is too long ago', async() => {
    const { metadata } = (await ask(cluster, 'GET', '/api/v1/configmaps')).body as List;
    const url = `/api/v1/configmaps?watch=1&resourceVersion=${ metadata.resourceVersion }`;

    await makeMaps('a');
    const watch = follow(await cluster.handle(requestOf('GET', url), ADMIN));

    expect(watch.events).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'a' } } }]);
    watch.stop();
    cluster.store.compact();
    const late = follow(await cluster.handle(requestOf('GET', url), ADMIN));

    expect(late.events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]);
    expect(late.ended()).toBe(true);
  });

  it('begins with what is there and a bookmark, and ends in time', async() => {
    const url = '/api/v1/namespaces?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1';
    const watch = follow(await cluster.handle(requestOf('GET', url, undefined, { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }), ADMIN));

    expect(watch.events.map((event) => event.type)).toStrictEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
    expect(watch.events[0]?.object).toMatchObject({ kind: 'PartialObjectMetadata' });
    expect(watch.events[4]?.object.metadata.annotations).toStrictEqual({ 'k8s.io/initial-events-end': 'true' });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(watch.ended()).toBe(true);
  });
});

describe('rights', () => {
  it('are asked for every verb', async() => {
    await makeMaps('a');
    const message = async(method: string, path: string): Promise<string> => ((await ask(cluster, method, path, { body: {}, user: NOBODY })).body as { message: string }).message;

    expect(await message('GET', '/api/v1/namespaces/default')).toBe('namespaces "default" is forbidden: User "u-abc" cannot get resource "namespaces" in API group "" in the namespace "default"');
    expect(await message('GET', '/apis/apps/v1/namespaces/default/deployments?watch=true')).toBe('deployments.apps is forbidden: User "u-abc" cannot watch resource "deployments" in API group "apps" in the namespace "default"');
    expect(await message('DELETE', '/api/v1/namespaces/default/configmaps')).toContain('cannot deletecollection resource "configmaps"');
    expect(await message('GET', '/api/v1/namespaces/default/pods/x/log')).toContain('cannot get resource "pods/log"');
    expect(await message('GET', '/api/v1/nopes')).toContain('nopes is forbidden');
  });

  it('can be asked about', async() => {
    const review = async(spec: object, user = NOBODY): Promise<HttpAnswer> => ask(cluster, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body: { spec }, user });

    expect((await review({ resourceAttributes: { verb: 'list', resource: 'pods' } })).body).toMatchObject({ status: { allowed: false } });
    expect((await review({ resourceAttributes: { verb: 'list', resource: 'pods' } }, ADMIN)).body).toMatchObject({ status: { allowed: true } });
    expect((await review({ nonResourceAttributes: { verb: 'get', path: '/version' } })).body).toMatchObject({ status: { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"' } });
    expect((await review({})).body).toMatchObject({ code: 422, message: '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified' });
    expect((await ask(cluster, 'POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body: { spec: { user: 'x', groups: ['system:masters'], resourceAttributes: { verb: 'list', resource: 'pods' } } } })).body).toMatchObject({ status: { allowed: true } });
    expect((await ask(cluster, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { body: { spec: { namespace: 'default' } }, user: NOBODY })).body).toMatchObject({
      status: { incomplete: false, resourceRules: expect.arrayContaining([{ verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] }]) as unknown }
    });
    expect((await ask(cluster, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {}, user: NOBODY })).body).toMatchObject({ status: { userInfo: { username: 'u-abc', groups: ['system:authenticated'] } } });
  });
});

it('says by kind that it checks fields itself, where kubectl looks for it', async() => {
  const { body } = await ask(cluster, 'GET', '/openapi/v3');
  const { serverRelativeURL } = (body as { paths: Record<string, { serverRelativeURL: string }> }).paths['apis/apps/v1']!;
  const group = await ask(cluster, 'GET', serverRelativeURL);

  expect(group.body).toMatchObject({ paths: { '/apis/apps/v1/namespaces/{namespace}/deployments/{name}': { patch: { parameters: [{ name: 'fieldValidation' }], 'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' } } } } });
  expect((await ask(cluster, 'GET', '/openapi/v3/apis/none/v1')).status).toBe(404);
});

it('keeps the pods of a job deleted the old way, and warns', async() => {
  const url = '/apis/batch/v1/namespaces/default/jobs';
  const body = { metadata: { name: 'once' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } };
  const pods = (): number => cluster.store.list(typeOf(cluster.store, 'pods')).length;

  await ask(cluster, 'POST', url, { body });
  await cluster.idle();
  expect((await ask(cluster, 'DELETE', `${ url }/once`)).headers?.warning).toContain('child pods are preserved by default when jobs are deleted');
  await cluster.idle();
  expect(pods()).toBe(1);
  await ask(cluster, 'POST', url, { body: { ...body, metadata: { name: 'twice' } } });
  await cluster.idle();
  expect(pods()).toBe(2);
  expect((await ask(cluster, 'DELETE', `${ url }/twice?propagationPolicy=Background`)).headers?.warning).toBeUndefined();
  await cluster.idle();
  expect(pods()).toBe(1);
});
