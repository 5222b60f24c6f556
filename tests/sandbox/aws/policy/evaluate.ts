import type { Context } from './conditions.ts';
import { conditionsHold, like } from './conditions.ts';
import { expand } from './variables.ts';
import type { Statement } from './document.ts';

export type Verdict = 'allow' | 'explicit deny' | 'no allow';

/** One question to policies. */
export interface Question {
  action: string;
  /** Absent for trust policies. */
  resource?: string;
  /** Absent for policies of an identity. */
  principal?: { kind: string; names: string[] };
  context?: Context;
}

function named(list: string[] | undefined, not: string[] | undefined, test: (pattern: string) => boolean): boolean {
  return list ? list.some(test) : not ? !not.some(test) : true;
}

function principalFits(statement: Statement, principal: Question['principal']): boolean {
  // «All principals»: `"*"` and `{ "AWS": "*" }` are the same (IAM User Guide, Principal).
  const among = (given: Record<string, string[]>): boolean => '*' in given || given.AWS?.includes('*') || (given[principal?.kind ?? ''] ?? []).some((name) => name === '*' || principal?.names.includes(name));

  return principal === undefined || (statement.principals ? among(statement.principals) : statement.notPrincipals ? !among(statement.notPrincipals) : false);
}

/** Variables stand in resources too; one that has no value fits nothing (User Guide, «IAM policy elements: Variables and tags»). */
function resourceFits(statement: Statement, resource: string, context: Context): boolean {
  const known = new Map(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));
  const test = (pattern: string): boolean => {
    const meant = statement.variables ? expand(pattern, known) : pattern;

    return meant !== undefined && like(resource, meant);
  };

  return named(statement.resources, statement.notResources, test);
}

function applies(statement: Statement, { action, resource, principal, context }: Question): boolean {
  return named(statement.actions, statement.notActions, (pattern) => like(action.toLowerCase(), pattern.toLowerCase())) &&
    (resource === undefined || resourceFits(statement, resource, context ?? {})) &&
    principalFits(statement, principal) &&
    conditionsHold(statement.conditions, context ?? {}, statement.variables);
}

/** IAM User Guide, «Policy evaluation logic»: a Deny wins, else an Allow is needed. */
export function evaluate(statements: Statement[], question: Question): Verdict {
  const fitting = statements.filter((statement) => applies(statement, question));

  if (fitting.some(({ effect }) => effect === 'Deny')) {
    return 'explicit deny';
  }

  return fitting.length ? 'allow' : 'no allow';
}
