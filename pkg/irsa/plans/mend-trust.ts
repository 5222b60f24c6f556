import type { ObservedBinding, ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { Plan } from './plan';

/** Adds the binding to the role's trust policy. */
export function planMendTrust(_observed: ObservedCluster, _binding: ObservedBinding): Plan {
  return { id: 'mend-trust', title: text('irsa.plan.mend-trust.title'), steps: [], documents: [], warnings: [] };
}
