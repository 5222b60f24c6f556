import { readFileSync } from 'node:fs';
import type { KubeCluster } from '../contracts.ts';
import { put, putNamespace } from './put.ts';

interface Setting {
  name: string;
  default: string;
  value: string;
  source: string;
}

interface Feature {
  name: string;
  value: boolean | null;
  default: boolean;
  description: string;
  dynamic: boolean;
  lockedValue: boolean | null;
  prime: boolean;
}

function data<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as T;
}

/** The allow list Rancher ships (rancher.md §2.8). */
const PROXY_ENDPOINTS: Record<string, string[]> = {
  'rancher-aws-endpoints': [
    'iam.amazonaws.com', 'iam.us-gov.amazonaws.com', 'iam.%.amazonaws.com.cn', 'iam.global.api.aws',
    ...['ec2', 'eks', 'kms'].flatMap((service) => [`${ service }.%.amazonaws.com`, `${ service }.%.amazonaws.com.cn`, `${ service }.%.api.aws`])
  ],
  'rancher-digitalocean-endpoints': ['api.digitalocean.com'],
  'rancher-linode-endpoints':       ['api.linode.com'],
};

const GLOBAL_ROLES: [string, string, string][] = [
  ['admin', 'Admin', 'Full control over the whole system'],
  ['user', 'Standard User', 'Can create new clusters and manage those they own or are members of'],
  ['user-base', 'User-Base', 'Can log in, nothing more'],
];

const ROLE_TEMPLATES: [string, string, 'cluster' | 'project'][] = [
  ['cluster-owner', 'Cluster Owner', 'cluster'],
  ['cluster-member', 'Cluster Member', 'cluster'],
  ['project-owner', 'Project Owner', 'project'],
  ['project-member', 'Project Member', 'project'],
  ['read-only', 'Read-only', 'project'],
];

const NAMESPACES = ['cattle-fleet-system', 'cattle-global-data', 'cattle-impersonation-system', 'cattle-local-user-passwords', 'cattle-system', 'cattle-tokens', 'cattle-ui-plugin-system', 'fleet-default', 'fleet-local', 'local'];

/** Everything Rancher keeps about itself: settings, features, roles, drivers, allow lists, repositories. */
export function seedRancherRecords(local: KubeCluster, options: { serverUrl: string; serverVersion: string }): void {
  const group = 'management.cattle.io';

  NAMESPACES.forEach((name) => putNamespace(local, name, name.startsWith('cattle') ? 'local:p-system' : undefined));
  const own: Record<string, string> = { 'server-url': options.serverUrl, 'server-version': options.serverVersion };

  for (const setting of data<Setting[]>('./settings.json')) {
    put(local, group, 'settings', { metadata: { name: setting.name }, customized: false, default: setting.default, source: setting.source, value: own[setting.name] ?? setting.value });
  }
  for (const { name, value, ...status } of data<Feature[]>('./features.json')) {
    put(local, group, 'features', { metadata: { name }, spec: { value }, status });
  }
  for (const [name, domains] of Object.entries(PROXY_ENDPOINTS)) {
    put(local, group, 'proxyendpoints', { metadata: { name, finalizers: [] }, spec: { routes: domains.map((domain) => ({ domain })) } });
  }
  for (const [name, displayName, description] of GLOBAL_ROLES) {
    put(local, group, 'globalroles', { metadata: { name }, builtin: true, displayName, description, newUserDefault: name === 'user', rules: [] });
  }
  for (const [name, displayName, context] of ROLE_TEMPLATES) {
    put(local, group, 'roletemplates', { metadata: { name }, builtin: true, context, displayName, description: '', external: false, hidden: false, locked: false, administrative: false, rules: [] });
  }
  ['fleet-default', 'fleet-local'].forEach((name) => put(local, group, 'fleetworkspaces', { metadata: { name }, status: {} }));
  put(local, group, 'nodedrivers', {
    metadata: { name: 'amazonec2', annotations: { publicCredentialFields: 'accessKey,defaultRegion', privateCredentialFields: 'secretKey' } },
    spec:     { active: true, builtin: true, addCloudCredential: true, checksum: '', description: '', displayName: 'amazonec2', externalId: '', uiUrl: '', url: 'local://', whitelistDomains: ['iam.amazonaws.com', 'iam.us-gov.amazonaws.com', 'iam.%.amazonaws.com.cn', 'iam.global.api.aws', 'ec2.%.amazonaws.com', 'ec2.%.amazonaws.com.cn', 'ec2.%.api.aws', 'eks.%.amazonaws.com', 'eks.%.amazonaws.com.cn', 'eks.%.api.aws', 'kms.%.amazonaws.com', 'kms.%.amazonaws.com.cn', 'kms.%.api.aws'] },
    status:   { appliedURL: 'local://', conditions: [{ type: 'Active', status: 'True' }, { type: 'Downloaded', status: 'True' }, { type: 'Installed', status: 'True' }] }
  });
  put(local, group, 'kontainerdrivers', {
    metadata: { name: 'amazonelasticcontainerservice' }, spec: { active: true, builtIn: true, checksum: '', uiUrl: '', url: '' },
    status:   { actualUrl: '', displayName: 'amazonElasticContainerService', executablePath: '', conditions: [{ type: 'Active', status: 'True' }] }
  });
  put(local, group, 'authconfigs', { metadata: { name: 'local' }, type: 'localConfig', enabled: true, accessMode: '' });
  put(local, 'fleet.cattle.io', 'clustergroups', {
    metadata: { name: 'default', namespace: 'fleet-local' }, spec: { selector: { matchLabels: { name: 'local' } } },
    status:   { clusterCount: 1, nonReadyClusterCount: 0, nonReadyClusters: null, summary: { desiredReady: 0, ready: 0 }, display: { readyBundles: '0/0', readyClusters: '1/1' }, resourceCounts: { desiredReady: 0, ready: 0, missing: 0, modified: 0, notReady: 0, orphaned: 0, unknown: 0, waitApplied: 0 }, conditions: [{ type: 'Processed', status: 'True' }, { type: 'Stalled', status: 'False' }] }
  });
}

/** The repository every cluster gets. */
export function seedRepository(cluster: KubeCluster): void {
  put(cluster, 'catalog.cattle.io', 'clusterrepos', { metadata: { name: 'rancher-charts' }, spec: { gitRepo: RANCHER_CHARTS, gitBranch: 'release-v2.15' } });
}

/** The repository that the extension was installed from. */
export const IRSA_CHARTS = 'https://charts.example/irsa';

/** Where Rancher's own charts come from. */
export const RANCHER_CHARTS = 'https://git.rancher.io/charts';
