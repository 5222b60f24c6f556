import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject, ResourceType, WatchEvent } from '../contracts.ts';
import { MemoryStore } from './store.ts';
import { configMap, refusal, typeOf } from './testing.ts';

const WIDGETS: ResourceType = { group: 'example.com', version: 'v1', kind: 'Widget', resource: 'widgets', namespaced: true, subresources: ['status'] };

let store: MemoryStore;
let maps: ResourceType;

beforeEach(() => {
  store = new MemoryStore({ now: () => new Date('2026-11-23T10:00:00.123Z'), history: 10 });
  store.addType(WIDGETS);
  maps = typeOf(store, 'configmaps');
});

function widget(name: string, fields: Partial<KubeObject> = {}): KubeObject {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace: 'default' }, ...fields };
}

function owned(name: string, ...owners: KubeObject[]): KubeObject {
  return configMap(name, {}, { ownerReferences: owners.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' })) });
}

describe('create', () => {
  it('sets what only the server may say', () => {
    const made = store.create(maps, { ...configMap('a'), metadata: { name: 'a', namespace: 'default', uid: 'mine', resourceVersion: '7', creationTimestamp: '2000-01-01T00:00:00Z', deletionTimestamp: '2000-01-01T00:00:00Z' } });

    expect(made.metadata).toMatchObject({ name: 'a', namespace: 'default', resourceVersion: store.revision(), creationTimestamp: '2026-11-23T10:00:00Z' });
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.metadata.deletionTimestamp).toBeUndefined();
    expect(made.metadata.generation).toBeUndefined();
  });

  it('counts generations of custom resources', () => {
    expect(store.create(WIDGETS, widget('a')).metadata.generation).toBe(1);
  });

  it('makes names from generateName', () => {
    const names = Array.from({ length: 3 }, () => store.create(maps, configMap('', {}, { generateName: 'web-' })).metadata.name);

    expect(new Set(names).size).toBe(3);
    names.forEach((name) => expect(name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/));
  });

  it('refuses a taken name', () => {
    store.create(maps, configMap('a'));
    expect(refusal(() => store.create(maps, configMap('a')))).toStrictEqual({ code: 409, reason: 'AlreadyExists', message: 'configmaps "a" already exists' });
  });

  it('keeps nothing when it runs dry', () => {
    const before = store.revision();

    expect(store.create(maps, configMap('a'), undefined, { dryRun: true }).metadata.uid).toBeDefined();
    expect(store.get(maps, 'default', 'a')).toBeUndefined();
    expect(store.revision()).toBe(before);
  });
});

describe('reads', () => {
  it('give copies', () => {
    store.create(maps, configMap('a', { data: { x: '1' } }));
    const read = store.get(maps, 'default', 'a') as KubeObject & { data: Record<string, string> };

    read.data.x = 'changed';
    (store.list(maps)[0]?.data as Record<string, string>).x = 'changed';
    expect(store.get(maps, 'default', 'a')?.data).toStrictEqual({ x: '1' });
  });

  it('list in the order of etcd, by namespace and selector', () => {
    for (const [namespace, name, tier] of [['b', 'x', 'web'], ['a', 'z', 'db'], ['a', 'y', 'web'], ['a-b', 'w', 'web']] as const) {
      store.create(maps, configMap(name, {}, { namespace, labels: { tier } }));
    }
    const names = (selector = {}): string[] => store.list(maps, selector).map(({ metadata }) => `${ metadata.namespace ?? '' }/${ metadata.name }`);

    expect(names()).toStrictEqual(['a-b/w', 'a/y', 'a/z', 'b/x']);
    expect(names({ namespace: 'a' })).toStrictEqual(['a/y', 'a/z']);
    expect(names({ labelSelector: 'tier=web', fieldSelector: 'metadata.namespace!=b' })).toStrictEqual(['a-b/w', 'a/y']);
  });

  it('page through a list that changes on the way', () => {
    ['a', 'b', 'c', 'd'].forEach((name) => store.create(maps, configMap(name)));
    const first = store.page(maps, { limit: 2 });

    expect([first.items.map((one) => one.metadata.name), first.last, first.remaining]).toStrictEqual([['a', 'b'], 'default/b', 2]);
    store.delete(maps, 'default', 'b');
    store.delete(maps, 'default', 'c');
    expect(store.page(maps, { limit: 2, after: first.last }).items.map((one) => one.metadata.name)).toStrictEqual(['d']);
    expect(store.page(maps, { limit: 1, chosen: () => true })).not.toHaveProperty('remaining');
  });
});

describe('update', () => {
  it('moves the revision, and the generation when the spec changed', () => {
    const made = store.create(WIDGETS, widget('a', { spec: { size: 1 } }));
    const labelled = store.update(WIDGETS, { ...made, metadata: { ...made.metadata, labels: { x: 'y' } } });
    const resized = store.update(WIDGETS, { ...labelled, spec: { size: 2 } });

    expect([made, labelled, resized].map((one) => one.metadata.generation)).toStrictEqual([1, 1, 2]);
    expect(Number(resized.metadata.resourceVersion)).toBeGreaterThan(Number(labelled.metadata.resourceVersion));
  });

  it('that changes nothing is not written', () => {
    const made = store.create(maps, configMap('a', { data: { x: '1' } }));
    const heard: WatchEvent[] = [];

    store.watch((event) => heard.push(event));
    expect(store.update(maps, made).metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    expect(heard).toHaveLength(0);
  });

  it('keeps status and the rest apart', () => {
    const made = store.create(WIDGETS, widget('a', { spec: { size: 1 } }));
    const reported = store.update(WIDGETS, { ...made, spec: { size: 9 }, status: { ready: true } }, 'status');

    expect(reported).toMatchObject({ spec: { size: 1 }, status: { ready: true }, metadata: { generation: 1 } });
    expect(store.update(WIDGETS, { ...reported, spec: { size: 2 }, status: { ready: false } })).toMatchObject({ spec: { size: 2 }, status: { ready: true } });
  });

  it('refuses a stale revision, another uid and what is not there', () => {
    const made = store.create(maps, configMap('a'));

    store.update(maps, { ...made, data: { x: '1' } });
    expect(refusal(() => store.update(maps, { ...made, data: { x: '2' } }))).toStrictEqual({
      code: 409, reason: 'Conflict', message: 'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again'
    });
    expect(refusal(() => store.update(maps, configMap('a', {}, { uid: 'other' })))).toMatchObject({ code: 409, message: expect.stringContaining('UID in precondition: other') as string });
    expect(refusal(() => store.update(maps, configMap('b')))).toMatchObject({ code: 404, message: 'configmaps "b" not found' });
    expect(store.update(maps, configMap('a', { data: { x: '3' } })).data).toStrictEqual({ x: '3' });
  });
});

describe('delete', () => {
  it('waits for finalizers', () => {
    const made = store.create(maps, configMap('a', {}, { finalizers: ['example.com/hold'] }));
    const doomed = store.delete(maps, 'default', 'a');

    expect(doomed.metadata.deletionTimestamp).toBe('2026-11-23T10:00:00Z');
    expect(store.get(maps, 'default', 'a')).toBeDefined();
    expect(store.delete(maps, 'default', 'a').metadata.resourceVersion).toBe(doomed.metadata.resourceVersion);
    store.update(maps, { ...doomed, metadata: { ...doomed.metadata, finalizers: [] } });
    expect(store.get(maps, 'default', 'a')).toBeUndefined();
    expect(made.metadata.deletionTimestamp).toBeUndefined();
  });

  it('collects what was owned, and what that owned', () => {
    const owner = store.create(maps, configMap('owner'));
    const child = store.create(maps, owned('child', owner));

    store.create(maps, owned('grandchild', child));
    store.create(maps, configMap('stranger'));
    store.delete(maps, 'default', 'owner');
    expect(store.list(maps).map((one) => one.metadata.name)).toStrictEqual(['stranger']);
  });

  it('leaves what another still owns, without the reference', () => {
    const [one, other] = [store.create(maps, configMap('one')), store.create(maps, configMap('other'))];

    store.create(maps, owned('child', one, other));
    store.delete(maps, 'default', 'one');
    expect(store.get(maps, 'default', 'child')?.metadata.ownerReferences).toStrictEqual([expect.objectContaining({ uid: other.metadata.uid })]);
    store.delete(maps, 'default', 'other');
    expect(store.get(maps, 'default', 'child')).toBeUndefined();
  });

  it('orphans when asked to', () => {
    const owner = store.create(maps, configMap('owner'));

    store.create(maps, owned('child', owner));
    store.delete(maps, 'default', 'owner', { propagationPolicy: 'Orphan' });
    expect(store.get(maps, 'default', 'child')?.metadata.ownerReferences).toBeUndefined();
  });

  it('holds to preconditions', () => {
    const made = store.create(maps, configMap('a'));

    expect(refusal(() => store.delete(maps, 'default', 'a', { preconditions: { uid: 'other' } }))).toMatchObject({ code: 409, reason: 'Conflict' });
    store.delete(maps, 'default', 'a', { preconditions: { uid: made.metadata.uid } });
    expect(refusal(() => store.delete(maps, 'default', 'a'))).toMatchObject({ code: 404 });
  });
});

describe('watch', () => {
  it('tells every listener every change in order, even when a listener writes', () => {
    const first: string[] = [];
    const second: string[] = [];
    const note = (list: string[]) => (event: WatchEvent): void => {
      list.push(`${ event.type } ${ event.object.metadata.name }`);
    };

    store.watch((event) => {
      note(first)(event);
      if (event.type === 'ADDED' && event.object.metadata.name === 'a') {
        store.create(maps, configMap('made-by-listener'));
      }
    });
    const stop = store.watch(note(second));

    store.create(maps, configMap('a'));
    store.delete(maps, 'default', 'a');
    stop();
    store.create(maps, configMap('b'));
    expect(second).toStrictEqual(['ADDED a', 'ADDED made-by-listener', 'DELETED a']);
    expect(first).toStrictEqual([...second, 'ADDED b']);
  });

  it('since a revision gives what came after it, until it is compacted away', () => {
    const start = store.revision();

    store.create(maps, configMap('a'));
    const middle = store.revision();

    store.create(maps, configMap('b'));
    expect(store.since(start)?.map((event) => event.object.metadata.name)).toStrictEqual(['a', 'b']);
    expect(store.since(middle)?.map((event) => event.object.metadata.name)).toStrictEqual(['b']);
    expect(store.since(store.revision())).toStrictEqual([]);
    store.compact();
    expect(store.since(middle)).toBeUndefined();
    expect(store.since(store.revision())).toStrictEqual([]);
  });

  it('forgets by itself what is long ago', () => {
    const start = store.revision();

    Array.from({ length: 25 }, (_, index) => store.create(maps, configMap(`m-${ index }`)));
    expect(store.since(start)).toBeUndefined();
    expect(store.since(String(Number(store.revision()) - 5))).toHaveLength(5);
  });
});

describe('custom resource definitions', () => {
  const definition: KubeObject = {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'gadgets.example.org' },
    spec: { group: 'example.org', scope: 'Cluster', names: { kind: 'Gadget', plural: 'gadgets', shortNames: ['gd'] }, versions: [{ name: 'v1alpha1', served: true, storage: false }, { name: 'v1', served: true, storage: true, subresources: { status: {} } }] }
  };

  it('bring their kind and take its objects along', () => {
    const definitions = typeOf(store, 'customresourcedefinitions', 'apiextensions.k8s.io');

    store.create(definitions, definition);
    const gadgets = typeOf(store, 'gadgets', 'example.org');

    expect(gadgets).toStrictEqual({ group: 'example.org', version: 'v1', kind: 'Gadget', resource: 'gadgets', namespaced: false, shortNames: ['gd'], subresources: ['status'] });
    store.create(gadgets, { apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name: 'g' } });
    const gone: string[] = [];

    store.watch((event) => gone.push(`${ event.type } ${ event.object.kind }`));
    store.delete(definitions, undefined, 'gadgets.example.org');
    expect(gone).toContain('DELETED Gadget');
    expect(store.findType('example.org', 'gadgets')).toBeUndefined();
  });
});
