import type { RemedyId } from '../facts';

/**
 * The one table of what this product needs: Kubernetes and Rancher rights, AWS actions, and why. The shipped roles and the shipped
 * policy are made from it (plans/rights), the Settings page shows it, and tests hold it against what pages and plans really send:
 * nothing that is sent may be missing here, and nothing may stand here that nothing sends.
 */

/** Who needs it: a page, the wizard's own looks, or a plan. */
export type UseId = 'page-clusters' | 'page-cluster' | 'page-settings' | RemedyId;

/**
 * Where a right is asked for. `management`: Rancher's own cluster, by a global role. `cluster`: the cluster in question, by a cluster
 * role. `owner`: the same, but more than a role of ours should give; Rancher's cluster owner has it.
 */
export type NeedScope = 'management' | 'cluster' | 'owner';

export interface KubernetesNeed {
  /** Also the last part of its words: `irsa.needs.<id>`. */
  id: string;
  scope: NeedScope;
  verbs: string[];
  group: string;
  /** With subresource: `serviceaccounts/token`. */
  resources: string[];
  /** Only objects of these names. */
  names?: string[];
  uses: UseId[];
}

/** What an AWS action is allowed on; the policy writes it as ARN. */
export type AwsTarget =
  /** IAM has no resource for these lists (Service Authorization Reference, «Actions defined by IAM»): `*`. */
  | 'everything'
  | 'providers'
  /** Any role: reading only. */
  | 'roles'
  /** Roles under our path, and those of others that the admin names. */
  | 'changeableRoles'
  /** Roles under our path. */
  | 'ownRoles'
  /** The user whose keys the credential holds. */
  | 'self';

export interface AwsNeed {
  /** Also the last part of its words: `irsa.needs.<Action>`. */
  action: string;
  on: AwsTarget;
  /** Only with our tag in the request. IAM knows `aws:RequestTag` for Create* and Tag* alone. */
  tagged?: true;
  /** With a permissions boundary, where one is demanded: IAM knows `iam:PermissionsBoundary` for these alone. */
  bounded?: true;
  uses: UseId[];
}

export const KUBERNETES_NEEDS: readonly KubernetesNeed[] = [
  {
    id: 'list-accounts', scope: 'cluster', verbs: ['list'], group: '', resources: ['serviceaccounts'], uses: ['page-clusters', 'page-cluster', 'bind']
  },
  {
    id: 'token', scope: 'cluster', verbs: ['create'], group: '', resources: ['serviceaccounts/token'], uses: ['page-clusters', 'page-cluster', 'bind', 'mend-trust', 'restart']
  },
  {
    id: 'annotate', scope: 'cluster', verbs: ['patch'], group: '', resources: ['serviceaccounts'], uses: ['bind']
  },
  {
    id: 'create-account', scope: 'cluster', verbs: ['create'], group: '', resources: ['serviceaccounts'], uses: ['bind']
  },
  {
    id: 'list-pods', scope: 'cluster', verbs: ['list'], group: '', resources: ['pods'], uses: ['page-cluster', 'bind', 'restart']
  },
  {
    id: 'list-workloads', scope: 'cluster', verbs: ['list'], group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets'], uses: ['page-cluster', 'bind', 'restart']
  },
  {
    id: 'restart', scope: 'cluster', verbs: ['patch'], group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets'], uses: ['bind', 'restart']
  },
  {
    id: 'list-nodes', scope: 'cluster', verbs: ['list'], group: '', resources: ['nodes'], uses: ['page-cluster']
  },
  {
    id: 'list-webhooks', scope: 'cluster', verbs: ['list'], group: 'admissionregistration.k8s.io', resources: ['mutatingwebhookconfigurations'], uses: ['page-cluster']
  },
  {
    id: 'charts', scope: 'owner', verbs: ['*'], group: '*', resources: ['*'], uses: ['bind', 'install-webhook', 'remove-webhook']
  },
  {
    id: 'create-repository', scope: 'owner', verbs: ['create', 'get'], group: 'catalog.cattle.io', resources: ['clusterrepos'], uses: ['install-webhook']
  },
  {
    id: 'find-extension', scope: 'management', verbs: ['list'], group: 'catalog.cattle.io', resources: ['apps'], uses: ['install-webhook']
  },
  {
    id: 'read-repository', scope: 'management', verbs: ['get'], group: 'catalog.cattle.io', resources: ['clusterrepos'], uses: ['install-webhook']
  },
  {
    id: 'read-images', scope: 'management', verbs: ['get'], group: 'management.cattle.io', resources: ['settings'], names: ['shell-image', 'system-default-registry'], uses: ['install-webhook']
  },
  {
    id: 'list-endpoints', scope: 'management', verbs: ['list'], group: 'management.cattle.io', resources: ['proxyendpoints'], uses: ['page-cluster']
  },
  {
    id: 'create-endpoint', scope: 'management', verbs: ['create'], group: 'management.cattle.io', resources: ['proxyendpoints'], uses: ['open-sts', 'bind', 'mend-trust']
  },
  {
    id: 'read-whitelist', scope: 'management', verbs: ['get'], group: 'management.cattle.io', resources: ['settings'], names: ['whitelist-domain'], uses: ['page-cluster']
  },
  {
    id: 'change-whitelist', scope: 'management', verbs: ['patch'], group: 'management.cattle.io', resources: ['settings'], names: ['whitelist-domain'], uses: ['open-sts', 'bind', 'mend-trust']
  },
];

export const AWS_NEEDS: readonly AwsNeed[] = [
  { action: 'ListOpenIDConnectProviders', on: 'everything', uses: ['page-clusters', 'page-cluster', 'enable', 'bind', 'mend-trust'] },
  { action: 'ListRoles', on: 'everything', uses: ['page-clusters', 'page-cluster', 'bind'] },
  { action: 'GetOpenIDConnectProvider', on: 'providers', uses: ['page-cluster', 'enable', 'bind', 'mend-trust'] },
  { action: 'GetRole', on: 'roles', uses: ['bind', 'mend-trust', 'tighten-trust'] },
  { action: 'ListRolePolicies', on: 'roles', uses: ['bind'] },
  { action: 'GetRolePolicy', on: 'roles', uses: ['bind'] },
  { action: 'CreateOpenIDConnectProvider', on: 'providers', tagged: true, uses: ['enable', 'bind', 'mend-trust'] },
  { action: 'TagOpenIDConnectProvider', on: 'providers', tagged: true, uses: ['enable', 'bind', 'mend-trust'] },
  { action: 'AddClientIDToOpenIDConnectProvider', on: 'providers', uses: ['enable', 'add-audience', 'bind', 'mend-trust'] },
  { action: 'CreateRole', on: 'ownRoles', tagged: true, bounded: true, uses: ['bind'] },
  { action: 'TagRole', on: 'ownRoles', tagged: true, uses: ['bind'] },
  { action: 'PutRolePolicy', on: 'changeableRoles', bounded: true, uses: ['bind'] },
  { action: 'UpdateAssumeRolePolicy', on: 'changeableRoles', uses: ['bind', 'mend-trust', 'tighten-trust'] },
  { action: 'GetUser', on: 'self', uses: ['page-settings', 'enable', 'add-audience', 'bind', 'mend-trust', 'tighten-trust'] },
  { action: 'SimulatePrincipalPolicy', on: 'self', uses: ['page-settings', 'enable', 'add-audience', 'bind', 'mend-trust', 'tighten-trust'] },
];
