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

/** A namespace, in a project if one is named; one that is there moves into the project. */
export function putNamespace(cluster: KubeCluster, name: string, project?: string): void {
  const type = typeIn(cluster, '', 'namespaces');
  const there = cluster.store.get(type, undefined, name);
  const metadata = {
    labels:      { 'kubernetes.io/metadata.name': name, ...project ? { 'field.cattle.io/projectId': project.split(':')[1] ?? '' } : {} },
    annotations: { 'cattle.io/status': '{}', 'lifecycle.cattle.io/create.namespace-auth': 'true', ...project ? { 'field.cattle.io/projectId': project } : {} }
  };

  if (!there) {
    cluster.store.create(type, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...metadata } });
  } else if (project) {
    const labels = { ...there.metadata.labels, ...metadata.labels };
    const annotations = { ...there.metadata.annotations, ...metadata.annotations };

    cluster.store.update(type, { ...there, metadata: { ...there.metadata, labels, annotations } });
  }
}

/** A condition as Rancher writes it. */
export function condition(type: string, status: 'True' | 'False' | 'Unknown' = 'True', message?: string): Record<string, string> {
  return { type, status, lastUpdateTime: timestamp(), ...message ? { message } : {} };
}
