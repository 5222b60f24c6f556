import type { KubeCluster } from '../contracts.ts';
import { argumentsOf } from '../rancher/controllers/rke.ts';
import { saveApp } from '../catalog/apps.ts';
import { deploy } from '../catalog/helm.ts';
import type { ChartSources } from '../catalog/repositories.ts';
import { keepCertificates } from '../catalog/charts/pod-identity-webhook.ts';
import { runLoggingOperator } from '../catalog/logging-operator.ts';
import { put, putNamespace, typeIn } from './put.ts';
import { IRSA_CHARTS, RANCHER_CHARTS } from './rancher-records.ts';
import type { ScenarioCluster, ScenarioWorkload } from './scenario.ts';
import { managedBy } from '../kubernetes/store/metadata.ts';
import { timestamp } from '../rancher/values.ts';

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system', 'cattle-system'];
/** Rancher's charts are installed by an admin. */
const ADMIN = { name: 'system:admin', groups: ['system:masters', 'system:authenticated'] };

export function nodeNames(cluster: ScenarioCluster): string[] {
  const { distribution, record } = cluster;

  return Array.from({ length: record.nodes }, (_, index) => (distribution === 'eks' ? `ip-10-0-${ index + 1 }-10.${ cluster.region }.compute.internal` : `${ record.name }-server-${ index + 1 }`));
}

/** Fills a cluster with its nodes, namespaces, accounts, workloads and apps. */
export function populate(kube: KubeCluster, cluster: ScenarioCluster, sources: ChartSources): () => void {
  const { id } = cluster.record;
  const stops = [runLoggingOperator(kube), keepCertificates(kube)];

  SYSTEM_NAMESPACES.forEach((name) => putNamespace(kube, name, `${ id }:${ name === 'default' ? 'p-default' : 'p-system' }`));
  cluster.namespaces.forEach((name) => putNamespace(kube, name, `${ id }:p-default`));
  nodeNames(cluster).forEach((name, index) => node(kube, cluster, name, index));
  if (cluster.distribution === 'eks') {
    put(kube, 'storage.k8s.io', 'storageclasses', { metadata: { name: 'gp3', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'ebs.csi.aws.com', reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer' });
  }
  for (const [account, annotations] of Object.entries(cluster.serviceAccounts)) {
    const [namespace = '', name = ''] = account.split('/');

    put(kube, '', 'serviceaccounts', { metadata: { name, namespace, ...Object.keys(annotations).length ? { annotations } : {} } });
  }
  for (const workload of [...systemWorkloads(id), ...cluster.workloads]) {
    putNamespace(kube, workload.namespace, cluster.namespaces.includes(workload.namespace) ? `${ id }:p-default` : `${ id }:p-system`);
    put(kube, '', 'serviceaccounts', { metadata: { name: workload.serviceAccount, namespace: workload.namespace } });
    const labels = { app: workload.name };

    put(kube, 'apps', 'deployments', {
      metadata: { name: workload.name, namespace: workload.namespace, labels },
      spec:     {
        replicas: workload.replicas, selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { serviceAccountName: workload.serviceAccount, containers: [{ name: workload.name, image: workload.image }] } }
      }
    });
  }
  for (const app of cluster.apps) {
    putNamespace(kube, app.namespace, `${ id }:p-system`);
    for (const name of [`${ app.chart }-crd`, app.chart]) {
      install(kube, sources, { ...app, chart: name, release: name === app.chart ? app.release : name, values: name === app.chart ? app.values : {} });
    }
  }

  return () => stops.forEach((stop) => stop());
}

/** What Rancher and Fleet run in a cluster. */
function systemWorkloads(id: string): ScenarioWorkload[] {
  const one = (namespace: string, name: string, image: string): ScenarioWorkload => ({ kind: 'Deployment', name, namespace, serviceAccount: name, image, replicas: 1 });

  return [
    one('kube-system', 'coredns', 'registry.k8s.io/coredns/coredns:v1.12.4'),
    ...id === 'local' ? [one('cattle-fleet-system', 'fleet-controller', 'rancher/fleet:v0.15.0'), one('cattle-fleet-local-system', 'fleet-agent', 'rancher/fleet-agent:v0.15.0')] : [
      one('cattle-fleet-system', 'fleet-agent', 'rancher/fleet-agent:v0.15.0'), one('cattle-system', 'cattle-cluster-agent', 'rancher/rancher-agent:v2.15.0')
    ]
  ];
}

/** What installing the extension from its repository leaves behind. */
export function seedOwnRepository(kube: KubeCluster, sources: ChartSources): void {
  putNamespace(kube, 'cattle-ui-plugin-system', 'local:p-system');
  put(kube, 'catalog.cattle.io', 'clusterrepos', { metadata: { name: 'irsa' }, spec: { url: IRSA_CHARTS } });
  install(kube, sources, { chart: 'irsa', release: 'irsa', namespace: 'cattle-ui-plugin-system', values: {} }, { name: 'irsa', url: IRSA_CHARTS });
}

/** What `helm upgrade --install` of a chart out of a repository leaves behind, with Rancher's App. */
export function install(kube: KubeCluster, sources: ChartSources, app: { chart: string; release: string; namespace: string; values: Record<string, unknown> }, from = { name: 'rancher-charts', url: RANCHER_CHARTS }): void {
  const chart = sources.at(from.url)?.find((one) => one.name === app.chart);

  if (!chart) {
    throw new Error(`no chart ${ app.chart } in the scenario's repository`);
  }
  const annotations = { 'catalog.cattle.io/ui-source-repo': from.name, 'catalog.cattle.io/ui-source-repo-type': 'cluster' };
  const { release, secret } = deploy(kube, ADMIN, { chart, release: app.release, namespace: app.namespace, values: app.values, annotations, upgrade: true });

  saveApp(kube, release, secret, from.name);
}

function node(kube: KubeCluster, cluster: ScenarioCluster, name: string, index: number): void {
  const type = typeIn(kube, '', 'nodes');

  if (kube.store.get(type, undefined, name)) {
    return;
  }
  const server = cluster.distribution !== 'eks';
  const amounts = { cpu: '4', 'ephemeral-storage': '80Gi', memory: '16Gi', pods: '58' };
  const now = timestamp();

  put(kube, '', 'nodes', {
    metadata: {
      name,
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        // k3s pkg/nodeconfig: a server's own command line.
        ...server ? { [`${ cluster.distribution }.io/node-args`]: JSON.stringify(['server', ...argumentsOf({ apiVersion: '', kind: '', metadata: { name: '' }, spec: cluster.record.provisioningSpec ?? {} }).flatMap((arg) => ['--kube-apiserver-arg', arg])]) } : {},
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      ...server ? { managedFields: managedBy(cluster.distribution, `${ cluster.distribution }.io/node-args`, new Date()) } : {},
      labels:      {
        'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'node.kubernetes.io/instance-type': 't3.large', 'topology.kubernetes.io/region': cluster.region, 'topology.kubernetes.io/zone': `${ cluster.region }${ 'abc'[index % 3] ?? 'a' }`,
        ...server ? { 'node-role.kubernetes.io/control-plane': 'true', 'node-role.kubernetes.io/etcd': 'true' } : {}
      }
    },
    spec:   { podCIDR: `10.42.${ index }.0/24`, ...cluster.distribution === 'k3s' ? {} : { providerID: `aws:///${ cluster.region }a/i-0${ index }a1b2c3d4e5f6a7b` } },
    status: {
      addresses: [{ type: 'InternalIP', address: `10.0.${ index + 1 }.10` }, { type: 'Hostname', address: name }], allocatable: amounts, capacity: amounts,
      conditions: [['MemoryPressure', 'False'], ['DiskPressure', 'False'], ['PIDPressure', 'False'], ['Ready', 'True']].map(([condition, status]) => ({ type: condition, status, lastHeartbeatTime: now, lastTransitionTime: now })),
      nodeInfo:  { architecture: 'amd64', containerRuntimeVersion: 'containerd://2.1.4', kernelVersion: '6.12.40', kubeletVersion: cluster.record.version, operatingSystem: 'linux', osImage: server ? 'SUSE Linux Enterprise Micro 6.1' : 'Amazon Linux 2023' }
    }
  });
}
