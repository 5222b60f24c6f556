import { policySize } from '../trust/size';
import type { PermissionDocument } from './document';

/**
 * Characters of a permission policy as IAM counts them: all but whitespace. To be held against `MANAGED_POLICY_SIZE` when it is
 * to be a managed policy; inline policies share one quota, see `inlineSize`.
 */
export function permissionsSize(document: PermissionDocument): number {
  return policySize(JSON.stringify(document));
}

/**
 * What the inline policies of a role use of their common quota (`ROLE_POLICY_SIZE`, unless the account's own was read).
 * @param policies  JSON texts by name, as `ObservedRole.inlinePolicies`
 */
export function inlineSize(policies: Record<string, string>): number {
  return Object.values(policies).reduce((sum, json) => sum + policySize(json), 0);
}
