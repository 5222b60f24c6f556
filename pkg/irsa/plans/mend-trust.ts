import { irsaError } from '../domain/errors';
import type { ObservedBinding, ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import { openSts, openStsWarnings } from './open-sts';
import type { Plan } from './plan';
import { providerPart } from './provider';
import { consentFor, trustPart } from './trust';
import { known } from './value';
import { verify } from './verify';

/**
 * Adds the binding to the trust policy of the role that the account names today; registers the issuer first where IAM does not know
 * it. Only verifies when the role lets the account in already.
 * @throws IrsaError ROLE_UNKNOWN when there is no such role or it could not be read; TRUST_UNREADABLE, ISSUER_UNKNOWN, ISSUER_NOT_PUBLIC
 */
export function planMendTrust(observed: ObservedCluster, binding: ObservedBinding): Plan {
  const subject = { namespace: binding.account.namespace, name: binding.account.name, audience: binding.account.audience };
  const account = `${ subject.namespace }/${ subject.name }`;

  if (!binding.role.known || !binding.role.value) {
    throw irsaError('ROLE_UNKNOWN', { account });
  }
  const role = binding.role.value;
  const provider = providerPart(observed, subject.audience);
  const trust = trustPart(observed, role, [subject], provider);
  const consent = trust.steps.length > 0 ? consentFor(role, provider.issuer, subject, true) : undefined;

  return {
    id:        'mend-trust',
    title:     text('irsa.plan.mend-trust.title', { account, role: role.name }),
    steps:     [...provider.steps, ...trust.steps, ...openSts(observed), verify(observed, subject, known(role.arn), observed.cluster.region)],
    documents: [trust.document],
    warnings:  [...trust.warnings, ...openStsWarnings(observed)],
    ...(consent ? { consent: { text: consent } } : {}),
  };
}
