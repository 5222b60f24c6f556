import { KUBERNETES_NEEDS, type NeedScope } from '../../domain/rights/table';
import { toYaml, type Plain } from '../export/yaml';

export type RoleKind = 'globalRole' | 'roleTemplate' | 'clusterRole';

/** Rules of a role, one for each row of the table. */
export function rulesOf(scope: NeedScope): { apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] }[] {
  return KUBERNETES_NEEDS.filter((need) => need.scope === scope)
    .map(({ group, resources, verbs, names }) => ({ apiGroups: [group], resources, verbs, ...(names ? { resourceNames: names } : {}) }));
}

/** Names of what is shipped, so that it can be found and bound. */
export const GLOBAL_ROLE = 'irsa-management';
export const ROLE_TEMPLATE = 'irsa-cluster';

/** The objects that give the rights: Rancher's two, and the plain Kubernetes one for whoever gives rights without Rancher. */
export function roleObject(kind: RoleKind): { [key: string]: Plain } {
  switch (kind) {
  case 'globalRole': return {
    apiVersion:  'management.cattle.io/v3',
    kind:        'GlobalRole',
    metadata:    { name: GLOBAL_ROLE },
    displayName: 'IRSA: Rancher',
    description: 'Lets a person open the way from Rancher to AWS STS, find the chart of the pod identity webhook and its images, and have Fleet install it. Give it together with a role such as Standard User.',
    rules:       rulesOf('management'),
  };
  case 'roleTemplate': return {
    apiVersion:   'management.cattle.io/v3',
    kind:         'RoleTemplate',
    metadata:     { name: ROLE_TEMPLATE },
    displayName:  'IRSA: cluster',
    description:  'Lets a person bind IAM roles to service accounts of a cluster and restart their workloads. Charts take a cluster owner.',
    context:      'cluster',
    external:     false,
    hidden:       false,
    locked:       false,
    builtin:      false,
    administrative: false,
    rules:        rulesOf('cluster'),
  };
  case 'clusterRole': return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: ROLE_TEMPLATE }, rules: rulesOf('cluster') };
  }
}

/** One of them as a file. */
export function roleYaml(kind: RoleKind): string {
  return `${ toYaml(roleObject(kind)) }\n`;
}
