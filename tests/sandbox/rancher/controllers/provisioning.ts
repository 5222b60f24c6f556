import type { KubeObject, ResourceType } from '../../contracts.ts';
import { ManagedCluster } from '../clusters.ts';
import type { Clusters } from '../clusters.ts';
import { fieldsOf, randomName, stringOf, timestamp, valueAt } from '../values.ts';
import type { Fields } from '../values.ts';

/** Makes the management cluster of a provisioning cluster somebody created; it waits for machines or an agent that never come. */
export function runProvisioningController(clusters: Clusters, pace: number): () => void {
  const { store } = clusters.local.kube;
  const provisioning = typeNamed(clusters, 'provisioning.cattle.io');
  const management = typeNamed(clusters, 'management.cattle.io');
  const timers = new Set<NodeJS.Timeout>();
  const stop = store.watch((event) => {
    if (event.resourceType !== provisioning || event.type !== 'ADDED' || stringOf(valueAt(event.object, 'status.clusterName'))) {
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      const { name, namespace } = event.object.metadata;
      const current = store.get(provisioning, namespace, name);

      if (current && !stringOf(valueAt(current, 'status.clusterName'))) {
        adopt(clusters, provisioning, management, current);
      }
    }, pace);

    timer.unref();
    timers.add(timer);
  });

  return () => {
    stop();
    timers.forEach(clearTimeout);
  };
}

const NO_DRAIN = {
  deleteEmptyDirData: false, disableEviction: false, enabled: false, force: false, gracePeriod: 0, skipWaitForDeleteTimeoutSeconds: 0, timeout: 0
};
/** What Rancher fills in where nothing was said. */
const RKE_DEFAULTS = { dataDirectories: {}, machinePoolDefaults: {}, upgradeStrategy: { controlPlaneDrainOptions: NO_DRAIN, workerDrainOptions: NO_DRAIN } };

function typeNamed(clusters: Clusters, group: string): ResourceType {
  const type = clusters.local.kube.store.findType(group, 'clusters');

  if (!type) {
    throw new Error(`the local cluster does not serve clusters.${ group }`);
  }

  return type;
}

function adopt(clusters: Clusters, provisioning: ResourceType, management: ResourceType, cluster: KubeObject): void {
  const { store } = clusters.local.kube;
  const { name, namespace } = cluster.metadata;
  const id = `c-m-${ randomName(8) }`;
  const made = !!fieldsOf(cluster.spec).rkeConfig;
  const now = timestamp();
  const waiting = (type: string, message?: string): Fields => ({ type, status: 'Unknown', lastUpdateTime: message ? now : '', ...message ? { message } : {} });
  const done = (type: string, status = 'True'): Fields => ({ type, status, lastUpdateTime: now });
  const spec = {
    agentImageOverride: '', assetsImageOverride: '', clusterSecrets: {}, description: '', desiredAgentImage: 'rancher/rancher-agent:v2.15.0', desiredAssetsImage: 'rancher/rancher-assets:v2.15.0',
    desiredAuthImage: 'rancher/kube-api-auth:v0.15.0', displayName: name, enableNetworkPolicy: null, fleetWorkspaceName: namespace, importedConfig: { kubeConfig: '' }, internal: false,
    localClusterAuthEndpoint: { enabled: false }, windowsPreferedCluster: false
  };
  const record = store.create(management, {
    apiVersion: 'management.cattle.io/v3',
    kind:       'Cluster',
    metadata:   {
      name:        id,
      labels:      { 'objectset.rio.cattle.io/hash': 'sandbox' },
      annotations: { 'objectset.rio.cattle.io/owner-name': name, 'objectset.rio.cattle.io/owner-namespace': namespace ?? '', 'provisioning.cattle.io/administrated': String(made), 'provisioning.cattle.io/management-cluster-display-name': name }
    },
    spec
  });

  store.update(management, {
    ...record,
    status: {
      agentImage: '', appliedSpec: spec, capacity: { cpu: '0', memory: '0', pods: '0' }, connected: false, driver: '',
      conditions: [
        ...['CreatorMadeOwner', 'BackingNamespaceCreated', 'DefaultProjectCreated', 'SystemProjectCreated', 'NoDiskPressure', 'NoMemoryPressure'].map((type) => done(type)), waiting('Pending'), waiting('Provisioned'),
        waiting('Waiting', 'Waiting for API to be available'), done('Connected', 'False')
      ],
      provider:   made ? 'rke2' : ''
    }
  }, 'status');
  clusters.add(new ManagedCluster({ id, name }));
  const current = store.get(provisioning, namespace, name) ?? cluster;
  const named = store.update(provisioning, {
    ...current,
    metadata: {
      ...current.metadata,
      annotations: { ...current.metadata.annotations, 'provisioning.cattle.io/management-cluster-display-name': name },
      finalizers:  []
    },
    spec: {
      localClusterAuthEndpoint: {}, ...fieldsOf(current.spec), ...made ? { rkeConfig: { ...RKE_DEFAULTS, ...fieldsOf(fieldsOf(current.spec).rkeConfig) } } : {}
    }
  });

  store.update(provisioning, {
    ...named,
    status: {
      clusterName: id, conditions: [{ ...done('Reconciling'), reason: 'Reconciling' }, done('Stalled', 'False'), done('Created'), done('RKECluster')], fleetWorkspaceName: namespace, observedGeneration: named.metadata.generation ?? 1
    }
  }, 'status');
}
