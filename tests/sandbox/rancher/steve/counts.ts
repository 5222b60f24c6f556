import type { KubeCluster, ResourceType } from '../../contracts.ts';
import type { AccessSet } from '../access-set.ts';
import type { Fields } from '../values.ts';
import { isCreateOnly, steveUrl } from './schemas.ts';
import type { SteveBase } from './schemas.ts';
import { stateOf } from './state.ts';
import { schemaId, steveTypes } from './type-ids.ts';
import { visibleObjects } from './visible.ts';

interface Summary {
  count?: number;
  states?: Record<string, number>;
  errors?: number;
  transitioning?: number;
}

interface ItemCount {
  summary: Summary;
  namespaces?: Record<string, Summary>;
  revision?: string;
}

function add(summary: Summary, state: { name: string; error: boolean; transitioning: boolean }): void {
  summary.count = (summary.count ?? 0) + 1;
  if (state.error) {
    summary.errors = (summary.errors ?? 0) + 1;
  }
  if (state.transitioning) {
    summary.transitioning = (summary.transitioning ?? 0) + 1;
  }
  if (state.error || state.transitioning) {
    const name = state.error ? 'error' : 'in-progress';

    summary.states = { ...summary.states, [name]: (summary.states?.[name] ?? 0) + 1 };
  }
}

/** How many objects of a type the asker sees, whole and by namespace. */
export function countOf(kube: KubeCluster, type: ResourceType, access: AccessSet): ItemCount {
  const item: ItemCount = { summary: {} };

  if (isCreateOnly(type)) {
    return item;
  }
  for (const object of visibleObjects(kube, type, access)) {
    const state = stateOf(type, object);
    const { namespace } = object.metadata;

    add(item.summary, state);
    if (namespace) {
      item.namespaces ??= {};
      add(item.namespaces[namespace] ??= {}, state);
    }
  }

  return item;
}

/** The `count` resource, for all types or the named ones. */
export function countsResource(kube: KubeCluster, access: AccessSet, base: SteveBase, only?: Set<string>): Fields {
  const counts: Record<string, ItemCount> = {};

  for (const type of steveTypes(kube.store)) {
    const id = schemaId(type);

    if ((!only || only.has(id)) && ['list', 'get', 'create'].some((verb) => access.any(verb, type))) {
      counts[id] = countOf(kube, type, access);
    }
  }

  return { id: 'count', type: 'count', links: { self: steveUrl(base, 'counts', 'count') }, counts };
}
