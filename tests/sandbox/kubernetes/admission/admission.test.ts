import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject, ResourceType } from '../../contracts.ts';
import type { SandboxCluster } from '../cluster.ts';
import { ask, configMap, refusal, testCluster, typeOf, workload } from '../testing.ts';
import { KeyPool } from '../tokens/keys.ts';
import { keyFaults, labelValueFaults, nameFaults } from './names.ts';

let cluster: SandboxCluster;

beforeAll(() => {
  cluster = testCluster(new KeyPool(1));
});
afterAll(() => cluster.stop());

const type = (resource: string, group = ''): ResourceType => typeOf(cluster.store, resource, group);
const RBAC = 'rbac.authorization.k8s.io';

function pod(name: string, spec: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'i:1' }], ...spec } };
}

describe('names', () => {
  it.each([
    ['serviceaccounts', '', 'reader', true], ['serviceaccounts', '', 'a.b-c', true], ['serviceaccounts', '', 'Reader', false], ['serviceaccounts', '', '-a', false], ['serviceaccounts', '', 'a'.repeat(254), false],
    ['namespaces', '', 'shop', true], ['namespaces', '', 'a.b', false], ['namespaces', '', 'a'.repeat(64), false],
    ['services', '', '1web', false], ['services', '', 'web1', true],
    ['clusterroles', RBAC, 'system:node', true], ['clusterroles', RBAC, 'a/b', false], ['clusterroles', RBAC, '..', false],
  ])('%s.%s %j: %s', (resource, group, name, valid) => {
    expect(nameFaults(type(resource, group), name).length === 0).toBe(valid);
  });

  it.each([
    ['eks.amazonaws.com/role-arn', true], ['app', true], ['', false], ['a/b/c', false], ['/x', false], ['UPPER.com/x', false], ['example.com/', false], ['x y', false], ['a'.repeat(64), false],
  ])('of labels: %j: %s', (key, valid) => {
    expect(keyFaults(key).length === 0).toBe(valid);
  });

  it.each([['', true], ['A_b.c-1', true], ['a b', false], ['-a', false], ['a'.repeat(64), false]])('label value %j: %s', (value, valid) => {
    expect(labelValueFaults(value).length === 0).toBe(valid);
  });
});

describe('validation', () => {
  it('refuses an annotation that is no string, as decoding would', () => {
    const object = configMap('a', {}, { annotations: { 'eks.amazonaws.com/token-expiration': 86400 as unknown as string } });

    expect(refusal(() => cluster.store.create(type('configmaps'), object))).toStrictEqual({
      code: 400, reason: 'BadRequest', message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string'
    });
  });

  it('wants names', () => {
    expect(refusal(() => cluster.store.create(type('configmaps'), configMap(''))).message).toBe('ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required');
    expect(refusal(() => cluster.store.create(type('configmaps'), configMap('a', {}, { annotations: { 'bad key': 'x' } }))).message).toContain('metadata.annotations: Invalid value: "bad key": name part must consist of');
  });

  it.each([
    ['no containers', pod('p', { containers: [] }), 'Pod "p" is invalid: spec.containers: Required value'],
    ['no image', pod('p', { containers: [{ name: 'c' }] }), 'Pod "p" is invalid: spec.containers[0].image: Required value'],
    ['a mount without its volume', pod('p', { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'x', mountPath: '/x' }] }] }), 'Pod "p" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "x"'],
    ['two faults', pod('p', { containers: [{ name: 'c' }, { name: 'c', image: 'i' }] }), 'Pod "p" is invalid: [spec.containers[1].name: Duplicate value: "c", spec.containers[0].image: Required value]'],
  ])('of pods: %s', (_name, object, message) => {
    expect(refusal(() => cluster.store.create(type('pods'), object))).toStrictEqual({ code: 422, reason: 'Invalid', message });
  });

  it('of workloads, jobs, roles and bindings', () => {
    const deployment = workload('Deployment', 'web');
    const wrong = { ...deployment, spec: { ...deployment.spec as object, selector: { matchLabels: { app: 'other' } } } };

    expect(refusal(() => cluster.store.create(type('deployments', 'apps'), wrong)).message).toBe('Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`');
    expect(refusal(() => cluster.store.create(type('jobs', 'batch'), { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'default' }, spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } })).message)
      .toBe('Job.batch "j" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: "OnFailure", "Never"');
    expect(refusal(() => cluster.store.create(type('roles', RBAC), { apiVersion: `${ RBAC }/v1`, kind: 'Role', metadata: { name: 'r', namespace: 'default' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] })).message).toContain('rules[0].verbs: Required value');
    expect(refusal(() => cluster.store.create(type('clusterrolebindings', RBAC), { apiVersion: `${ RBAC }/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'r' }, roleRef: { kind: 'Role', name: 'x' } })).message).toContain('roleRef.kind: Unsupported value: "Role"');
  });

  it('of what may not change', async() => {
    const merge = { 'content-type': 'application/merge-patch+json' };
    const message = async(url: string, body: object): Promise<string> => ((await ask(cluster, 'PATCH', url, { body, headers: merge })).body as { message: string }).message;

    cluster.store.create(type('deployments', 'apps'), workload('Deployment', 'web'));
    cluster.store.create(type('pods'), pod('fixed'));
    cluster.store.create(type('secrets'), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' }, stringData: { a: 'b' }, immutable: true });
    cluster.store.create(type('rolebindings', RBAC), { apiVersion: `${ RBAC }/v1`, kind: 'RoleBinding', metadata: { name: 'b', namespace: 'default' }, roleRef: { kind: 'ClusterRole', name: 'view' } });
    expect(await message('/apis/apps/v1/namespaces/default/deployments/web', { spec: { selector: { matchLabels: { x: 'y' } }, template: { metadata: { labels: { x: 'y' } } } } })).toContain('field is immutable');
    expect(await message('/api/v1/namespaces/default/pods/fixed', { spec: { serviceAccountName: 'other' } })).toContain('pod updates may not change fields other than');
    expect(await message('/api/v1/namespaces/default/secrets/s', { data: { a: 'Yw==' } })).toBe('Secret "s" is invalid: data: Forbidden: field is immutable when `immutable` is set');
    expect(await message(`/apis/${ RBAC }/v1/namespaces/default/rolebindings/b`, { roleRef: { name: 'edit' } })).toContain('cannot change roleRef');
  });
});

describe('admission', () => {
  it('keeps new things out of a namespace that goes', () => {
    const namespaces = type('namespaces');

    cluster.store.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'going' } });
    cluster.store.delete(namespaces, undefined, 'going');
    expect(refusal(() => cluster.store.create(type('configmaps'), configMap('a', {}, { namespace: 'going' })))).toStrictEqual({
      code: 403, reason: 'Forbidden', message: 'configmaps "a" is forbidden: unable to create new content in namespace going because it is being terminated'
    });
  });

  it('wants a pod\'s service account, and mounts its token', () => {
    const made = cluster.store.create(type('pods'), pod('mounted'));

    expect(made.spec).toMatchObject({
      serviceAccountName: 'default', restartPolicy: 'Always', containers: [{ imagePullPolicy: 'IfNotPresent', volumeMounts: [{ name: expect.stringMatching(/^kube-api-access-/) as string, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] }],
      volumes:            [{ projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }, {}, {}], defaultMode: 420 } }]
    });
    expect(made.status).toStrictEqual({ phase: 'Pending', qosClass: 'BestEffort' });
    expect(cluster.store.create(type('pods'), pod('bare', { automountServiceAccountToken: false })).spec).not.toHaveProperty('volumes');
    expect(refusal(() => cluster.store.create(type('pods'), pod('p', { serviceAccountName: 'nobody' }))).message).toBe('pods "p" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found');
  });

  it('wipes the status a client sends along, but a node\'s', () => {
    expect(cluster.store.create(type('deployments', 'apps'), { ...workload('Deployment', 'status'), status: { replicas: 9 } })).not.toHaveProperty('status');
    expect(cluster.store.create(type('nodes'), { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { phase: 'x' } })).toHaveProperty('status', { phase: 'x' });
  });

  it('encodes stringData', () => {
    const made = cluster.store.create(type('secrets'), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'text', namespace: 'default' }, stringData: { a: 'b' } });

    expect(made).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } });
    expect(made).not.toHaveProperty('stringData');
  });

  it('wants the revision when a custom resource is replaced', async() => {
    const url = '/apis/example.com/v1/widgets/w';
    const widgets = { group: 'example.com', version: 'v1', kind: 'Widget', resource: 'widgets', namespaced: false };

    cluster.store.addType(widgets);
    const made = cluster.store.create(widgets, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } });

    expect((await ask(cluster, 'PUT', url, { body: { metadata: { name: 'w' }, spec: {} } })).body).toMatchObject({ code: 422, message: 'widgets.example.com "w" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update' });
    expect((await ask(cluster, 'PUT', url, { body: { ...made, spec: {} } })).status).toBe(200);
  });
});
