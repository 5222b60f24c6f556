import type { KubeObject, ResourceType } from '../../contracts.ts';
import { fieldsOf, isFields, listOf, stringOf, valueAt } from '../values.ts';
import type { Fields } from '../values.ts';
import { schemaId } from './type-ids.ts';

/** `metadata.state`, Steve's one-word summary of an object. */
export interface State {
  error: boolean;
  message: string;
  name: string;
  transitioning: boolean;
}

const CURRENT: State = { error: false, message: 'Resource is current', name: 'active', transitioning: false };

function moving(name: string, message = ''): State {
  return { error: false, message, name, transitioning: true };
}

function failed(name: string, message: string): State {
  return { error: true, message, name, transitioning: false };
}

/** Steve shows each condition with two words of its own: is it an error, is it moving? */
export function decorateConditions(conditions: unknown): Fields[] {
  return listOf(conditions).map(fieldsOf).map((condition) => ({
    ...condition,
    error:          condition.status === 'False' && condition.reason === 'Error',
    lastUpdateTime: condition.lastUpdateTime ?? condition.lastTransitionTime ?? '',
    transitioning:  condition.status === 'Unknown' && condition.reason !== 'Error' ? !!condition.message || condition.type === 'Updated' : condition.type === 'Reconciling' && condition.status === 'True',
  }));
}

function workload(object: KubeObject): State {
  const wanted = Number(valueAt(object, 'spec.replicas') ?? 1);
  const available = Number(valueAt(object, 'status.availableReplicas') ?? valueAt(object, 'status.readyReplicas') ?? 0);
  const updated = Number(valueAt(object, 'status.updatedReplicas') ?? available);

  if (updated < wanted) {
    return moving('updating', `Updated: ${ updated }/${ wanted }`);
  }
  if (available < wanted) {
    return moving('updating', `Available: ${ available }/${ wanted }`);
  }

  return { ...CURRENT, message: `${ object.kind } is available. Replicas: ${ wanted }` };
}

function pod(object: KubeObject): State {
  const phase = stringOf(valueAt(object, 'status.phase')) || 'Pending';
  const waiting = listOf(valueAt(object, 'status.containerStatuses')).map((status) => valueAt(status, 'state.waiting.reason')).find((reason) => !!reason);

  if (phase === 'Succeeded') {
    return { ...CURRENT, name: 'completed', message: '' };
  }
  if (phase === 'Failed') {
    return failed('failed', stringOf(valueAt(object, 'status.message')));
  }
  if (waiting && waiting !== 'ContainerCreating') {
    return failed(stringOf(waiting).toLowerCase(), stringOf(waiting));
  }

  return phase === 'Running' ? { ...CURRENT, name: 'running', message: '' } : moving('pending', 'ContainersNotReady');
}

/** The condition that fails or moves, if any, decides. */
function byConditions(object: KubeObject): State | undefined {
  const conditions = decorateConditions(valueAt(object, 'status.conditions'));
  const broken = conditions.find((condition) => condition.error);

  if (broken) {
    return failed(stringOf(broken.type) === 'Downloaded' ? 'downloading' : 'error', stringOf(broken.message));
  }
  const turning = conditions.find((condition) => condition.transitioning);

  if (turning) {
    const names: Record<string, string> = { Updated: 'updating', Provisioned: 'provisioning', Waiting: 'waiting', Reconciling: 'reconciling' };

    return moving(names[stringOf(turning.type)] ?? 'in-progress', stringOf(turning.message));
  }

  return undefined;
}

/** The state of an object, as wrangler's summary tells it. */
export function stateOf(type: ResourceType, object: KubeObject): State {
  const id = schemaId(type);

  if (object.metadata.deletionTimestamp) {
    return moving('removing');
  }
  switch (id) {
  case 'pod':
    return pod(object);
  case 'apps.deployment':
  case 'apps.statefulset':
    return workload(object);
  case 'namespace':
    return { ...CURRENT, message: '' };
  case 'secret':
  case 'configmap':
    return { ...CURRENT, message: 'Resource is always ready' };
  case 'catalog.cattle.io.app':
    return appState(object);
  default:
  }
  const generation = object.metadata.generation;
  const observed = valueAt(object, 'status.observedGeneration');
  const decided = byConditions(object);

  if (decided) {
    return decided;
  }
  if (generation !== undefined && typeof observed === 'number' && observed < generation) {
    return moving('in-progress', `${ object.kind } generation is ${ generation }, but latest observed generation is ${ observed }`);
  }
  if (isFields(object.status) && listOf(object.status.conditions).some((condition) => fieldsOf(condition).type === 'Ready')) {
    return { ...CURRENT, message: 'Resource is Ready' };
  }

  return CURRENT;
}

function appState(object: KubeObject): State {
  const name = stringOf(valueAt(object, 'status.summary.state')) || 'unknown';

  return {
    error:         valueAt(object, 'status.summary.error') === true,
    message:       '',
    name,
    transitioning: valueAt(object, 'status.summary.transitioning') === true
  };
}
