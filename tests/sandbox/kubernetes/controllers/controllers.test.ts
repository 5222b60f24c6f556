import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject, ResourceType } from '../../contracts.ts';
import { at } from '../copy.ts';
import type { SandboxCluster } from '../cluster.ts';
import { ask, configMap, testCluster, typeOf, workload } from '../testing.ts';
import { KeyPool } from '../tokens/keys.ts';

const keys = new KeyPool(1);
let cluster: SandboxCluster;

beforeEach(() => {
  cluster = testCluster(keys);
});
afterEach(() => cluster.stop());

const type = (resource: string, group = ''): ResourceType => typeOf(cluster.store, resource, group);
const pods = (labelSelector = ''): KubeObject[] => cluster.store.list(type('pods'), { labelSelector });
const names = (objects: KubeObject[]): string[] => objects.map((object) => object.metadata.name);
const RESTART = { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-23T10:00:00Z' } } } } };
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };

async function make(resource: string, object: KubeObject): Promise<void> {
  cluster.store.create(type(resource, 'apps'), object);
  await cluster.idle();
}

async function restart(resource: string, name: string): Promise<void> {
  expect((await ask(cluster, 'PATCH', `/apis/apps/v1/namespaces/default/${ resource }/${ name }`, { body: RESTART, headers: STRATEGIC })).status).toBe(200);
}

function get(resource: string, name: string, group = 'apps'): KubeObject & { status: Record<string, unknown> } {
  return cluster.store.get(type(resource, group), 'default', name) as KubeObject & { status: Record<string, unknown> };
}

describe('Deployment', () => {
  it('comes up', async() => {
    await make('deployments', workload('Deployment', 'web', { replicas: 3 }));
    expect(get('deployments', 'web').status).toMatchObject({
      observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3,
      conditions:         [{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' }, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: expect.stringMatching(/^ReplicaSet "web-\w{10}" has successfully progressed\.$/) as string }]
    });
    const [pod] = pods('app=web');

    expect(pod?.metadata.name).toMatch(/^web-\w{10}-\w{5}$/);
    expect(pod?.metadata.ownerReferences).toMatchObject([{ kind: 'ReplicaSet', controller: true }]);
    expect(pod).toMatchObject({ spec: { nodeName: 'node-1' }, status: { phase: 'Running', podIP: expect.stringMatching(/^10\.42\./) as string, containerStatuses: [{ name: 'app', ready: true, started: true }] } });
    expect((pod?.status as { conditions: object[] }).conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
  });

  it('rolls over to new pods when its template changes, and never has too few', async() => {
    await make('deployments', workload('Deployment', 'web', { replicas: 4 }));
    const before = names(pods('app=web'));
    let fewest = Infinity;
    let most = 0;
    const stop = cluster.store.watch(() => {
      const active = pods('app=web').filter((pod) => !pod.metadata.deletionTimestamp);

      fewest = Math.min(fewest, active.filter((pod) => at(pod, 'status', 'phase') === 'Running').length);
      most = Math.max(most, active.length);
    });

    await restart('deployments', 'web');
    await cluster.idle();
    stop();
    const after = pods('app=web');

    expect(after).toHaveLength(4);
    expect(names(after).some((name) => before.includes(name))).toBe(false);
    expect(after.every((pod) => pod.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'])).toBe(true);
    // 25 % of four, either way.
    expect([fewest, most]).toStrictEqual([3, 5]);
    expect(get('deployments', 'web')).toMatchObject({ metadata: { generation: 2, annotations: { 'deployment.kubernetes.io/revision': '2' } }, status: { observedGeneration: 2, replicas: 4, updatedReplicas: 4 } });
    expect(cluster.store.list(type('replicasets', 'apps')).map((set) => (set.spec as { replicas: number }).replicas).sort()).toStrictEqual([0, 4]);
  });

  it('goes back to an old set when its template comes back', async() => {
    await make('deployments', workload('Deployment', 'web'));
    const [first] = names(cluster.store.list(type('replicasets', 'apps')));
    const before = get('deployments', 'web');

    await restart('deployments', 'web');
    await cluster.idle();
    const now = get('deployments', 'web');

    cluster.store.update(type('deployments', 'apps'), { ...now, spec: before.spec });
    await cluster.idle();
    const sets = cluster.store.list(type('replicasets', 'apps'));

    expect(sets).toHaveLength(2);
    expect(sets.find((set) => (set.spec as { replicas: number }).replicas === 1)?.metadata.name).toBe(first);
    expect(get('deployments', 'web').metadata.annotations).toHaveProperty(['deployment.kubernetes.io/revision'], '3');
  });

  it('with strategy Recreate ends the old before it begins the new', async() => {
    await make('deployments', workload('Deployment', 'web', { replicas: 2, strategy: { type: 'Recreate' } }));
    let both = false;
    const stop = cluster.store.watch(() => {
      both ||= new Set(pods('app=web').map((pod) => pod.metadata.labels?.['pod-template-hash'])).size > 1;
    });

    await restart('deployments', 'web');
    await cluster.idle();
    stop();
    expect([pods('app=web').length, both]).toStrictEqual([2, false]);
    expect(get('deployments', 'web').status).toMatchObject({ updatedReplicas: 2, readyReplicas: 2 });
  });

  it('scales, and replaces a pod somebody deletes', async() => {
    await make('deployments', workload('Deployment', 'web', { replicas: 1 }));
    await ask(cluster, 'PATCH', '/apis/apps/v1/namespaces/default/deployments/web', { body: { spec: { replicas: 3 } }, headers: STRATEGIC });
    await cluster.idle();
    const [victim] = pods('app=web');

    expect(pods('app=web')).toHaveLength(3);
    const answer = await ask(cluster, 'DELETE', `/api/v1/namespaces/default/pods/${ victim?.metadata.name ?? '' }`);

    expect(answer.body).toMatchObject({ kind: 'Pod', metadata: { deletionGracePeriodSeconds: 30, deletionTimestamp: expect.any(String) as string } });
    await cluster.idle();
    expect(pods('app=web')).toHaveLength(3);
    expect(names(pods())).not.toContain(victim?.metadata.name);
    await ask(cluster, 'PATCH', '/apis/apps/v1/namespaces/default/deployments/web', { body: { spec: { replicas: 0 } }, headers: STRATEGIC });
    await cluster.idle();
    expect(pods('app=web')).toHaveLength(0);
    expect(get('deployments', 'web').status).not.toHaveProperty('replicas');
  });

  it('says why its pods are refused, and goes on when the reason is gone', async() => {
    await make('deployments', workload('Deployment', 'web', {}, { serviceAccountName: 'later' }));
    expect(get('deployments', 'web').status).toMatchObject({
      conditions: expect.arrayContaining([expect.objectContaining({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: expect.stringMatching(/^pods "web-\w{10}-" is forbidden: error looking up service account default\/later: serviceaccount "later" not found$/) as string }), expect.objectContaining({ type: 'Available', status: 'False' })]) as unknown
    });
    cluster.store.create(type('serviceaccounts'), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'later', namespace: 'default' } });
    await cluster.idle();
    expect(get('deployments', 'web').status).toMatchObject({ readyReplicas: 1 });
    expect((get('deployments', 'web').status.conditions as { type: string }[]).map((condition) => condition.type)).toStrictEqual(['Available', 'Progressing']);
  });

  it('takes its sets and pods along', async() => {
    await make('deployments', workload('Deployment', 'web', { replicas: 2 }));
    cluster.store.delete(type('deployments', 'apps'), 'default', 'web');
    await cluster.idle();
    expect([pods('app=web'), cluster.store.list(type('replicasets', 'apps'))]).toStrictEqual([[], []]);
  });

  it('keeps ten old sets', async() => {
    await make('deployments', workload('Deployment', 'web'));
    for (let round = 0; round < 13; round++) {
      const now = get('deployments', 'web');

      cluster.store.update(type('deployments', 'apps'), { ...now, spec: { ...now.spec as object, template: { ...at(now, 'spec', 'template') as object, metadata: { labels: { app: 'web' }, annotations: { round: String(round) } } } } });
      await cluster.idle();
    }
    expect(cluster.store.list(type('replicasets', 'apps'))).toHaveLength(11);
  });

  it('takes its time when it is told to', async() => {
    const slow = testCluster(keys, { pace: 40 });

    slow.store.create(typeOf(slow.store, 'deployments', 'apps'), workload('Deployment', 'web'));
    await new Promise((resolve) => setTimeout(resolve, 15));
    expect(slow.store.list(typeOf(slow.store, 'pods')).map((pod) => (pod.status as { phase: string }).phase)).toStrictEqual(['Pending']);
    await slow.idle();
    expect(slow.store.list(typeOf(slow.store, 'pods')).map((pod) => (pod.status as { phase: string }).phase)).toStrictEqual(['Running']);
    slow.stop();
  });
});

describe('StatefulSet', () => {
  it('brings numbered pods up in order and over from the last', async() => {
    const order: string[] = [];
    const stop = cluster.store.watch((event) => {
      if (event.object.kind === 'Pod' && event.type !== 'MODIFIED') {
        order.push(`${ event.type } ${ event.object.metadata.name }`);
      }
    });

    await make('statefulsets', workload('StatefulSet', 'db', { replicas: 3, serviceName: 'db' }));
    expect(order).toStrictEqual(['ADDED db-0', 'ADDED db-1', 'ADDED db-2']);
    const revision = get('statefulsets', 'db').status.currentRevision;

    expect(get('statefulsets', 'db').status).toMatchObject({ observedGeneration: 1, replicas: 3, readyReplicas: 3, updateRevision: revision, currentReplicas: 3, updatedReplicas: 3 });
    order.length = 0;
    await restart('statefulsets', 'db');
    await cluster.idle();
    stop();
    expect(order).toStrictEqual(['DELETED db-2', 'ADDED db-2', 'DELETED db-1', 'ADDED db-1', 'DELETED db-0', 'ADDED db-0']);
    const { status } = get('statefulsets', 'db');

    expect(status).toMatchObject({ observedGeneration: 2, updatedReplicas: 3, currentRevision: status.updateRevision });
    expect(status.updateRevision).not.toBe(revision);
    expect(pods('app=db').every((pod) => pod.metadata.labels?.['controller-revision-hash'] === status.updateRevision)).toBe(true);
  });

  it('shrinks from the end and claims volumes', async() => {
    await make('statefulsets', workload('StatefulSet', 'db', { replicas: 3, volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }] }));
    expect(cluster.store.list(type('persistentvolumeclaims')).map((claim) => `${ claim.metadata.name } ${ String(at(claim, 'status', 'phase')) }`)).toStrictEqual(['data-db-0 Bound', 'data-db-1 Bound', 'data-db-2 Bound']);
    const now = get('statefulsets', 'db');

    cluster.store.update(type('statefulsets', 'apps'), { ...now, spec: { ...now.spec as object, replicas: 1 } });
    await cluster.idle();
    expect(names(pods('app=db'))).toStrictEqual(['db-0']);
  });
});

describe('DaemonSet', () => {
  it('has a pod on every node, and on new ones', async() => {
    const node = (name: string, labels: Record<string, string> = {}): void => {
      cluster.store.create(type('nodes'), { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } });
    };

    node('n1');
    node('n2', { gpu: 'yes' });
    await make('daemonsets', workload('DaemonSet', 'agent'));
    await make('daemonsets', workload('DaemonSet', 'gpu', {}, { nodeSelector: { gpu: 'yes' } }));
    expect(get('daemonsets', 'agent').status).toMatchObject({ desiredNumberScheduled: 2, numberReady: 2, updatedNumberScheduled: 2 });
    expect(get('daemonsets', 'gpu').status).toMatchObject({ desiredNumberScheduled: 1, numberReady: 1 });
    node('n3');
    await cluster.idle();
    const before = names(pods('app=agent'));

    expect(before).toHaveLength(3);
    await restart('daemonsets', 'agent');
    await cluster.idle();
    expect(pods('app=agent')).toHaveLength(3);
    expect(names(pods('app=agent')).some((name) => before.includes(name))).toBe(false);
    expect(get('daemonsets', 'agent').status).toMatchObject({ observedGeneration: 2, updatedNumberScheduled: 3, numberReady: 3 });
  });
});

describe('Job', () => {
  const job = (name: string, command: string[], extra: object = {}): Promise<unknown> => ask(cluster, 'POST', '/apis/batch/v1/namespaces/default/jobs', { body: { metadata: { name }, spec: { ...extra, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'rancher/shell:v0.6.0', command }] } } } } });

  it('runs to its end', async() => {
    await job('once', ['true'], { completions: 3, parallelism: 2 });
    await cluster.idle();
    expect(get('jobs', 'once', 'batch').status).toMatchObject({ succeeded: 3, completionTime: expect.any(String) as string, conditions: expect.arrayContaining([expect.objectContaining({ type: 'Complete', status: 'True' })]) as unknown });
    expect(pods('job-name=once').map((pod) => (pod.status as { phase: string }).phase)).toStrictEqual(['Succeeded', 'Succeeded', 'Succeeded']);
  });

  it('reads the keys with kubectl, as its service account', async() => {
    await job('keys', ['sh', '-c', 'kubectl get --raw /openid/v1/jwks']);
    await cluster.idle();
    const [pod] = pods('job-name=keys');
    const answer = await ask(cluster, 'GET', `/api/v1/namespaces/default/pods/${ pod?.metadata.name ?? '' }/log`);

    expect(answer.headers?.['content-type']).toContain('text/plain');
    expect(JSON.parse(String(answer.body))).toStrictEqual(cluster.jwks());
  });

  it('fails when its program does, again and again', async() => {
    await job('nodes', ['kubectl', 'get', '--raw', '/api/v1/nodes'], { backoffLimit: 1 });
    await cluster.idle();
    const [pod] = pods('job-name=nodes');

    expect(get('jobs', 'nodes', 'batch').status).toMatchObject({ failed: 2, conditions: expect.arrayContaining([expect.objectContaining({ type: 'Failed', reason: 'BackoffLimitExceeded' })]) as unknown });
    expect((await ask(cluster, 'GET', `/api/v1/namespaces/default/pods/${ pod?.metadata.name ?? '' }/log?tailLines=1`)).body).toBe('Error from server (Forbidden): nodes is forbidden: User "system:serviceaccount:default:default" cannot list resource "nodes" in API group "" at the cluster scope\n');
  });

  it('goes by itself when its time is over', async() => {
    await job('brief', ['true'], { ttlSecondsAfterFinished: 0 });
    await cluster.idle();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await cluster.idle();
    expect(get('jobs', 'brief', 'batch')).toBeUndefined();
    expect(pods('job-name=brief')).toHaveLength(0);
  });
});

describe('logs', () => {
  it('want to know which container', async() => {
    const url = '/api/v1/namespaces/default/pods';
    const body = { metadata: { name: 'two' }, spec: { containers: [{ name: 'a', image: 'i' }, { name: 'b', image: 'i' }] } };

    await ask(cluster, 'POST', url, { body });
    expect((await ask(cluster, 'GET', `${ url }/two/log?container=a`)).body).toMatchObject({ code: 400, message: 'container "a" in pod "two" is waiting to start: ContainerCreating' });
    await cluster.idle();
    expect((await ask(cluster, 'GET', `${ url }/two/log`)).body).toMatchObject({ code: 400, message: 'a container name must be specified for pod two, choose one of: [a b]' });
    expect((await ask(cluster, 'GET', `${ url }/two/log?container=z`)).body).toMatchObject({ code: 400, message: 'container z is not valid for pod two' });
    expect(await ask(cluster, 'GET', `${ url }/two/log?container=a`)).toMatchObject({ status: 200, body: '' });
  });
});

describe('a namespace', () => {
  it('is furnished from its first moment', () => {
    cluster.store.create(type('namespaces'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    expect(names(cluster.store.list(type('serviceaccounts'), { namespace: 'shop' }))).toStrictEqual(['default']);
    expect(names(cluster.store.list(type('configmaps'), { namespace: 'shop' }))).toStrictEqual(['kube-root-ca.crt']);
    cluster.store.delete(type('serviceaccounts'), 'shop', 'default');
    expect(names(cluster.store.list(type('serviceaccounts'), { namespace: 'shop' }))).toStrictEqual(['default']);
  });

  it('goes with everything in it, and waits for what is held', async() => {
    cluster.store.create(type('namespaces'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    const held = cluster.store.create(type('configmaps'), configMap('held', {}, { namespace: 'shop', finalizers: ['example.com/hold'] }));

    cluster.store.create(type('deployments', 'apps'), { ...workload('Deployment', 'web'), metadata: { name: 'web', namespace: 'shop' } });
    await cluster.idle();
    expect((await ask(cluster, 'DELETE', '/api/v1/namespaces/shop')).body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
    await cluster.idle();
    expect(cluster.store.get(type('namespaces'), undefined, 'shop')).toMatchObject({ status: { phase: 'Terminating' } });
    expect(pods()).toHaveLength(0);
    const now = cluster.store.get(type('configmaps'), 'shop', 'held') as KubeObject;

    cluster.store.update(type('configmaps'), { ...now, metadata: { ...now.metadata, finalizers: [] } });
    await cluster.idle();
    expect(cluster.store.get(type('namespaces'), undefined, 'shop')).toBeUndefined();
    expect(held.metadata.namespace).toBe('shop');
  });
});

it('a pod that fits no node stays pending', async() => {
  cluster.store.create(type('nodes'), { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
  cluster.store.create(type('pods'), { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec: { nodeSelector: { gpu: 'yes' }, containers: [{ name: 'c', image: 'i' }] } });
  await cluster.idle();
  expect(get('pods', 'p', '').status).toMatchObject({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] });
});
