import type { KubeCluster, KubeObject, ObjectStore, ResourceType } from '../contracts.ts';
import { fieldsOf, stringOf, valueAt } from '../rancher/values.ts';
import { LOGGING_GROUP } from './charts/rancher-logging.ts';

/**
 * The part of the logging operator that matters here: each Logging owns a service account and a StatefulSet of fluentd.
 * What somebody wrote on the service account by hand stays under what the Logging wants; it is never taken away.
 */
export function runLoggingOperator(cluster: KubeCluster): () => void {
  const { store } = cluster;

  return store.watch((event) => {
    if (event.resourceType.group === LOGGING_GROUP && event.resourceType.resource === 'loggings' && event.type !== 'DELETED' && !event.object.metadata.deletionTimestamp) {
      reconcile(store, event.object);
    }
  });
}

function typed(store: ObjectStore, group: string, resource: string): ResourceType {
  const type = store.findType(group, resource);

  if (!type) {
    throw new Error(`the cluster does not serve ${ resource }`);
  }

  return type;
}

function reconcile(store: ObjectStore, logging: KubeObject): void {
  const namespace = stringOf(valueAt(logging, 'spec.controlNamespace'));
  const name = `${ logging.metadata.name }-fluentd`;
  const owner = { apiVersion: logging.apiVersion, kind: logging.kind, name: logging.metadata.name, uid: logging.metadata.uid ?? '', controller: true };
  const labels = { 'app.kubernetes.io/component': 'fluentd', 'app.kubernetes.io/managed-by': logging.metadata.name, 'app.kubernetes.io/name': 'fluentd' };
  const fluentd = fieldsOf(valueAt(logging, 'spec.fluentd'));
  const image = fieldsOf(fluentd.image);
  const annotations = fieldsOf(valueAt(fluentd, 'serviceAccount.metadata.annotations')) as Record<string, string>;

  ensure(store, typed(store, '', 'serviceaccounts'), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels, annotations, ownerReferences: [owner] } });
  ensure(store, typed(store, 'apps', 'statefulsets'), {
    apiVersion: 'apps/v1',
    kind:       'StatefulSet',
    metadata:   { name, namespace, labels, ownerReferences: [owner] },
    spec:       {
      replicas:    Number(valueAt(fluentd, 'scaling.replicas') ?? 1),
      serviceName: `${ name }-headless`,
      selector:    { matchLabels: labels },
      template:    {
        metadata: { labels },
        spec:     {
          serviceAccountName: name,
          securityContext:    valueAt(fluentd, 'security.podSecurityContext'),
          containers:         [
            { name: 'fluentd', image: `${ stringOf(image.repository) }:${ stringOf(image.tag) }`, env: fluentd.envVars ?? [] },
            { name: 'config-reloader', image: 'rancher/mirrored-kube-logging-config-reloader:v0.0.6' }
          ]
        }
      }
    }
  });
}

/** Makes the object, or merges what is there under what is wanted. */
function ensure(store: ObjectStore, type: ResourceType, wanted: KubeObject): void {
  const current = store.get(type, wanted.metadata.namespace, wanted.metadata.name);

  if (!current) {
    store.create(type, wanted);

    return;
  }
  const next: KubeObject = {
    ...current,
    metadata: {
      ...current.metadata,
      labels:          { ...current.metadata.labels, ...wanted.metadata.labels },
      annotations:     { ...current.metadata.annotations, ...wanted.metadata.annotations },
      ownerReferences: wanted.metadata.ownerReferences
    }
  };

  if (isDifferent(current.metadata, next.metadata)) {
    store.update(type, next);
  }
}

function isDifferent(a: KubeObject['metadata'], b: KubeObject['metadata']): boolean {
  return JSON.stringify([a.labels ?? {}, a.annotations ?? {}]) !== JSON.stringify([b.labels ?? {}, b.annotations ?? {}]);
}
