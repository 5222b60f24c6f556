import { ApiException, AppsV1Api, AuthenticationV1Api, AuthorizationV1Api, CoreV1Api, KubeConfig, KubernetesObjectApi, makeInformer, PatchStrategy, setHeaderOptions, VersionApi, Watch } from '@kubernetes/client-node';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxCluster } from './cluster.ts';
import { listenTo } from './listen.ts';
import type { Listening } from './listen.ts';
import { ADMIN, ask, testCluster, typeOf } from './testing.ts';
import { KeyPool } from './tokens/keys.ts';

const keys = new KeyPool(1);
const ADMIN_TOKEN = 'the-admin';
let cluster: SandboxCluster;
let server: Listening;

function config(token = ADMIN_TOKEN): KubeConfig {
  const made = new KubeConfig();

  made.loadFromClusterAndUser({ name: 'sandbox', server: server.url, skipTLSVerify: true }, { name: 'user', token });

  return made;
}

async function refusal(asked: Promise<unknown>): Promise<{ code: number; message: string }> {
  const error: unknown = await asked.then(() => undefined, (reason: unknown) => reason);

  expect(error).toBeInstanceOf(ApiException);

  return { code: (error as ApiException<string>).code, message: (JSON.parse((error as ApiException<string>).body) as { message: string }).message };
}

beforeEach(async() => {
  cluster = testCluster(keys, { builtInWebhook: { region: 'eu-central-1' } });
  server = await listenTo(cluster, { [ADMIN_TOKEN]: ADMIN });
});
afterEach(async() => {
  cluster.stop();
  await server.close();
});

describe('the Kubernetes client', () => {
  it('reads, writes and is refused', async() => {
    const core = config().makeApiClient(CoreV1Api);

    expect((await config().makeApiClient(VersionApi).getCode()).gitVersion).toBe('v1.34.2');
    await core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name: 'reader' } } });
    const account = await core.readNamespacedServiceAccount({ namespace: 'default', name: 'reader' });

    expect(account.metadata?.creationTimestamp).toBeInstanceOf(Date);
    expect((await core.listServiceAccountForAllNamespaces({ fieldSelector: 'metadata.name=reader' })).items).toHaveLength(1);
    const patched = await core.patchNamespacedServiceAccount({ namespace: 'default', name: 'reader', body: { metadata: { annotations: { a: 'b' } } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));

    expect(patched.metadata?.annotations).toStrictEqual({ a: 'b' });
    expect(await refusal(core.replaceNamespacedServiceAccount({ namespace: 'default', name: 'reader', body: account }))).toStrictEqual({
      code: 409, message: 'Operation cannot be fulfilled on serviceaccounts "reader": the object has been modified; please apply your changes to the latest version and try again'
    });
    expect(await refusal(core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name: 'reader' } } }))).toStrictEqual({ code: 409, message: 'serviceaccounts "reader" already exists' });
    expect(await refusal(core.readNamespacedSecret({ namespace: 'default', name: 'nope' }))).toStrictEqual({ code: 404, message: 'secrets "nope" not found' });
    await core.deleteNamespacedServiceAccount({ namespace: 'default', name: 'reader' });
    expect((await core.listNamespacedServiceAccount({ namespace: 'default' })).items.map((item) => item.metadata?.name)).toStrictEqual(['default']);
  });

  it('works as a service account by its token', async() => {
    const admin = config().makeApiClient(CoreV1Api);
    const { status } = await admin.createNamespacedServiceAccountToken({ namespace: 'default', name: 'default', body: { spec: { audiences: [] } } });
    const bot = config(status?.token);
    const review = await bot.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } } } });

    expect(review.status).toStrictEqual(expect.objectContaining({ allowed: false }));
    expect((await bot.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} })).status?.userInfo?.username).toBe('system:serviceaccount:default:default');
    expect(await refusal(bot.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'default' }))).toMatchObject({ code: 403 });
    cluster.store.create(typeOf(cluster.store, 'rolebindings', 'rbac.authorization.k8s.io'), {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'view', namespace: 'default' }, roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }]
    });
    expect((await bot.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'default' })).items).toStrictEqual([]);
    await expect(config('rubbish').makeApiClient(CoreV1Api).listNode()).rejects.toMatchObject({ code: 401 });
  });

  it('watches', async() => {
    const seen: string[] = [];
    let abort: AbortController | undefined;
    const ended = new Promise<void>((resolve) => {
      void new Watch(config()).watch('/api/v1/namespaces/default/configmaps', {}, (phase: string, object: V1ConfigMap) => {
        seen.push(`${ phase } ${ object.metadata?.name ?? '' }`);
        if (seen.length === 1) {
          void config().makeApiClient(CoreV1Api).createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'a' } } });
        }
        if (phase === 'DELETED') {
          abort?.abort();
        }
        if (phase === 'ADDED' && object.metadata?.name === 'a') {
          void config().makeApiClient(CoreV1Api).deleteNamespacedConfigMap({ namespace: 'default', name: 'a' });
        }
      }, () => resolve()).then((controller) => {
        abort = controller;
      });
    });

    await ended;
    expect(seen).toStrictEqual(['ADDED kube-root-ca.crt', 'ADDED a', 'DELETED a']);
  });

  it('keeps a cache with an informer', async() => {
    const core = config().makeApiClient(CoreV1Api);
    const informer = makeInformer(config(), '/api/v1/namespaces/default/serviceaccounts', () => core.listNamespacedServiceAccount({ namespace: 'default' }));
    const added = new Promise<string>((resolve) => {
      informer.on('add', (account) => {
        if (account.metadata?.name === 'late') {
          resolve(account.metadata.name);
        }
      });
    });

    await informer.start();
    await core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name: 'late' } } });
    expect(await added).toBe('late');
    await informer.stop();
  });

  it('finds types by discovery', async() => {
    const objects = KubernetesObjectApi.makeApiClient(config());

    await objects.create({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'gadgets.example.org' }, spec: { group: 'example.org', scope: 'Namespaced', names: { kind: 'Gadget', plural: 'gadgets' }, versions: [{ name: 'v1', served: true, storage: true }] } } as object as { apiVersion: string; kind: string });
    const made = await objects.create({ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name: 'g', namespace: 'default' } });

    expect(made).toHaveProperty('metadata.uid');
    expect(await objects.read({ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name: 'g', namespace: 'default' } })).toMatchObject({ kind: 'Gadget', metadata: { name: 'g' } });
  });

  it('restarts a deployment, whose new pods get the role bound meanwhile', async() => {
    const core = config().makeApiClient(CoreV1Api);
    const apps = config().makeApiClient(AppsV1Api);
    const merge = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
    const labels = { app: 'web' };
    const roles = async(): Promise<(string | undefined)[]> => (await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=web' })).items.map((pod) => pod.spec?.containers[0]?.env?.find((variable) => variable.name === 'AWS_ROLE_ARN')?.value);

    await core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name: 'reader' } } });
    await apps.createNamespacedDeployment({ namespace: 'default', body: { metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { serviceAccountName: 'reader', containers: [{ name: 'app', image: 'i:1' }] } } } } });
    await cluster.idle();
    await core.patchNamespacedServiceAccount({ namespace: 'default', name: 'reader', body: { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/r' } } } }, merge);
    expect(await roles()).toStrictEqual([undefined, undefined]);
    await apps.patchNamespacedDeployment({ namespace: 'default', name: 'web', body: { spec: { template: { metadata: { annotations: { restartedAt: 'now' } } } } } }, merge);
    await cluster.idle();
    expect(await roles()).toStrictEqual(['arn:aws:iam::1:role/r', 'arn:aws:iam::1:role/r']);
    expect((await apps.readNamespacedDeploymentStatus({ namespace: 'default', name: 'web' })).status).toMatchObject({ observedGeneration: 2, updatedReplicas: 2, readyReplicas: 2 });
  });
});

describe('a large cluster', () => {
  it('lists 50 000 service accounts in chunks of 500 without delay', async() => {
    const accounts = typeOf(cluster.store, 'serviceaccounts');

    for (let index = 0; index < 500; index++) {
      cluster.store.create(typeOf(cluster.store, 'namespaces'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `team-${ index }` } });
    }
    for (let index = 0; index < 50_000; index++) {
      cluster.store.create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: `account-${ index }`, namespace: `team-${ index % 500 }`, ...index % 10 ? {} : { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/r' } } } });
    }
    const headers = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };
    let slowest = 0;
    let seen = 0;
    let next: string | undefined = '';

    while (next !== undefined) {
      const begun = performance.now();
      const { body } = await ask(cluster, 'GET', `/api/v1/serviceaccounts?limit=500${ next ? `&continue=${ next }` : '' }`, { headers });

      JSON.stringify(body);
      slowest = Math.max(slowest, performance.now() - begun);
      const list = body as { metadata: { continue?: string }; items: object[] };

      seen += list.items.length;
      next = list.metadata.continue;
    }
    expect(seen).toBe(50_000 + 504);
    expect(slowest).toBeLessThan(300);
  });
});
