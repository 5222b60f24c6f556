import { many, type OneOrMany } from '../document';
import { isObject } from '../../json/same';
import type { LintRole } from './context';
import { rule } from './rule';

/** What of a role's policies makes whoever becomes it an administrator; undefined when nothing that was read does. */
function adminPolicy({ managedPolicies = [], policies = [] }: LintRole): string | undefined {
  return managedPolicies.find((arn) => /:policy\/(AdministratorAccess|IAMFullAccess)$/.test(arn)) ?? policies.find(({ json }) => grantsAll(json))?.name;
}

/** `*` on everything, all of IAM, or PassRole of any role. What cannot be read says nothing. */
function grantsAll(json: string): boolean {
  let document: unknown;

  try {
    document = JSON.parse(json);
  } catch {
    return false;
  }

  return isObject(document) && many(document.Statement as OneOrMany<unknown>).some((statement) => isObject(statement) && statement.Effect === 'Allow' &&
    many(statement.Resource as OneOrMany<unknown> | undefined).some((resource) => resource === '*' || /^arn:[\w*-]+:iam::[\w*]*:(role\/)?\*$/.test(String(resource))) &&
    many(statement.Action as OneOrMany<unknown> | undefined).some((action) => /^(\*|\*:\*|iam:\*|iam:passrole)$/i.test(String(action))));
}

/** What the role may do, and for how long. */
export const ROLE_RULES = [
  rule({
    code:     'ADMIN_ROLE',
    severity: 'high',
    source:   'AWS EKS best practices, IAM: least privilege and permissions boundaries',
    needs:    'role',
    check:    ({ trusted }, { role }) => {
      const policy = role && adminPolicy(role);

      return policy && trusted.length > 0 ? [{ path: [], args: { policy }, ...(role.hasBoundary ? { severity: 'medium' as const } : {}) }] : [];
    },
  }),
  rule({
    code:     'LONG_SESSION',
    severity: 'low',
    source:   'IAM User Guide, revoke temporary credentials of a role',
    needs:    'role',
    check:    ({ trusted }, { role }) => trusted.length > 0 && (role?.maxSessionDuration ?? 0) > 3600 ? [{ path: [], args: { hours: Math.round(role!.maxSessionDuration! / 360) / 10 } }] : [],
  }),
] as const;
