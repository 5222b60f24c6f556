import type { KubeObject } from '../../contracts.ts';
import { at, fieldsOf } from '../copy.ts';
import { createPod, isActive, isReady, ownedBy, podFrom, typed, writeStatus } from './context.ts';
import type { Context } from './context.ts';
import { currentRevision, REVISION_LABEL } from './revisions.ts';

/** DaemonSet: one pod on every node it fits, replaced one at a time (pkg/controller/daemon). */
export function reconcileDaemonSet(context: Context, namespace: string, name: string): void {
  const { store } = context;
  const type = typed(store, 'apps', 'daemonsets');
  const podType = typed(store, '', 'pods');
  const set = store.peek(type, namespace, name);

  if (!set || set.metadata.deletionTimestamp) {
    return;
  }
  const hash = currentRevision(context, set).metadata.labels?.['controller.kubernetes.io/hash'] ?? '';
  const nodes = nodesFor(context, set);
  const pods = ownedBy(store, podType, set);
  const on = (node: string): KubeObject[] => pods.filter((pod) => at(pod, 'spec', 'nodeName') === node);

  for (const node of nodes.filter((one) => on(one).length === 0)) {
    createPod(context, set, podFrom(set, at(set, 'spec', 'template'), { labels: { [REVISION_LABEL]: hash, 'pod-template-generation': String(set.metadata.generation ?? 1) }, spec: { nodeName: node } }));
  }
  pods.filter((pod) => !nodes.includes(String(at(pod, 'spec', 'nodeName'))) && !pod.metadata.deletionTimestamp).forEach((pod) => store.delete(podType, namespace, pod.metadata.name));
  const outdated = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] !== hash && isActive(pod));

  if (at(set, 'spec', 'updateStrategy', 'type') !== 'OnDelete' && pods.length >= nodes.length && pods.every((pod) => isReady(pod) || outdated.includes(pod))) {
    outdated.slice(0, 1).forEach((pod) => store.delete(podType, namespace, pod.metadata.name));
  }
  report(context, set, nodes.length, hash);
}

function nodesFor(context: Context, set: KubeObject): string[] {
  const wanted = Object.entries(fieldsOf(at(set, 'spec', 'template', 'spec', 'nodeSelector')));
  const nodes = [...context.store.scan(typed(context.store, '', 'nodes'))];

  return nodes.filter((node) => wanted.every(([key, value]) => node.metadata.labels?.[key] === value)).map((node) => node.metadata.name);
}

function report(context: Context, set: KubeObject, wanted: number, hash: string): void {
  const { store } = context;
  const pods = ownedBy(store, typed(store, '', 'pods'), set).filter(isActive);
  const ready = pods.filter(isReady).length;
  const updated = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === hash).length;

  writeStatus(store, typed(store, 'apps', 'daemonsets'), set, {
    currentNumberScheduled: pods.length, numberMisscheduled: 0, desiredNumberScheduled: wanted, numberReady: ready, observedGeneration: set.metadata.generation ?? 1,
    ...updated ? { updatedNumberScheduled: updated } : {}, ...ready ? { numberAvailable: ready } : {}, ...wanted > ready ? { numberUnavailable: wanted - ready } : {}
  });
}
