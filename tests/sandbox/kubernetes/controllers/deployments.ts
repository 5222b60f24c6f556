import type { KubeObject } from '../../contracts.ts';
import { at, fieldsOf, numberOf, textOf } from '../copy.ts';
import { blockKey, isActive, ownedBy, ownerReference, timedConditions, typed, writeStatus } from './context.ts';
import type { Condition, Context } from './context.ts';
import { isSameTemplate, templateHash } from './templates.ts';

const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';

/** Deployment: one ReplicaSet a template; a new template's set grows as the old ones shrink (pkg/controller/deployment). */
export function reconcileDeployment(context: Context, namespace: string, name: string): void {
  const { store } = context;
  const type = typed(store, 'apps', 'deployments');
  const deployment = store.peek(type, namespace, name);

  if (!deployment || deployment.metadata.deletionTimestamp) {
    return;
  }
  const sets = ownedBy(store, typed(store, 'apps', 'replicasets'), deployment);
  const current = sets.find((set) => isSameTemplate(at(set, 'spec', 'template'), at(deployment, 'spec', 'template')));
  const old = sets.filter((set) => set !== current);

  if (at(deployment, 'spec', 'paused') !== true) {
    const fresh = current ?? newSet(context, deployment, sets);

    keepRevision(context, deployment, fresh, old);
    roll(context, deployment, fresh, old);
    prune(context, deployment, old);
  }
  report(context, deployment);
}

function wantedBy(deployment: KubeObject): number {
  return numberOf(at(deployment, 'spec', 'replicas'), 1);
}

function sizeOf(set: KubeObject): number {
  return numberOf(at(set, 'spec', 'replicas'), 0);
}

function sum(sets: KubeObject[], count: (set: KubeObject) => number): number {
  return sets.reduce((total, set) => total + count(set), 0);
}

/** `25%` of the replicas, or a number. */
function share(value: unknown, replicas: number, round: (value: number) => number): number {
  return typeof value === 'string' ? round(replicas * Number(value.replace('%', '')) / 100) : numberOf(value, 0);
}

function revisionOf(set: KubeObject): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}

function newSet(context: Context, deployment: KubeObject, sets: KubeObject[]): KubeObject {
  const { store } = context;
  const type = typed(store, 'apps', 'replicasets');
  const template = fieldsOf(at(deployment, 'spec', 'template'));
  const metadata = fieldsOf(template.metadata);
  let hash = templateHash(template);

  for (let salt = 1; store.peek(type, deployment.metadata.namespace, `${ deployment.metadata.name }-${ hash }`); salt++) {
    hash = templateHash(template, String(salt));
  }
  const labels = { ...fieldsOf(metadata.labels), [HASH]: hash } as Record<string, string>;

  return store.create(type, {
    apiVersion: 'apps/v1',
    kind:       'ReplicaSet',
    metadata:   {
      name: `${ deployment.metadata.name }-${ hash }`, namespace: deployment.metadata.namespace, labels, annotations: { [REVISION]: String(Math.max(0, ...sets.map(revisionOf)) + 1) }, ownerReferences: [ownerReference(deployment)]
    },
    spec: { replicas: 0, selector: { ...fieldsOf(at(deployment, 'spec', 'selector')), matchLabels: { ...fieldsOf(at(deployment, 'spec', 'selector', 'matchLabels')), [HASH]: hash } }, template: { ...template, metadata: { ...metadata, labels } } }
  });
}

/** A set that becomes current again gets the next revision; the deployment carries its set's. */
function keepRevision(context: Context, deployment: KubeObject, fresh: KubeObject, old: KubeObject[]): void {
  const { store } = context;
  const latest = Math.max(0, ...old.map(revisionOf));
  const revision = String(revisionOf(fresh) > latest ? revisionOf(fresh) : latest + 1);
  const counts = { 'deployment.kubernetes.io/desired-replicas': String(wantedBy(deployment)), 'deployment.kubernetes.io/max-replicas': String(wantedBy(deployment) + surgeOf(deployment)) };

  annotate(context, 'replicasets', fresh, { [REVISION]: revision, ...counts });
  annotate(context, 'deployments', store.peek(typed(store, 'apps', 'deployments'), deployment.metadata.namespace, deployment.metadata.name), { [REVISION]: revision });
}

function annotate(context: Context, resource: string, object: KubeObject | undefined, annotations: Record<string, string>): void {
  const type = typed(context.store, 'apps', resource);
  const now = object && context.store.peek(type, object.metadata.namespace, object.metadata.name);

  if (now) {
    context.store.update(type, { ...now, metadata: { ...now.metadata, annotations: { ...now.metadata.annotations, ...annotations } } });
  }
}

function surgeOf(deployment: KubeObject): number {
  return at(deployment, 'spec', 'strategy', 'type') === 'Recreate' ? 0 : share(at(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxSurge'), wantedBy(deployment), Math.ceil);
}

function unavailableOf(deployment: KubeObject): number {
  const unavailable = share(at(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable'), wantedBy(deployment), Math.floor);

  // Both zero would never move (deployment/util ResolveFenceposts).
  return at(deployment, 'spec', 'strategy', 'type') === 'Recreate' ? wantedBy(deployment) : surgeOf(deployment) === 0 && unavailable === 0 ? 1 : unavailable;
}

function resize(context: Context, set: KubeObject, replicas: number): void {
  const type = typed(context.store, 'apps', 'replicasets');
  const now = context.store.peek(type, set.metadata.namespace, set.metadata.name);

  if (now && sizeOf(now) !== replicas) {
    context.store.update(type, { ...now, spec: { ...fieldsOf(now.spec), replicas } });
  }
}

function roll(context: Context, deployment: KubeObject, fresh: KubeObject, old: KubeObject[]): void {
  const { store } = context;
  const wanted = wantedBy(deployment);

  if (at(deployment, 'spec', 'strategy', 'type') === 'Recreate') {
    old.forEach((set) => resize(context, set, 0));
    const pods = typed(store, '', 'pods');
    const left = old.some((set) => ownedBy(store, pods, set).some((pod) => isActive(pod) || pod.metadata.deletionTimestamp));

    resize(context, fresh, left ? sizeOf(fresh) : wanted);

    return;
  }
  const room = wanted + surgeOf(deployment) - sum([...old, fresh], sizeOf);
  const size = sizeOf(fresh) > wanted ? wanted : Math.min(wanted, sizeOf(fresh) + Math.max(0, room));

  resize(context, fresh, size);
  const ready = numberOf(at(fresh, 'status', 'availableReplicas'), 0);
  const unhealthy = sum(old, (set) => Math.max(0, sizeOf(set) - numberOf(at(set, 'status', 'availableReplicas'), 0)));
  const spare = sum(old, sizeOf) + size - (wanted - unavailableOf(deployment)) - Math.max(0, size - ready);
  let gone = Math.max(Math.min(unhealthy, spare), spare);

  for (const set of [...old].sort((a, b) => revisionOf(a) - revisionOf(b))) {
    const less = Math.max(0, Math.min(sizeOf(set), gone));

    resize(context, set, sizeOf(set) - less);
    gone -= less;
  }
}

function prune(context: Context, deployment: KubeObject, old: KubeObject[]): void {
  const limit = numberOf(at(deployment, 'spec', 'revisionHistoryLimit'), 10);
  const empty = old.filter((set) => sizeOf(set) === 0 && numberOf(at(set, 'status', 'replicas'), 0) === 0).sort((a, b) => revisionOf(a) - revisionOf(b));

  empty.slice(0, Math.max(0, empty.length - limit)).forEach((set) => context.store.delete(typed(context.store, 'apps', 'replicasets'), set.metadata.namespace, set.metadata.name));
}

function report(context: Context, given: KubeObject): void {
  const { store } = context;
  const type = typed(store, 'apps', 'deployments');
  const deployment = store.peek(type, given.metadata.namespace, given.metadata.name);

  if (!deployment) {
    return;
  }
  const sets = ownedBy(store, typed(store, 'apps', 'replicasets'), deployment);
  const current = sets.find((set) => isSameTemplate(at(set, 'spec', 'template'), at(deployment, 'spec', 'template')));
  const count = (set: KubeObject, field: string): number => numberOf(at(set, 'status', field), 0);
  const total = (field: string): number => sum(sets, (set) => count(set, field));
  const wanted = wantedBy(deployment);
  const [replicas, readyReplicas, availableReplicas, updatedReplicas] = [total('replicas'), total('readyReplicas'), total('availableReplicas'), current ? count(current, 'replicas') : 0];
  const unavailable = Math.max(0, sum(sets, sizeOf) - availableReplicas);
  const complete = updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
  const conditions = timedConditions(store, deployment, conditionsOf(context, deployment, sets, { enough: availableReplicas >= wanted - unavailableOf(deployment), complete, current }));
  const filled = Object.fromEntries(Object.entries({ replicas, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas: unavailable }).filter(([, value]) => value > 0));

  writeStatus(store, type, deployment, { observedGeneration: deployment.metadata.generation ?? 1, ...filled, conditions });
}

function conditionsOf(context: Context, deployment: KubeObject, sets: KubeObject[], state: { enough: boolean; complete: boolean; current?: KubeObject }): Condition[] {
  const name = state.current?.metadata.name ?? deployment.metadata.name;
  const refused = sets.map((set) => context.blocked.get(blockKey(set))).find((why) => why !== undefined);

  return [
    state.enough ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' } : { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' },
    state.complete ? { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `ReplicaSet "${ textOf(name) }" has successfully progressed.` } : { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `ReplicaSet "${ textOf(name) }" is progressing.` },
    ...refused ? [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused } satisfies Condition] : []
  ];
}
