import type { ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import { usualAudience } from '../domain/workload/settings';
import type { Plan } from './plan';
import { providerPart } from './provider';

/**
 * Registers the cluster's issuer as IAM OIDC provider: one call, two when IAM says it exists and it is adopted, none when all is so
 * already.
 * @throws IrsaError ISSUER_UNKNOWN, ISSUER_NOT_PUBLIC
 */
export function planEnable(observed: ObservedCluster, audience: string = usualAudience(observed)): Plan {
  const { steps } = providerPart(observed, audience);

  return { id: 'enable', title: text('irsa.plan.enable.title', { cluster: observed.cluster.name }), steps, documents: [], warnings: [] };
}
