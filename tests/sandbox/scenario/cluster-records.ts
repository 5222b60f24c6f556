import type { KubeCluster } from '../contracts.ts';
import { timestamp } from '../rancher/values.ts';
import type { Fields } from '../rancher/values.ts';
import { condition, put, putNamespace } from './put.ts';

/** One cluster as the scenario describes it. */
export interface ClusterRecord {
  /** Management id. */
  id: string;
  /** What people call it. */
  name: string;
  /** Where its provisioning cluster stands, and under which name. */
  provisioning: { namespace: string; name: string };
  provider: 'eks' | 'rke2' | 'k3s';
  driver: string;
  version: string;
  nodes: number;
  /** `spec` of the management cluster beyond the common. */
  managementSpec?: Fields;
  /** `spec` of the provisioning cluster. */
  provisioningSpec?: Fields;
  labels?: Record<string, string>;
  /** For clusters that Rancher made out of machines. */
  machineRoles?: string[];
}

const READY = ['Ready', 'DefaultProjectCreated', 'SystemProjectCreated', 'CreatorMadeOwner', 'BackingNamespaceCreated', 'Pending', 'Provisioned', 'Waiting', 'Connected', 'GlobalAdminsSynced', 'NoDiskPressure', 'NoMemoryPressure', 'ServiceAccountSecretsMigrated'];

/** Writes a cluster's records: management and provisioning cluster, projects, Fleet, nodes and machines. */
export function seedClusterRecords(local: KubeCluster, record: ClusterRecord, options: { nodeNames: string[] }): void {
  const { id, name, provisioning } = record;
  const { namespace } = provisioning;

  putNamespace(local, id);
  managementCluster(local, record);
  put(local, 'provisioning.cattle.io', 'clusters', {
    metadata: { name: provisioning.name, namespace, annotations: { 'provisioning.cattle.io/management-cluster-display-name': name }, labels: { 'provider.cattle.io': record.provider, ...record.labels } },
    spec:     { localClusterAuthEndpoint: {}, ...record.provisioningSpec },
    status:   {
      clientSecretName: `${ provisioning.name }-kubeconfig`, clusterName: id, fleetWorkspaceName: namespace, observedGeneration: 1, ready: true, agentDeployed: true,
      conditions:       [
        { ...condition('Reconciling', 'False') }, condition('Stalled', 'False'), condition('Created'), condition('RKECluster'), condition('Provisioned'), condition('Updated'), condition('Connected'), condition('Ready')
      ]
    }
  });
  putNamespace(local, `${ id }-p-default`);
  for (const [project, displayName] of [['p-default', 'Default'], ['p-system', 'System']] as const) {
    put(local, 'management.cattle.io', 'projects', {
      metadata: { name: project, namespace: id, labels: project === 'p-system' ? { 'authz.management.cattle.io/system-project': 'true' } : { 'authz.management.cattle.io/default-project': 'true' } },
      spec:     { clusterName: id, displayName, description: `${ displayName } project created for the cluster`, enableProjectMonitoring: false },
      status:   { conditions: [condition('BackingNamespaceCreated'), condition('CreatorMadeOwner')] }
    });
  }
  fleetCluster(local, record);
  options.nodeNames.forEach((node, index) => managementNode(local, record, node, index));
  if (record.machineRoles) {
    machines(local, record, options.nodeNames);
  }
}

function managementCluster(local: KubeCluster, record: ClusterRecord): void {
  const { id, name, nodes, version } = record;
  const [major = '1', minor = '34'] = version.replace(/^v/, '').split('.');
  const capacity = { cpu: String(nodes * 4), memory: `${ nodes * 16 }Gi`, pods: String(nodes * 58) };
  const spec = {
    agentImageOverride: '', assetsImageOverride: '', clusterSecrets: {}, description: '', desiredAgentImage: '', desiredAssetsImage: '', desiredAuthImage: '', displayName: name, dockerRootDir: '/var/lib/docker',
    enableNetworkPolicy: null, fleetWorkspaceName: record.provisioning.namespace, internal: id === 'local', localClusterAuthEndpoint: { enabled: false }, windowsPreferedCluster: false, ...record.managementSpec
  };

  put(local, 'management.cattle.io', 'clusters', {
    metadata: {
      name:   id,
      labels: { 'provider.cattle.io': record.provider, ...record.labels },
      annotations: { 'authz.management.cattle.io/creator-role-bindings': '{"created":[],"required":["cluster-owner"]}', 'authz.management.cattle.io/initial-sync': 'true', 'management.cattle.io/current-cluster-controllers-version': version.replace(/^v/, '') }
    },
    spec,
    status: {
      agentImage: '', aksStatus: { privateRequiresTunnel: null, rbacEnabled: null, upstreamSpec: null }, aliStatus: { privateRequiresTunnel: null, upstreamSpec: null }, allocatable: capacity,
      appliedEnableNetworkPolicy: false, appliedSpec: spec, assetsImage: '', authImage: '', capabilities: { loadBalancerCapabilities: {} }, capacity,
      conditions: READY.map((type) => condition(type)),
      connected:  true,
      driver:     record.driver,
      eksStatus:  { generatedNodeRole: '', managedLaunchTemplateID: '', managedLaunchTemplateVersions: null, privateRequiresTunnel: null, securityGroups: null, subnets: null, upstreamSpec: record.managementSpec?.eksConfig ?? null, virtualNetwork: '' },
      gkeStatus:  { privateRequiresTunnel: null, upstreamSpec: null },
      info:       { kubernetesVersion: version, machineProvider: id === 'local' ? 'local' : record.machineRoles ? 'amazonec2' : record.provider, nodeCount: nodes },
      limits:     { cpu: '600m', memory: '900Mi', pods: '0' },
      linuxWorkerCount: nodes,
      nodeCount:  nodes,
      nodeVersion: 0,
      provider:   record.provider,
      requested:  { cpu: '1450m', memory: '1220Mi', pods: String(nodes * 9) },
      version:    { buildDate: '2026-07-14T00:00:00Z', compiler: 'gc', gitCommit: 'unknown', gitTreeState: 'clean', gitVersion: version, goVersion: 'go1.25.1', major, minor, platform: 'linux/amd64' }
    }
  });
}

function fleetCluster(local: KubeCluster, record: ClusterRecord): void {
  const { name, namespace } = record.provisioning;

  putNamespace(local, `cluster-${ namespace }-${ name }`);
  put(local, 'fleet.cattle.io', 'clusters', {
    metadata: { name, namespace, labels: { 'management.cattle.io/cluster-display-name': record.name, 'management.cattle.io/cluster-name': record.id, name: record.name, ...record.labels } },
    spec:     { agentNamespace: namespace === 'fleet-local' ? 'cattle-fleet-local-system' : 'cattle-fleet-system', kubeConfigSecret: `${ name }-kubeconfig`, kubeConfigSecretNamespace: namespace },
    status:   {
      agent: { lastSeen: timestamp(), namespace: 'cattle-fleet-system' }, display: { readyBundles: '1/1', state: '' }, namespace: `cluster-${ namespace }-${ name }`, desiredReadyGitRepos: 0, readyGitRepos: 0,
      resourceCounts: { desiredReady: 0, missing: 0, modified: 0, notReady: 0, orphaned: 0, ready: 0, unknown: 0, waitApplied: 0 },
      summary:        { desiredReady: 1, ready: 1 },
      conditions: [condition('Processed'), condition('Imported'), condition('Reconciled'), condition('Ready')]
    }
  });
}

/** One of its machines as Rancher shows it. */
export function managementNode(local: KubeCluster, record: ClusterRecord, node: string, index: number): void {
  const server = record.machineRoles !== undefined || (record.provider === 'k3s' && index === 0);

  put(local, 'management.cattle.io', 'nodes', {
    metadata: { name: `machine-${ index + 1 }${ record.id.slice(-3) }`, namespace: record.id, labels: { 'management.cattle.io/nodename': node } },
    spec:     { controlPlane: server, etcd: server, worker: true, imported: true, requestedHostname: node, displayName: '', internalNodeSpec: {} },
    status:   {
      nodeName:   node, requested: { cpu: '450m', memory: '380Mi', pods: '9' }, limits: { cpu: '200m', memory: '300Mi' },
      conditions: [condition('Initialized'), condition('Registered'), condition('Provisioned'), condition('Ready')],
      internalNodeStatus: { addresses: [{ address: `10.0.${ index + 1 }.10`, type: 'InternalIP' }, { address: node, type: 'Hostname' }], allocatable: { cpu: '4', memory: '16Gi', pods: '58' }, capacity: { cpu: '4', memory: '16Gi', pods: '58' } },
      nodeLabels: { 'kubernetes.io/os': 'linux' }
    }
  });
}

/** What Rancher keeps of the control plane of a cluster that it made itself. */
export function controlPlane(local: KubeCluster, record: ClusterRecord): void {
  const { name, namespace } = record.provisioning;

  put(local, 'rke.cattle.io', 'rkeclusters', { metadata: { name, namespace }, spec: {}, status: { ready: true, conditions: [condition('Ready')] } });
  put(local, 'rke.cattle.io', 'rkecontrolplanes', {
    metadata: { name, namespace, labels: { 'cluster.x-k8s.io/cluster-name': name } },
    spec:     { clusterName: name, kubernetesVersion: record.version, managementClusterName: record.id, ...record.provisioningSpec?.rkeConfig as Fields },
    status:   { appliedSpec: { ...record.provisioningSpec?.rkeConfig as Fields, kubernetesVersion: record.version }, initialized: true, observedGeneration: 1, ready: true, conditions: [condition('Provisioned'), condition('Ready'), condition('Reconciled'), condition('Updated')] }
  });
  put(local, 'cluster.x-k8s.io', 'clusters', { metadata: { name, namespace }, spec: { controlPlaneRef: { apiVersion: 'rke.cattle.io/v1', kind: 'RKEControlPlane', name, namespace } }, status: { phase: 'Provisioned', controlPlaneReady: true, infrastructureReady: true, conditions: [condition('Ready')] } });
}

/** The Cluster API side of a cluster that Rancher made itself. */
function machines(local: KubeCluster, record: ClusterRecord, nodes: string[]): void {
  const { name, namespace } = record.provisioning;
  const capi = 'cluster.x-k8s.io';
  const labels = { 'cluster.x-k8s.io/cluster-name': name, 'rke.cattle.io/cluster-name': name, 'rke.cattle.io/rke-machine-pool-name': 'servers' };
  const deployment = `${ name }-servers`;

  controlPlane(local, record);
  put(local, 'rke-machine-config.cattle.io', 'amazonec2configs', {
    metadata: { name: `nc-${ deployment }`, namespace, ownerReferences: [] }, instanceType: 't3.large', region: 'eu-central-1', rootSize: '40', zone: 'a'
  });
  put(local, 'rke-machine.cattle.io', 'amazonec2machinetemplates', {
    metadata: { name: deployment, namespace, annotations: { 'rke.cattle.io/cloned-from-name': `nc-${ deployment }` } },
    spec:     { clusterName: name, template: { spec: { instanceType: 't3.large', region: 'eu-central-1', zone: 'a' } } }
  });
  put(local, capi, 'machinedeployments', {
    metadata: { name: deployment, namespace, labels },
    spec:     { clusterName: name, replicas: nodes.length, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { clusterName: name, infrastructureRef: { apiVersion: 'rke-machine.cattle.io/v1', kind: 'Amazonec2MachineTemplate', name: deployment, namespace } } } },
    status:   { phase: 'Running', readyReplicas: nodes.length, replicas: nodes.length, availableReplicas: nodes.length, upToDateReplicas: nodes.length, observedGeneration: 1, conditions: [condition('Available')] }
  });
  nodes.forEach((node, index) => put(local, capi, 'machines', {
    metadata: {
      name: `${ deployment }-${ index + 1 }`, namespace, annotations: { 'cluster.x-k8s.io/annotations-from-machine': '' },
      labels: { ...labels, 'cluster.x-k8s.io/deployment-name': deployment, ...Object.fromEntries((record.machineRoles ?? []).map((role) => [`rke.cattle.io/${ role }-role`, 'true'])) }
    },
    spec:   { clusterName: name, bootstrap: {}, infrastructureRef: { apiVersion: 'rke-machine.cattle.io/v1', kind: 'Amazonec2Machine', name: `${ deployment }-${ index + 1 }`, namespace }, providerID: `aws:///eu-central-1a/i-0${ index }a1b2c3d4e5f6a7b` },
    status: { phase: 'Running', nodeRef: { apiVersion: 'v1', kind: 'Node', name: node }, bootstrapReady: true, infrastructureReady: true, nodeInfo: { kubeletVersion: record.version, operatingSystem: 'linux' }, addresses: [{ type: 'InternalIP', address: `10.0.${ index + 1 }.10` }, { type: 'Hostname', address: node }], conditions: [condition('Ready'), condition('BootstrapReady'), condition('InfrastructureReady'), condition('NodeHealthy')] }
  }));
}
