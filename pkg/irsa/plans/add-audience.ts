import { irsaError } from '../domain/errors';
import type { ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import { usualAudience } from '../domain/workload/settings';
import type { Plan } from './plan';
import { providerPart } from './provider';

/**
 * Lets the IAM OIDC provider accept an audience; zero steps when it does.
 * @throws IrsaError PROVIDER_UNKNOWN when there is no provider or it could not be read; ISSUER_UNKNOWN, ISSUER_NOT_PUBLIC
 */
export function planAddAudience(observed: ObservedCluster, audience: string = usualAudience(observed)): Plan {
  if (!observed.provider.known || !observed.provider.value) {
    throw irsaError('PROVIDER_UNKNOWN', { cluster: observed.cluster.name });
  }

  return { id: 'add-audience', title: text('irsa.plan.add-audience.title', { audience }), steps: providerPart(observed, audience).steps, documents: [], warnings: [] };
}
