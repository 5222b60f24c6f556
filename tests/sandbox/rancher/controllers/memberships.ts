import type { KubeObject } from '../../contracts.ts';
import type { Clusters } from '../clusters.ts';
import { bind, clusterRole as roleIn, grantCluster, grantMembership, grantProject, makeAdmin, makeStandardUser } from '../roles.ts';
import type { Rule } from '../roles.ts';
import { listOf, stringOf, valueAt } from '../values.ts';

type Apply = (clusters: Clusters, binding: KubeObject) => void;

const CLUSTER_ROLES = ['cluster-owner', 'cluster-member'] as const;
const PROJECT_ROLES = ['project-owner', 'read-only'] as const;

/** A role that somebody made: its rules, as its record has them. */
function rulesOf(clusters: Clusters, resource: 'globalroles' | 'roletemplates', name: string): Rule[] | undefined {
  const { store } = clusters.local.kube;
  const type = store.findType('management.cattle.io', resource);
  const role = type && store.get(type, undefined, name);

  return role && listOf(role.rules) as Rule[];
}

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
  } else {
    const name = stringOf(binding.globalRoleName);
    const rules = rulesOf(clusters, 'globalroles', name);

    // Rancher names it after the role (pkg/controllers/management/auth/globalroles).
    if (rules) {
      roleIn(local, `cattle-globalrole-${ name }`, rules);
      bind(local, `cattle-globalrolebinding-${ name }-${ user }`, user, `cattle-globalrole-${ name }`);
    }
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

  if (!provisioning) {
    return;
  }
  if (!role) {
    customRole(clusters, { user, id, template: stringOf(binding.roleTemplateName), namespace: provisioning.metadata.namespace ?? '', name: provisioning.metadata.name });

    return;
  }
  grantCluster(clusters.local.kube, user, { id, namespace: provisioning.metadata.namespace ?? '', name: provisioning.metadata.name }, role);
  if (cluster?.provisioned) {
    bind(cluster.kube, `${ role }-${ user }`, user, role);
  }
}

/** A cluster role that somebody made: its rules in the cluster, and membership, which every cluster role brings (auth/crtb_handler.go). */
function customRole(clusters: Clusters, member: { user: string; id: string; template: string; namespace: string; name: string }): void {
  const { id, template, user } = member;
  const rules = rulesOf(clusters, 'roletemplates', template);
  const cluster = clusters.get(id);

  if (!rules) {
    return;
  }
  grantMembership(clusters.local.kube, user, member);
  if (cluster?.provisioned) {
    roleIn(cluster.kube, template, rules);
    bind(cluster.kube, `${ template }-${ user }`, user, template);
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
