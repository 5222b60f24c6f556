import type { KubeObject, KubeUser, ObjectStore, ResourceType, Selector, WatchEvent } from '../contracts.ts';
import { copy, isSame } from './copy.ts';
import { alreadyExists, badRequest, conflict, notFound } from './errors.ts';
import { patched } from './patch/patch.ts';
import { apiVersionOf, builtInTypes, countsGenerations, isReview } from './registry.ts';
import { predicate } from './selectors.ts';
import type { Predicate } from './selectors.ts';
import { typeOfDefinition } from './store/definitions.ts';
import { History } from './store/history.ts';
import type { Change } from './store/history.ts';
import { withManaged } from './store/managed-fields.ts';
import { bornMetadata, doomed, generatedName, isNewGeneration, updated, waitsFor } from './store/metadata.ts';
import { Owners } from './store/owners.ts';
import { keyOf, Shelf } from './store/shelf.ts';

/** What the API server does to an object before it is stored: defaults, admission, validation. Each may throw a `KubeError`. */
export interface Admission {
  create(type: ResourceType, object: KubeObject, user?: KubeUser): KubeObject;
  update(type: ResourceType, object: KubeObject, before: KubeObject, subresource?: 'status'): KubeObject;
}

export interface StoreOptions {
  now?: () => Date;
  /** How many changes are kept for `since`; older ones are compacted away. */
  history?: number;
}

export interface WriteOptions {
  /** Says what would happen, and keeps nothing. */
  dryRun?: boolean;
  /** Who writes, for `managedFields`. */
  manager?: string;
  /** The body of a server-side apply. */
  applied?: KubeObject;
}

export interface DeleteOptions extends WriteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
}

/** A page of a list. */
export interface Page {
  items: KubeObject[];
  /** The last key of the page, when there is more. */
  last?: string;
  /** How many are left; unknown when something is selected. */
  remaining?: number;
}

/** The objects of one cluster in memory. Stored objects are never changed in place. */
export class MemoryStore implements ObjectStore {
  readonly types: ResourceType[] = builtInTypes();
  /** Set by the cluster; without it everything goes in as it comes. */
  admission: Admission | undefined;
  readonly now: () => Date;
  private readonly shelves = new Map<string, Shelf>();
  private readonly custom = new Set<string>();
  private readonly owners = new Owners();
  private readonly history: History;
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly queue: Change[] = [];
  private counter = 1;
  private draining = false;

  constructor(options: StoreOptions = {}) {
    this.now = options.now ?? (() => new Date());
    this.history = new History(options.history ?? 5000);
  }

  addType(type: ResourceType): void {
    if (!this.findType(type.group, type.resource)) {
      this.types.push(type);
      this.custom.add(typeKey(type));
    }
  }

  findType(group: string, resource: string): ResourceType | undefined {
    return this.types.find((type) => type.group === group && type.resource === resource);
  }

  /** Served by a CustomResourceDefinition (or an extension API), not by the API server's own code. */
  isCustom(type: ResourceType): boolean {
    return this.custom.has(typeKey(type));
  }

  revision(): string {
    return String(this.counter);
  }

  list(type: ResourceType, selector: Selector = {}): KubeObject[] {
    const chosen = predicate(type.kind, selector.labelSelector, selector.fieldSelector);

    return [...this.scan(type, selector.namespace)].filter(chosen).map(copy);
  }

  /** Some objects in order, uncopied: for whoever only reads. */
  page(type: ResourceType, request: { namespace?: string; chosen?: Predicate; limit?: number; after?: string }): Page {
    const { namespace, chosen, limit = Infinity, after } = request;
    const items: KubeObject[] = [];
    let last: string | undefined;
    let remaining = 0;

    for (const object of this.scan(type, namespace, after)) {
      if (chosen && !chosen(object)) {
        continue;
      }
      if (items.length >= limit) {
        remaining++;
        if (chosen) {
          break;
        }
        continue;
      }
      items.push(object);
      last = keyOf(object.metadata.namespace, object.metadata.name);
    }

    return { items, ...remaining ? { last, ...chosen ? {} : { remaining } } : {} };
  }

  /** Stored objects in order, uncopied. */
  scan(type: ResourceType, namespace?: string, after?: string): Iterable<KubeObject> {
    return this.shelf(type).scan(type.namespaced ? namespace : undefined, after);
  }

  get(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined {
    return copy(this.peek(type, namespace, name));
  }

  /** The stored object itself: not to be changed. */
  peek(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.shelf(type).get(keyOf(type.namespaced ? namespace : undefined, name));
  }

  create(type: ResourceType, given: KubeObject, user?: KubeUser, options: WriteOptions = {}): KubeObject {
    const object = copy(given);

    if (isReview(type)) {
      throw badRequest(`${ type.resource } are asked, not stored`);
    }
    const { metadata, namespace } = this.address(type, object);
    const name = metadata.name || (metadata.generateName ? generatedName(metadata.generateName) : '');
    const born = { apiVersion: apiVersionOf(type), kind: type.kind } as const;
    const generation = countsGenerations(type, this.isCustom(type));
    const ready: KubeObject = { ...object, ...born, metadata: bornMetadata(metadata, { namespace, name, now: this.now(), generation }) };
    const admitted = withManaged(type, this.admission?.create(type, ready, user) ?? ready, undefined, options, this.now());

    if (this.peek(type, namespace, name)) {
      throw alreadyExists(type, name);
    }

    return options.dryRun ? copy(admitted) : copy(this.commit(type, 'ADDED', admitted));
  }

  update(type: ResourceType, given: KubeObject, subresource?: 'status', options: WriteOptions = {}): KubeObject {
    const { name } = given.metadata;
    const before = this.peek(type, given.metadata.namespace, name);

    if (!before) {
      throw notFound(type, name);
    }
    if (given.metadata.uid && given.metadata.uid !== before.metadata.uid) {
      throw conflict(type, name, `StorageError: invalid object, Code: 4, Key: /registry/${ type.resource }/${ keyOf(before.metadata.namespace, name) }, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${ given.metadata.uid }, UID in object meta: ${ before.metadata.uid ?? '' }`);
    }
    if (given.metadata.resourceVersion && given.metadata.resourceVersion !== before.metadata.resourceVersion) {
      throw conflict(type, name);
    }
    const asked = updated(type, before, copy(given), subresource);
    const next = withManaged(type, this.admission?.update(type, asked, before, subresource) ?? asked, before, options, this.now());

    if (before.metadata.generation !== undefined && isNewGeneration(before, next)) {
      next.metadata = { ...next.metadata, generation: before.metadata.generation + 1 };
    }
    // registry/generic/registry/store.go: an update that changes nothing is not written.
    if (options.dryRun || isSame(before, next)) {
      return copy(next);
    }
    if (next.metadata.deletionTimestamp && waitsFor(next) === 'nothing') {
      return this.remove(type, next);
    }

    return copy(this.commit(type, 'MODIFIED', next, before));
  }

  patch(type: ResourceType, namespace: string | undefined, name: string, contentType: string, patch: unknown, subresource?: 'status', options: WriteOptions & { user?: KubeUser } = {}): KubeObject {
    const before = this.peek(type, namespace, name);
    const isApply = contentType === 'application/apply-patch+yaml';

    if (!before && !isApply) {
      throw notFound(type, name);
    }
    const target = before ?? { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name, ...namespace ? { namespace } : {} } };
    const next = patched(type, this.isCustom(type), copy(target), contentType, patch);
    const writing = isApply ? { ...options, applied: patched(type, this.isCustom(type), { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name } }, contentType, patch) } : options;

    if (!before) {
      return this.create(type, { ...next, metadata: { ...next.metadata, name, namespace } }, options.user, writing);
    }
    if (next.metadata?.name !== name) {
      throw badRequest(`the name of the object (${ next.metadata?.name ?? '' }) does not match the name on the URL (${ name })`);
    }
    if (type.namespaced && next.metadata.namespace !== before.metadata.namespace) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }

    return this.update(type, next, subresource, writing);
  }

  delete(type: ResourceType, namespace: string | undefined, name: string, options: DeleteOptions = {}): KubeObject {
    const before = this.peek(type, namespace, name);

    if (!before) {
      throw notFound(type, name);
    }
    for (const field of ['uid', 'resourceVersion'] as const) {
      const wanted = options.preconditions?.[field];

      if (wanted && wanted !== before.metadata[field]) {
        const word = field === 'uid' ? 'UID' : 'ResourceVersion';

        throw conflict(type, name, `Precondition failed: ${ word } in precondition: ${ wanted }, ${ word } in object meta: ${ before.metadata[field] ?? '' }`);
      }
    }
    if (options.dryRun) {
      return copy(before);
    }
    if (options.propagationPolicy === 'Orphan') {
      this.owners.dependents(before).forEach((dependent) => this.disown(dependent.type, dependent.key, before));
    }
    const waits = waitsFor(before, options.gracePeriodSeconds);

    if (waits === 'nothing') {
      return this.remove(type, before);
    }

    return before.metadata.deletionTimestamp ? copy(before) : copy(this.commit(type, 'MODIFIED', doomed(before, waits, options.gracePeriodSeconds, this.now()), before));
  }

  watch(listener: (event: WatchEvent) => void): () => void {
    return this.onChange(({ type, resourceType, object }) => listener({ type, resourceType, object: copy(object) }));
  }

  /** As `watch`, uncopied and with what stood there before. */
  onChange(listener: (change: Change) => void): () => void {
    // A wrapper each time, so that a function given twice is heard twice and ended once.
    const own = (change: Change): void => listener(change);

    this.listeners.add(own);

    return () => this.listeners.delete(own);
  }

  since(revision: string): WatchEvent[] | undefined {
    return this.changesSince(revision)?.map(({ type, resourceType, object }) => ({ type, resourceType, object: copy(object) }));
  }

  /** As `since`, uncopied. */
  changesSince(revision: string): Change[] | undefined {
    return this.history.since(Number(revision));
  }

  /** Forgets what happened, as etcd's compaction does: `since` an older revision is "too old" from now on. */
  compact(): void {
    this.history.forget();
  }

  /** A namespace's or kubelet's last word: the object goes now, whatever held it. */
  finalize(type: ResourceType, namespace: string | undefined, name: string): void {
    const object = this.peek(type, namespace, name);

    if (object) {
      this.remove(type, object);
    }
  }

  private address(type: ResourceType, object: KubeObject): { metadata: KubeObject['metadata']; namespace?: string } {
    const metadata = object.metadata ?? { name: '' };

    if (type.namespaced && !metadata.namespace) {
      throw badRequest('an empty namespace may not be set during creation');
    }

    return { metadata, ...type.namespaced ? { namespace: metadata.namespace } : {} };
  }

  private remove(type: ResourceType, object: KubeObject): KubeObject {
    const dependents = this.owners.dependents(object);
    const gone = this.commit(type, 'DELETED', object, this.peek(type, object.metadata.namespace, object.metadata.name));

    dependents.forEach((dependent) => this.abandon(dependent.type, dependent.key, object));

    return copy(gone);
  }

  /** The garbage collector: what has no owner left goes, what has another one loses the reference. */
  private abandon(type: ResourceType, key: string, owner: KubeObject): void {
    const object = this.shelf(type).get(key);
    const references = object?.metadata.ownerReferences?.filter((reference) => reference.uid !== owner.metadata.uid) ?? [];

    if (object && references.some((reference) => this.owners.isAlive(reference.uid))) {
      this.disown(type, key, owner);
    } else if (object) {
      this.delete(type, object.metadata.namespace, object.metadata.name);
    }
  }

  private disown(type: ResourceType, key: string, owner: KubeObject): void {
    const object = this.shelf(type).get(key);

    if (object) {
      const ownerReferences = object.metadata.ownerReferences?.filter((reference) => reference.uid !== owner.metadata.uid);
      const { ownerReferences: _gone, ...metadata } = object.metadata;

      this.commit(type, 'MODIFIED', { ...object, metadata: { ...metadata, ...ownerReferences?.length ? { ownerReferences } : {} } }, object);
    }
  }

  private commit(type: ResourceType, event: WatchEvent['type'], object: KubeObject, previous?: KubeObject): KubeObject {
    const revision = ++this.counter;
    const { uid, resourceVersion: _old, name, namespace, ...rest } = object.metadata;
    const stored: KubeObject = { ...object, metadata: { name, ...namespace ? { namespace } : {}, uid, resourceVersion: String(revision), ...rest } };
    const key = keyOf(namespace, name);

    if (event === 'DELETED') {
      this.shelf(type).delete(key);
    } else {
      this.shelf(type).set(key, stored);
    }
    this.owners.note(type, key, event === 'DELETED' ? undefined : stored, previous);
    this.define(event, stored);
    const change: Change = { type: event, resourceType: type, object: stored, revision, ...previous ? { previous } : {} };

    this.history.add(change);
    this.queue.push(change);
    this.drain();

    return stored;
  }

  /** A CustomResourceDefinition makes its kind known at once, and takes its objects along when it goes. */
  private define(event: WatchEvent['type'], object: KubeObject): void {
    const type = typeOfDefinition(object);

    if (type && event !== 'DELETED') {
      this.addType(type);
    } else if (type) {
      const known = this.findType(type.group, type.resource);

      if (known && this.isCustom(known)) {
        [...this.scan(known)].forEach((one) => this.finalize(known, one.metadata.namespace, one.metadata.name));
        this.types.splice(this.types.indexOf(known), 1);
        this.custom.delete(typeKey(known));
      }
    }
  }

  /** Tells every listener every change in the order it was made, even when a listener writes. */
  private drain(): void {
    if (this.draining) {
      return;
    }
    this.draining = true;
    try {
      for (let change = this.queue.shift(); change; change = this.queue.shift()) {
        for (const listener of [...this.listeners]) {
          listener(change);
        }
      }
    } finally {
      this.draining = false;
    }
  }

  private shelf(type: ResourceType): Shelf {
    const key = typeKey(type);
    let shelf = this.shelves.get(key);

    if (!shelf) {
      shelf = new Shelf();
      this.shelves.set(key, shelf);
    }

    return shelf;
  }
}

function typeKey(type: ResourceType): string {
  return `${ type.group }/${ type.resource }`;
}
