import type { RemedyId } from '../facts';

/**
 * The one table of what this product needs: Kubernetes and Rancher rights, AWS actions, and why. The shipped roles and the shipped
 * policy are made from it (plans/rights), the Settings page shows it, and tests hold it against what pages and plans really send:
 * nothing that is sent may be missing here, and nothing may stand here that nothing sends.
 */

/** Who needs it: a page, the wizard's own looks, or a plan. */
export type UseId = 'page-clusters' | 'page-cluster' | 'page-role' | 'page-fleet' | 'page-output' | 'page-backup' | 'page-settings' | RemedyId;

/** What somebody is about who needs it: the rows of the table in groups that a person can take in. */
export const TASKS = ['look', 'bind', 'move', 'issuer', 'webhook', 'sts'] as const;
export type Task = (typeof TASKS)[number];

/** The first use is what a row is there for. */
export function taskOf({ uses }: { uses: UseId[] }): Task {
  return ([['webhook', /webhook|fleet/], ['look', /^page/], ['issuer', /issuer|enable|audience/], ['move', /move|output|bucket/], ['sts', /sts/]] as const).find(([, about]) => about.test(uses[0]!))?.[0] ?? 'bind';
}

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
  /** IAM has no resource for these lists (Service Authorization Reference, «Actions defined by IAM»), and all of one kind for what reads policies: `*`. */
  | 'everything'
  | 'providers'
  /** Any role: reading only. */
  | 'roles'
  /** Roles under our path, and those of others that the admin names. */
  | 'changeableRoles'
  /** Roles under our path. */
  | 'ownRoles'
  /** Buckets of issuers, by their name, and what is in them. */
  | 'buckets'
  /** The buckets for backups that the admin names. What is needed of issuers' buckets as well is in a row of those. */
  | 'backups'
  /** The user whose keys the credential holds. */
  | 'self';

export interface AwsNeed {
  /** IAM's by its bare name, others with their service: `s3:PutObject`. Also the last part of its words: `irsa.needs.<action>`. */
  action: string;
  on: AwsTarget;
  /** Only with our tag in the request. IAM knows `aws:RequestTag` for Create* and Tag* alone. */
  tagged?: true;
  /** Only on what bears our tag: IAM knows `aws:ResourceTag` for all that is done to a role or a provider. */
  owned?: true;
  /** With a permissions boundary, where one is demanded: IAM knows `iam:PermissionsBoundary` for these alone. */
  bounded?: true;
  uses: UseId[];
}

export const KUBERNETES_NEEDS: readonly KubernetesNeed[] = [
  {
    id: 'list-accounts', scope: 'cluster', verbs: ['list'], group: '', resources: ['serviceaccounts'], uses: ['page-clusters', 'page-cluster', 'bind', 'move']
  },
  {
    id: 'token', scope: 'cluster', verbs: ['create'], group: '', resources: ['serviceaccounts/token'], uses: ['page-clusters', 'page-cluster', 'bind', 'move', 'mend-trust', 'restart', 'switch-issuer']
  },
  {
    id: 'annotate', scope: 'cluster', verbs: ['patch'], group: '', resources: ['serviceaccounts'], uses: ['bind', 'move', 'unbind']
  },
  {
    id: 'create-account', scope: 'cluster', verbs: ['create'], group: '', resources: ['serviceaccounts'], uses: ['bind', 'move']
  },
  {
    id: 'list-pods', scope: 'cluster', verbs: ['list'], group: '', resources: ['pods'], uses: ['page-cluster', 'bind', 'move', 'restart', 'unbind', 'host-issuer']
  },
  {
    id: 'list-workloads', scope: 'cluster', verbs: ['list'], group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets'], uses: ['page-cluster', 'bind', 'move', 'restart', 'unbind']
  },
  {
    id: 'restart', scope: 'cluster', verbs: ['patch'], group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets'], uses: ['bind', 'move', 'restart', 'unbind']
  },
  {
    id: 'list-outputs', scope: 'cluster', verbs: ['list'], group: 'logging.banzaicloud.io', resources: ['loggings', 'clusteroutputs', 'outputs'], uses: ['page-cluster', 'page-output', 'move']
  },
  {
    id: 'create-output', scope: 'cluster', verbs: ['create'], group: 'logging.banzaicloud.io', resources: ['clusteroutputs', 'outputs'], uses: ['create-output']
  },
  {
    id: 'change-outputs', scope: 'cluster', verbs: ['get', 'patch'], group: 'logging.banzaicloud.io', resources: ['clusteroutputs', 'outputs'], uses: ['move']
  },
  {
    id: 'list-backups', scope: 'cluster', verbs: ['list'], group: 'resources.cattle.io', resources: ['backups'], uses: ['page-cluster', 'page-backup', 'move']
  },
  {
    id: 'change-backups', scope: 'cluster', verbs: ['get', 'patch'], group: 'resources.cattle.io', resources: ['backups'], uses: ['move']
  },
  {
    id: 'list-cronjobs', scope: 'cluster', verbs: ['list'], group: 'batch', resources: ['cronjobs', 'jobs'], uses: ['page-cluster', 'move']
  },
  {
    id: 'change-cronjobs', scope: 'cluster', verbs: ['get', 'patch'], group: 'batch', resources: ['cronjobs'], uses: ['move']
  },
  {
    id: 'read-workloads', scope: 'cluster', verbs: ['get'], group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets'], uses: ['move']
  },
  {
    id: 'list-configmaps', scope: 'cluster', verbs: ['list'], group: '', resources: ['configmaps'], uses: ['page-cluster', 'move']
  },
  {
    id: 'list-backup-targets', scope: 'owner', verbs: ['list'], group: 'longhorn.io', resources: ['backuptargets'], uses: ['move']
  },
  {
    id: 'list-restores', scope: 'owner', verbs: ['list'], group: 'resources.cattle.io', resources: ['restores'], uses: ['page-cluster', 'move']
  },
  {
    id: 'delete-secret', scope: 'owner', verbs: ['delete'], group: '', resources: ['secrets'], uses: ['move']
  },
  {
    id: 'list-nodes', scope: 'cluster', verbs: ['list'], group: '', resources: ['nodes'], uses: ['switch-issuer', 'retire-issuer', 'teardown-issuer', 'page-cluster']
  },
  {
    id: 'fetch-keys', scope: 'owner', verbs: ['create', 'delete'], group: 'batch', resources: ['jobs'], uses: ['host-issuer']
  },
  {
    id: 'read-keys', scope: 'owner', verbs: ['get'], group: '', resources: ['pods/log'], uses: ['host-issuer']
  },
  {
    id: 'list-webhooks', scope: 'cluster', verbs: ['list'], group: 'admissionregistration.k8s.io', resources: ['mutatingwebhookconfigurations'], uses: ['page-cluster']
  },
  {
    id: 'read-apps', scope: 'owner', verbs: ['list'], group: 'catalog.cattle.io', resources: ['apps'], uses: ['page-cluster', 'bind', 'move', 'unbind']
  },
  {
    id: 'read-values', scope: 'owner', verbs: ['get', 'list'], group: '', resources: ['secrets'], uses: ['page-cluster', 'bind', 'move', 'unbind']
  },
  {
    id: 'read-certificates', scope: 'owner', verbs: ['list'], group: 'cert-manager.io', resources: ['certificates'], uses: ['page-cluster']
  },
  {
    id: 'charts', scope: 'owner', verbs: ['*'], group: '*', resources: ['*'], uses: ['bind', 'move', 'install-webhook', 'upgrade-webhook', 'remove-webhook', 'unbind']
  },
  {
    id: 'change-cluster', scope: 'owner', verbs: ['get', 'patch'], group: 'provisioning.cattle.io', resources: ['clusters'], uses: ['switch-issuer', 'retire-issuer', 'teardown-issuer']
  },
  {
    id: 'create-repository', scope: 'owner', verbs: ['create', 'get', 'patch'], group: 'catalog.cattle.io', resources: ['clusterrepos'], uses: ['install-webhook', 'upgrade-webhook']
  },
  {
    id: 'find-extension', scope: 'management', verbs: ['list'], group: 'catalog.cattle.io', resources: ['apps'], uses: ['install-webhook', 'upgrade-webhook', 'fleet-webhook']
  },
  {
    id: 'read-repository', scope: 'management', verbs: ['get', 'list'], group: 'catalog.cattle.io', resources: ['clusterrepos'], uses: ['install-webhook', 'upgrade-webhook', 'fleet-webhook']
  },
  {
    id: 'read-images', scope: 'management', verbs: ['get'], group: 'management.cattle.io', resources: ['settings'], names: ['shell-image', 'system-default-registry'], uses: ['install-webhook', 'fleet-webhook', 'host-issuer']
  },
  {
    id: 'list-fleet', scope: 'management', verbs: ['list'], group: 'fleet.cattle.io', resources: ['clusters', 'helmops'], uses: ['page-fleet']
  },
  {
    id: 'follow-fleet', scope: 'management', verbs: ['list'], group: 'fleet.cattle.io', resources: ['bundledeployments'], uses: ['page-fleet', 'fleet-webhook', 'remove-fleet-webhook']
  },
  {
    id: 'change-fleet', scope: 'management', verbs: ['create', 'get', 'patch', 'delete'], group: 'fleet.cattle.io', resources: ['helmops'], uses: ['fleet-webhook', 'remove-fleet-webhook']
  },
  {
    id: 'list-endpoints', scope: 'management', verbs: ['list'], group: 'management.cattle.io', resources: ['proxyendpoints'], uses: ['page-cluster']
  },
  {
    id: 'create-endpoint', scope: 'management', verbs: ['create'], group: 'management.cattle.io', resources: ['proxyendpoints'], uses: ['open-sts', 'bind', 'move', 'mend-trust', 'host-issuer', 'create-bucket']
  },
  {
    id: 'delete-endpoint', scope: 'management', verbs: ['delete'], group: 'management.cattle.io', resources: ['proxyendpoints'], uses: ['close-sts']
  },
  {
    id: 'read-whitelist', scope: 'management', verbs: ['get'], group: 'management.cattle.io', resources: ['settings'], names: ['whitelist-domain'], uses: ['page-cluster', 'close-sts']
  },
  {
    id: 'change-whitelist', scope: 'management', verbs: ['patch'], group: 'management.cattle.io', resources: ['settings'], names: ['whitelist-domain'], uses: ['open-sts', 'close-sts', 'bind', 'move', 'mend-trust', 'host-issuer', 'create-bucket']
  },
];

/** An action as policies name it: `iam:CreateRole`, `s3:PutObject`. */
export function actionName(action: string): string {
  return action.includes(':') ? action : `iam:${ action }`;
}

export const AWS_NEEDS: readonly AwsNeed[] = [
  { action: 'ListOpenIDConnectProviders', on: 'everything', uses: ['page-clusters', 'page-cluster', 'enable', 'bind', 'move', 'mend-trust', 'host-issuer', 'teardown-issuer'] },
  { action: 'ListRoles', on: 'everything', uses: ['page-clusters', 'page-cluster', 'page-role', 'bind', 'move'] },
  { action: 'GetAccountSummary', on: 'everything', uses: ['page-role', 'bind', 'move'] },
  { action: 'GetOpenIDConnectProvider', on: 'providers', uses: ['page-cluster', 'enable', 'bind', 'move', 'mend-trust', 'host-issuer', 'teardown-issuer'] },
  { action: 'GetRole', on: 'roles', uses: ['page-role', 'bind', 'move', 'create-output', 'mend-trust', 'tighten-trust', 'edit-trust', 'unbind', 'adopt'] },
  { action: 'ListRolePolicies', on: 'roles', uses: ['page-role', 'bind', 'move', 'create-output', 'unbind'] },
  { action: 'GetRolePolicy', on: 'roles', uses: ['page-role', 'bind', 'move', 'create-output', 'edit-permissions', 'unbind'] },
  { action: 'ListAttachedRolePolicies', on: 'roles', uses: ['page-role', 'unbind', 'bind'] },
  { action: 'GetPolicy', on: 'everything', uses: ['page-role'] },
  { action: 'GetPolicyVersion', on: 'everything', uses: ['page-role'] },
  { action: 'CreateOpenIDConnectProvider', on: 'providers', tagged: true, uses: ['enable', 'bind', 'move', 'mend-trust', 'host-issuer'] },
  { action: 'TagOpenIDConnectProvider', on: 'providers', tagged: true, uses: ['enable', 'bind', 'move', 'mend-trust', 'host-issuer'] },
  { action: 'AddClientIDToOpenIDConnectProvider', on: 'providers', uses: ['enable', 'add-audience', 'bind', 'move', 'mend-trust', 'host-issuer'] },
  { action: 'DeleteOpenIDConnectProvider', on: 'providers', owned: true, uses: ['teardown-issuer'] },
  { action: 'CreateRole', on: 'ownRoles', tagged: true, bounded: true, uses: ['bind', 'move'] },
  { action: 'TagRole', on: 'ownRoles', tagged: true, uses: ['bind', 'move', 'adopt'] },
  { action: 'PutRolePolicy', on: 'changeableRoles', bounded: true, uses: ['bind', 'move', 'create-output', 'edit-permissions'] },
  { action: 'UpdateAssumeRolePolicy', on: 'changeableRoles', uses: ['bind', 'move', 'mend-trust', 'tighten-trust', 'edit-trust', 'unbind'] },
  { action: 'DetachRolePolicy', on: 'ownRoles', owned: true, uses: ['unbind', 'bind'] },
  { action: 'DeleteRolePolicy', on: 'ownRoles', owned: true, uses: ['unbind', 'bind', 'move', 'create-output'] },
  { action: 'DeleteRole', on: 'ownRoles', owned: true, uses: ['unbind', 'bind'] },
  { action: 's3:GetBucketLocation', on: 'buckets', uses: ['host-issuer', 'teardown-issuer', 'create-bucket', 'page-backup'] },
  { action: 's3:GetBucketTagging', on: 'buckets', uses: ['host-issuer', 'teardown-issuer', 'create-bucket', 'page-backup'] },
  { action: 's3:GetBucketPublicAccessBlock', on: 'buckets', uses: ['host-issuer', 'teardown-issuer'] },
  { action: 's3:GetBucketOwnershipControls', on: 'buckets', uses: ['host-issuer', 'teardown-issuer'] },
  { action: 's3:GetBucketPolicy', on: 'buckets', uses: ['host-issuer', 'teardown-issuer'] },
  { action: 's3:GetObject', on: 'buckets', uses: ['host-issuer', 'teardown-issuer'] },
  { action: 's3:ListBucketVersions', on: 'buckets', uses: ['host-issuer', 'teardown-issuer'] },
  { action: 's3:CreateBucket', on: 'buckets', uses: ['host-issuer', 'create-bucket'] },
  { action: 's3:TagResource', on: 'buckets', uses: ['host-issuer', 'create-bucket'] },
  { action: 's3:PutBucketPublicAccessBlock', on: 'buckets', uses: ['host-issuer', 'create-bucket'] },
  { action: 's3:PutBucketOwnershipControls', on: 'buckets', uses: ['host-issuer'] },
  { action: 's3:PutBucketPolicy', on: 'buckets', uses: ['host-issuer'] },
  { action: 's3:PutObject', on: 'buckets', uses: ['host-issuer'] },
  { action: 's3:DeleteObject', on: 'buckets', uses: ['teardown-issuer'] },
  { action: 's3:DeleteBucket', on: 'buckets', uses: ['teardown-issuer'] },
  { action: 's3:GetBucketVersioning', on: 'backups', uses: ['create-bucket', 'page-backup'] },
  { action: 's3:PutBucketVersioning', on: 'backups', uses: ['create-bucket'] },
  { action: 'GetUser', on: 'self', uses: ['page-settings', 'enable', 'add-audience', 'bind', 'move', 'create-output', 'mend-trust', 'tighten-trust', 'edit-trust', 'edit-permissions', 'unbind', 'adopt', 'create-bucket', 'host-issuer', 'teardown-issuer'] },
  { action: 'SimulatePrincipalPolicy', on: 'self', uses: ['page-settings', 'enable', 'add-audience', 'bind', 'move', 'create-output', 'mend-trust', 'tighten-trust', 'edit-trust', 'edit-permissions', 'unbind', 'adopt', 'create-bucket', 'host-issuer', 'teardown-issuer'] },
];
