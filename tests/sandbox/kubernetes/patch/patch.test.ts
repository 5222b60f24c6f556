import { describe, expect, it } from 'vitest';
import type { KubeObject, ResourceType } from '../../contracts.ts';
import { MemoryStore } from '../store.ts';
import { configMap, refusal, typeOf } from '../testing.ts';
import { mergePatch, patched } from './patch.ts';
import { strategicMerge } from './strategic.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';
const WIDGETS: ResourceType = { group: 'example.com', version: 'v1', kind: 'Widget', resource: 'widgets', namespaced: true };

function prepared(): { store: MemoryStore; maps: ResourceType; made: KubeObject } {
  const store = new MemoryStore();
  const maps = typeOf(store, 'configmaps');

  return { store, maps, made: store.create(maps, configMap('a', { data: { x: '1', y: '2' } }, { annotations: { keep: 'me' } })) };
}

describe('JSON patch', () => {
  it('applies', () => {
    const { store, maps } = prepared();
    const patch = [{ op: 'test', path: '/data/x', value: '1' }, { op: 'add', path: '/metadata/annotations/eks.amazonaws.com~1role-arn', value: 'arn' }, { op: 'remove', path: '/data/y' }];

    expect(store.patch(maps, 'default', 'a', JSON_PATCH, patch)).toMatchObject({ data: { x: '1' }, metadata: { annotations: { keep: 'me', 'eks.amazonaws.com/role-arn': 'arn' } } });
    expect(store.get(maps, 'default', 'a')?.data).toStrictEqual({ x: '1' });
  });

  it.each([
    ['a failing test', [{ op: 'test', path: '/data/x', value: '2' }]],
    ['a path that is not there', [{ op: 'remove', path: '/data/z' }]],
    ['an unknown operation', [{ op: 'frobnicate', path: '/data/z' }]],
  ])('%s is refused and leaves everything as it was', (_name, patch) => {
    const { store, maps, made } = prepared();

    expect(refusal(() => store.patch(maps, 'default', 'a', JSON_PATCH, [{ op: 'add', path: '/data/new', value: '1' }, ...patch]))).toStrictEqual({
      code: 422, reason: 'Invalid', message: 'the server rejected our request due to an error in our request'
    });
    expect(store.get(maps, 'default', 'a')).toStrictEqual(made);
  });
});

describe('merge patch', () => {
  // RFC 7386, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [['a', 'b'], ['c', 'd'], ['c', 'd']],
    [{ a: 'b' }, ['c'], ['c']],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toStrictEqual(expected);
  });

  it('conflicts when it names another revision', () => {
    const { store, maps } = prepared();

    expect(refusal(() => store.patch(maps, 'default', 'a', MERGE, { metadata: { resourceVersion: '1' } }))).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(store.patch(maps, 'default', 'a', MERGE, { data: { x: null } }).data).toStrictEqual({ y: '2' });
  });

  it('may not rename', () => {
    const { store, maps } = prepared();

    expect(refusal(() => store.patch(maps, 'default', 'a', MERGE, { metadata: { name: 'b' } }))).toMatchObject({ code: 400, message: 'the name of the object (b) does not match the name on the URL (a)' });
  });
});

describe('strategic merge patch', () => {
  const spec = (): Record<string, unknown> => ({
    containers: [{ name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }, { name: 'Y', value: '2' }], ports: [{ containerPort: 80 }], args: ['one', 'two'] }, { name: 'b', image: 'b:1' }],
    volumes:    [{ name: 'v', emptyDir: {} }]
  });

  it('merges lists by their keys', () => {
    const result = strategicMerge(spec(), { containers: [{ name: 'a', env: [{ name: 'Y', value: '3' }, { name: 'Z', value: '4' }], volumeMounts: [{ name: 'v', mountPath: '/v' }], ports: [{ containerPort: 80, name: 'http' }] }], volumes: [{ name: 'w', emptyDir: {} }] });

    expect(result).toStrictEqual({
      containers: [
        { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }, { name: 'Y', value: '3' }, { name: 'Z', value: '4' }], ports: [{ containerPort: 80, name: 'http' }], args: ['one', 'two'], volumeMounts: [{ name: 'v', mountPath: '/v' }] },
        { name: 'b', image: 'b:1' }
      ],
      volumes: [{ name: 'v', emptyDir: {} }, { name: 'w', emptyDir: {} }]
    });
  });

  it('replaces lists without keys, and obeys directives', () => {
    expect(strategicMerge(spec(), { containers: [{ name: 'a', args: ['three'] }, { name: 'b', $patch: 'delete' }] })).toMatchObject({ containers: [{ name: 'a', args: ['three'] }] });
    expect(strategicMerge(spec(), { containers: [{ $patch: 'replace' }, { name: 'c', image: 'c:1' }] }).containers).toStrictEqual([{ name: 'c', image: 'c:1' }]);
    expect(strategicMerge({ labels: { a: '1', b: '2' } }, { labels: { $patch: 'replace', c: '3' } })).toStrictEqual({ labels: { c: '3' } });
    expect(strategicMerge({ labels: { a: '1' }, x: 1 }, { labels: null })).toStrictEqual({ x: 1 });
    expect(strategicMerge({ finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] })).toStrictEqual({ finalizers: ['b', 'c'] });
    expect(strategicMerge({ strategy: { type: 'RollingUpdate', rollingUpdate: {} } }, { strategy: { $retainKeys: ['type'], type: 'Recreate' } })).toStrictEqual({ strategy: { type: 'Recreate' } });
    expect(strategicMerge({ volumes: [{ name: 'a' }, { name: 'b' }] }, { '$setElementOrder/volumes': [{ name: 'c' }, { name: 'b' }, { name: 'a' }], volumes: [{ name: 'c' }] }).volumes).toStrictEqual([{ name: 'c' }, { name: 'b' }, { name: 'a' }]);
  });

  it('merges service ports by port and conditions by type', () => {
    expect(strategicMerge({ ports: [{ port: 80, name: 'a' }] }, { ports: [{ port: 443 }, { port: 80, name: 'b' }] }).ports).toStrictEqual([{ port: 80, name: 'b' }, { port: 443 }]);
    expect(strategicMerge({ conditions: [{ type: 'A', status: 'False' }] }, { conditions: [{ type: 'A', status: 'True' }] }).conditions).toStrictEqual([{ type: 'A', status: 'True' }]);
  });

  it('is unknown to custom resources', () => {
    expect(refusal(() => patched(WIDGETS, true, configMap('a'), STRATEGIC, {}))).toStrictEqual({
      code: 415, reason: 'UnsupportedMediaType', message: 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml'
    });
  });
});

describe('apply', () => {
  it('creates what is not there and merges what is', () => {
    const { store, maps } = prepared();

    expect(store.patch(maps, 'default', 'new', APPLY, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: new\ndata:\n  k: v\n')).toMatchObject({ metadata: { name: 'new', namespace: 'default' }, data: { k: 'v' } });
    expect(store.patch(maps, 'default', 'a', APPLY, { data: { z: '3' } }).data).toStrictEqual({ x: '1', y: '2', z: '3' });
  });
});

it('refuses any other content type', () => {
  const { store, maps } = prepared();

  expect(refusal(() => store.patch(maps, 'default', 'a', 'application/json', { x: 1 }))).toStrictEqual({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type' });
  expect(refusal(() => store.patch(maps, 'default', 'nope', MERGE, {}))).toMatchObject({ code: 404 });
});
