import { createHash } from 'node:crypto';
import type { KubeObject } from '../../contracts.ts';
import { fieldsOf, stringOf } from '../../rancher/values.ts';
import type { Fields } from '../../rancher/values.ts';
import { crdChart, definition, helmLabels } from '../chart.ts';
import type { Chart, ReleaseContext } from '../chart.ts';

const VERSION = '110.0.0+up11.0.1';
const NAMESPACE = 'cattle-resources-system';

const values: Fields = {
  affinity:          {},
  debug:             false,
  global:            { cattle: { psp: { enabled: false }, systemDefaultRegistry: '' }, kubectl: { repository: 'rancher/kuberlr-kubectl', tag: 'v8.1.1' } },
  image:             { repository: 'rancher/backup-restore-operator', tag: 'v11.0.1' },
  imagePullPolicy:   'Always',
  imagePullSecrets:  [],
  monitoring:        {
    metrics:         { enabled: false, rancherBackupDurationBuckets: '0.5, 1, 2.5, 5, 7.5, 10, 30, 60, 120' },
    prometheusRules: { customRules: { enabled: false, rules: [] }, defaultAlert: { enabled: false, labels: { severity: 'critical' }, window: '5m' } },
    serviceMonitor:  { additionalLabels: {}, enabled: false, metricRelabelings: [], relabelings: [] }
  },
  noProxy:           '127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,.svc,.cluster.local',
  nodeSelector:      {},
  optionalResources: { kubewarden: { enabled: false } },
  persistence:       { enabled: false, size: '2Gi', storageClass: '-', volumeName: '' },
  priorityClassName: '',
  resources:         {},
  s3:                {
    bucketName: '', credentialSecretName: '', credentialSecretNamespace: '', enabled: false, endpoint: '', endpointCA: '', folder: '', insecureTLSSkipVerify: false, region: ''
  },
  securityContext: { runAsNonRoot: true },
  serviceAccount:  { annotations: {} },
  tolerations:     [],
  trace:           false,
};

const NON_ROOT = { fsGroup: 1000, runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000 };
const S3_KEYS = ['bucketName', 'credentialSecretName', 'credentialSecretNamespace', 'endpoint', 'endpointCA', 'folder', 'insecureTLSSkipVerify', 'region'];

function render(context: ReleaseContext): KubeObject[] {
  const { namespace, values: given } = context;
  const name = 'rancher-backup';
  const labels = { ...helmLabels(context, chart), 'resources.cattle.io/operator': 'backup-restore' };
  const s3 = fieldsOf(given.s3);
  const image = fieldsOf(given.image);
  const bucket: Record<string, string> = {};

  if (s3.enabled === true) {
    for (const key of S3_KEYS) {
      const value = s3[key];

      if (value !== '' && value !== undefined && value !== false) {
        bucket[key] = Buffer.from(String(value)).toString('base64');
      }
    }
  }
  const location = s3.enabled === true ? [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'rancher-backup-s3', namespace, labels }, type: 'Opaque', data: bucket }] : [];

  return [
    {
      apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels, annotations: { ...fieldsOf(fieldsOf(given.serviceAccount).annotations) as Record<string, string> } }
    },
    ...location,
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name, labels },
      roleRef:    { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'ServiceAccount', name, namespace }]
    },
    {
      apiVersion: 'apps/v1',
      kind:       'Deployment',
      metadata:   { name, namespace, labels },
      spec:       {
        replicas: 1,
        selector: { matchLabels: { 'app.kubernetes.io/instance': context.release, 'app.kubernetes.io/name': name, 'resources.cattle.io/operator': 'backup-restore' } },
        template: {
          metadata: {
            labels:      { 'app.kubernetes.io/instance': context.release, 'app.kubernetes.io/name': name, 'resources.cattle.io/operator': 'backup-restore' },
            annotations: { 'checksum/s3': createHash('sha256').update(JSON.stringify(bucket)).digest('hex'), ...fieldsOf(given.extraAnnotations) as Record<string, string> }
          },
          spec: {
            serviceAccountName: name,
            ...fieldsOf(given.securityContext).runAsNonRoot === true ? { securityContext: NON_ROOT } : {},
            containers:         [{
              name,
              image:           `${ stringOf(image.repository) }:${ stringOf(image.tag) }`,
              imagePullPolicy: stringOf(given.imagePullPolicy),
              env:             [
                { name: 'CHART_NAMESPACE', value: namespace },
                ...s3.enabled === true ? [{ name: 'DEFAULT_S3_BACKUP_STORAGE_LOCATION', value: 'rancher-backup-s3' }] : [],
                ...given.proxy ? [{ name: 'HTTP_PROXY', value: stringOf(given.proxy) }, { name: 'HTTPS_PROXY', value: stringOf(given.proxy) }, { name: 'NO_PROXY', value: stringOf(given.noProxy) }] : []
              ]
            }]
          }
        }
      }
    },
    {
      apiVersion: 'resources.cattle.io/v1', kind: 'ResourceSet', metadata: { name: 'rancher-resource-set-full', labels },
      resourceSelectors: [{ apiVersion: 'v1', kindsRegexp: '^namespaces$', resourceNameRegexp: '^cattle-|^p-|^c-|^user-|^u-|^fleet-' }]
    }
  ];
}

const chart: Chart = {
  name:     'rancher-backup',
  version:  VERSION,
  metadata: {
    apiVersion:  'v2',
    appVersion:  'v11.0.1',
    description: 'Provides ability to back up and restore the Rancher application running on any Kubernetes cluster',
    icon:        'icon.svg',
    keywords:    ['applications', 'infrastructure', 'backup-restore', 'rancher-backup'],
    kubeVersion: '>= 1.34.0-0',
    maintainers: [{ name: 'Rancher ORBS Team' }],
    annotations: {
      'catalog.cattle.io/auto-install':     'rancher-backup-crd=match',
      'catalog.cattle.io/certified':        'rancher',
      'catalog.cattle.io/display-name':     'Rancher Backups',
      'catalog.cattle.io/kube-version':     '>= 1.34.0-0 < 1.37.0-0',
      'catalog.cattle.io/namespace':        NAMESPACE,
      'catalog.cattle.io/os':               'linux',
      'catalog.cattle.io/permits-os':       'linux,windows',
      'catalog.cattle.io/provides-gvr':     'resources.cattle.io.resourceset/v1',
      'catalog.cattle.io/rancher-version':  '>= 2.15.0-0 < 2.17.0-0',
      'catalog.cattle.io/release-name':     'rancher-backup',
      'catalog.cattle.io/scope':            'management',
      'catalog.cattle.io/type':             'cluster-tool',
      'catalog.cattle.io/ui-component':     'rancher-backup',
      'catalog.cattle.io/upstream-version': '11.0.1',
    }
  },
  values,
  readme: '# Rancher Backup\n\nThis is the sandbox\'s stand-in of the chart.\n',
  render
};

/** rancher-backup and its CRDs. */
export function rancherBackupCharts(): Chart[] {
  return [chart, crdChart('rancher-backup-crd', VERSION, NAMESPACE, [
    definition('resources.cattle.io', 'v1', 'Backup', 'backups', 'Cluster'),
    definition('resources.cattle.io', 'v1', 'Restore', 'restores', 'Cluster'),
    definition('resources.cattle.io', 'v1', 'ResourceSet', 'resourcesets', 'Cluster'),
  ], 'v11.0.1')];
}
