import { issuerOfProviderArn } from '../issuer/issuer';
import type { Miss } from './conditions';
import { ASSUME, claimKey, many, type TrustDocument, type TrustStatement } from './document';
import { meets } from './pattern';
import { lookupIn, matchStatement, type Match, type TrustRequest } from './statement';

export type { TrustRequest } from './statement';

/** What decided. */
export type TrustCause =
  | 'allowed'
  /** A Deny statement meets the call. */
  | 'denied'
  /** No statement is about web identities at all. */
  | 'no-statement'
  /** Statements are about other providers: another cluster, another account, another spelling. */
  | 'provider'
  | 'action'
  | 'audience'
  | 'subject'
  /** Another condition. */
  | 'condition'
  /** Depends on something only known at the call: address, time, session name. */
  | 'undetermined';

/** The judgement over a call. */
export interface TrustVerdict {
  allowed: boolean;
  /** One sentence in English, which key differs from what; for people, use `cause`, `expected` and `actual` with l10n. */
  reason: string;
  /** Index (from 0) of the statement that decided or came nearest. */
  statement?: number;
  cause: TrustCause;
  /** Condition key that differs, or `Principal`. */
  key?: string;
  /** The condition operator as written, when a condition decided. */
  operator?: string;
  /** What the statement asks for. */
  expected?: string[];
  /** What the token has; undefined: no such key. */
  actual?: string;
  /** All conditions of that statement that the token does not meet, `key` among them. */
  differences?: Difference[];
}

/** One condition that a token does not meet, for words such as «statement 2 asks for … to be …, the token has …». */
export type Difference = Pick<Miss, 'operator' | 'key' | 'expected' | 'actual'>;

interface Judged {
  index: number;
  statement: TrustStatement;
  match: Match;
}

/**
 * Would this trust policy let the call through? Deny wins over Allow. A statement that depends on what is only known at the call does
 * not allow (`undetermined`), and does not deny either; the reason names it.
 */
export function evaluateTrust(document: TrustDocument, request: TrustRequest): TrustVerdict {
  const lookup = lookupIn(request);
  const judged = many(document.Statement).map((statement, index): Judged => ({ index, statement, match: matchStatement(statement, request, document.Version, lookup) }));
  const find = (effect: string, certainty: string) => judged.find(({ statement, match }) => statement.Effect === effect && match.certainty === certainty);
  const denying = find('Deny', 'yes');

  if (denying) {
    return { allowed: false, cause: 'denied', statement: denying.index, reason: `statement ${ denying.index + 1 } denies it` };
  }
  const allowing = find('Allow', 'yes');

  if (allowing) {
    const perhaps = find('Deny', 'unknown');
    const but = perhaps ? `, unless statement ${ perhaps.index + 1 } denies it by ${ uncertainKeys(perhaps) }` : '';

    return { allowed: true, cause: 'allowed', statement: allowing.index, reason: `statement ${ allowing.index + 1 } allows it${ but }` };
  }
  const perhaps = find('Allow', 'unknown');

  if (perhaps) {
    return {
      allowed: false, cause: 'undetermined', statement: perhaps.index, key: uncertainKeys(perhaps), reason: `statement ${ perhaps.index + 1 } depends on ${ uncertainKeys(perhaps) }, which is only known at the call`,
    };
  }

  return explain(judged.filter(({ statement }) => statement.Effect === 'Allow'), request);
}

function uncertainKeys({ match }: Judged): string {
  return match.misses.filter(({ isCertain }) => !isCertain).map(({ key }) => key).join(', ');
}

/** Nothing allows it: the statement that came nearest tells why. */
function explain(allows: Judged[], request: TrustRequest): TrustVerdict {
  const [nearest] = [...allows].sort((a, b) => distance(a, request) - distance(b, request));
  const federated = (judged: Judged) => judged.statement.Principal !== '*' && many(judged.statement.Principal?.Federated).length > 0;

  if (!nearest || !(nearest.match.principal || allows.some(federated))) {
    return { allowed: false, cause: 'no-statement', key: 'Principal', expected: [], actual: request.providerArn, reason: `no statement trusts ${ request.providerArn }` };
  }
  if (!nearest.match.principal) {
    return otherProvider(allows.filter(federated), request);
  }
  const at = { allowed: false, statement: nearest.index };

  if (!nearest.match.action) {
    const expected = many(nearest.statement.Action ?? nearest.statement.NotAction);

    return { ...at, cause: 'action', key: 'Action', expected, actual: ASSUME, reason: `statement ${ nearest.index + 1 } is about ${ expected.join(', ') }, not ${ ASSUME }` };
  }
  const miss = worst(nearest.match.misses, request);

  return {
    ...at,
    cause:       causeOf(miss, request),
    key:         miss.key,
    operator:    miss.operator,
    expected:    miss.expected,
    actual:      miss.actual,
    differences: nearest.match.misses.filter(({ isCertain }) => isCertain).map(({ isCertain: _certain, ...difference }) => difference),
    reason:      `statement ${ nearest.index + 1 }: ${ sentence(miss, request) }`,
  };
}

/** Principal and action weigh more than conditions, a wrong audience more than a wrong subject: that is the nearer statement. */
function distance({ match }: Judged, request: TrustRequest): number {
  const conditions = match.misses.filter(({ isCertain }) => isCertain).reduce((sum, miss) => sum + (isKey(miss, request, 'sub') ? 1 : 2), 0);

  return (match.principal ? 0 : 1000) + (match.action ? 0 : 100) + conditions;
}

/** The condition to speak of first: what is no subject is the more surprising. */
function worst(misses: Miss[], request: TrustRequest): Miss {
  const certain = misses.filter(({ isCertain }) => isCertain);

  return certain.find((miss) => !isKey(miss, request, 'sub') && !isKey(miss, request, 'aud')) ?? certain.find((miss) => isKey(miss, request, 'aud')) ?? certain[0]!;
}

function isKey(miss: Miss, request: TrustRequest, claim: 'aud' | 'sub'): boolean {
  return miss.key.toLowerCase() === claimKey(request.issuer, claim).toLowerCase();
}

function causeOf(miss: Miss, request: TrustRequest): TrustCause {
  return isKey(miss, request, 'sub') ? 'subject' : isKey(miss, request, 'aud') ? 'audience' : 'condition';
}

function sentence(miss: Miss, request: TrustRequest): string {
  const values = miss.expected.map((value) => JSON.stringify(value)).join(' or ');

  if (miss.actual === undefined) {
    const ours = `${ claimKey(request.issuer, 'sub') }`;

    return `${ miss.key } (${ miss.operator } ${ values }) is not in a token of this issuer, whose keys are like ${ ours }`;
  }
  const isPattern = miss.expected.some((value) => /equals/i.test(miss.operator) && meets(miss.actual!, value, { wildcards: true, variables: false, lookup: () => ({ known: false }) }) === 'yes');
  const hint = isPattern && !/not/i.test(miss.operator) ? `; ${ miss.operator } takes * and ? literally` : '';

  return `${ miss.key } must meet ${ miss.operator } ${ values }, but the token has ${ JSON.stringify(miss.actual) }${ hint }`;
}

function otherProvider(allows: Judged[], request: TrustRequest): TrustVerdict {
  const named = allows.flatMap(({ index, statement }) => statement.Principal === '*' ? [] : many(statement.Principal?.Federated).map((arn) => ({ index, arn })));
  const issuer = issuerOfProviderArn(request.providerArn)?.toLowerCase();
  // The same issuer in another account or another spelling is the likelier mistake than another cluster's.
  const akin = named.find(({ arn }) => issuerOfProviderArn(arn)?.toLowerCase() === issuer) ?? named[0]!;

  return {
    allowed: false, cause: 'provider', statement: akin.index, key: 'Principal', expected: named.map(({ arn }) => arn), actual: request.providerArn,
    reason:  `statement ${ akin.index + 1 } trusts ${ akin.arn }, but the token comes through ${ request.providerArn }`,
  };
}
