import type { ResourceType } from '../contracts.ts';

type Row = [kind: string, resource: string, namespaced: boolean, subresources?: string[], shortNames?: string[]];

function group(name: string, version: string, rows: Row[]): ResourceType[] {
  return rows.map(([kind, resource, namespaced, subresources, shortNames]) => ({
    group: name, version, kind, resource, namespaced, ...subresources ? { subresources } : {}, ...shortNames ? { shortNames } : {}
  }));
}

/**
 * What an API server of 1.34 to 1.36 serves out of the box (`kubectl api-resources`; the schema ids in rancher-answers.json), one
 * version a resource. Alpha and dynamic-resource groups are left out.
 */
export function builtInTypes(): ResourceType[] {
  return [
    ...group('', 'v1', [
      ['Binding', 'bindings', true],
      ['ComponentStatus', 'componentstatuses', false, undefined, ['cs']],
      ['ConfigMap', 'configmaps', true, undefined, ['cm']],
      ['Endpoints', 'endpoints', true, undefined, ['ep']],
      ['Event', 'events', true, undefined, ['ev']],
      ['LimitRange', 'limitranges', true, undefined, ['limits']],
      ['Namespace', 'namespaces', false, ['finalize', 'status'], ['ns']],
      ['Node', 'nodes', false, ['proxy', 'status'], ['no']],
      ['PersistentVolumeClaim', 'persistentvolumeclaims', true, ['status'], ['pvc']],
      ['PersistentVolume', 'persistentvolumes', false, ['status'], ['pv']],
      ['Pod', 'pods', true, ['attach', 'binding', 'ephemeralcontainers', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'resize', 'status'], ['po']],
      ['PodTemplate', 'podtemplates', true],
      ['ReplicationController', 'replicationcontrollers', true, ['scale', 'status'], ['rc']],
      ['ResourceQuota', 'resourcequotas', true, ['status'], ['quota']],
      ['Secret', 'secrets', true],
      ['ServiceAccount', 'serviceaccounts', true, ['token'], ['sa']],
      ['Service', 'services', true, ['proxy', 'status'], ['svc']],
    ]),
    ...group('admissionregistration.k8s.io', 'v1', [
      ['MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', false],
      ['ValidatingAdmissionPolicy', 'validatingadmissionpolicies', false, ['status']],
      ['ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', false],
      ['ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', false],
    ]),
    ...group('apiextensions.k8s.io', 'v1', [['CustomResourceDefinition', 'customresourcedefinitions', false, ['status'], ['crd', 'crds']]]),
    ...group('apiregistration.k8s.io', 'v1', [['APIService', 'apiservices', false, ['status']]]),
    ...group('apps', 'v1', [
      ['ControllerRevision', 'controllerrevisions', true],
      ['DaemonSet', 'daemonsets', true, ['status'], ['ds']],
      ['Deployment', 'deployments', true, ['scale', 'status'], ['deploy']],
      ['ReplicaSet', 'replicasets', true, ['scale', 'status'], ['rs']],
      ['StatefulSet', 'statefulsets', true, ['scale', 'status'], ['sts']],
    ]),
    ...group('authentication.k8s.io', 'v1', [['SelfSubjectReview', 'selfsubjectreviews', false], ['TokenReview', 'tokenreviews', false]]),
    ...group('authorization.k8s.io', 'v1', [
      ['LocalSubjectAccessReview', 'localsubjectaccessreviews', true],
      ['SelfSubjectAccessReview', 'selfsubjectaccessreviews', false],
      ['SelfSubjectRulesReview', 'selfsubjectrulesreviews', false],
      ['SubjectAccessReview', 'subjectaccessreviews', false],
    ]),
    ...group('autoscaling', 'v2', [['HorizontalPodAutoscaler', 'horizontalpodautoscalers', true, ['status'], ['hpa']]]),
    ...group('batch', 'v1', [['CronJob', 'cronjobs', true, ['status'], ['cj']], ['Job', 'jobs', true, ['status']]]),
    ...group('certificates.k8s.io', 'v1', [['CertificateSigningRequest', 'certificatesigningrequests', false, ['approval', 'status'], ['csr']]]),
    ...group('coordination.k8s.io', 'v1', [['Lease', 'leases', true]]),
    ...group('discovery.k8s.io', 'v1', [['EndpointSlice', 'endpointslices', true]]),
    ...group('events.k8s.io', 'v1', [['Event', 'events', true, undefined, ['ev']]]),
    ...group('networking.k8s.io', 'v1', [
      ['IngressClass', 'ingressclasses', false],
      ['Ingress', 'ingresses', true, ['status'], ['ing']],
      ['NetworkPolicy', 'networkpolicies', true, undefined, ['netpol']],
    ]),
    ...group('node.k8s.io', 'v1', [['RuntimeClass', 'runtimeclasses', false]]),
    ...group('policy', 'v1', [['PodDisruptionBudget', 'poddisruptionbudgets', true, ['status'], ['pdb']]]),
    ...group('rbac.authorization.k8s.io', 'v1', [
      ['ClusterRoleBinding', 'clusterrolebindings', false],
      ['ClusterRole', 'clusterroles', false],
      ['RoleBinding', 'rolebindings', true],
      ['Role', 'roles', true],
    ]),
    ...group('scheduling.k8s.io', 'v1', [['PriorityClass', 'priorityclasses', false, undefined, ['pc']]]),
    ...group('storage.k8s.io', 'v1', [
      ['CSIDriver', 'csidrivers', false],
      ['CSINode', 'csinodes', false],
      ['StorageClass', 'storageclasses', false, undefined, ['sc']],
      ['VolumeAttachment', 'volumeattachments', false, ['status']],
    ]),
  ];
}

const REVIEW_GROUPS = ['authentication.k8s.io', 'authorization.k8s.io'];

/** Reviews are asked, never stored. */
export function isReview(type: ResourceType): boolean {
  return REVIEW_GROUPS.includes(type.group);
}

/** Types whose POST keeps nothing, or which have no storage at all. */
export function verbsOf(type: ResourceType): string[] {
  if (isReview(type) || (type.group === '' && type.resource === 'bindings')) {
    return ['create'];
  }
  if (type.group === '' && type.resource === 'componentstatuses') {
    return ['get', 'list'];
  }
  const all = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

  return type.group === '' && type.resource === 'namespaces' ? all.filter((verb) => verb !== 'deletecollection') : all;
}

/** Built-in types outside these do not count generations (their strategies never set one). */
const COUNTED = ['apps', 'batch', 'autoscaling', 'networking.k8s.io', 'policy', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'scheduling.k8s.io', 'flowcontrol.apiserver.k8s.io'];

/** Does metadata.generation count this type's changes? Custom resources always do. */
export function countsGenerations(type: ResourceType, isCustom: boolean): boolean {
  return isCustom || (COUNTED.includes(type.group) && type.resource !== 'controllerrevisions');
}

export function hasStatus(type: ResourceType): boolean {
  return type.subresources?.includes('status') === true;
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group ? `${ type.group }/${ type.version }` : type.version;
}
