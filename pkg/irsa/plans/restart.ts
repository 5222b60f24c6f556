import type { ObservedBinding, ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { Plan } from './plan';

/** Restarts the workloads whose pods do not carry the role. */
export function planRestart(_observed: ObservedCluster, _binding: ObservedBinding): Plan {
  return { id: 'restart', title: text('irsa.plan.restart.title'), steps: [], documents: [], warnings: [] };
}
