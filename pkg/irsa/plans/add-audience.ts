import type { ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { Plan } from './plan';

/** Lets the IAM OIDC provider accept the audience. */
export function planAddAudience(_observed: ObservedCluster): Plan {
  return { id: 'add-audience', title: text('irsa.plan.add-audience.title'), steps: [], documents: [], warnings: [] };
}
