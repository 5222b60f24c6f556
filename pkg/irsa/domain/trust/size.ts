import type { Binding, TrustDocument } from './document';
import { addBinding } from './edit';

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

/** How full a trust policy is, and what would fit beside what it has. */
export interface TrustRoom {
  /** Characters as IAM counts them. */
  size: number;
  quota: number;
  /** Negative when it is over the quota already. */
  left: number;
  /** How many more service accounts of this cluster fit, with names as long as this one's. */
  moreAccounts: number;
  /** How many more clusters fit with one account each, with an issuer and names as long as these. */
  moreClusters: number;
}

/**
 * What would still fit, found by really adding bindings.
 * @param quota  the account's own (`AssumeRolePolicySizeQuota`); IAM raises it on request, so it is asked and not assumed
 * @param like  a binding of the size that is to be expected
 */
export function trustRoom(document: TrustDocument, quota: number, like: Binding): TrustRoom {
  const size = trustSize(document);
  // As long as the wished names and never equal to one that is there: neither Kubernetes nor IAM knows such names.
  const renamed = (name: string, index: number) => name.slice(0, -1) + '~!+'[index];
  const account = (index: number): Binding => ({ ...like, serviceAccount: renamed(like.serviceAccount, index) });
  const cluster = (index: number): Binding => ({ ...like, issuer: renamed(like.issuer, index), providerArn: renamed(like.providerArn, index) });

  return { size, quota, left: quota - size, moreAccounts: howMany(document, quota, account), moreClusters: howMany(document, quota, cluster) };
}

/** The first may bring a statement and the second make a list of a lone value; from the third on, all cost the same. */
function howMany(document: TrustDocument, quota: number, another: (index: number) => Binding): number {
  const sizes: number[] = [];

  [0, 1, 2].reduce((grown, index) => {
    const next = addBinding(grown, another(index));

    sizes.push(trustSize(next));

    return next;
  }, document);
  const [first = 0, second = 0, third = 0] = sizes;

  return first > quota ? 0 : second > quota ? 1 : 2 + Math.floor((quota - second) / (third - second));
}
