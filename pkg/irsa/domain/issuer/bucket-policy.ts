import { isObject } from '../json/same';

/**
 * Whether a bucket's policy lets just anybody do more than read objects. Conditions are not weighed: a condition on writing by
 * everybody is worth an alarm, too.
 * @param policy  as JSON text; what is no policy lets nobody in
 */
export function isPublicWrite(policy: string | undefined): boolean {
  let document: unknown;

  try {
    document = JSON.parse(policy ?? '{}');
  } catch {
    return false;
  }
  const statements: unknown[] = isObject(document) ? [document.Statement ?? []].flat() : [];

  return statements.filter(isObject).some(({ Effect, Principal, NotPrincipal, Action, NotAction }) => Effect === 'Allow' && (NotPrincipal !== undefined || isEverybody(Principal)) &&
    (NotAction !== undefined || [Action].flat().some((action) => !/^s3:getobject(version)?$/i.test(String(action)))));
}

function isEverybody(principal: unknown): boolean {
  return principal === '*' || (isObject(principal) && [principal.AWS ?? []].flat().includes('*'));
}
