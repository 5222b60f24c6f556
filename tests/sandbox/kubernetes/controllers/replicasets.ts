import type { KubeObject } from '../../contracts.ts';
import { at, numberOf } from '../copy.ts';
import { blockKey, createPod, isActive, isReady, ownedBy, podFrom, timedConditions, typed, writeStatus } from './context.ts';
import type { Context } from './context.ts';

/** ReplicaSet: as many pods as it wants, made by its template (pkg/controller/replicaset). */
export function reconcileReplicaSet(context: Context, namespace: string, name: string): void {
  const { store } = context;
  const type = typed(store, 'apps', 'replicasets');
  const pods = typed(store, '', 'pods');
  const set = store.peek(type, namespace, name);

  if (!set || set.metadata.deletionTimestamp) {
    return;
  }
  const wanted = numberOf(at(set, 'spec', 'replicas'), 1);
  const active = ownedBy(store, pods, set).filter(isActive);
  let isCreating = true;

  for (let count = active.length; count < wanted && isCreating; count++) {
    isCreating = createPod(context, set, podFrom(set, at(set, 'spec', 'template'), {}));
  }
  // Those that are not ready go first, then the youngest (controller.ActivePodsWithRanks).
  [...active].sort((a, b) => Number(isReady(a)) - Number(isReady(b)) || numberOf(Date.parse(b.metadata.creationTimestamp ?? ''), 0) - numberOf(Date.parse(a.metadata.creationTimestamp ?? ''), 0))
    .slice(0, Math.max(0, active.length - wanted)).forEach((pod) => store.delete(pods, namespace, pod.metadata.name));
  if (active.length >= wanted) {
    context.blocked.delete(blockKey(set));
  }
  report(context, set);
}

function report(context: Context, set: KubeObject): void {
  const { store } = context;
  const pods = ownedBy(store, typed(store, '', 'pods'), set).filter(isActive);
  const ready = pods.filter(isReady).length;
  const why = context.blocked.get(blockKey(set));
  const conditions = why ? timedConditions(store, set, [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: why }], false) : [];

  writeStatus(store, typed(store, 'apps', 'replicasets'), set, {
    replicas: pods.length, ...pods.length ? { fullyLabeledReplicas: pods.length } : {}, ...ready ? { readyReplicas: ready, availableReplicas: ready } : {},
    observedGeneration: set.metadata.generation ?? 1, ...conditions.length ? { conditions } : {}
  });
}
