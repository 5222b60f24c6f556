import { isObject } from '../json/same';
import { fits } from '../permissions/escalation';
import { bucketPolicy, DISCOVERY_KEY, JWKS_KEY, type IssuerBucket } from './hosting';

type Statement = Record<string, unknown>;

/** Begins the name of a statement that marks a key as the next one of a rotation. It lets nobody do more than ours does. */
const NEXT = 'RancherIrsaNext';

/** What is no policy says nothing. */
function documentOf(policy: string | undefined): Statement {
  try {
    return Object(JSON.parse(policy ?? '{}')) as Statement;
  } catch {
    return {};
  }
}

function statementsOf(policy: string | undefined): Statement[] {
  return [documentOf(policy).Statement].flat().filter(isObject);
}

/** Whether a statement lets just anybody do something. */
function isOpen({ Effect, Principal, NotPrincipal }: Statement): boolean {
  return Effect === 'Allow' && (NotPrincipal !== undefined || isEverybody(Principal));
}

/** Conditions are not weighed: a condition on writing by everybody is worth an alarm, too. */
function isWriting(one: Statement): boolean {
  return isOpen(one) && (one.NotAction !== undefined || [one.Action].flat().some((action) => !/^s3:(get|list)/i.test(String(action))));
}

/**
 * Whether a bucket's policy lets just anybody do more than read.
 * @param policy  as JSON text
 */
export function isPublicWrite(policy: string | undefined): boolean {
  return statementsOf(policy).some(isWriting);
}

/**
 * What a bucket's policy lets just anybody read beside the two documents. Only what is asked of nobody counts: a condition may limit it to a
 * few, one that asks for TLS does not.
 * @param policy  as JSON text
 */
export function publicReads(policy: string | undefined): { list: boolean; objects: boolean } {
  const open = statementsOf(policy).filter((one) => isOpen(one) && limits(one).every(isTls));
  const isMore = ({ Resource, NotResource }: Statement) => NotResource !== undefined || [Resource].flat().map(String).some((one) => /[/*]/.test(one) && ![DISCOVERY_KEY, JWKS_KEY].includes(one.slice(one.indexOf('/') + 1)));

  return { list: open.some((one) => isAbout(one, 'Action', 's3:listbucket')), objects: open.some((one) => isAbout(one, 'Action', 's3:getobject') && isMore(one)) };
}

/** The name of a statement that keeps just anybody from reading the two documents, over TLS as STS does. */
export function readingDenied(bucket: IssuerBucket, policy: string | undefined): string | undefined {
  const found = statementsOf(policy).find((one) => one.Effect === 'Deny' && (one.NotPrincipal !== undefined || isEverybody(one.Principal)) && !limits(one).some(isTls) &&
    isAbout(one, 'Action', 's3:getobject') && bucketPolicy(bucket).Statement[0].Resource.some((arn) => isAbout(one, 'Resource', arn)));

  return found && String(found.Sid ?? '–');
}

/**
 * A bucket's policy with ours as it shall be: the statement that lets everybody read the two documents, and a mark for each key that is to
 * come. Whatever others wrote stays, in its order, but what lets everybody write.
 * @param next  ids of keys of a rotation: who can only write objects can make no such mark
 */
export function ownPolicy(bucket: IssuerBucket, policy: string | undefined, next: string[] = []): object {
  const fresh = bucketPolicy(bucket);
  const [ours] = fresh.Statement;
  const all = statementsOf(policy).filter((one) => !String(one.Sid).startsWith(NEXT) && !isWriting(one)).map((one) => one.Sid === ours.Sid ? ours : one);

  return { ...fresh, ...documentOf(policy), Statement: [...all, ...all.includes(ours) ? [] : [ours], ...next.map((kid) => ({ ...ours, Sid: markOf(kid), Resource: ours.Resource[1] }))] };
}

/** Whether a key is marked as the next one. */
export function isNext(policy: string | undefined, kid: string): boolean {
  return statementsOf(policy).some(({ Sid }) => Sid === markOf(kid));
}

/** Names of statements have letters and digits alone. */
function markOf(kid: string): string {
  return NEXT + kid.replace(/[\W_]/g, '');
}

/** Keys of its conditions, in lower case. */
function limits({ Condition }: Statement): string[] {
  return Object.values(isObject(Condition) ? Condition : {}).flatMap((keys) => Object.keys(isObject(keys) ? keys : {})).map((key) => key.toLowerCase());
}

function isTls(key: string): boolean {
  return key === 'aws:securetransport' || key === 's3:tlsversion';
}

function isAbout(one: Statement, what: 'Action' | 'Resource', name: string): boolean {
  const names = (patterns: unknown) => [patterns].flat().some((pattern) => fits(name, String(pattern)));

  return one[`Not${ what }`] === undefined ? names(one[what]) : !names(one[`Not${ what }`]);
}

function isEverybody(principal: unknown): boolean {
  return principal === '*' || (isObject(principal) && [principal.AWS ?? []].flat().includes('*'));
}
