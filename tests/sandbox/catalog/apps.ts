import type { KubeCluster, KubeObject, ResourceType } from '../contracts.ts';
import { randomName, timestamp } from '../rancher/values.ts';
import type { Release } from './helm.ts';

function typed(cluster: KubeCluster, resource: string): ResourceType {
  const type = cluster.store.findType('catalog.cattle.io', resource);

  if (!type) {
    throw new Error(`cluster ${ cluster.id } does not serve ${ resource }.catalog.cattle.io`);
  }

  return type;
}

/** Where Rancher runs Helm. */
const HELM_NAMESPACE = 'cattle-system';

/** The App that Rancher keeps for a release, made or brought up to date. */
export function saveApp(cluster: KubeCluster, release: Release, secret: KubeObject, repository?: string): KubeObject {
  const type = typed(cluster, 'apps');
  const before = cluster.store.get(type, release.namespace, release.name);
  const app: KubeObject = {
    apiVersion: 'catalog.cattle.io/v1',
    kind:       'App',
    metadata:   {
      ...before?.metadata,
      name:            release.name,
      namespace:       release.namespace,
      labels:          { ...before?.metadata.labels, ...repository ? { 'catalog.cattle.io/cluster-repo-name': repository } : {} },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Secret', name: secret.metadata.name, uid: secret.metadata.uid ?? '' }]
    },
    spec: {
      chart:       release.chart,
      helmVersion: 3,
      info:        {
        description: release.info.description, firstDeployed: release.info.first_deployed, lastDeployed: release.info.last_deployed, notes: '', readme: '', status: release.info.status
      },
      name:        release.name,
      namespace:   release.namespace,
      resources:   release.manifest.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
        apiVersion, kind, name, ...namespace ? { namespace } : {}
      })),
      values:      release.config,
      version:     release.version,
    },
  };
  const stored = before ? cluster.store.update(type, app) : cluster.store.create(type, app);

  return cluster.store.update(type, { ...stored, status: { observedGeneration: stored.metadata.generation ?? 1, summary: { state: release.info.status } } }, 'status');
}

export function removeApp(cluster: KubeCluster, namespace: string, name: string): void {
  const type = typed(cluster, 'apps');

  if (cluster.store.get(type, namespace, name)) {
    cluster.store.delete(type, namespace, name);
  }
}

export interface NewOperation {
  action: 'install' | 'upgrade' | 'uninstall';
  release: string;
  namespace: string;
  chart?: string;
  version?: string;
  command: string[];
  repository?: string;
}

/** The record of one run of Helm; its pod lives in cattle-system. */
export function createOperation(cluster: KubeCluster, operation: NewOperation): KubeObject {
  const type = typed(cluster, 'operations');
  const name = `helm-operation-${ randomName() }`;
  const created = cluster.store.create(type, { apiVersion: 'catalog.cattle.io/v1', kind: 'Operation', metadata: { name, namespace: operation.namespace } });

  return cluster.store.update(type, {
    ...created,
    status: {
      action:             operation.action,
      command:            operation.command,
      namespace:          operation.namespace,
      observedGeneration: 0,
      podName:            name,
      podNamespace:       HELM_NAMESPACE,
      releaseName:        operation.release,
      token:              randomName(54),
    }
  }, 'status');
}

/** The pod that Helm runs in, as Rancher makes it (pkg/catalogv2/helmop): here it is ended by whoever works for it. */
export function createHelmPod(cluster: KubeCluster, operation: KubeObject): KubeObject | undefined {
  const type = cluster.store.findType('', 'pods');
  const namespaces = cluster.store.findType('', 'namespaces');

  if (!type || !namespaces || !cluster.store.get(namespaces, undefined, HELM_NAMESPACE)) {
    return undefined;
  }
  const pod = cluster.store.create(type, {
    apiVersion: 'v1',
    kind:       'Pod',
    metadata:   { name: operation.metadata.name, namespace: HELM_NAMESPACE, labels: { 'pod-impersonation.cattle.io/token': randomName(10) } },
    spec:       { nodeName: 'node-1', containers: ['helm', 'proxy'].map((name) => ({ name, image: 'rancher/shell:v0.8.1' })) }
  });

  return cluster.store.update(type, { ...pod, status: { ...pod.status as object, phase: 'Running' } }, 'status');
}

export function endHelmPod(cluster: KubeCluster, pod: KubeObject | undefined, phase: 'Succeeded' | 'Failed'): void {
  const type = cluster.store.findType('', 'pods');
  const now = type && pod && cluster.store.get(type, pod.metadata.namespace, pod.metadata.name);

  if (type && now) {
    cluster.store.update(type, { ...now, status: { ...now.status as object, phase } }, 'status');
  }
}

export function removeHelmPod(cluster: KubeCluster, pod: KubeObject | undefined): void {
  const type = cluster.store.findType('', 'pods');

  if (type && pod && cluster.store.get(type, pod.metadata.namespace, pod.metadata.name)) {
    cluster.store.delete(type, pod.metadata.namespace, pod.metadata.name);
  }
}

/** Writes how far an operation is; nothing happens if somebody deleted it meanwhile. */
export function reportOperation(cluster: KubeCluster, operation: KubeObject, report: { podCreated?: boolean; done?: boolean; error?: string }): void {
  const type = typed(cluster, 'operations');
  const current = cluster.store.get(type, operation.metadata.namespace, operation.metadata.name);

  if (!current) {
    return;
  }
  cluster.store.update(type, {
    ...current,
    status: {
      ...current.status as object,
      ...report.podCreated ? { podCreated: true } : {},
      ...report.done ? { observedGeneration: current.metadata.generation ?? 1 } : {},
      ...report.error ? { conditions: [{ type: 'Failed', status: 'False', reason: 'Error', message: `${ report.error } exit code: 1`, lastUpdateTime: timestamp() }] } : {},
    }
  }, 'status');
}
