import type { OneOrMany } from '../trust/document';
import { meets } from '../trust/pattern';
import type { PermissionDocument, PermissionStatement } from './document';

/** Conditions are not weighed: where one decides, the keys it looks at are named. */
export type Allowance = { may: 'yes' } | { may: 'no'; denied: boolean } | { may: 'depends'; keys: string[] };

const NOTHING_KNOWN = () => ({ known: false as const });

/** Whether policies of one identity allow an action on a resource, as far as that can be told without the call itself. */
export function allows(documents: PermissionDocument[], action: string, resource: string): Allowance {
  const fitting = documents.flatMap(({ Statement }) => [Statement].flat()).filter((statement) => fits(statement, action, resource));
  const denying = fitting.filter(({ Effect }) => Effect === 'Deny');
  const allowing = fitting.filter(({ Effect }) => Effect === 'Allow');

  if (denying.some(({ Condition }) => !Condition)) {
    return { may: 'no', denied: true };
  }
  if (!allowing.length) {
    return { may: 'no', denied: false };
  }
  const deciding = [...denying, ...(allowing.some(({ Condition }) => !Condition) ? [] : allowing)];

  return deciding.length ? { may: 'depends', keys: [...new Set(deciding.flatMap(({ Condition }) => Object.values(Condition ?? {}).flatMap((keys) => Object.keys(keys))))] } : { may: 'yes' };
}

function fits({ Action, NotAction, Resource, NotResource }: PermissionStatement, action: string, resource: string): boolean {
  const among = (patterns: OneOrMany<string>, value: string, ignoreCase: boolean) => [patterns].flat().some((pattern) => meets(value, pattern, { wildcards: true, variables: true, ignoreCase, lookup: NOTHING_KNOWN }) === 'yes');

  return (Action === undefined ? !among(NotAction ?? [], action, true) : among(Action, action, true)) &&
    (Resource === undefined ? !among(NotResource ?? [], resource, false) : among(Resource, resource, false));
}
