import { judgeConditions } from '../trust/conditions';
import type { OneOrMany } from '../trust/document';
import { meets, type Certainty, type Lookup } from '../trust/pattern';
import type { PermissionDocument, PermissionStatement } from './document';

/** Where something decides that is only known at the call, its keys are named; `denied`: by a statement, whatever others allow. */
export type Allowance = { may: 'yes' } | { may: 'no'; denied: boolean } | { may: 'depends'; keys: string[] };

const NOTHING_KNOWN: Lookup = () => ({ known: false });

/**
 * Whether policies of one identity allow an action on a resource, as far as that can be told without the call itself.
 * @param lookup  what condition keys will hold in that call, where it is known
 */
export function allows(documents: PermissionDocument[], action: string, resource: string, lookup: Lookup = NOTHING_KNOWN): Allowance {
  const judged = documents.flatMap(({ Version, Statement }) => [Statement].flat().map((statement) => {
    const hasVariables = Version === '2012-10-17';
    const { certainty, misses } = judgeConditions(statement.Condition, lookup, hasVariables);

    return { statement, fits: certainty === 'no' ? certainty : fits(statement, action, resource, hasVariables, lookup), keys: misses.map(({ key }) => key) };
  })).filter(({ fits: one }) => one !== 'no');
  const denying = judged.filter(({ statement }) => statement.Effect === 'Deny');
  const allowing = judged.filter(({ statement }) => statement.Effect === 'Allow');
  const isSure = (one: typeof judged[number]) => one.fits === 'yes' && one.keys.length === 0;

  if (denying.some(isSure)) {
    return { may: 'no', denied: true };
  }
  if (!allowing.length) {
    return { may: 'no', denied: false };
  }
  const deciding = [...denying, ...(allowing.some(isSure) ? [] : allowing)];

  return deciding.length ? { may: 'depends', keys: [...new Set(deciding.flatMap(({ statement, keys, fits: one }) => [...keys, ...(one === 'unknown' ? variablesOf(statement) : [])]))] } : { may: 'yes' };
}

/** Keys that its resources name as variables. */
function variablesOf({ Resource, NotResource }: PermissionStatement): string[] {
  return [Resource ?? [], NotResource ?? []].flat(2).flatMap((arn) => [...arn.matchAll(/\$\{([^{},*?$]+)/g)].map(([, key]) => key!.trim()));
}

function fits({ Action, NotAction, Resource, NotResource }: PermissionStatement, action: string, resource: string, variables: boolean, lookup: Lookup): Certainty {
  const among = (patterns: OneOrMany<string>, value: string, ignoreCase: boolean): Certainty => {
    const found = [patterns].flat().map((pattern) => meets(value, pattern, { wildcards: true, variables: variables && !ignoreCase, ignoreCase, lookup }));

    return found.includes('yes') ? 'yes' : found.includes('unknown') ? 'unknown' : 'no';
  };
  const not = (verdict: Certainty): Certainty => verdict === 'yes' ? 'no' : verdict === 'no' ? 'yes' : 'unknown';
  const both = [
    Action === undefined ? not(among(NotAction ?? [], action, true)) : among(Action, action, true),
    Resource === undefined ? not(among(NotResource ?? [], resource, false)) : among(Resource, resource, false),
  ];

  return both.includes('no') ? 'no' : both.includes('unknown') ? 'unknown' : 'yes';
}
