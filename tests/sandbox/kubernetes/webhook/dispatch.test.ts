import { afterEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../contracts.ts';
import type { SandboxCluster } from '../cluster.ts';
import { ADMIN, ask, refusal, testCluster, typeOf } from '../testing.ts';
import { KeyPool } from '../tokens/keys.ts';

const keys = new KeyPool(1);
const ROLE = 'arn:aws:iam::111122223333:role/reader';
let cluster: SandboxCluster;

afterEach(() => cluster.stop());

function account(annotations: Record<string, string> = { 'eks.amazonaws.com/role-arn': ROLE }): void {
  cluster.store.create(typeOf(cluster.store, 'serviceaccounts'), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'default', annotations } });
}

function makePod(metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return cluster.store.create(typeOf(cluster.store, 'pods'), {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: '', generateName: 'p-', namespace: 'default', ...metadata }, spec: { serviceAccountName: 'reader', containers: [{ name: 'app', image: 'i:1' }] }
  }, ADMIN);
}

function environment(pod: KubeObject): Record<string, string> {
  const { containers } = pod.spec as { containers: { env?: { name: string; value: string }[] }[] };

  return Object.fromEntries((containers[0]?.env ?? []).map(({ name, value }) => [name, value]));
}

describe('on EKS', () => {
  it('every pod of a bound account gets its role, region and token', () => {
    cluster = testCluster(keys, { builtInWebhook: { region: 'eu-west-3' } });
    account();
    const pod = makePod();

    expect(environment(pod)).toStrictEqual({
      AWS_STS_REGIONAL_ENDPOINTS: 'regional', AWS_DEFAULT_REGION: 'eu-west-3', AWS_REGION: 'eu-west-3', AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'
    });
    expect((pod.spec as { volumes: object[] }).volumes[0]).toStrictEqual({ name: 'aws-iam-token', projected: { sources: [{ serviceAccountToken: { audience: 'sts.amazonaws.com', expirationSeconds: 86400, path: 'token' } }], defaultMode: 420 } });
    expect((pod.spec as { volumes: object[] }).volumes).toHaveLength(2);
    expect(environment(makePod({ labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': 'true' } }))).toStrictEqual({});
  });

  it('shows the configuration EKS shows', async() => {
    cluster = testCluster(keys, { builtInWebhook: { region: 'eu-west-3' } });
    expect((await ask(cluster, 'GET', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/pod-identity-webhook')).body).toMatchObject({ webhooks: [{ name: 'iam-for-pods.amazonaws.com', failurePolicy: 'Ignore' }] });
  });
});

describe('elsewhere', () => {
  interface Installation { args?: string[]; image?: string; failurePolicy?: string; caBundle?: string; versions?: string[]; replicas?: number; webhook?: object }

  /** What the webhook's chart puts into a cluster. */
  async function install(given: Installation = {}): Promise<void> {
    const { args = ['--in-cluster=false'], image = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17', failurePolicy = 'Ignore', caBundle = 'Y2E=', versions = ['v1beta1'], replicas = 1, webhook = {} } = given;
    const labels = { app: 'webhook' };
    const namespace = 'kube-system';
    const { store } = cluster;

    store.create(typeOf(store, 'services'), { apiVersion: 'v1', kind: 'Service', metadata: { name: 'webhook', namespace }, spec: { selector: labels, ports: [{ port: 443 }] } });
    store.create(typeOf(store, 'deployments', 'apps'), {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'webhook', namespace }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'w', image, command: ['/webhook'], args }] } } }
    });
    await cluster.idle();
    store.create(typeOf(store, 'mutatingwebhookconfigurations', 'admissionregistration.k8s.io'), {
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'pod-identity-webhook' }, webhooks: [{
        name: 'pod-identity-webhook.example.com', admissionReviewVersions: versions, sideEffects: 'None', failurePolicy, clientConfig: { caBundle, service: { name: 'webhook', namespace, path: '/mutate' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }], ...webhook
      }]
    });
  }

  it('nothing happens without a webhook', () => {
    cluster = testCluster(keys);
    account();
    expect(environment(makePod())).toStrictEqual({});
  });

  it('the installed one acts by its arguments, also on pods of workloads', async() => {
    cluster = testCluster(keys);
    account({ 'irsa.example.com/role-arn': ROLE });
    await install({ args: ['--in-cluster=false', '--annotation-prefix=irsa.example.com', '--aws-default-region=us-west-2'] });
    expect(environment(makePod())).toMatchObject({ AWS_ROLE_ARN: ROLE, AWS_REGION: 'us-west-2' });
    await ask(cluster, 'POST', '/apis/apps/v1/namespaces/default/deployments', {
      body: { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { serviceAccountName: 'reader', containers: [{ name: 'c', image: 'i' }] } } } }
    });
    await cluster.idle();
    const [pod] = cluster.store.list(typeOf(cluster.store, 'pods'), { labelSelector: 'app=web' });

    expect(environment(pod as KubeObject)).toHaveProperty('AWS_ROLE_ARN', ROLE);
  });

  it('leaves alone what its selectors leave out', async() => {
    cluster = testCluster(keys);
    account();
    await install({ webhook: { objectSelector: { matchExpressions: [{ key: 'skip', operator: 'DoesNotExist' }] }, namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } } });
    expect(environment(makePod())).toHaveProperty('AWS_ROLE_ARN');
    expect(environment(makePod({ labels: { skip: '' } }))).toStrictEqual({});
  });

  it.each([
    ['has no pods', { replicas: 0 }, 'failed to call webhook: Post "https://webhook.kube-system.svc:443/mutate?timeout=10s": no endpoints available for service "webhook"'],
    ['has no service', { webhook: { clientConfig: { caBundle: 'Y2E=', service: { name: 'gone', namespace: 'kube-system', path: '/mutate' } } } }, 'failed to call webhook: Post "https://gone.kube-system.svc:443/mutate?timeout=10s": service "gone" not found'],
    ['is not trusted', { caBundle: '' }, 'failed to call webhook: Post "https://webhook.kube-system.svc:443/mutate?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority'],
    ['is asked in a version it does not speak', { versions: ['v1', 'v1beta1'] }, 'received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind='],
  ])('that %s is passed over, or keeps pods out', async(_name, given, why) => {
    cluster = testCluster(keys);
    account();
    await install(given);
    expect(environment(makePod())).toStrictEqual({});
    const type = typeOf(cluster.store, 'mutatingwebhookconfigurations', 'admissionregistration.k8s.io');
    const configuration = cluster.store.get(type, undefined, 'pod-identity-webhook') as KubeObject & { webhooks: object[] };

    cluster.store.update(type, { ...configuration, webhooks: configuration.webhooks.map((webhook) => ({ ...webhook, failurePolicy: 'Fail' })) });
    expect(refusal(() => makePod())).toStrictEqual({ code: 500, reason: 'InternalError', message: `Internal error occurred: failed calling webhook "pod-identity-webhook.example.com": ${ why }` });
  });

  it('a newer release speaks v1', async() => {
    cluster = testCluster(keys);
    account();
    await install({ versions: ['v1'], image: 'webhook:v0.6.18' });
    expect(environment(makePod())).toHaveProperty('AWS_ROLE_ARN');
  });
});
