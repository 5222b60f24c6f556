import type { KubeObject } from '../../contracts.ts';
import { at, fieldsIn, fieldsOf, numberOf, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { createPod, isReady, ownedBy, podFrom, typed, writeStatus } from './context.ts';
import type { Context } from './context.ts';
import { currentRevision, REVISION_LABEL } from './revisions.ts';

/** StatefulSet: numbered pods, one after the other up, the highest first down and over (pkg/controller/statefulset). */
export function reconcileStatefulSet(context: Context, namespace: string, name: string): void {
  const { store } = context;
  const type = typed(store, 'apps', 'statefulsets');
  const podType = typed(store, '', 'pods');
  const set = store.peek(type, namespace, name);

  if (!set || set.metadata.deletionTimestamp) {
    return;
  }
  const revision = currentRevision(context, set).metadata.name;
  const wanted = numberOf(at(set, 'spec', 'replicas'), 1);
  const isParallel = at(set, 'spec', 'podManagementPolicy') === 'Parallel';
  const pods = new Map(ownedBy(store, podType, set).map((pod) => [pod.metadata.name, pod]));

  for (let index = 0; index < wanted; index++) {
    const pod = pods.get(`${ name }-${ index }`);
    const isUp = pod !== undefined || (!store.peek(podType, namespace, `${ name }-${ index }`) && create(context, set, index, revision));

    if (!isParallel && !(isUp && pod && isReady(pod))) {
      break;
    }
  }
  const extra = [...pods.values()].filter((pod) => ordinal(pod) >= wanted).sort((a, b) => ordinal(b) - ordinal(a));

  (isParallel ? extra : extra.slice(0, 1)).filter((pod) => !pod.metadata.deletionTimestamp).forEach((pod) => store.delete(podType, namespace, pod.metadata.name));
  update(context, set, wanted, revision);
  report(context, set, revision);
}

function ordinal(pod: KubeObject): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? 0);
}

function create(context: Context, set: KubeObject, index: number, revision: string): boolean {
  const name = `${ set.metadata.name }-${ index }`;
  const claims = fieldsIn(at(set, 'spec', 'volumeClaimTemplates'));
  const claimed = claims.map((claim) => ({ name: textOf(at(claim, 'metadata', 'name')), persistentVolumeClaim: { claimName: `${ textOf(at(claim, 'metadata', 'name')) }-${ name }` } }));
  const spec: Fields = { hostname: name, subdomain: textOf(at(set, 'spec', 'serviceName')), ...claimed.length ? { volumes: [...fieldsIn(at(set, 'spec', 'template', 'spec', 'volumes')), ...claimed] } : {} };

  claims.forEach((claim) => claimVolume(context, set, claim, name));

  return createPod(context, set, podFrom(set, at(set, 'spec', 'template'), { name, spec, labels: { [REVISION_LABEL]: revision, 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': String(index) } }));
}

function claimVolume(context: Context, set: KubeObject, claim: Fields, pod: string): void {
  const type = typed(context.store, '', 'persistentvolumeclaims');
  const name = `${ textOf(at(claim, 'metadata', 'name')) }-${ pod }`;

  if (!context.store.peek(type, set.metadata.namespace, name)) {
    context.store.create(type, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { ...fieldsOf(claim.metadata), name, namespace: set.metadata.namespace }, spec: fieldsOf(claim.spec) });
  }
}

/** Rolling update: the highest outdated pod goes once every one above it is back. */
function update(context: Context, set: KubeObject, wanted: number, revision: string): void {
  const { store } = context;
  const type = typed(store, '', 'pods');
  const partition = numberOf(at(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition'), 0);

  if (at(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return;
  }
  for (let index = wanted - 1; index >= partition; index--) {
    const pod = store.peek(type, set.metadata.namespace, `${ set.metadata.name }-${ index }`);
    const isOld = pod?.metadata.labels?.[REVISION_LABEL] !== revision;

    if (pod && isOld && !pod.metadata.deletionTimestamp) {
      store.delete(type, set.metadata.namespace, pod.metadata.name);
    }
    if (!pod || isOld || !isReady(pod)) {
      return;
    }
  }
}

function report(context: Context, set: KubeObject, revision: string): void {
  const { store } = context;
  const type = typed(store, 'apps', 'statefulsets');
  const pods = ownedBy(store, typed(store, '', 'pods'), set);
  const updated = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision).length;
  const ready = pods.filter(isReady).length;
  const wanted = numberOf(at(set, 'spec', 'replicas'), 1);
  const isDone = updated === wanted && pods.length === wanted && ready === wanted;
  const before = textOf(at(set, 'status', 'currentRevision')) || revision;
  const current = isDone ? revision : before;
  const currentReplicas = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === current).length;

  writeStatus(store, type, set, {
    observedGeneration: set.metadata.generation ?? 1, replicas: pods.length, ...ready ? { readyReplicas: ready } : {}, availableReplicas: ready,
    ...currentReplicas ? { currentReplicas } : {}, ...updated ? { updatedReplicas: updated } : {},
    currentRevision: current, updateRevision: revision, collisionCount: 0
  });
}
