import type { ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { Plan } from './plan';

/** Lets Rancher's proxy forward to STS. */
export function planOpenSts(_observed: ObservedCluster): Plan {
  return { id: 'open-sts', title: text('irsa.plan.open-sts.title'), steps: [], documents: [], warnings: [] };
}
