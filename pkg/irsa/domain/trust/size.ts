import type { TrustDocument } from './document';

/**
 * Characters of a policy as IAM counts them against its quota (ACLSizePerRole, 2048 unless raised): all but whitespace
 * (peers-and-aws.md §3.4).
 */
export function trustSize(document: TrustDocument): number {
  return policySize(JSON.stringify(document));
}

/** The same for any policy's text. */
export function policySize(policy: string): number {
  return policy.replace(/\s/g, '').length;
}
