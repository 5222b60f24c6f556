import { parseOperator } from '../trust/conditions';
import { many, type OneOrMany } from '../trust/document';
import { meets } from '../trust/pattern';
import type { PermissionStatement } from './document';

/** Calls of IAM with which a role can give itself, or a thing it makes, more than it has (IAM User Guide, PassRole; AWS security blog). */
const GIVES = [
  'PassRole', 'PutRolePolicy', 'PutUserPolicy', 'PutGroupPolicy', 'AttachRolePolicy', 'AttachUserPolicy', 'AttachGroupPolicy', 'CreateRole', 'CreateUser', 'CreateAccessKey', 'CreatePolicyVersion', 'CreateLoginProfile', 'UpdateAssumeRolePolicy',
  'SetDefaultPolicyVersion', 'AddUserToGroup', 'UpdateLoginProfile',
].map((name) => `iam:${ name }`);
/** Keys that say which roles, or for what they may be passed. */
const LIMITS_PASSING = /^(iam:passedtoservice|iam:associatedresourcearn|(aws|iam):resourcetag\/.+)$/i;

/** An action against a pattern of a policy; case does not matter. */
export const fits = (name: string, pattern: string): boolean => meets(name, pattern, { wildcards: true, variables: false, ignoreCase: true, lookup: () => ({ known: false }) }) === 'yes';

/** Everything, or all of a kind in IAM: `arn:aws:iam::111122223333:role/*`. */
const isEverybody = (resource: string): boolean => /^(\*+|arn:[\w*-]+:(iam|\*):\*?:[\w*]*:((role|user|group|policy)\/)?\*+)$/.test(resource);

/** Conditions may limit whom a call is about; of PassRole, only those on what is passed to whom do. */
function isLimited({ Condition }: PermissionStatement, name: string): boolean {
  const written = Object.entries(Condition ?? {}).flatMap(([operator, keys]) => Object.entries(keys).map(([key, values]) => ({ ...parseOperator(operator), key, values: many(values).map(String) })));

  return name === 'iam:PassRole' ? written.some(({ key, values, isNegative, ifExists, quantifier }) => LIMITS_PASSING.test(key) && !isNegative && !ifExists && quantifier !== 'all' && !values.some((value) => /^\*+$/.test(value))) : written.length > 0;
}

/**
 * The action, as it is written, with which an allowing statement lets whoever has it become anybody: on everything, or on all of a kind, and
 * under no condition that limits it. `NotAction` where everything else is allowed. Undefined when there is none.
 */
export function escalation(statement: PermissionStatement): string | undefined {
  const { Action, NotAction, Resource, NotResource } = statement;

  if (NotResource === undefined && !many(Resource).some(isEverybody)) {
    return undefined;
  }
  const open = GIVES.filter((name) => !isLimited(statement, name));

  if (Action === undefined && NotAction !== undefined) {
    return open.some((name) => !many<string>(NotAction as OneOrMany<string>).some((pattern) => fits(name, pattern))) ? 'NotAction' : undefined;
  }

  return many(Action).find((action) => /^(\*|iam:)/i.test(action) && open.some((name) => fits(name, action)));
}
