import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../contracts.ts';
import type { SandboxCluster } from '../cluster.ts';
import { ADMIN, requestOf, testCluster, typeOf } from '../testing.ts';
import { KeyPool } from '../tokens/keys.ts';

/** One request to a real kube-apiserver and what it answered. */
interface Recorded {
  name: string;
  method: string;
  path: string;
  requestBody?: unknown;
  requestHeaders?: Record<string, string>;
  status: number;
  body: unknown;
}

const { answers } = JSON.parse(readFileSync(new URL('../../../fixtures/kubernetes-answers.json', import.meta.url), 'utf8')) as { answers: Recorded[] };

/** Of what differs from run to run only the kind is compared. */
function settled(value: unknown): unknown {
  // The recording was taken without who wrote what (managedFields); the contract cases compare that.
  const text = JSON.stringify(value, (name, inner: unknown) => name === 'managedFields' ? undefined : inner)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '(uid)')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '(time)')
    .replace(/"resourceVersion":"\d+"/g, '"resourceVersion":"(revision)"')
    .replace(/"token":"(\(jwt\)|eyJ[\w-]+\.[\w-]+\.[\w-]+)"/g, '"token":"(token)"')
    .replace(/"continue":"[\w=-]+"/g, '"continue":"(continue)"')
    .replace(/"remainingItemCount":\d+/g, '"remainingItemCount":"(count)"')
    // Who it is that was asked about, and by which binding.
    .replace(/RBAC: allowed by ClusterRoleBinding \\"[^"]+\\" of ClusterRole \\"[^"]+\\" to User \\"[^"]+\\"/g, '(reason)');

  return JSON.parse(text);
}

const MEDIA: Record<string, string> = { 'merge patch': 'application/merge-patch+json', 'json patch test fails': 'application/json-patch+json', 'as user: patch sa': 'application/merge-patch+json' };

describe('answers as a real kube-apiserver gave them', () => {
  const keys = new KeyPool(1);
  let cluster: SandboxCluster;

  beforeAll(() => {
    cluster = testCluster(keys, { version: 'v1.36.3', now: () => new Date('2026-11-23T13:29:48Z') });
    cluster.store.create(typeOf(cluster.store, 'clusterrolebindings', 'rbac.authorization.k8s.io'), {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'globaladmin-user-qqt57' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'user-qqt57' }]
    });
  });
  afterAll(() => cluster.stop());

  const user = (recorded: Recorded): { name: string; groups: string[] } => ({ name: recorded.name.startsWith('as user') ? 'u-p45qw' : 'user-qqt57', groups: [] });
  const replay = async(recorded: Recorded): Promise<HttpAnswer> => {
    const body = recorded.requestBody;
    const headers = { ...recorded.requestHeaders, ...body === undefined ? {} : { 'content-type': MEDIA[recorded.name] ?? 'application/json' } };

    return cluster.handle(requestOf(recorded.method, recorded.path, body, headers), user(recorded));
  };

  it.each(answers.filter((one) => one.name !== 'table' && one.name !== 'partial metadata' && one.name !== 'kube version').map((recorded) => [recorded.name, recorded] as const))('%s', async(_name, recorded) => {
    const answer = await replay(recorded);

    expect(answer.status).toBe(recorded.status);
    expect(settled(answer.body)).toStrictEqual(settled(recorded.body));
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  });

  const named = (name: string): Recorded => answers.find((one) => one.name === name) as Recorded;

  it('kube version', async() => {
    const { gitTreeState: _state, ...expected } = named('kube version').body as Record<string, string>;

    expect((await replay(named('kube version'))).body).toMatchObject(expected);
  });

  it('table', async() => {
    const recorded = named('table');

    await cluster.handle(requestOf('POST', '/api/v1/namespaces/shop/serviceaccounts', { metadata: { name: 'writer' } }), ADMIN);
    expect(settled((await replay(recorded)).body)).toStrictEqual(settled(recorded.body));
  });

  it('partial metadata', async() => {
    const recorded = named('partial metadata');
    const shape = (body: unknown): unknown => {
      const { items, ...rest } = settled(body) as { items: { metadata: Record<string, unknown> }[] };

      return { ...rest, items: items.map(({ metadata, ...item }) => ({ ...item, metadata: Object.keys(metadata).sort() })) };
    };

    expect(shape((await replay(recorded)).body)).toStrictEqual(shape(recorded.body));
  });
});
