import type { KubeObject } from '../../contracts.ts';
import type { Clusters } from '../clusters.ts';
import { bind, grantCluster, grantProject, makeAdmin, makeStandardUser } from '../roles.ts';
import { stringOf, valueAt } from '../values.ts';

type Apply = (clusters: Clusters, binding: KubeObject) => void;

const CLUSTER_ROLES = ['cluster-owner', 'cluster-member'] as const;
const PROJECT_ROLES = ['project-owner', 'read-only'] as const;

/** Turns Rancher's bindings into RBAC: global roles, cluster roles, project roles. */
export function runMembershipController(clusters: Clusters): () => void {
  const { store } = clusters.local.kube;
  const rules: Record<string, Apply> = { globalrolebindings: globalRole, clusterroletemplatebindings: clusterRole, projectroletemplatebindings: projectRole };

  return store.watch((event) => {
    if (event.type === 'ADDED' && event.resourceType.group === 'management.cattle.io') {
      rules[event.resourceType.resource]?.(clusters, event.object);
    }
  });
}

function globalRole(clusters: Clusters, binding: KubeObject): void {
  const user = stringOf(binding.userName);
  const local = clusters.local.kube;

  if (binding.globalRoleName === 'admin') {
    makeAdmin(local, user);
    clusters.all().filter((cluster) => cluster.made).forEach((cluster) => bind(cluster.kube, `globaladmin-${ user }`, user, 'cluster-admin'));
  } else if (binding.globalRoleName === 'user') {
    makeStandardUser(local, user);
  }
}

function clusterRole(clusters: Clusters, binding: KubeObject): void {
  const user = stringOf(binding.userName) || stringOf(binding.userPrincipalName).replace('local://', '');
  const id = stringOf(binding.clusterName);
  const role = CLUSTER_ROLES.find((one) => one === binding.roleTemplateName);
  const cluster = clusters.get(id);
  const { store } = clusters.local.kube;
  const type = store.findType('provisioning.cattle.io', 'clusters');
  const provisioning = type && store.list(type).find((one) => valueAt(one, 'status.clusterName') === id);

  if (!role || !provisioning) {
    return;
  }
  grantCluster(clusters.local.kube, user, { id, namespace: provisioning.metadata.namespace ?? '', name: provisioning.metadata.name }, role);
  if (cluster?.provisioned) {
    bind(cluster.kube, `${ role }-${ user }`, user, role);
  }
}

function projectRole(clusters: Clusters, binding: KubeObject): void {
  const user = stringOf(binding.userName) || stringOf(binding.userPrincipalName).replace('local://', '');
  const [id = '', name = ''] = stringOf(binding.projectName).split(':');
  const role = PROJECT_ROLES.find((one) => one === binding.roleTemplateName);
  const cluster = clusters.get(id);
  const type = cluster?.provisioned ? cluster.kube.store.findType('', 'namespaces') : undefined;

  if (!role || !cluster || !type) {
    return;
  }
  const namespaces = cluster.kube.store.list(type).filter((one) => one.metadata.annotations?.['field.cattle.io/projectId'] === `${ id }:${ name }` && one.metadata.name !== 'default').map((one) => one.metadata.name);

  grantProject(clusters.local.kube, cluster.kube, user, { clusterId: id, name, namespaces }, role);
}
