import type { KubeObject, ResourceType } from '../../contracts.ts';
import { at, fieldsIn, isSame } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { KubeError } from '../errors.ts';
import { timestamp } from '../store/metadata.ts';
import type { MemoryStore } from '../store.ts';
import type { WorkQueue } from './queue.ts';

/** What every controller works with. */
export interface Context {
  store: MemoryStore;
  queue: WorkQueue;
  /** Milliseconds that a visible step takes: a pod's start, its end, a namespace's clearing. */
  pace: number;
  /** Names a controller whose pods were refused, so that it is asked again when something changed. */
  blocked: Map<string, string>;
}

/** A built-in type; that one is missing would be a defect of the registry. */
export function typed(store: MemoryStore, group: string, resource: string): ResourceType {
  const type = store.findType(group, resource);

  if (!type) {
    throw new Error(`no type ${ resource }.${ group }`);
  }

  return type;
}

/** Writes a status unless it says what stands there. */
export function writeStatus(store: MemoryStore, type: ResourceType, object: KubeObject, status: Fields): void {
  const now = store.peek(type, object.metadata.namespace, object.metadata.name);

  if (now && now.metadata.uid === object.metadata.uid && !isSame(now.status, status)) {
    store.update(type, { ...now, status }, 'status');
  }
}

export interface Condition {
  type: string;
  status: 'True' | 'False';
  reason: string;
  message: string;
}

/** Conditions with their times: a condition that says the same keeps its times. */
export function timedConditions(store: MemoryStore, object: KubeObject, wanted: Condition[], updates = true): Fields[] {
  const old = fieldsIn(at(object, 'status', 'conditions'));
  const now = timestamp(store.now());

  return wanted.map((condition) => {
    const before = old.find((one) => one.type === condition.type);
    const same = before && Object.entries(condition).every(([key, value]) => before[key] === value);
    const turned = before?.status === condition.status ? before.lastTransitionTime : now;

    return same ? before : { ...condition, ...updates ? { lastUpdateTime: now } : {}, lastTransitionTime: turned };
  });
}

export function isReady(pod: KubeObject): boolean {
  return !pod.metadata.deletionTimestamp && fieldsIn(at(pod, 'status', 'conditions')).some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** Ended pods count for jobs only. */
export function isActive(pod: KubeObject): boolean {
  return !pod.metadata.deletionTimestamp && !['Succeeded', 'Failed'].includes(String(at(pod, 'status', 'phase')));
}

/** The objects of a type that the owner controls, in order. */
export function ownedBy(store: MemoryStore, type: ResourceType, owner: KubeObject): KubeObject[] {
  return [...store.scan(type, owner.metadata.namespace)].filter((object) => object.metadata.ownerReferences?.some((reference) => reference.controller && reference.uid === owner.metadata.uid));
}

export function ownerReference(owner: KubeObject): NonNullable<KubeObject['metadata']['ownerReferences']>[number] {
  return { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid ?? '', controller: true, blockOwnerDeletion: true };
}

/** A pod of a template. */
export function podFrom(owner: KubeObject, template: unknown, extra: { name?: string; labels?: Record<string, string>; spec?: Fields }): KubeObject {
  const labels = { ...at(template, 'metadata', 'labels') as Record<string, string> | undefined, ...extra.labels };
  const annotations = at(template, 'metadata', 'annotations') as Record<string, string> | undefined;

  return {
    apiVersion: 'v1',
    kind:       'Pod',
    metadata:   {
      name: extra.name ?? '', ...extra.name ? {} : { generateName: `${ owner.metadata.name }-` }, namespace: owner.metadata.namespace, labels, ...annotations ? { annotations } : {}, ownerReferences: [ownerReference(owner)]
    },
    spec: { ...at(template, 'spec') as Fields, ...extra.spec }
  };
}

/** Creates a pod; when the API server refuses, says why, and the controller is asked again when something changed. */
export function createPod(context: Context, owner: KubeObject, pod: KubeObject): boolean {
  const key = blockKey(owner);

  try {
    context.store.create(typed(context.store, '', 'pods'), pod);
    context.blocked.delete(key);

    return true;
  } catch (error) {
    if (!(error instanceof KubeError)) {
      throw error;
    }
    context.blocked.set(key, error.message);

    return false;
  }
}

export function blockKey(owner: KubeObject): string {
  return `${ owner.kind } ${ owner.metadata.namespace ?? '' }/${ owner.metadata.name }`;
}
