import type { KubeCluster, KubeObject, ResourceType } from '../contracts.ts';
import { timestamp } from '../rancher/values.ts';

/** The type of a group and plural; a scenario that names one the cluster does not serve is wrong. */
export function typeIn(cluster: KubeCluster, group: string, resource: string): ResourceType {
  const type = cluster.store.findType(group, resource);

  if (!type) {
    throw new Error(`cluster ${ cluster.id } does not serve ${ resource }.${ group }`);
  }

  return type;
}

/** Stores an object (its status, too) unless it is there. */
export function put(cluster: KubeCluster, group: string, resource: string, object: Pick<KubeObject, 'metadata'> & Record<string, unknown>): KubeObject {
  const type = typeIn(cluster, group, resource);
  const { store } = cluster;
  const name = object.metadata.name;
  const there = store.get(type, object.metadata.namespace, name);

  if (there) {
    return there;
  }
  const created = store.create(type, { ...object, metadata: object.metadata, apiVersion: group ? `${ group }/${ type.version }` : type.version, kind: type.kind });

  return object.status === undefined ? created : store.update(type, { ...created, status: object.status }, 'status');
}

export function putNamespace(cluster: KubeCluster, name: string, project?: string): void {
  const id = project?.split(':')[1] ?? '';

  put(cluster, '', 'namespaces', {
    metadata: {
      name,
      labels: { 'kubernetes.io/metadata.name': name, ...project ? { 'field.cattle.io/projectId': id } : {} },
      ...project ? { annotations: { 'field.cattle.io/projectId': project } } : {}
    },
    status: { phase: 'Active' }
  });
}

/** A condition as Rancher writes it. */
export function condition(type: string, status: 'True' | 'False' | 'Unknown' = 'True', message?: string): Record<string, string> {
  return { type, status, lastUpdateTime: timestamp(), ...message ? { message } : {} };
}
