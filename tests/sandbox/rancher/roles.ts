import type { KubeCluster, KubeObject, ResourceType } from '../contracts.ts';

/** A rule of a role, as Kubernetes writes it. */
export interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

const READ = ['get', 'list', 'watch'];
const EVERYTHING: Rule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }];

function rule(apiGroup: string, resources: string[], verbs: string[], resourceNames?: string[]): Rule {
  return { apiGroups: [apiGroup], resources, verbs, ...resourceNames ? { resourceNames } : {} };
}

/** What anybody logged in may do in Rancher's own cluster. */
const EVERYONE: Rule[] = [
  rule('ext.cattle.io', ['selfusers'], ['create']),
  rule('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
  { nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/'], verbs: ['get'] },
];

/** Settings that the login page reads before anybody is known. */
const PUBLIC_SETTINGS = [
  'first-login', 'ui-banners', 'ui-banner-dark', 'ui-banner-footer', 'ui-banner-header', 'ui-banner-light', 'ui-banner-login-consent', 'ui-brand', 'ui-favicon', 'ui-link-color', 'ui-login-background-dark',
  'ui-login-background-light', 'ui-logo-dark', 'ui-logo-light', 'ui-performance', 'ui-pl', 'ui-primary-color', 'ui-theme'
];

/** Rancher's global role `user`, "Standard User" (role_data.go). */
const STANDARD_USER: Rule[] = [
  rule('management.cattle.io', ['settings', 'features', 'roletemplates', 'nodedrivers', 'kontainerdrivers', 'podsecurityadmissionconfigurationtemplates', 'rancherusernotifications'], READ),
  rule('management.cattle.io', ['clusters'], ['create']),
  rule('management.cattle.io', ['fleetworkspaces'], ['create']),
  rule('provisioning.cattle.io', ['clusters'], ['create']),
  rule('catalog.cattle.io', ['clusterrepos'], READ),
  rule('rke-machine-config.cattle.io', ['*'], ['create']),
];

/** Rancher's `cluster-member` inside the cluster. */
const CLUSTER_MEMBER: Rule[] = [
  rule('ui.cattle.io', ['navlinks'], READ),
  rule('', ['nodes', 'persistentvolumes'], READ),
  rule('storage.k8s.io', ['storageclasses'], READ),
  rule('apiregistration.k8s.io', ['apiservices'], READ),
  rule('metrics.k8s.io', ['nodes', 'pods'], READ),
  rule('catalog.cattle.io', ['clusterrepos'], READ),
];

const NAMESPACED_CORE = ['bindings', 'configmaps', 'endpoints', 'events', 'limitranges', 'persistentvolumeclaims', 'pods', 'pods/log', 'pods/status', 'replicationcontrollers', 'resourcequotas', 'serviceaccounts', 'services'];
const WORKLOADS: [string, string[]][] = [
  ['apps', ['controllerrevisions', 'daemonsets', 'deployments', 'deployments/scale', 'replicasets', 'statefulsets']],
  ['batch', ['cronjobs', 'jobs']],
  ['networking.k8s.io', ['ingresses', 'networkpolicies']],
  ['autoscaling', ['horizontalpodautoscalers']],
  ['policy', ['poddisruptionbudgets']],
  ['catalog.cattle.io', ['apps', 'operations']],
];

/** Rancher's project role `read-only`. */
const READ_ONLY: Rule[] = [rule('', NAMESPACED_CORE, READ), ...WORKLOADS.map(([group, resources]) => rule(group, resources, READ))];

/** Rancher's `project-owner`: Kubernetes' `admin` in the project's namespaces. */
const PROJECT_OWNER: Rule[] = [
  rule('', [...NAMESPACED_CORE, 'secrets', 'pods/exec', 'pods/attach', 'pods/portforward', 'serviceaccounts/token'], ['*']),
  ...WORKLOADS.map(([group, resources]) => rule(group, resources, ['*'])),
  rule('rbac.authorization.k8s.io', ['roles', 'rolebindings'], ['*']),
  rule('authorization.k8s.io', ['localsubjectaccessreviews'], ['create']),
];

const GROUP = 'rbac.authorization.k8s.io';

function typed(cluster: KubeCluster, resource: string): ResourceType {
  const type = cluster.store.findType(GROUP, resource);

  if (!type) {
    throw new Error(`cluster ${ cluster.id } has no ${ resource }`);
  }

  return type;
}

function put(cluster: KubeCluster, resource: string, object: Pick<KubeObject, 'kind' | 'metadata'> & Record<string, unknown>): void {
  const type = typed(cluster, resource);

  if (!cluster.store.get(type, object.metadata.namespace, object.metadata.name)) {
    cluster.store.create(type, { apiVersion: `${ GROUP }/v1`, ...object });
  }
}

export function clusterRole(cluster: KubeCluster, name: string, rules: Rule[]): void {
  put(cluster, 'clusterroles', { kind: 'ClusterRole', metadata: { name }, rules });
}

export function role(cluster: KubeCluster, namespace: string, name: string, rules: Rule[]): void {
  put(cluster, 'roles', { kind: 'Role', metadata: { name, namespace }, rules });
}

/** Binds a ClusterRole to a user (or, with `group:`, to a group), in one namespace or everywhere. */
export function bind(cluster: KubeCluster, name: string, to: string, roleName: string, namespace?: string, roleKind: 'ClusterRole' | 'Role' = 'ClusterRole'): void {
  const subject = to.startsWith('group:') ? { apiGroup: GROUP, kind: 'Group', name: to.slice('group:'.length) } : { apiGroup: GROUP, kind: 'User', name: to };

  put(cluster, namespace ? 'rolebindings' : 'clusterrolebindings', {
    kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding', metadata: { name, ...namespace ? { namespace } : {} }, roleRef: { apiGroup: GROUP, kind: roleKind, name: roleName }, subjects: [subject]
  });
}

/** Roles of Rancher's own cluster, before anybody is in them. */
export function seedLocalRoles(local: KubeCluster): void {
  clusterRole(local, 'cluster-admin', EVERYTHING);
  clusterRole(local, 'cattle-globalrole-admin', EVERYTHING);
  clusterRole(local, 'cattle-globalrole-user', STANDARD_USER);
  clusterRole(local, 'cattle-self-user', EVERYONE.slice(0, 1));
  bind(local, 'cattle-self-user', 'group:system:cattle:authenticated', 'cattle-self-user');
  clusterRole(local, 'cattle-unauthenticated', [rule('management.cattle.io', ['settings'], READ, PUBLIC_SETTINGS)]);
  bind(local, 'cattle-unauthenticated', 'group:system:cattle:unauthenticated', 'cattle-unauthenticated');
}

/** Roles of every managed cluster. */
export function seedClusterRoles(cluster: KubeCluster): void {
  clusterRole(cluster, 'cluster-admin', EVERYTHING);
  clusterRole(cluster, 'cluster-owner', EVERYTHING);
  clusterRole(cluster, 'cluster-member', CLUSTER_MEMBER);
  clusterRole(cluster, 'project-owner', PROJECT_OWNER);
  clusterRole(cluster, 'read-only', READ_ONLY);
  clusterRole(cluster, 'cattle-everyone', EVERYONE.slice(1));
  bind(cluster, 'cattle-everyone', 'group:system:cattle:authenticated', 'cattle-everyone');
}

/** Makes a user a global admin: of Rancher's own cluster and, as Rancher does, of every other one. */
export function makeAdmin(local: KubeCluster, user: string): void {
  bind(local, `cattle-globalrolebinding-${ user }`, user, 'cattle-globalrole-admin');
  bind(local, `globaladmin-${ user }`, user, 'cluster-admin');
}

/** A standard user: the global role, one's own user record, and leave to make cloud credentials. */
export function makeStandardUser(local: KubeCluster, user: string): void {
  bind(local, `cattle-globalrolebinding-${ user }`, user, 'cattle-globalrole-user');
  clusterRole(local, `${ user }-view`, [rule('management.cattle.io', ['users'], ['get'], [user])]);
  bind(local, `grb-${ user }-view`, user, `${ user }-view`);
  role(local, 'cattle-global-data', 'cloudcredentials-create', [rule('', ['secrets'], ['create'])]);
  bind(local, `cloudcredentials-create-${ user }`, user, 'cloudcredentials-create', 'cattle-global-data', 'Role');
}

export interface Membership {
  /** Management id, and the provisioning cluster's namespace and name. */
  id: string;
  namespace: string;
  name: string;
}

/** What everybody with any role in a cluster sees of it: its records in Rancher's own cluster. */
export function grantMembership(local: KubeCluster, user: string, { id, name, namespace }: Membership): void {
  clusterRole(local, `${ id }-clustermember`, [rule('management.cattle.io', ['clusters'], READ, [id])]);
  bind(local, `${ id }-clustermember-${ user }`, user, `${ id }-clustermember`);
  role(local, namespace, `r-cluster-${ name }-view`, [rule('provisioning.cattle.io', ['clusters'], ['get'], [name])]);
  bind(local, `r-cluster-${ name }-view-${ user }`, user, `r-cluster-${ name }-view`, namespace, 'Role');
}

/** What a cluster's owner or member may do with its records in Rancher's own cluster. */
export function grantCluster(local: KubeCluster, user: string, cluster: Membership, as: 'cluster-owner' | 'cluster-member'): void {
  const owner = as === 'cluster-owner';
  const short = owner ? 'clusterowner' : 'clustermember';
  const { id, name, namespace } = cluster;
  const records = ['clusterroletemplatebindings', 'projectroletemplatebindings', 'nodes', 'nodepools', 'clusterregistrationtokens'];

  clusterRole(local, `${ id }-${ short }`, [rule('management.cattle.io', ['clusters'], owner ? ['*'] : READ, [id])]);
  bind(local, `${ id }-${ short }-${ user }`, user, `${ id }-${ short }`);
  role(local, id, as, owner ? [rule('management.cattle.io', ['projects', ...records], ['*'])] : [rule('management.cattle.io', ['projects'], ['create']), rule('management.cattle.io', records.slice(0, 4), READ)]);
  bind(local, `${ as }-${ user }`, user, as, id, 'Role');
  role(local, namespace, `r-cluster-${ name }-view`, [rule('provisioning.cattle.io', ['clusters'], ['get'], [name])]);
  bind(local, `r-cluster-${ name }-view-${ user }`, user, `r-cluster-${ name }-view`, namespace, 'Role');
  role(local, namespace, `crt-${ name }-${ as }`, [
    ...owner ? [rule('provisioning.cattle.io', ['clusters'], ['*'], [name]), rule('rke.cattle.io', ['etcdsnapshots'], READ)] : [],
    rule('cluster.x-k8s.io', ['machines', 'machinedeployments'], owner ? ['*'] : READ)
  ]);
  bind(local, `crt-${ name }-${ as }-${ user }`, user, `crt-${ name }-${ as }`, namespace, 'Role');
}

/** A project role: the project's record in Rancher's cluster, the role itself in the project's namespaces. */
export function grantProject(local: KubeCluster, cluster: KubeCluster, user: string, project: { clusterId: string; name: string; namespaces: string[] }, as: 'project-owner' | 'read-only'): void {
  role(local, project.clusterId, `${ project.name }-${ as }`, [rule('management.cattle.io', ['projects'], as === 'read-only' ? READ : ['*'], [project.name])]);
  bind(local, `${ project.name }-${ as }-${ user }`, user, `${ project.name }-${ as }`, project.clusterId, 'Role');
  clusterRole(cluster, `${ project.name }-namespaces-${ as }`, [rule('', ['namespaces'], as === 'read-only' ? ['get'] : ['*'], project.namespaces)]);
  bind(cluster, `${ project.name }-namespaces-${ user }`, user, `${ project.name }-namespaces-${ as }`);
  project.namespaces.forEach((namespace) => bind(cluster, `${ project.name }-${ as }-${ user }`, user, as, namespace));
}
