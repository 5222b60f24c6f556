import type { KubeObject, ResourceType } from '../../contracts.ts';
import { fieldsOf, isFields, listOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { timestamp } from './metadata.ts';

/** Who wrote what last, as the API server notes it (apimachinery ManagedFieldsEntry). */
interface ManagedEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Fields;
}

/** Who writes, and when. */
interface Writing {
  manager: string;
  now: Date;
  /** The body of a server-side apply. */
  applied?: KubeObject;
}

/** An object as it is stored, with who wrote what of it. */
export function withManaged(type: ResourceType, object: KubeObject, before: KubeObject | undefined, { manager = 'unknown', applied }: Partial<Writing>, now: Date): KubeObject {
  if (!isManaged(type)) {
    return object;
  }
  const writing = { manager, applied, now };
  const managedFields = before ? changedManaged(before, object, writing) : bornManaged(object, writing);
  const { managedFields: _before, ...metadata } = object.metadata as KubeObject['metadata'] & { managedFields?: object[] };

  return { ...object, metadata: { ...metadata, ...managedFields ? { managedFields } : {} } };
}

/** Of these it is worked out; of other kinds there is what the stand-in's own parts say. */
function isManaged(type: ResourceType): boolean {
  return type.group === '' && type.resource === 'serviceaccounts';
}

/** Longest name of a manager (apimachinery validation.FieldManagerMaxLength). */
export const MANAGER_LENGTH = 128;

/** apiserver endpoints/handlers: the parameter, else how the client calls itself up to the slash. */
export function managerOf(asked: string | null, agent = ''): string {
  const printable = [...agent.split('/')[0]!].filter((sign) => !/\p{C}/u.test(sign)).join('').slice(0, MANAGER_LENGTH);

  return asked || printable || 'unknown';
}

/** A field that a manager can have, as the steps to it in the notation of FieldsV1, and what stands there; of a map or list that it is there. */
type Owned = Map<string, string>;

const key = (...steps: string[]): string => JSON.stringify(steps);

/** What of a service account can be had (structured-merge-diff, by the schema of ServiceAccount). */
function ownedIn({ metadata, ...rest }: KubeObject): Owned {
  const owned: Owned = new Map();
  const { labels, annotations, finalizers, ownerReferences, generateName } = metadata;
  const whole = (items: [string, unknown][], ...steps: string[]) => {
    if (items.length) {
      owned.set(key(...steps), '');
      items.forEach(([step, value]) => owned.set(key(...steps, step), JSON.stringify(value)));
    }
  };

  whole(Object.entries(labels ?? {}).map(([name, value]) => [`f:${ name }`, value]), 'f:metadata', 'f:labels');
  whole(Object.entries(annotations ?? {}).map(([name, value]) => [`f:${ name }`, value]), 'f:metadata', 'f:annotations');
  whole((finalizers ?? []).map((name) => [`v:${ JSON.stringify(name) }`, name]), 'f:metadata', 'f:finalizers');
  whole((ownerReferences ?? []).map((owner) => [`k:${ JSON.stringify({ uid: owner.uid }) }`, owner]), 'f:metadata', 'f:ownerReferences');
  whole(listOf(rest.secrets).map((secret) => [`k:${ JSON.stringify({ name: fieldsOf(secret).name }) }`, secret]), 'f:secrets');
  for (const [name, value] of Object.entries({ imagePullSecrets: rest.imagePullSecrets, automountServiceAccountToken: rest.automountServiceAccountToken })) {
    if (value !== undefined && value !== null) {
      owned.set(key(`f:${ name }`), JSON.stringify(value));
    }
  }
  if (generateName) {
    owned.set(key('f:metadata', 'f:generateName'), generateName);
  }

  return owned;
}

function read(node: Fields, steps: string[] = []): string[] {
  const names = Object.keys(node);
  const self = steps.length && (!names.length || '.' in node) ? [key(...steps)] : [];

  return [...self, ...names.filter((name) => name !== '.').flatMap((name) => read(fieldsOf(node[name]), [...steps, name]))];
}

/** Something that is had and has parts that are had is told by a dot. */
function written(keys: Iterable<string>): Fields {
  const root: Fields = {};
  const all = [...keys].map((one) => JSON.parse(one) as string[]).sort((a, b) => a.length - b.length);
  const had = new Set(all.map((steps) => key(...steps)));

  for (const steps of all) {
    let node = root;

    steps.forEach((step, index) => {
      if (!isFields(node[step])) {
        node[step] = {};
      }
      if (index < steps.length - 1 && had.has(key(...steps.slice(0, index + 1)))) {
        (node[step] as Fields)['.'] = {};
      }
      node = node[step] as Fields;
    });
  }

  return root;
}

/** What a new object has; what its maker says about it is not heard. */
function bornManaged(object: KubeObject, { manager, now, applied }: Writing): ManagedEntry[] | undefined {
  return listed([entry(object, manager, applied ? 'Apply' : 'Update', now, applied ? applications(applied) : ownedIn(object).keys())]);
}

/**
 * What it has after a change. One that has nothing, as it was made without any field, or had everything taken away, is followed no more but
 * by an apply (apiserver fieldmanager, skipnonapplied).
 * @param object  as it will be; its `managedFields` are those from before, or what the client wants in their place
 */
function changedManaged(before: KubeObject, object: KubeObject, { manager, now, applied }: Writing): ManagedEntry[] | undefined {
  const given = (object.metadata as { managedFields?: Partial<ManagedEntry>[] }).managedFields?.filter((one): one is ManagedEntry => one.manager !== undefined && one.fieldsV1 !== undefined) ?? [];
  const old = ownedIn(before);
  const owned = ownedIn(object);
  const base = given.length || !applied ? given : [entry(before, 'before-first-apply', 'Update', now, old.keys())];
  const changed = [...owned].filter(([field, value]) => old.get(field) !== value).map(([field]) => field);
  const removed = [...old.keys()].filter((field) => !owned.has(field));

  if (!base.length) {
    return undefined;
  }
  const operation = applied ? 'Apply' : 'Update';
  const isSelf = (one: ManagedEntry) => one.manager === manager && one.operation === operation;
  const taken = new Set([...changed, ...removed]);
  const self = base.find(isSelf);
  const mine = applied ? new Set(applications(applied)) : new Set([...read(self?.fieldsV1 ?? {}).filter((field) => !removed.includes(field)), ...changed]);
  const others = base.filter((one) => !isSelf(one)).map((one) => ({ ...one, fieldsV1: written(read(one.fieldsV1).filter((field) => !taken.has(field))) }));
  const isNews = changed.length > 0 || (applied && JSON.stringify([...mine].sort()) !== JSON.stringify(read(self?.fieldsV1 ?? {}).sort()));

  return listed([...others, isNews || !self ? entry(object, manager, operation, now, mine) : { ...self, fieldsV1: written(mine) }]);
}

/** An apply has what it says, not the maps that it stands in. */
function applications(applied: KubeObject): string[] {
  return [...ownedIn({ ...applied, metadata: applied.metadata ?? { name: '' } })].filter(([, value]) => value !== '').map(([field]) => field);
}

function entry({ apiVersion }: KubeObject, manager: string, operation: ManagedEntry['operation'], now: Date, fields: Iterable<string>): ManagedEntry {
  return { manager, operation, apiVersion: apiVersion ?? 'v1', time: timestamp(now), fieldsType: 'FieldsV1', fieldsV1: written(fields) };
}

/** In the API server's order, without those that have nothing. */
function listed(entries: ManagedEntry[]): ManagedEntry[] | undefined {
  const some = entries.filter(({ fieldsV1 }) => Object.keys(fieldsV1).length).sort((a, b) => order(a.operation, b.operation) || order(a.time, b.time) || order(a.manager, b.manager));

  return some.length ? some : undefined;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
