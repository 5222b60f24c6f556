import { IrsaError } from '../../domain/errors';
import type { IdentityCheck } from '../../domain/facts';
import { sessionName } from '../../domain/names/names';
import { assumeRole } from '../aws/sts';
import type { Gateways } from '../index';
import { requestToken } from '../kubernetes/tokens';
import { TransportError } from '../transport';

export interface IdentityQuestion {
  clusterId: string;
  namespace: string;
  serviceAccount: string;
  audience: string;
  roleArn: string;
  stsHost: string;
  /** Whether Rancher's proxy forwards to STS; false asks STS directly, undefined tries the proxy first. */
  proxied?: boolean;
}

/**
 * A real exchange: a fresh token of the account for a session of the role that may do nothing. STS' refusal is an answer, not an
 * exception.
 * @throws IrsaError when the cluster gives no token; TransportError when the look was aborted
 */
export async function verifyIdentity(gateways: Gateways, question: IdentityQuestion, signal?: AbortSignal): Promise<IdentityCheck> {
  const { clusterId, namespace, serviceAccount: name, audience, roleArn, stsHost, proxied } = question;
  const token = await requestToken(gateways.transport, clusterId, { namespace, name }, audience, signal);
  const request = { roleArn, token, sessionName: sessionName(namespace, name) };
  const exchange = (direct: boolean) => assumeRole({ transport: direct ? gateways.direct : gateways.transport, direct, signal }, stsHost, request);

  try {
    return { at: Date.now(), result: 'verified', assumedRoleArn: await exchange(proxied === false).catch((error: unknown) => {
      // Rancher does not forward to STS: STS answers browsers too, as this call needs no signature.
      if (proxied === undefined && error instanceof IrsaError && error.kind === 'unreachable') {
        return exchange(true);
      }
      throw error;
    }) };
  } catch (error) {
    return refusal(error, stsHost);
  }
}

function refusal(error: unknown, host: string): IdentityCheck {
  if (error instanceof IrsaError) {
    const reached = error.kind !== 'unreachable' && error.kind !== 'retry';

    return {
      at:     Date.now(),
      result: reached ? 'refused' : 'not-checked',
      text:   error.why,
      aws:    error.facts.awsCode ? { code: error.facts.awsCode, message: String(error.why.args?.message ?? '') } : undefined,
    };
  }
  if (error instanceof TransportError && error.reason !== 'aborted') {
    return { at: Date.now(), result: 'not-checked', text: { key: 'irsa.obstacle.stsUnreachable', args: { host } } };
  }
  throw error;
}

/** STS answered, and not about the identity: it was busy or in trouble. */
export function isPassing({ result, aws }: IdentityCheck): boolean {
  return result === 'not-checked' && aws !== undefined;
}

/**
 * Reasons of STS that a recent change of ours may explain: IAM's changes need a moment to be everywhere. A wrong audience is one only
 * right after we may have added it to the provider.
 */
export function mayBePropagation({ result, aws }: IdentityCheck, justWritten = false): boolean {
  const reason = ['AccessDenied', 'InvalidIdentityToken', 'IDPCommunicationError'].some((code) => aws?.code.startsWith(code));

  return result === 'refused' && reason && !/expired/i.test(aws?.message ?? '') && (justWritten || !/audience/i.test(aws?.message ?? ''));
}
