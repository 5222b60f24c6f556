import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { KubeCluster, KubeObject, ObjectStore } from '../../contracts.ts';
import { fieldsOf, randomName, stringOf } from '../../rancher/values.ts';
import type { Fields } from '../../rancher/values.ts';
import { helmLabels } from '../chart.ts';
import type { Chart, ReleaseContext } from '../chart.ts';

const NAME = 'pod-identity-webhook';
/** The real chart: its version, values and questions are read from it, its templates are stood in for. */
const FOLDER = new URL('../../../../assets/charts/pod-identity-webhook/', import.meta.url);

function file(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

/** Any will do: nobody here makes a TLS connection, but an empty one is refused. */
const CA = Buffer.from('-----BEGIN CERTIFICATE-----\nc2FuZGJveA==\n-----END CERTIFICATE-----\n').toString('base64');

function render(context: ReleaseContext, chart: Pick<Chart, 'name' | 'version'>): KubeObject[] {
  const { namespace, values: given } = context;
  const image = fieldsOf(given.image);
  const registry = stringOf(image.registry) || stringOf(fieldsOf(fieldsOf(given.global).cattle).systemDefaultRegistry) || 'public.ecr.aws';
  const labels = helmLabels(context, chart);
  const selector = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/instance': context.release };
  const region = stringOf(given.region);

  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace, labels } },
    // Its data is made in the cluster (keepCertificates).
    { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name: `${ NAME }-cert`, namespace, labels } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: NAME, labels }, rules: [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'watch'] }] },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: NAME, labels },
      roleRef:    { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME }, subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }]
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: NAME, namespace, labels }, spec: { selector, ports: [{ name: 'https', port: 443, targetPort: 'https' }] } },
    {
      apiVersion: 'apps/v1',
      kind:       'Deployment',
      metadata:   { name: NAME, namespace, labels },
      spec:       {
        replicas: given.replicaCount,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: selector },
          spec:     {
            serviceAccountName: NAME,
            containers:         [{
              name:    'webhook',
              image:   `${ registry }/${ stringOf(image.repository) }:${ stringOf(image.tag) || 'v0.6.17' }`,
              command: ['/webhook'],
              args:    [
                '--in-cluster=false', `--annotation-prefix=${ stringOf(given.annotationPrefix) }`, `--token-audience=${ stringOf(given.audience) }`, `--token-expiration=${ Number(given.tokenExpirationSeconds) }`,
                ...region ? [`--aws-default-region=${ region }`] : [], `--sts-regional-endpoint=${ String(given.stsRegionalEndpoints) }`
              ],
              ports: [{ name: 'https', containerPort: 8443 }]
            }]
          }
        }
      }
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind:       'MutatingWebhookConfiguration',
      metadata:   { name: NAME, labels },
      webhooks:   [{
        name:                    'pod-identity-webhook.amazonaws.com',
        admissionReviewVersions: ['v1beta1'],
        sideEffects:             'None',
        failurePolicy:           'Ignore',
        timeoutSeconds:          5,
        clientConfig:            { service: { name: NAME, namespace, path: '/mutate', port: 443 }, caBundle: CA },
        rules:                   [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: 'Namespaced' }],
        objectSelector:          { matchExpressions: [{ key: 'eks.amazonaws.com/skip-pod-identity-webhook', operator: 'DoesNotExist' }, { key: 'app.kubernetes.io/name', operator: 'NotIn', values: [NAME] }] }
      }]
    },
  ];
}

/** What the chart's job does: it makes the certificate that is not in the release, and renews it. */
export function keepCertificates({ store }: KubeCluster): () => void {
  return store.watch(({ resourceType, type, object }) => {
    const { metadata: { name, labels }, data } = object;

    if (resourceType.group === '' && resourceType.resource === 'secrets' && type !== 'DELETED' && name === `${ NAME }-cert` && labels?.['app.kubernetes.io/name'] === NAME && !data) {
      renewCertificate(store, object);
    }
  });
}

/** As the job does it before a certificate ends: other data, other annotations, and nothing that Helm knows of. */
export function renewCertificate(store: ObjectStore, secret: KubeObject): void {
  const type = store.findType('', 'secrets')!;
  const annotations = { ...secret.metadata.annotations, 'irsa.rancher.io/not-after': String(Math.floor(Date.now() / 1000) + 365 * 86_400), 'irsa.rancher.io/certificate': randomName(64) };

  store.update(type, { ...secret, metadata: { ...secret.metadata, annotations }, data: { 'ca.crt': CA, 'tls.crt': CA, 'tls.key': Buffer.from(randomName()).toString('base64') } });
}

/** The chart as it is, or as it would be under another version. */
export function webhookChart(version?: string): Chart {
  const { name, version: own, ...metadata } = parse(file('Chart.yaml')) as Fields & { annotations: Record<string, string>; name: string; version: string };
  const chart = { name, version: version ?? own };

  return {
    ...chart,
    // As `npm run package` writes it.
    metadata:  { ...metadata, icon: 'https://charts.example/irsa/icon.svg' },
    values:    parse(file('values.yaml')) as Fields,
    readme:    file('README.md'),
    questions: fieldsOf(parse(file('questions.yaml'))),
    render:    (context) => render(context, chart),
  };
}

/** The extension's own chart: its UIPlugin is kept by the scenario, which knows where the built files are. */
function extensionChart(): Chart {
  return {
    name:     'irsa',
    version:  '0.1.0',
    metadata: {
      apiVersion: 'v2', type: 'application', description: 'IAM Roles for Service Accounts',
      annotations: { 'catalog.cattle.io/display-name': 'IRSA', 'catalog.cattle.io/namespace': 'cattle-ui-plugin-system', 'catalog.cattle.io/scope': 'management', 'catalog.cattle.io/ui-component': 'plugins' }
    },
    values: {},
    readme: '# IRSA\n',
    render: () => []
  };
}

/** What `npm run package` puts into a repository. */
export function irsaCharts(): Chart[] {
  return [extensionChart(), webhookChart()];
}
