import type { KubeCluster, KubeObject, ResourceType } from '../../contracts.ts';
import type { AccessSet } from '../access-set.ts';

/** The objects of a type the asker may list (or, by name, get), in Steve's order: namespace, then name. */
export function visibleObjects(kube: KubeCluster, type: ResourceType, access: AccessSet, namespace?: string): KubeObject[] {
  const list = access.scope('list', type.group, type.resource);
  const all = kube.store.list(type, namespace ? { namespace } : undefined);
  const seen = list.everywhere ? all : all.filter((object) => maySee(type, object, access));

  return seen.sort((a, b) => order(a.metadata.namespace, b.metadata.namespace) || order(a.metadata.name, b.metadata.name));
}

/** Whether the asker would find the object in a list. */
export function maySee(type: ResourceType, object: KubeObject, access: AccessSet): boolean {
  const { namespace, name } = object.metadata;

  return access.grants('list', type, namespace, name) || access.grants('get', type, namespace, name);
}

function order(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
