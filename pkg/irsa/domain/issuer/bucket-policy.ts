import { isObject } from '../json/same';
import { fits } from '../permissions/escalation';
import { DISCOVERY_KEY, JWKS_KEY } from './hosting';

type Statement = Record<string, unknown>;

/** Statements that let just anybody do something. What is no policy lets nobody in. */
function forEverybody(policy: string | undefined): Statement[] {
  let document: unknown;

  try {
    document = JSON.parse(policy ?? '{}');
  } catch {
    return [];
  }
  const statements: unknown[] = isObject(document) ? [document.Statement ?? []].flat() : [];

  return statements.filter(isObject).filter(({ Effect, Principal, NotPrincipal }) => Effect === 'Allow' && (NotPrincipal !== undefined || isEverybody(Principal)));
}

/**
 * Whether a bucket's policy lets just anybody do more than read. Conditions are not weighed: a condition on writing by everybody is worth an
 * alarm, too.
 * @param policy  as JSON text
 */
export function isPublicWrite(policy: string | undefined): boolean {
  return forEverybody(policy).some(({ Action, NotAction }) => NotAction !== undefined || [Action].flat().some((action) => !/^s3:(get|list)/i.test(String(action))));
}

/**
 * What a bucket's policy lets just anybody read beside the two documents. Only what is asked of nobody counts: a condition may limit it to a
 * few, one that asks for TLS does not.
 * @param policy  as JSON text
 */
export function publicReads(policy: string | undefined): { list: boolean; objects: boolean } {
  const open = forEverybody(policy).filter(({ Condition }) => Object.values(isObject(Condition) ? Condition : {}).flatMap((keys) => Object.keys(isObject(keys) ? keys : {}))
    .every((key) => key.toLowerCase() === 'aws:securetransport'));
  const names = (patterns: unknown, name: string) => [patterns].flat().some((pattern) => fits(name, String(pattern)));
  const lets = ({ Action, NotAction }: Statement, name: string) => NotAction === undefined ? names(Action, name) : !names(NotAction, name);
  const isMore = ({ Resource, NotResource }: Statement) => NotResource !== undefined || [Resource].flat().map(String).some((one) => /[/*]/.test(one) && ![DISCOVERY_KEY, JWKS_KEY].includes(one.slice(one.indexOf('/') + 1)));

  return { list: open.some((one) => lets(one, 's3:listbucket')), objects: open.some((one) => lets(one, 's3:getobject') && isMore(one)) };
}

function isEverybody(principal: unknown): boolean {
  return principal === '*' || (isObject(principal) && [principal.AWS ?? []].flat().includes('*'));
}
