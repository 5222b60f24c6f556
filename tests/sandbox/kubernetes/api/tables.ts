import type { KubeObject, ResourceType } from '../../contracts.ts';
import { at, copy, fieldsIn, listOf, numberOf, textOf } from '../copy.ts';

interface Column {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  cell(object: KubeObject, now: Date): unknown;
}

const NAME: Column = {
  name: 'Name', type: 'string', format: 'name', cell: (object) => object.metadata.name,
  description: 'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
};
const AGE: Column = {
  name: 'Age', type: 'string', cell: (object, now) => age(object.metadata.creationTimestamp, now),
  description: 'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
};

function column(name: string, cell: (object: KubeObject) => unknown, type = 'string', priority = 0): Column {
  return { name, type, priority, cell };
}

function value(...path: string[]): (object: KubeObject) => unknown {
  return (object) => at(object, ...path) ?? '<none>';
}

function count(...path: string[]): (object: KubeObject) => number {
  return (object) => numberOf(at(object, ...path), 0);
}

/** pkg/printers/internalversion/printers.go, for what people list most. */
const COLUMNS: Record<string, Column[]> = {
  '/Namespace': [column('Status', value('status', 'phase'))],
  '/Pod':       [
    column('Ready', (pod) => `${ fieldsIn(at(pod, 'status', 'containerStatuses')).filter((status) => status.ready === true).length }/${ listOf(at(pod, 'spec', 'containers')).length }`),
    column('Status', (pod) => (pod.metadata.deletionTimestamp ? 'Terminating' : at(pod, 'status', 'phase') === 'Succeeded' ? 'Completed' : at(pod, 'status', 'phase') ?? 'Unknown')),
    column('Restarts', (pod) => String(fieldsIn(at(pod, 'status', 'containerStatuses')).reduce((sum, status) => sum + numberOf(status.restartCount, 0), 0)))
  ],
  '/Secret':    [column('Type', value('type')), column('Data', (secret) => Object.keys(at(secret, 'data') ?? {}).length, 'integer')],
  '/ConfigMap': [column('Data', (map) => Object.keys(at(map, 'data') ?? {}).length, 'integer')],
  '/Service':   [column('Type', value('spec', 'type')), column('Cluster-IP', value('spec', 'clusterIP'))],
  '/Node':      [column('Status', (node) => (fieldsIn(at(node, 'status', 'conditions')).some((one) => one.type === 'Ready' && one.status === 'True') ? 'Ready' : 'NotReady')), column('Version', value('status', 'nodeInfo', 'kubeletVersion'))],
  'apps/Deployment': [
    column('Ready', (deployment) => `${ numberOf(at(deployment, 'status', 'readyReplicas'), 0) }/${ numberOf(at(deployment, 'spec', 'replicas'), 1) }`),
    column('Up-to-date', count('status', 'updatedReplicas'), 'integer'), column('Available', count('status', 'availableReplicas'), 'integer')
  ],
  'apps/StatefulSet': [column('Ready', (set) => `${ numberOf(at(set, 'status', 'readyReplicas'), 0) }/${ numberOf(at(set, 'spec', 'replicas'), 1) }`)],
  'apps/ReplicaSet':  [column('Desired', count('spec', 'replicas'), 'integer'), column('Current', count('status', 'replicas'), 'integer'), column('Ready', count('status', 'readyReplicas'), 'integer')],
  'apps/DaemonSet':   [column('Desired', count('status', 'desiredNumberScheduled'), 'integer'), column('Current', count('status', 'currentNumberScheduled'), 'integer'), column('Ready', count('status', 'numberReady'), 'integer')],
  'batch/Job':        [column('Status', (job) => textOf(fieldsIn(at(job, 'status', 'conditions')).find((one) => one.status === 'True')?.type) || 'Running'), column('Completions', (job) => `${ numberOf(at(job, 'status', 'succeeded'), 0) }/${ numberOf(at(job, 'spec', 'completions'), 1) }`)],
};

/** A list (or one object) as a Table (recorded "table"). */
export function tableOf(type: ResourceType, objects: KubeObject[], metadata: object, now: Date, include: string | null): object {
  const columns = [NAME, ...COLUMNS[`${ type.group }/${ type.kind }`] ?? [], AGE];

  return {
    kind:              'Table',
    apiVersion:        'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, type: columnType, format = '', description = '', priority = 0 }) => ({ name, type: columnType, format, description, priority })),
    rows:              objects.map((object) => ({ cells: columns.map((one) => one.cell(object, now)), ...rowObject(object, include) }))
  };
}

function rowObject(object: KubeObject, include: string | null): object {
  if (include === 'None') {
    return {};
  }

  return { object: include === 'Object' ? copy(object) : partialOf(object) };
}

/** An object's metadata alone (recorded "partial metadata"). */
export function partialOf(object: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { ...copy(object.metadata), ...managed(object) } };
}

/** Who wrote which field, as far as it is modelled: the entries of Secrets and ConfigMaps, all by one manager (structured-merge-diff, FieldsV1). */
function managed({ data, apiVersion, metadata }: KubeObject): object {
  const keys = typeof data === 'object' && data !== null ? Object.keys(data) : [];

  return keys.length ? { managedFields: [{ manager: 'kubectl-create', operation: 'Update', apiVersion, time: metadata.creationTimestamp, fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { '.': {}, ...Object.fromEntries(keys.map((key) => [`f:${ key }`, {}])) } } }] } : {};
}

/** apimachinery util/duration.HumanDuration, roughly. */
export function age(since: string | undefined, now: Date): string {
  const seconds = since ? Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1000)) : NaN;

  if (Number.isNaN(seconds)) {
    return '<unknown>';
  }
  if (seconds < 120) {
    return `${ seconds }s`;
  }
  if (seconds < 7200) {
    return `${ Math.floor(seconds / 60) }m`;
  }

  return seconds < 172800 ? `${ Math.floor(seconds / 3600) }h` : `${ Math.floor(seconds / 86400) }d`;
}
