import type { KubeObject } from '../../contracts.ts';
import { fieldsOf, stringOf, valueAt } from '../../rancher/values.ts';
import type { Fields } from '../../rancher/values.ts';
import { crdChart, definition, helmLabels, mergeValues } from '../chart.ts';
import type { Chart, ReleaseContext } from '../chart.ts';

const VERSION = '110.0.0+up4.10.0-rancher.24';
const NAMESPACE = 'cattle-logging-system';

export const LOGGING_GROUP = 'logging.banzaicloud.io';

const image = (repository: string, tag: string): Fields => ({ repository, tag });

const values: Fields = {
  additionalLoggingSources: {
    aks: { enabled: false }, eks: { enabled: false }, gke: { enabled: false }, k3s: { container_engine: 'systemd', enabled: false, stripUnderscores: false },
    kubeAudit: { auditFilename: '', enabled: false, fluentbit: { logTag: 'kube-audit', tolerations: [] }, pathPrefix: '' },
    rke: { enabled: false, fluentbit: { log_level: 'info', mem_buffer_limit: '5MB' } }, rke2: { enabled: false, kubeletLog: { path: '/var/lib/rancher/rke2/agent/logs/kubelet.log' }, stripUnderscores: false }
  },
  affinity:    {},
  annotations: {},
  debug:       false,
  disablePvc:  true,
  extraArgs:   ['-enable-leader-election=true'],
  fluentbit:   { filterKubernetes: {}, inputTail: {}, metrics: { prometheusRules: false, serviceMonitor: false }, resources: {}, tolerations: [] },
  fluentd:     {
    bufferStorageVolume: {}, env: [], livenessProbe: { initialDelaySeconds: 30, periodSeconds: 15, tcpSocket: { port: 24240 } }, logLevel: '', metrics: { prometheusRules: false, serviceMonitor: false },
    nodeSelector: {}, resources: {}, tolerations: []
  },
  global:      { cattle: { systemDefaultRegistry: '' }, dockerRootDirectory: '', rkeWindowsPathPrefix: 'c:\\', seLinux: { enabled: false } },
  image:       { pullPolicy: 'IfNotPresent', repository: 'rancher/mirrored-kube-logging-logging-operator', tag: '4.10.0' },
  imagePullSecrets: [],
  images:      {
    config_reloader: image('rancher/mirrored-kube-logging-config-reloader', 'v0.0.6'), fluentbit: image('rancher/mirrored-fluent-fluent-bit', '3.1.8'),
    fluentbit_debug: image('rancher/mirrored-fluent-fluent-bit', '3.1.8-debug'), fluentd: image('rancher/mirrored-kube-logging-fluentd', 'v1.16-4.10-full'),
    nodeagent_fluentbit: { os: 'windows', ...image('rancher/fluent-bit', '3.1.8') }
  },
  loggingOverlay:                   {},
  loggingServiceAccountAnnotations: {},
  monitoring:         { serviceMonitor: { additionalLabels: {}, enabled: false, metricRelabelings: [], relabelings: [] } },
  nodeAgents:         { tls: { enabled: false } },
  nodeSelector:       {},
  podSecurityContext: { fsGroup: 2000, runAsNonRoot: true, runAsUser: 1000 },
  priorityClassName:  '',
  rbac:               { enabled: true },
  replicaCount:       1,
  resources:          {},
  securityContext:    { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
  serviceAccount:     { annotations: {} },
  systemdLogPath:     '/run/log/journal',
  tolerations:        [],
};

/** The Logging resource of one name; `loggingServiceAccountAnnotations` knows `root` and `eks` only. */
function logging(context: ReleaseContext, part: 'root' | 'eks', labels: Record<string, string>): KubeObject {
  const given = context.values;
  const annotations = fieldsOf(fieldsOf(given.loggingServiceAccountAnnotations)[part]);
  const fluentd = fieldsOf(valueAt(given, 'images.fluentd'));
  const own: Fields = {
    controlNamespace: context.namespace,
    fluentd:          {
      image:           { repository: stringOf(fluentd.repository), tag: stringOf(fluentd.tag) },
      disablePvc:      given.disablePvc === true,
      envVars:         fieldsOf(given.fluentd).env ?? [],
      scaling:         { replicas: fieldsOf(given.fluentd).replicas ?? 1 },
      security:        { podSecurityContext: { fsGroup: 101, runAsGroup: 101, runAsUser: 100 } },
      ...Object.keys(annotations).length ? { serviceAccount: { metadata: { annotations } } } : {}
    }
  };

  return {
    apiVersion: `${ LOGGING_GROUP }/v1beta1`, kind: 'Logging', metadata: { name: `${ context.release }-${ part }`, labels }, spec: mergeValues(fieldsOf(fieldsOf(given.loggingOverlay).spec), own)
  };
}

function render(context: ReleaseContext): KubeObject[] {
  const { namespace, values: given } = context;
  const labels = helmLabels(context, chart);
  const name = context.release;
  const operator = fieldsOf(given.image);
  const selector = { 'app.kubernetes.io/instance': context.release, 'app.kubernetes.io/name': 'rancher-logging' };

  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels, annotations: { ...fieldsOf(fieldsOf(given.serviceAccount).annotations) as Record<string, string> } } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name, labels },
      roleRef:    { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }, subjects: [{ kind: 'ServiceAccount', name, namespace }]
    },
    {
      apiVersion: 'apps/v1',
      kind:       'Deployment',
      metadata:   { name, namespace, labels },
      spec:       {
        replicas: given.replicaCount ?? 1,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: selector, annotations: fieldsOf(given.annotations) as Record<string, string> },
          spec:     { serviceAccountName: name, securityContext: given.podSecurityContext, containers: [{ name: 'rancher-logging', image: `${ stringOf(operator.repository) }:${ stringOf(operator.tag) }`, args: given.extraArgs }] }
        }
      }
    },
    logging(context, 'root', labels),
    { apiVersion: `${ LOGGING_GROUP }/v1beta1`, kind: 'FluentbitAgent', metadata: { name: `${ name }-root`, labels }, spec: { image: valueAt(given, 'images.fluentbit') } },
    ...valueAt(given, 'additionalLoggingSources.eks.enabled') === true ? [logging(context, 'eks', labels)] : [],
  ];
}

const chart: Chart = {
  name:     'rancher-logging',
  version:  VERSION,
  metadata: {
    apiVersion:  'v2',
    appVersion:  '4.10.0',
    description: 'Logging operator for Kubernetes based on Fluentd and Fluentbit.',
    home:        'https://kube-logging.github.io',
    icon:        'icon.svg',
    keywords:    ['logging', 'fluentd', 'fluentbit'],
    kubeVersion: '>=1.22.0-0',
    type:        'application',
    sources:     ['https://github.com/kube-logging/logging-operator'],
    annotations: {
      'catalog.cattle.io/auto-install':     'rancher-logging-crd=match',
      'catalog.cattle.io/certified':        'rancher',
      'catalog.cattle.io/deploys-on-os':    'windows',
      'catalog.cattle.io/display-name':     'Logging',
      'catalog.cattle.io/kube-version':     '>= 1.22.0-0',
      'catalog.cattle.io/namespace':        NAMESPACE,
      'catalog.cattle.io/permits-os':       'linux,windows',
      'catalog.cattle.io/provides-gvr':     'logging.banzaicloud.io.clusterflow/v1beta1',
      'catalog.cattle.io/rancher-version':  '>= 2.9.0-0',
      'catalog.cattle.io/release-name':     'rancher-logging',
      'catalog.cattle.io/type':             'cluster-tool',
      'catalog.cattle.io/ui-component':     'logging',
      'catalog.cattle.io/upstream-version': '4.10.0',
    }
  },
  values,
  readme: '# Rancher Logging\n\nThis is the sandbox\'s stand-in of the chart.\n',
  render
};

/** rancher-logging and its CRDs. */
export function rancherLoggingCharts(): Chart[] {
  return [chart, crdChart('rancher-logging-crd', VERSION, NAMESPACE, [
    definition(LOGGING_GROUP, 'v1beta1', 'Logging', 'loggings', 'Cluster'),
    definition(LOGGING_GROUP, 'v1beta1', 'FluentbitAgent', 'fluentbitagents', 'Cluster'),
    definition(LOGGING_GROUP, 'v1beta1', 'ClusterOutput', 'clusteroutputs', 'Namespaced'),
    definition(LOGGING_GROUP, 'v1beta1', 'ClusterFlow', 'clusterflows', 'Namespaced'),
    definition(LOGGING_GROUP, 'v1beta1', 'Output', 'outputs', 'Namespaced'),
    definition(LOGGING_GROUP, 'v1beta1', 'Flow', 'flows', 'Namespaced'),
  ])];
}
