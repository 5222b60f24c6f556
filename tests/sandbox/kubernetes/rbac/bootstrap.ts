import type { KubeObject } from '../../contracts.ts';
import type { MemoryStore } from '../store.ts';

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const ALL = [...READ, ...WRITE];

function rule(group: string, resources: string[], verbs: string[]): Rule {
  return { apiGroups: [group], resources, verbs };
}

/** What `view` may read; `edit` writes the same, secrets too (plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go). */
const CORE = ['configmaps', 'endpoints', 'persistentvolumeclaims', 'pods', 'replicationcontrollers', 'serviceaccounts', 'services'];
const WORKLOADS: [string, string[]][] = [
  ['apps', ['daemonsets', 'deployments', 'deployments/scale', 'replicasets', 'replicasets/scale', 'statefulsets', 'statefulsets/scale']],
  ['autoscaling', ['horizontalpodautoscalers']],
  ['batch', ['cronjobs', 'jobs']],
  ['networking.k8s.io', ['ingresses', 'networkpolicies']],
  ['policy', ['poddisruptionbudgets']],
];
const VIEW: Rule[] = [
  rule('', [...CORE, 'bindings', 'events', 'limitranges', 'namespaces', 'namespaces/status', 'persistentvolumeclaims/status', 'pods/log', 'pods/status', 'resourcequotas', 'resourcequotas/status', 'services/status'], READ),
  rule('apps', ['controllerrevisions'], READ),
  rule('discovery.k8s.io', ['endpointslices'], READ),
  ...WORKLOADS.map(([group, resources]) => rule(group, resources, READ)),
];
const EDIT: Rule[] = [
  ...VIEW,
  rule('', ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'], READ),
  rule('', ['serviceaccounts'], ['impersonate']),
  rule('', [...CORE, 'events', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'], WRITE),
  rule('', ['pods/eviction', 'serviceaccounts/token'], ['create']),
  ...WORKLOADS.map(([group, resources]) => rule(group, resources, WRITE)),
  rule('coordination.k8s.io', ['leases'], ALL),
];
const ADMIN: Rule[] = [...EDIT, rule('authorization.k8s.io', ['localsubjectaccessreviews'], ['create']), rule('rbac.authorization.k8s.io', ['roles', 'rolebindings'], ALL)];

const ROLES: Record<string, Rule[]> = {
  'cluster-admin':                           [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }],
  admin:                                     ADMIN,
  edit:                                      EDIT,
  view:                                      VIEW,
  'system:basic-user':                       [rule('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']), rule('authentication.k8s.io', ['selfsubjectreviews'], ['create'])],
  'system:discovery':                        [{ nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/'], verbs: ['get'] }],
  'system:public-info-viewer':               [{ nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] }],
  'system:service-account-issuer-discovery': [{ nonResourceURLs: ['/.well-known/openid-configuration', '/.well-known/openid-configuration/', '/openid/v1/jwks', '/openid/v1/jwks/'], verbs: ['get'] }],
  'system:auth-delegator':                   [rule('authentication.k8s.io', ['tokenreviews'], ['create']), rule('authorization.k8s.io', ['subjectaccessreviews'], ['create'])],
};

const BINDINGS: Record<string, string[]> = {
  'cluster-admin':                           ['system:masters'],
  'system:basic-user':                       ['system:authenticated'],
  'system:discovery':                        ['system:authenticated'],
  'system:public-info-viewer':               ['system:authenticated', 'system:unauthenticated'],
  'system:service-account-issuer-discovery': ['system:serviceaccounts'],
};

export interface BootstrapOptions {
  /** Lets everybody who is logged in read the issuer's documents, as some installations do. Kubernetes lets service accounts only. */
  discoveryAllowed?: boolean;
}

/** The default roles and bindings every API server makes when it starts. */
export function bootstrapRoles(store: MemoryStore, options: BootstrapOptions = {}): void {
  const group = 'rbac.authorization.k8s.io';
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
  const put = (resource: string, kind: string, name: string, fields: object): void => {
    const type = store.findType(group, resource);
    const object: KubeObject = { apiVersion: `${ group }/v1`, kind, metadata: { name, labels, annotations }, ...fields };

    if (type) {
      store.create(type, object);
    }
  };

  for (const [name, rules] of Object.entries(ROLES)) {
    put('clusterroles', 'ClusterRole', name, { rules });
  }
  for (const [name, groups] of Object.entries(BINDINGS)) {
    const all = name === 'system:service-account-issuer-discovery' && options.discoveryAllowed ? [...groups, 'system:authenticated'] : groups;

    put('clusterrolebindings', 'ClusterRoleBinding', name, { roleRef: { apiGroup: group, kind: 'ClusterRole', name }, subjects: all.map((subject) => ({ apiGroup: group, kind: 'Group', name: subject })) });
  }
}
