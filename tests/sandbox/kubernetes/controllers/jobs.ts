import type { KubeObject } from '../../contracts.ts';
import { at, fieldsIn, numberOf } from '../copy.ts';
import { timestamp } from '../store/metadata.ts';
import { createPod, isActive, isReady, ownedBy, podFrom, timedConditions, typed, writeStatus } from './context.ts';
import type { Condition, Context } from './context.ts';

/** Job: pods until enough have succeeded, or too many have failed (pkg/controller/job). */
export function reconcileJob(context: Context, namespace: string, name: string): void {
  const { store } = context;
  const job = store.peek(typed(store, 'batch', 'jobs'), namespace, name);

  if (!job || job.metadata.deletionTimestamp || isFinished(job) || at(job, 'spec', 'suspend') === true) {
    return;
  }
  const pods = ownedBy(store, typed(store, '', 'pods'), job);
  const phase = (wanted: string): number => pods.filter((pod) => at(pod, 'status', 'phase') === wanted).length;
  const [succeeded, failed] = [phase('Succeeded'), phase('Failed')];
  const active = pods.filter(isActive).length;
  const wanted = numberOf(at(job, 'spec', 'completions'), 1);
  const isLate = outOfTime(context, job);
  const hasFailed = isLate || failed > numberOf(at(job, 'spec', 'backoffLimit'), 6);
  const missing = hasFailed ? 0 : Math.min(numberOf(at(job, 'spec', 'parallelism'), 1), wanted - succeeded) - active;
  let created = 0;

  while (created < missing && createPod(context, job, podFrom(job, at(job, 'spec', 'template'), {}))) {
    created++;
  }
  if (isLate) {
    pods.filter(isActive).forEach((pod) => store.delete(typed(store, '', 'pods'), namespace, pod.metadata.name));
  }
  report(context, job, { isLate, active: isLate ? 0 : active + created, ready: pods.filter(isReady).length, succeeded, failed, isComplete: succeeded >= wanted, hasFailed });
}

/** activeDeadlineSeconds: counted from the start, whatever its pods wait for. */
function outOfTime(context: Context, job: KubeObject): boolean {
  const [deadline, start] = [at(job, 'spec', 'activeDeadlineSeconds'), at(job, 'status', 'startTime')];

  if (typeof deadline !== 'number') {
    return false;
  }
  const left = deadline * 1000 - (typeof start === 'string' ? context.store.now().getTime() - Date.parse(start) : 0);

  if (left > 0) {
    context.queue.later(`deadline ${ job.metadata.uid ?? '' }`, left, () => reconcileJob(context, job.metadata.namespace ?? '', job.metadata.name));
  }

  return left <= 0;
}

function isFinished(job: KubeObject): boolean {
  return fieldsIn(at(job, 'status', 'conditions')).some((condition) => ['Complete', 'Failed'].includes(String(condition.type)) && condition.status === 'True');
}

function report(context: Context, job: KubeObject, state: { active: number; ready: number; succeeded: number; failed: number; isComplete: boolean; hasFailed: boolean; isLate: boolean }): void {
  const { store } = context;
  const now = timestamp(store.now());
  const why = state.isLate ? { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' } : { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  const end: Condition[] = state.isComplete ? [
    { type: 'SuccessCriteriaMet', status: 'True', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' },
    { type: 'Complete', status: 'True', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
  ] : state.hasFailed ? [
    { type: 'FailureTarget', status: 'True', ...why },
    { type: 'Failed', status: 'True', ...why }
  ] : [];

  writeStatus(store, typed(store, 'batch', 'jobs'), job, {
    ...end.length ? { conditions: timedConditions(store, job, end, false).map((condition) => ({ ...condition, lastProbeTime: now })) } : {},
    startTime: at(job, 'status', 'startTime') ?? now, ...state.isComplete ? { completionTime: now } : {},
    ...state.active ? { active: state.active } : {}, ...state.succeeded ? { succeeded: state.succeeded } : {}, ...state.failed ? { failed: state.failed } : {},
    uncountedTerminatedPods: {}, ready: state.ready
  });
  const keep = at(job, 'spec', 'ttlSecondsAfterFinished');

  if (end.length && typeof keep === 'number') {
    context.queue.later(`ttl ${ job.metadata.uid ?? '' }`, keep * 1000, () => remove(context, job));
  }
}

/** ttlafterfinished: the job goes, and its pods with it. */
function remove({ store }: Context, job: KubeObject): void {
  const type = typed(store, 'batch', 'jobs');

  if (store.peek(type, job.metadata.namespace, job.metadata.name)?.metadata.uid === job.metadata.uid) {
    store.delete(type, job.metadata.namespace, job.metadata.name, { propagationPolicy: 'Foreground' });
  }
}
