import type { ClusterAssessment, ObservedBinding, ObservedCluster } from '../facts';

/** The judgement over one service account and its role. */
export type BindingAssessment = ClusterAssessment['bindings'][number];

/** Judges one binding: annotation, role, trust, permissions, pods, identity. */
export function assessBinding(_observed: ObservedCluster, binding: ObservedBinding): BindingAssessment {
  return { account: { namespace: binding.account.namespace, name: binding.account.name }, links: [], findings: [], state: 'unknown' };
}
