import type { ObservedPod, ObservedWorkload } from '../../domain/facts';
import { queryValue, segment } from '../../domain/names/segment';
import { podIdentity } from '../../domain/workload/live-pod';
import type { PodSpec } from '../../domain/workload/pod';
import type { WebhookSettings } from '../../domain/workload/settings';
import { losablePaths } from '../../domain/workload/scratch';
import type { Transport } from '../transport';
import { count, list, object, optional, string } from '../shape';
import { listAll, type KubeObject, type Metadata } from './client';

interface Pod extends KubeObject {
  spec: PodSpec;
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

interface Workload extends KubeObject {
  spec: { replicas?: number; template: { spec: { serviceAccountName?: string } } };
  status?: { desiredNumberScheduled?: number };
}

const SOURCE = object({ serviceAccountToken: optional(object({ audience: optional(string) })) });

const CONTAINER = object({
  name:         string,
  env:          optional(list(object({ name: string, value: optional(string) }))),
  volumeMounts: optional(list(object({ name: string, mountPath: string }))),
});

const POD = {
  spec: object({
    serviceAccountName: optional(string),
    containers:         list(CONTAINER),
    initContainers:     optional(list(CONTAINER)),
    volumes:            optional(list(object({ name: string, emptyDir: optional(object({ medium: optional(string) })), projected: optional(object({ sources: optional(list(SOURCE)) })) }))),
  }),
  status: optional(object({ phase: optional(string), conditions: optional(list(object({ type: string, status: string }))) })),
};

/** A workload's numbers. */
const ROLLING = {
  spec:   object({ replicas: optional(count) }),
  status: optional(object(Object.fromEntries(
    ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'desiredNumberScheduled', 'updatedNumberScheduled', 'numberReady'].map((field) => [field, optional(count)])
  ))),
};

const WORKLOAD = { ...ROLLING, spec: object({ replicas: optional(count), template: object({ spec: object({ serviceAccountName: optional(string) }) }) }) };

const KINDS = [['Deployment', 'deployments'], ['StatefulSet', 'statefulsets'], ['DaemonSet', 'daemonsets']] as const;

/** Pods and workloads of one namespace, by the service account they run as. */
export interface NamespaceLoad {
  pods(serviceAccount: string): ObservedPod[];
  workloads(serviceAccount: string): ObservedWorkload[];
}

/**
 * Reads what runs in a namespace: four lists, together.
 * @param settings  of the cluster's webhook: pods are compared with what it would make of them
 */
export async function observeNamespace(transport: Transport, clusterId: string, namespace: string, signal?: AbortSignal, settings: WebhookSettings = {}): Promise<NamespaceLoad> {
  const within = `/namespaces/${ segment(namespace) }`;
  const [pods, ...workloads] = await Promise.all([
    listAll<Pod>(transport, clusterId, `/api/v1${ within }/pods`, { fields: POD, signal }),
    ...KINDS.map(([, plural]) => listAll<Workload>(transport, clusterId, `/apis/apps/v1${ within }/${ plural }`, { fields: WORKLOAD, signal })),
  ]);

  // Sorted once: a namespace may have thousands of accounts, each of which asks.
  const podsOf = Map.groupBy(pods.filter(isAlive), ({ spec }) => accountOf(spec));
  const workloadsOf = Map.groupBy(KINDS.flatMap(([kind], index) => (workloads[index] ?? []).map((workload) => ({ kind, workload }))), ({ workload }) => accountOf(workload.spec.template.spec));

  return {
    pods:      (account) => (podsOf.get(account) ?? []).map((pod) => observedPod(pod, settings)),
    workloads: (account) => (workloadsOf.get(account) ?? []).map(({ kind, workload: { metadata, spec, status } }) => ({
      kind, namespace, name: metadata.name, replicas: spec.replicas ?? status?.desiredNumberScheduled ?? 1
    })),
  };
}

/** Its pods alone, by the service account they run as: one list. */
export async function observePods(transport: Transport, clusterId: string, namespace: string, signal?: AbortSignal): Promise<Map<string, ObservedPod[]>> {
  const pods = await listAll<Pod>(transport, clusterId, `/api/v1/namespaces/${ segment(namespace) }/pods`, { fields: POD, signal });

  return new Map([...Map.groupBy(pods.filter(isAlive), ({ spec }) => accountOf(spec))].map(([account, theirs]) => [account, theirs.map((pod) => observedPod(pod))]));
}

function accountOf({ serviceAccountName }: { serviceAccountName?: string }): string {
  return serviceAccountName || 'default';
}

/** Pods that ended or are going need no identity any more. */
function isAlive({ metadata, status }: Pod): boolean {
  return !metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

function observedPod(pod: Pod, settings: WebhookSettings = {}): ObservedPod {
  const losable = losablePaths(pod.spec);

  return {
    name:      pod.metadata.name,
    createdAt: pod.metadata.creationTimestamp ?? '',
    ready:     pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    ...podIdentity({ metadata: { labels: pod.metadata.labels, annotations: pod.metadata.annotations }, spec: pod.spec }, settings),
    ...(losable.length ? { losable } : {}),
    workload:  workloadOf(pod.metadata),
  };
}

const OWNERS = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'] as const;

/** The workload behind a pod; a ReplicaSet of a Deployment is named after it and the template's hash, so it need not be read. */
function workloadOf({ ownerReferences, labels }: Metadata): ObservedPod['workload'] {
  const owner = ownerReferences?.find(({ controller }) => controller) ?? ownerReferences?.[0];
  const hash = labels?.['pod-template-hash'];

  if (!owner) {
    return undefined;
  }
  if (owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(`-${ hash }`)) {
    return { kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) };
  }

  return { kind: OWNERS.find((kind) => kind === owner.kind) ?? 'Other', name: owner.name };
}

/** A workload's own progress, for the roll-out wait. */
interface RollingWorkload extends KubeObject {
  spec: { replicas?: number };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberReady?: number;
  };
}

export interface RolloutState { done: boolean; ready: number; wanted: number }

/** How far a roll-out is, by the rules of `kubectl rollout status`. */
export async function observeRollout(transport: Transport, clusterId: string, kind: ObservedWorkload['kind'], namespace: string, name: string, signal?: AbortSignal): Promise<RolloutState> {
  const plural = KINDS.find(([one]) => one === kind)?.[1] ?? 'deployments';
  const path = `/apis/apps/v1/namespaces/${ segment(namespace) }/${ plural }?fieldSelector=${ queryValue(`metadata.name=${ name }`) }`;
  const found = (await listAll<RollingWorkload>(transport, clusterId, path, { fields: ROLLING, signal })).find(({ metadata }) => metadata.name === name);

  if (!found) {
    return { done: false, ready: 0, wanted: 0 };
  }
  const { metadata, spec } = found;
  const status = found.status ?? {};
  const seen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);

  if (kind === 'DaemonSet') {
    const wanted = status.desiredNumberScheduled ?? 0;

    return { done: seen && status.updatedNumberScheduled === wanted && status.numberReady === wanted, ready: status.numberReady ?? 0, wanted };
  }
  const wanted = spec.replicas ?? 1;
  const ready = Math.min(status.updatedReplicas ?? 0, status.readyReplicas ?? 0);

  return { done: seen && ready >= wanted && (status.replicas ?? 0) <= wanted, ready, wanted };
}
