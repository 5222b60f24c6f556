import type { KubeObject, ResourceType } from '../../contracts.ts';
import { fieldsOf, listOf, stringOf, valueAt } from '../values.ts';
import { schemaId } from './type-ids.ts';

/** A printer column, as Steve takes it from the API server's Table. */
export interface Column {
  name: string;
  type: string;
  priority: number;
  value: (object: KubeObject) => unknown;
  /** Where a custom resource's column comes from. */
  path?: string;
}

const TEXT = 'string';

function column(name: string, value: (object: KubeObject) => unknown, type = TEXT, priority = 0): Column {
  return { name, type, priority, value };
}

function at(name: string, path: string, type = TEXT, priority = 0): Column {
  return { ...column(name, (object) => valueAt(object, path) ?? null, type, priority), path };
}

const NAME = { ...column('Name', (object) => object.metadata.name), path: 'metadata.name' };
/** Built-in types print a duration. */
const AGE = column('Age', (object) => ageOf(object));
/** Custom resources print the time itself. */
const SINCE = { ...column('Age', (object) => object.metadata.creationTimestamp ?? null, 'date'), path: 'metadata.creationTimestamp' };

/** `4m2s`, `3h`, `12d`: how kubectl says an age. */
export function ageOf(object: KubeObject, now = Date.now()): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(object.metadata.creationTimestamp ?? '')) / 1000)) || 0;

  if (seconds < 120) {
    return `${ seconds }s`;
  }
  if (seconds < 600) {
    return `${ Math.floor(seconds / 60) }m${ seconds % 60 ? `${ seconds % 60 }s` : '' }`;
  }
  if (seconds < 3 * 3600) {
    return `${ Math.floor(seconds / 60) }m`;
  }

  return seconds < 2 * 86400 ? `${ Math.floor(seconds / 3600) }h` : `${ Math.floor(seconds / 86400) }d`;
}

function containers(object: KubeObject): Record<string, unknown>[] {
  return listOf(valueAt(object, 'spec.template.spec.containers')).map(fieldsOf);
}

function podColumns(): Column[] {
  const statuses = (object: KubeObject): Record<string, unknown>[] => listOf(valueAt(object, 'status.containerStatuses')).map(fieldsOf);

  return [
    NAME,
    column('Ready', (object) => `${ statuses(object).filter((status) => status.ready === true).length }/${ listOf(valueAt(object, 'spec.containers')).length }`),
    column('Status', (object) => (object.metadata.deletionTimestamp ? 'Terminating' : valueAt(object, 'status.phase') ?? 'Pending')),
    column('Restarts', (object) => `${ statuses(object).reduce((sum, status) => sum + Number(status.restartCount ?? 0), 0) }`),
    AGE,
    at('IP', 'status.podIP', TEXT, 1),
    at('Node', 'spec.nodeName', TEXT, 1),
    at('Nominated Node', 'status.nominatedNodeName', TEXT, 1),
    column('Readiness Gates', () => '<none>', TEXT, 1),
  ];
}

function workloadTail(): Column[] {
  return [
    column('Containers', (object) => containers(object).map((container) => stringOf(container.name)).join(','), TEXT, 1),
    column('Images', (object) => containers(object).map((container) => stringOf(container.image)).join(','), TEXT, 1),
    column('Selector', (object) => Object.entries(fieldsOf(valueAt(object, 'spec.selector.matchLabels'))).map(([key, value]) => `${ key }=${ String(value) }`).join(','), TEXT, 1),
  ];
}

function count(path: string): (object: KubeObject) => number {
  return (object) => Number(valueAt(object, path) ?? 0);
}

function ready(object: KubeObject): string {
  return `${ count('status.readyReplicas')(object) }/${ count('spec.replicas')(object) }`;
}

const BUILT_IN: Record<string, () => Column[]> = {
  configmap: () => [NAME, column('Data', (object) => Object.keys(fieldsOf(object.data)).length), AGE],
  secret:    () => [NAME, at('Type', 'type'), column('Data', (object) => Object.keys(fieldsOf(object.data)).length), AGE],
  pod:       podColumns,
  namespace: () => [NAME, at('Status', 'status.phase'), AGE],
  node:      () => [
    NAME, column('Status', () => 'Ready'),
    column('Roles', (object) => Object.keys(object.metadata.labels ?? {}).filter((label) => label.startsWith('node-role.kubernetes.io/')).map((label) => label.slice(24)).join(',') || '<none>'),
    AGE, at('Version', 'status.nodeInfo.kubeletVersion'), at('Internal-IP', 'status.addresses.0.address', TEXT, 1), column('External-IP', () => '<none>', TEXT, 1),
    at('OS-Image', 'status.nodeInfo.osImage', TEXT, 1), at('Kernel-Version', 'status.nodeInfo.kernelVersion', TEXT, 1), at('Container-Runtime', 'status.nodeInfo.containerRuntimeVersion', TEXT, 1)
  ],
  service: () => [
    NAME, at('Type', 'spec.type'), at('Cluster-IP', 'spec.clusterIP'), column('External-IP', () => '<none>'),
    column('Port(s)', (object) => listOf(valueAt(object, 'spec.ports')).map((port) => `${ String(fieldsOf(port).port) }/TCP`).join(',')), AGE
  ],
  event: () => [
    column('Last Seen', ageOf), at('Type', 'type'), at('Reason', 'reason'),
    column('Object', (object) => `${ stringOf(valueAt(object, 'involvedObject.kind')).toLowerCase() }/${ stringOf(valueAt(object, 'involvedObject.name')) }`),
    at('Subobject', 'involvedObject.fieldPath', TEXT, 1), at('Source', 'source.component', TEXT, 1), at('Message', 'message'),
    column('First Seen', ageOf, TEXT, 1), column('Count', () => 1, TEXT, 1), column('Name', (object) => object.metadata.name, TEXT, 1)
  ],
  'apps.deployment':  () => [NAME, column('Ready', ready), column('Up-to-date', count('status.updatedReplicas')), column('Available', count('status.availableReplicas')), AGE, ...workloadTail()],
  'apps.statefulset': () => [NAME, column('Ready', ready), AGE, ...workloadTail().slice(0, 2)],
  'apps.replicaset':  () => [NAME, column('Desired', count('spec.replicas')), column('Current', count('status.replicas')), column('Ready', count('status.readyReplicas')), AGE, ...workloadTail()],
  'apps.daemonset':   () => [
    NAME, column('Desired', count('status.desiredNumberScheduled')), column('Current', count('status.currentNumberScheduled')), column('Ready', count('status.numberReady')),
    column('Up-to-date', count('status.updatedNumberScheduled')), column('Available', count('status.numberAvailable')), column('Node Selector', () => '<none>'), AGE, ...workloadTail()
  ],
  'batch.job': () => [
    NAME, column('Status', (object) => (count('status.succeeded')(object) ? 'Complete' : 'Running')),
    column('Completions', (object) => `${ count('status.succeeded')(object) }/${ count('spec.completions')(object) || 1 }`), column('Duration', ageOf), AGE, ...workloadTail()
  ],
  'rbac.authorization.k8s.io.clusterrole':        () => [NAME, column('Created At', (object) => object.metadata.creationTimestamp)],
  'rbac.authorization.k8s.io.role':               () => [NAME, column('Created At', (object) => object.metadata.creationTimestamp)],
  'rbac.authorization.k8s.io.clusterrolebinding': () => [NAME, column('Role', roleRef), AGE],
  'rbac.authorization.k8s.io.rolebinding':        () => [NAME, column('Role', roleRef), AGE],
  'admissionregistration.k8s.io.mutatingwebhookconfiguration': () => [NAME, column('Webhooks', (object) => listOf(object.webhooks).length), AGE],
  'admissionregistration.k8s.io.validatingwebhookconfiguration': () => [NAME, column('Webhooks', (object) => listOf(object.webhooks).length), AGE],
  'apiextensions.k8s.io.customresourcedefinition': () => [NAME, column('Created At', (object) => object.metadata.creationTimestamp)],
};

function roleRef(object: KubeObject): string {
  return `${ stringOf(valueAt(object, 'roleRef.kind')) }/${ stringOf(valueAt(object, 'roleRef.name')) }`;
}

const CUSTOM: Record<string, () => Column[]> = {
  'provisioning.cattle.io.cluster': () => [
    NAME, at('Version', 'spec.kubernetesVersion'), at('Cluster Name', 'status.clusterName'), SINCE, at('Kubeconfig', 'status.clientSecretName'),
    column('Ready', (object) => (valueAt(object, 'status.ready') === undefined ? null : String(valueAt(object, 'status.ready'))))
  ],
  'management.cattle.io.setting': () => [NAME, column('Value', (object) => object.value ?? '')],
  'management.cattle.io.feature': () => [
    NAME, column('Custom Value', (object) => valueAt(object, 'spec.value') ?? '<no value>'), column('Default', (object) => String(valueAt(object, 'status.default'))), at('Description', 'status.description')
  ],
  'catalog.cattle.io.app': () => [
    NAME, at('Chart', 'spec.chart.metadata.name'), at('Version', 'spec.chart.metadata.version'), at('Release Name', 'spec.name'), at('Release Version', 'spec.version'), at('Status', 'spec.info.status')
  ],
  'catalog.cattle.io.operation': () => [
    NAME, at('Target Namespace', 'status.podNamespace'), column('Command', (object) => JSON.stringify(listOf(valueAt(object, 'status.command'))))
  ],
  'catalog.cattle.io.clusterrepo': () => [
    NAME, at('HTTP URL', 'spec.url'), at('Enabled', 'spec.enabled'), at('Git Repository', 'spec.gitRepo'), at('Git Branch', 'spec.gitBranch'), at('Download Time', 'status.downloadTime')
  ],
};

/** Whether the type is a custom resource rather than one of Kubernetes' own. */
export function isCustom(type: ResourceType): boolean {
  return type.group.includes('.') && !type.group.endsWith('.k8s.io');
}

/** The columns of a type. */
export function columnsOf(type: ResourceType): Column[] {
  const id = schemaId(type);

  return (BUILT_IN[id] ?? CUSTOM[id])?.() ?? [NAME, isCustom(type) ? SINCE : AGE];
}
