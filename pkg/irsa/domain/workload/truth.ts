import type { ObservedBinding, ObservedCluster, ObservedPod } from '../facts';
import { judgePod, needsRestart, type PodVerdict } from './live-pod';

/** Why a pod does not carry the identity of its account. `no-webhook`: nobody is there to give it. */
export type Lack = Exclude<PodVerdict, 'carries'> | 'no-webhook';

/** How many pods of a binding should carry its identity, and how it is with each that does not. */
export interface PodTruth {
  should: number;
  carry: number;
  /** Also those that were left out on purpose, which are not counted among `should`. */
  lacking: { pod: ObservedPod; lack: Lack; /** A restart gives it what it lacks. */ restart: boolean }[];
}

/** Counts the pods of one binding. A pod that was left out on purpose should not carry anything. */
export function podTruth({ webhook }: Pick<ObservedCluster, 'webhook'>, { account, pods }: ObservedBinding): PodTruth {
  const isAbsent = webhook.known && webhook.value.kind === 'absent';
  const judged = pods.map((pod) => ({ pod, verdict: judgePod(pod, account, webhook.known ? webhook.value.since : undefined) }));
  const lacking = judged.flatMap(({ pod, verdict }) => verdict === 'carries' ? [] : [{
    pod,
    lack:    isAbsent && ['older', 'early', 'missed'].includes(verdict) ? 'no-webhook' as const : verdict,
    restart: !isAbsent && needsRestart(verdict),
  }]);

  return { should: judged.filter(({ verdict }) => verdict !== 'skipped').length, carry: judged.length - lacking.length, lacking };
}

/** The same for a whole cluster; undefined where its bindings could not be read, or no pod runs under any of them. */
export function clusterPods(observed: Pick<ObservedCluster, 'webhook' | 'bindings'>): Pick<PodTruth, 'should' | 'carry'> | undefined {
  const truths = observed.bindings.known ? observed.bindings.value.map((binding) => podTruth(observed, binding)) : [];
  const sum = (what: 'should' | 'carry') => truths.reduce((total, truth) => total + truth[what], 0);

  return sum('should') > 0 ? { should: sum('should'), carry: sum('carry') } : undefined;
}
