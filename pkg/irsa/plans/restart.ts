import type { ObservedBinding, ObservedCluster } from '../domain/facts';
import { irsaError } from '../domain/errors';
import { text } from '../domain/text';
import type { Plan } from './plan';
import { restartPart } from './restart-part';
import { known } from './value';
import { verify } from './verify';

/**
 * Restarts the workloads whose pods do not carry the role of their service account, then verifies; only verifies when all pods do.
 * @throws IrsaError ROLE_UNKNOWN when the account is not bound
 */
export function planRestart(observed: ObservedCluster, binding: ObservedBinding): Plan {
  const { namespace, name, roleArn, audience } = binding.account;

  if (!roleArn) {
    throw irsaError('ROLE_UNKNOWN', { account: `${ namespace }/${ name }` });
  }
  const { steps, warnings } = restartPart(observed, binding, known(roleArn), audience);

  return {
    id:        'restart',
    title:     text('irsa.plan.restart.title', { account: `${ namespace }/${ name }` }),
    steps:     [...steps, verify(observed, { namespace, name, audience }, known(roleArn), observed.cluster.region)],
    documents: [],
    warnings,
  };
}
