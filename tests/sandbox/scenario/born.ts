import type { KubeCluster, KubeObject } from '../contracts.ts';
import type { Clusters } from '../rancher/clusters.ts';
import { fieldsOf, listOf, stringOf, valueAt } from '../rancher/values.ts';
import { controlPlane, managementNode } from './cluster-records.ts';
import type { ClusterRecord } from './cluster-records.ts';
import { condition, putNamespace, typeIn } from './put.ts';
import { IN_CLUSTER_ISSUER } from './scenario.ts';
import type { ScenarioCluster } from './scenario.ts';

/**
 * What a cluster is whose machines come up now, from the record that somebody made on Rancher's page: its servers have its arguments from
 * their first start.
 */
export function bornCluster(clusters: Clusters, name: string, { count, region }: { count: number; region: string }): ScenarioCluster {
  const { kube } = clusters.local;
  const cluster = clusters.find(name);
  const made = kube.store.list(typeIn(kube, 'provisioning.cattle.io', 'clusters')).find((one) => stringOf(valueAt(one, 'status.clusterName')) === cluster?.id);

  if (!cluster || !made || cluster.provisioned) {
    throw new Error(`${ name } is no cluster that waits for its machines`);
  }
  const version = stringOf(valueAt(made, 'spec.kubernetesVersion'));
  const distribution = version.includes('k3s') ? 'k3s' : 'rke2';
  const record: ClusterRecord = {
    id:               cluster.id,
    name,
    provisioning:     { namespace: made.metadata.namespace ?? '', name: made.metadata.name },
    provider:         distribution,
    driver:           'imported',
    version,
    nodes:            count,
    machineRoles:     ['control-plane', 'etcd', 'worker'],
    provisioningSpec: fieldsOf(made.spec),
  };

  return { record, distribution, region, issuer: IN_CLUSTER_ISSUER, namespaces: [], serviceAccounts: {}, workloads: [], apps: [] };
}

/** What Rancher records once the machines are there. */
export function seedBorn(local: KubeCluster, record: ClusterRecord, nodes: string[]): void {
  const { id, provisioning, provider, version } = record;
  const up = (object: KubeObject, types: string[], more: object) => {
    const status = fieldsOf(object.status);
    const kept = listOf(status.conditions).map(fieldsOf).filter(({ type }) => !types.includes(stringOf(type)));

    return { ...object, status: { ...status, ...more, conditions: [...kept, ...types.map((type) => condition(type))] } };
  };
  const write = (group: string, namespace: string | undefined, name: string, types: string[], more: object) => {
    const type = typeIn(local, group, 'clusters');
    const found = local.store.get(type, namespace, name);

    if (found) {
      local.store.update(type, up(found, types, more), 'status');
    }
  };

  putNamespace(local, id);
  nodes.forEach((node, index) => managementNode(local, record, node, index));
  controlPlane(local, record);
  write('management.cattle.io', undefined, id, ['Ready', 'Provisioned', 'Waiting', 'Connected', 'Pending', 'Updated'], {
    provider, driver: 'imported', connected: true, nodeCount: nodes.length, info: { kubernetesVersion: version, machineProvider: 'amazonec2', nodeCount: nodes.length }, version: { gitVersion: version, platform: 'linux/amd64' }
  });
  write('provisioning.cattle.io', provisioning.namespace, provisioning.name, ['Provisioned', 'Updated', 'Connected', 'Ready'], { ready: true, agentDeployed: true, clientSecretName: `${ provisioning.name }-kubeconfig` });
}
