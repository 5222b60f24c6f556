import type { Conditions, OneOrMany } from '../trust/document';

/** One statement of a permission policy; keys that are not named here do not stand in one. */
export interface PermissionStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action?: OneOrMany<string>;
  NotAction?: OneOrMany<string>;
  Resource?: OneOrMany<string>;
  NotResource?: OneOrMany<string>;
  Condition?: Conditions;
}

/** What a role may do (IAM: an identity-based policy, inline or managed), in any shape that IAM takes. */
export interface PermissionDocument {
  Version?: string;
  Id?: string;
  Statement: OneOrMany<PermissionStatement>;
}
