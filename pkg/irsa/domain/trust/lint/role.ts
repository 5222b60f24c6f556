import { escalation } from '../../permissions/escalation';
import type { PermissionStatement } from '../../permissions/document';
import { isObject } from '../../json/same';
import { many, type OneOrMany } from '../document';
import type { LintRole } from './context';
import { rule } from './rule';

/** What of a role's policies makes whoever becomes it an administrator; undefined when nothing that was read does. Two of AWS' own are known by their names. */
export function adminPolicy({ managedPolicies = [], policies = [] }: LintRole): string | undefined {
  return managedPolicies.find((arn) => /:policy\/(AdministratorAccess|IAMFullAccess)$/.test(arn)) ?? policies.find(({ json }) => grantsAll(json))?.name;
}

/** A statement with which whoever has it becomes anybody. What cannot be read says nothing. */
function grantsAll(json: string): boolean {
  try {
    const document: unknown = JSON.parse(json);
    const statements = isObject(document) ? many(document.Statement as OneOrMany<unknown>) : [];

    // IAM has it, so it is read in whatever form: the shape that somebody writes is held to is narrower.
    return statements.some((statement) => isObject(statement) && statement.Effect === 'Allow' && escalation(statement as unknown as PermissionStatement) !== undefined);
  } catch {
    return false;
  }
}

/** What the role may do, and for how long. */
export const ROLE_RULES = [
  rule({
    code:     'ADMIN_ROLE',
    severity: 'high',
    needs:    'role',
    check:    ({ trusted }, { role }) => {
      const policy = role && adminPolicy(role);

      return policy && trusted.length > 0 ? [{ path: [], args: { policy }, ...(role.hasBoundary ? { severity: 'medium' as const } : {}) }] : [];
    },
  }),
  rule({
    code:     'LONG_SESSION',
    severity: 'low',
    needs:    'role',
    check:    ({ trusted }, { role }) => trusted.length > 0 && (role?.maxSessionDuration ?? 0) > 3600 ? [{ path: [], args: { hours: Math.round(role!.maxSessionDuration! / 360) / 10 } }] : [],
  }),
] as const;
