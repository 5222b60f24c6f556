import { randomInt, randomUUID } from 'node:crypto';
import type { KubeObject, ObjectMeta, ResourceType } from '../../contracts.ts';
import { at, isFields, isSame, listOf } from '../copy.ts';
import { hasStatus } from '../registry.ts';

/** RFC 3339 to the second, as `metav1.Time` writes it. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** apimachinery util/rand: letters that make no words. */
export function randomSuffix(length = 5): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** apiserver storage/names: the base is cut so that the whole fits a label. */
export function generatedName(base: string): string {
  return base.slice(0, 63 - 5) + randomSuffix();
}

/** A new object's metadata: what the server sets, whatever the client said about it. */
export function bornMetadata(given: ObjectMeta, facts: { namespace?: string; name: string; now: Date; generation: boolean }): ObjectMeta {
  const { labels, annotations, ownerReferences, finalizers, generateName } = given;

  return {
    name: facts.name,
    ...generateName ? { generateName } : {},
    ...facts.namespace ? { namespace: facts.namespace } : {},
    uid:               randomUUID(),
    ...facts.generation ? { generation: 1 } : {},
    creationTimestamp: timestamp(facts.now),
    ...isFilled(labels) ? { labels } : {},
    ...isFilled(annotations) ? { annotations } : {},
    ...ownerReferences?.length ? { ownerReferences } : {},
    ...finalizers?.length ? { finalizers } : {},
    ...(given as Managed).managedFields ? { managedFields: (given as Managed).managedFields } : {}
  };
}

/** An updated object's metadata: what only the server may change is carried over. */
export function carriedMetadata(before: ObjectMeta, given: ObjectMeta): ObjectMeta {
  const { labels, annotations, ownerReferences, finalizers } = given;
  const { deletionGracePeriodSeconds } = before as { deletionGracePeriodSeconds?: number };
  const managedFields = (given as Managed).managedFields ?? (before as Managed).managedFields;

  return {
    name: before.name,
    ...before.generateName ? { generateName: before.generateName } : {},
    ...before.namespace ? { namespace: before.namespace } : {},
    uid:               before.uid,
    resourceVersion:   before.resourceVersion,
    ...before.generation ? { generation: before.generation } : {},
    creationTimestamp: before.creationTimestamp,
    ...before.deletionTimestamp ? { deletionTimestamp: before.deletionTimestamp } : {},
    ...deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds },
    ...isFilled(labels) ? { labels } : {},
    ...isFilled(annotations) ? { annotations } : {},
    ...ownerReferences?.length ? { ownerReferences } : {},
    ...finalizers?.length ? { finalizers } : {},
    ...managedFields ? { managedFields } : {}
  };
}

/** Who wrote which field when: kept of what the stand-in's own parts say (`managedBy`); worked out of service accounts alone (managed-fields.ts). */
interface Managed { managedFields?: object[] }

/** The entry that a part of a cluster leaves when it writes an annotation. */
export function managedBy(manager: string, annotation: string, now: Date): object[] {
  return [{ manager, operation: 'Update', apiVersion: 'v1', time: timestamp(now), fieldsType: 'FieldsV1', fieldsV1: { 'f:metadata': { 'f:annotations': { [`f:${ annotation }`]: {} } } } }];
}

function isFilled(map: Record<string, string> | undefined | null): boolean {
  return isFields(map) && Object.keys(map).length > 0;
}

/** The object an update makes: a status update changes nothing but the status, any other everything but the status. */
export function updated(type: ResourceType, before: KubeObject, given: KubeObject, subresource?: 'status'): KubeObject {
  if (subresource === 'status') {
    return { ...before, ...given.status === undefined ? {} : { status: given.status } };
  }
  const { apiVersion, kind, metadata, status, ...rest } = given;
  const kept = hasStatus(type) ? before.status : status;

  return {
    apiVersion: before.apiVersion ?? apiVersion, kind: before.kind ?? kind, metadata: carriedMetadata(before.metadata, metadata), ...rest, ...kept === undefined ? {} : { status: kept }
  };
}

/** Whether anything but metadata and status differs: what `metadata.generation` counts. */
export function isNewGeneration(before: KubeObject, next: KubeObject): boolean {
  const { metadata: _before, status: _oldStatus, ...old } = before;
  const { metadata: _next, status: _newStatus, ...now } = next;

  return !isSame(old, now);
}

/** How an object leaves: at once, or marked first and gone when whoever it waits for is done. */
export function waitsFor(object: KubeObject, gracePeriodSeconds?: number): 'nothing' | 'finalizers' | 'kubelet' {
  if (object.metadata.finalizers?.length || (object.kind === 'Namespace' && listOf(at(object, 'spec', 'finalizers')).length)) {
    return 'finalizers';
  }
  // registry/core/pod/strategy.go CheckGracefulDelete: a pod that no node has, or that has ended, goes at once.
  const ended = ['Succeeded', 'Failed'].includes(String(at(object, 'status', 'phase')));

  return object.kind === 'Pod' && object.apiVersion === 'v1' && at(object, 'spec', 'nodeName') && !ended && gracePeriodSeconds !== 0 ? 'kubelet' : 'nothing';
}

/** An object that waits for its end. */
export function doomed(object: KubeObject, waits: 'finalizers' | 'kubelet', grace: number | undefined, now: Date): KubeObject {
  const seconds = waits === 'kubelet' ? grace ?? 30 : 0;
  const metadata = { ...object.metadata, deletionTimestamp: timestamp(new Date(now.getTime() + seconds * 1000)), deletionGracePeriodSeconds: seconds };

  return { ...object, metadata, ...object.kind === 'Namespace' ? { status: { phase: 'Terminating' } } : {} };
}
