import type { AccountQuotas, AwsAccount, Known } from '../facts';

/**
 * Sizes and numbers IAM and STS hold to (peers-and-aws.md §3.4, charts-and-clusters.md §5.9). Those that an account can have
 * raised are defaults: `AwsAccount.quotas` has what the account really has.
 */

/** Characters of a trust policy, whitespace not counted; can be raised (L-C07B4B0D). */
export const TRUST_POLICY_SIZE = 2048;
/** Characters of all inline policies of a role together, whitespace not counted. */
export const ROLE_POLICY_SIZE = 10_240;
/** Characters of one managed policy, whitespace not counted. */
export const MANAGED_POLICY_SIZE = 6144;
/** Bytes of a bucket's policy, as it is sent (S3 User Guide, «Policies and permissions»). */
export const BUCKET_POLICY_SIZE = 20_480;
/** What IAM lets an account have: its own quotas where they were read, else the usual ones. */
export function quotasOf(account: Known<AwsAccount>): Required<AccountQuotas> {
  const own = account.known ? account.value.quotas : undefined;

  return { trustPolicySize: own?.trustPolicySize || TRUST_POLICY_SIZE, rolePolicySize: own?.rolePolicySize || ROLE_POLICY_SIZE };
}

export const ROLE_NAME_LENGTH = 64;
export const POLICY_NAME_LENGTH = 128;
export const SESSION_NAME_LENGTH = 64;
export const TAG_VALUE_LENGTH = 256;
export const DESCRIPTION_LENGTH = 1000;
/** Length of an OIDC provider's URL. */
export const PROVIDER_URL_LENGTH = 255;

/** Audience that the webhook asks for and that we register, in every partition (eksctl #1910, terraform-aws-eks #1704). */
export const DEFAULT_AUDIENCE = 'sts.amazonaws.com';
