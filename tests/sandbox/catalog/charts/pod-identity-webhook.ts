import type { KubeObject } from '../../contracts.ts';
import { fieldsOf, stringOf } from '../../rancher/values.ts';
import type { Fields } from '../../rancher/values.ts';
import { helmLabels } from '../chart.ts';
import type { Chart, ReleaseContext } from '../chart.ts';

const NAME = 'pod-identity-webhook';
const VERSION = '0.1.0';

const values: Fields = {
  region:                 '',
  audience:               'sts.amazonaws.com',
  annotationPrefix:       'eks.amazonaws.com',
  stsRegionalEndpoints:   true,
  tokenExpirationSeconds: 86400,
  replicaCount:           2,
  failurePolicy:          'Ignore',
  image:                  { registry: '', repository: 'eks/amazon-eks-pod-identity-webhook', tag: '' },
  tls:                    { mode: 'auto', renewal: { image: { registry: '', repository: 'rancher/shell', tag: 'v0.6.0' } } },
  global:                 { cattle: { systemDefaultRegistry: '' } },
};

/** Any will do: nobody here makes a TLS connection, but an empty one is refused. */
const CA = Buffer.from('-----BEGIN CERTIFICATE-----\nc2FuZGJveA==\n-----END CERTIFICATE-----\n').toString('base64');

function render(context: ReleaseContext): KubeObject[] {
  const { namespace, values: given } = context;
  const image = fieldsOf(given.image);
  const registry = stringOf(image.registry) || stringOf(fieldsOf(fieldsOf(given.global).cattle).systemDefaultRegistry) || 'public.ecr.aws';
  const labels = helmLabels(context, chart);
  const selector = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/instance': context.release };
  const region = stringOf(given.region);

  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace, labels } },
    { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: `${ NAME }-cert`, namespace, labels }, data: { 'ca.crt': CA, 'tls.crt': CA, 'tls.key': CA } },
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

const chart: Chart = {
  name:     NAME,
  version:  VERSION,
  metadata: {
    apiVersion: 'v2', appVersion: 'v0.6.17', type: 'application', description: 'Gives each pod the IAM role of its own service account (IRSA), on clusters other than EKS',
    annotations: {
      'catalog.cattle.io/display-name': 'Pod Identity Webhook',
      'catalog.cattle.io/namespace':    NAME,
      'catalog.cattle.io/release-name': NAME,
      'catalog.cattle.io/type':         'cluster-tool',
      'catalog.cattle.io/ui-component': NAME,
    }
  },
  values,
  readme: '# Pod Identity Webhook\n\nThis is the sandbox\'s stand-in of the chart.\n',
  render
};

/** The extension's own chart: its UIPlugin is kept by the scenario, which knows where the built files are. */
const extension: Chart = {
  name:     'irsa',
  version:  VERSION,
  metadata: {
    apiVersion: 'v2', type: 'application', description: 'IAM Roles for Service Accounts',
    annotations: { 'catalog.cattle.io/display-name': 'IRSA', 'catalog.cattle.io/namespace': 'cattle-ui-plugin-system', 'catalog.cattle.io/scope': 'management', 'catalog.cattle.io/ui-component': 'plugins' }
  },
  values: {},
  readme: '# IRSA\n',
  render: () => []
};

/** What `npm run package` puts into a repository. */
export function irsaCharts(): Chart[] {
  return [extension, chart];
}
