import type { ObservedPod, ObservedWorkload } from '../../domain/facts';
import { podIdentity } from '../../domain/workload/live-pod';
import type { PodSpec } from '../../domain/workload/pod';
import type { Transport } from '../transport';
import { listAll, type KubeObject, type Metadata } from './client';

interface Pod extends KubeObject {
  spec: PodSpec;
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

interface Workload extends KubeObject {
  spec: { replicas?: number; template: { spec: { serviceAccountName?: string } } };
  status?: { desiredNumberScheduled?: number };
}

const KINDS = [['Deployment', 'deployments'], ['StatefulSet', 'statefulsets'], ['DaemonSet', 'daemonsets']] as const;

/** Pods and workloads of one namespace, by the service account they run as. */
export interface NamespaceLoad {
  pods(serviceAccount: string): ObservedPod[];
  workloads(serviceAccount: string): ObservedWorkload[];
}

/** Reads what runs in a namespace: four lists, together. */
export async function observeNamespace(transport: Transport, clusterId: string, namespace: string, signal?: AbortSignal): Promise<NamespaceLoad> {
  const within = `/namespaces/${ encodeURIComponent(namespace) }`;
  const [pods, ...workloads] = await Promise.all([
    listAll<Pod>(transport, clusterId, `/api/v1${ within }/pods`, { signal }),
    ...KINDS.map(([, plural]) => listAll<Workload>(transport, clusterId, `/apis/apps/v1${ within }/${ plural }`, { signal })),
  ]);

  return {
    pods:      (account) => pods.filter((pod) => accountOf(pod.spec) === account && isAlive(pod)).map(observedPod),
    workloads: (account) => KINDS.flatMap(([kind], index) => (workloads[index] ?? []).filter(({ spec }) => accountOf(spec.template.spec) === account)
      .map(({ metadata, spec, status }) => ({ kind, namespace, name: metadata.name, replicas: spec.replicas ?? status?.desiredNumberScheduled ?? 1 }))),
  };
}

function accountOf({ serviceAccountName }: { serviceAccountName?: string }): string {
  return serviceAccountName || 'default';
}

/** Pods that ended or are going need no identity any more. */
function isAlive({ metadata, status }: Pod): boolean {
  return !metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

function observedPod(pod: Pod): ObservedPod {
  return {
    name:      pod.metadata.name,
    createdAt: pod.metadata.creationTimestamp ?? '',
    ready:     pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    ...podIdentity({ metadata: { labels: pod.metadata.labels, annotations: pod.metadata.annotations }, spec: pod.spec }),
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
  const path = `/apis/apps/v1/namespaces/${ encodeURIComponent(namespace) }/${ plural }?fieldSelector=${ encodeURIComponent(`metadata.name=${ name }`) }`;
  const found = (await listAll<RollingWorkload>(transport, clusterId, path, { signal })).find(({ metadata }) => metadata.name === name);

  if (!found) {
    return { done: false, ready: 0, wanted: 0 };
  }
  const { metadata, spec, status = {} } = found;
  const seen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);

  if (kind === 'DaemonSet') {
    const wanted = status.desiredNumberScheduled ?? 0;

    return { done: seen && status.updatedNumberScheduled === wanted && status.numberReady === wanted, ready: status.numberReady ?? 0, wanted };
  }
  const wanted = spec.replicas ?? 1;
  const ready = Math.min(status.updatedReplicas ?? 0, status.readyReplicas ?? 0);

  return { done: seen && ready >= wanted && (status.replicas ?? 0) <= wanted, ready, wanted };
}
