import { DEFAULT_AUDIENCE } from '../../aws/quotas';
import { issuerOfProviderArn, issuerPath } from '../../issuer/issuer';
import type { Path } from '../../json/located';
import { judgeConditions, parseOperator } from '../conditions';
import {
  ASSUME, claimKey, expectedSubject, many, type Conditions, type ConditionValue, type OneOrMany, type TrustDocument, type TrustStatement
} from '../document';
import { lookupIn, namesAssume } from '../statement';
import type { LintCode, LintFinding } from './index';

/** What a document is tightened to. */
export interface TightenWish {
  /** Service accounts of the statement's cluster that really use the role; a pattern gives way to those of them that it lets in. */
  accounts?: { namespace: string; name: string }[];
  /** Default `sts.amazonaws.com`. */
  audience?: string;
}

/** The statements that take a statement's place. */
type Change = (statement: TrustStatement, wish: TightenWish, finding: LintFinding, version: string | undefined) => TrustStatement[] | undefined;

/** What each finding's statement becomes. Only the flagged statement is changed. */
const CHANGES: Partial<Record<LintCode, Change>> = {
  NO_SUB:             exactSubjects,
  SUB_ANY:            exactSubjects,
  SUB_NS_WILDCARD:    exactSubjects,
  SUB_NS_PREFIX_OPEN: exactSubjects,
  SUB_SA_WILDCARD:    exactSubjects,
  LITERAL_STAR:       exactSubjects,
  NEGATIVE_MATCH:     exactSubjects,
  NO_AUD:             (statement, wish) => withConditions(statement, (host) => ({ ...statement.Condition, StringEquals: { ...statement.Condition?.StringEquals, [claimKey(host, 'aud')]: audienceOf(wish) } })),
  AUD_NOT_REGISTERED: rightAudience,
  FORALLVALUES:       (statement, _wish, { path }) => renamed(statement, path, /^for(any|all)values?:/i),
  FORANYVALUE:        (statement, _wish, { path }) => renamed(statement, path, /^for(any|all)values?:/i),
  IFEXISTS:           (statement, _wish, { path }) => renamed(statement, path, /ifexists$/i),
  WRONG_ACTION:       rightAction,
  STALE_SUBJECT:      (statement, _wish, { path }) => without(statement, path),
  PROVIDER_MISSING:   (statement, _wish, { path }) => withoutPrincipal(statement, path),
  DEAD_PRINCIPAL:     (statement, _wish, { path }) => withoutPrincipal(statement, path),
  DUPLICATE:          () => [],
  MERGEABLE:          () => [],
  MULTI_ISSUER_ONE_STATEMENT: perIssuer,
};

/**
 * The document without what a finding found: the flagged statement rewritten or taken away, everything else as it was. Nobody is let
 * in who was not, but for statements that were broken and begin to mean what they say (stars taken literally, a wrong action, keys of
 * several issuers, an unknown audience): these let in accounts that they name one by one, and of those that are known to use the role
 * the ones that they mean. One that would let in more is narrowed to these, or left as it is.
 * @returns undefined when nothing can be done without knowing more: no account is known that uses the role, or nothing would be
 * left (IAM takes no policy without a statement; then the role is to be deleted)
 */
export function tightenTrust(document: TrustDocument, finding: LintFinding, wish: TightenWish = {}): TrustDocument | undefined {
  if (finding.code === 'NO_VERSION' || finding.code === 'OLD_VERSION') {
    return { Version: '2012-10-17', ...document, ...(document.Version === undefined ? {} : { Version: '2012-10-17' }) };
  }
  const { statement: index, code } = finding;
  const statements = many(document.Statement);
  const found = index === undefined ? undefined : statements[index];
  const changed = found && CHANGES[code]?.(found, wish, finding, document.Version);

  if (!changed) {
    return undefined;
  }
  const merged = code === 'MERGEABLE' ? mergedInto(statements, finding) : statements;
  const left = merged.flatMap((statement, at) => at === index ? changed : [statement]);

  return left.length === 0 ? undefined : { ...document, Statement: Array.isArray(document.Statement) || left.length !== 1 ? left : left[0]! };
}

/** The issuer of a statement that trusts one provider alone. */
function hostOf({ Principal }: TrustStatement): string | undefined {
  const providers = typeof Principal === 'object' ? many(Principal.Federated) : [];
  const issuer = providers.length === 1 ? issuerOfProviderArn(providers[0]!) : undefined;

  return issuer && issuerPath(issuer);
}

function withConditions(statement: TrustStatement, change: (host: string) => Conditions | undefined): TrustStatement[] | undefined {
  const host = hostOf(statement);
  const Condition = host === undefined ? undefined : change(host);

  return Condition && [{ ...statement, Condition }];
}

/** Nobody but accounts that are known by name and are let in already. */
function exactSubjects(statement: TrustStatement, wish: TightenWish, { code }: Pick<LintFinding, 'code'>, version: string | undefined): TrustStatement[] | undefined {
  return withConditions(statement, (host) => {
    const key = claimKey(host, 'sub');
    const asked = Object.entries(statement.Condition ?? {})
      .flatMap(([operator, keys]) => Object.entries(keys).filter(([name]) => isSameKey(name, key)).map(([, values]) => ({ operator, values: many(values).map(String) })));
    const named = asked.filter(({ operator }) => !parseOperator(operator).isNegative).flatMap(({ values }) => values);
    const wished = (wish.accounts ?? []).map(({ namespace, name }) => expectedSubject(namespace, name));
    const candidates = [...new Set([...named.filter(isExact), ...wished])];
    const conditions = Object.fromEntries(Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) => {
      const kept = Object.fromEntries(Object.entries(keys).filter(([name]) => !isSameKey(name, key)));

      return Object.keys(kept).length > 0 ? [[operator, kept] as const] : [];
    }));
    const audiences = Object.values(conditions).flatMap((keys) => many(keys[claimKey(host, 'aud')]).map(String));
    const judge = (Condition: Conditions, subject: string, audience: string | string[]) => judgeConditions(Condition, lookupIn({ providerArn: '', issuer: host, audience, subject }), version === '2012-10-17').certainty;
    // What is said of the subject falls away, so nothing of it may be left open; the rest stays, and may depend on the call.
    const isMeant = (subject: string) => asked.every((one) => readings(one, code).every(({ operator, values }) => judge({ [operator]: { [key]: values } }, subject, audienceOf(wish)) === 'yes')) &&
      [audienceOf(wish), ...audiences].some((audience) => judge(conditions, subject, audience) !== 'no');
    const subjects = candidates.filter(isMeant);

    return subjects.length > 0 ? { ...conditions, StringEquals: { ...conditions.StringEquals, [key]: subjects.length === 1 ? subjects[0]! : subjects } } : undefined;
  });
}

interface Asked {
  operator: string;
  values: string[];
}

/** How a condition is to be read: stars that are taken literally were meant as stars. Whom a negative one keeps out, it still keeps out. */
function readings(one: Asked, code: LintCode): Asked[] {
  const { name, isNegative } = parseOperator(one.operator);

  if (code !== 'LITERAL_STAR' || !/^string(not)?equals/.test(name) || !one.values.some((value) => /[*?]/.test(value))) {
    return [one];
  }

  return isNegative ? [one, { ...one, operator: 'StringNotLike' }] : [{ ...one, operator: 'StringLike' }];
}

const isExact = (subject: string): boolean => /^system:serviceaccount:[^:*?$]+:[^:*?$]+$/.test(subject);
const isSameKey = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Issuers, in small letters, of whose accounts a statement lets in nobody but those that it names one by one. */
export function narrowHosts({ Condition }: TrustStatement): Set<string> {
  return new Set(Object.entries(Condition ?? {}).flatMap(([written, keys]) => {
    const { name, quantifier, ifExists } = parseOperator(written);
    const limits = ['stringequals', 'stringlike', 'stringequalsignorecase'].includes(name) && !ifExists && quantifier !== 'all';

    return limits ? Object.entries(keys).filter(([key, values]) => /:sub$/i.test(key) && many(values).every((value) => isExact(String(value)))).map(([key]) => key.slice(0, -':sub'.length).toLowerCase()) : [];
  }));
}

const isNarrow = (statement: TrustStatement): boolean => narrowHosts(statement).has((hostOf(statement) ?? '').toLowerCase());

/** Statements that let nobody in, and now begin to: those who are named or known, or nothing is done. */
function narrow(statements: TrustStatement[] | undefined, wish: TightenWish, version: string | undefined): TrustStatement[] | undefined {
  const narrowed = statements?.map((statement) => isNarrow(statement) ? [statement] : exactSubjects(statement, wish, { code: 'SUB_ANY' }, version));

  return narrowed?.every((one) => one !== undefined) ? narrowed.flat() : undefined;
}

/** Without an audience that IAM refuses; where it was the only one, those who are meant are let in for the one that works. */
function rightAudience(statement: TrustStatement, wish: TightenWish, { path }: LintFinding, version: string | undefined): TrustStatement[] | undefined {
  const right = without(statement, path, audienceOf(wish));

  return without(statement, path)?.length === 0 ? narrow(right, wish, version) : right;
}

/** Whatever else it was about; where that let nobody in, nobody but those who are meant is let in now. */
function rightAction({ NotAction, ...statement }: TrustStatement, wish: TightenWish, _finding: LintFinding, version: string | undefined): TrustStatement[] | undefined {
  const right = [{ ...statement, Action: [ASSUME, ...many(statement.Action).filter((action) => /^sts:(tagsession|setsourceidentity)$/i.test(action))] }];

  return namesAssume({ ...statement, ...(NotAction === undefined ? {} : { NotAction }) }) ? right : narrow(right, wish, version);
}

/**
 * The condition under a plainer operator. Not where that operator asks for the key already, and not where the plainer one is wider: a key
 * that is absent does not meet `ForAnyValue:StringNotEquals`, but meets `StringNotEquals`.
 */
function renamed(statement: TrustStatement, path: Path, what: RegExp): TrustStatement[] | undefined {
  const [written, key] = path.slice(path.lastIndexOf('Condition') + 1).map(String) as [string, string];
  const conditions = statement.Condition ?? {};
  const { [key]: values, ...others } = conditions[written] ?? {};
  const plain = written.replace(what, '');
  const target = Object.keys(conditions).find((operator) => operator.toLowerCase() === plain.toLowerCase()) ?? plain;

  const { isNegative, quantifier } = parseOperator(written);

  if (values === undefined || (isNegative && quantifier === 'any') || Object.keys(conditions[target] ?? {}).some((name) => name.toLowerCase() === key.toLowerCase())) {
    return undefined;
  }
  const { [written]: _written, ...rest } = conditions;

  return [{ ...statement, Condition: { ...rest, ...(Object.keys(others).length > 0 ? { [written]: others } : {}), [target]: { ...conditions[target], [key]: values } } }];
}

/** Without one value of a condition; with none left, the whole statement goes (never just its condition), or another value comes. */
function without(statement: TrustStatement, path: Path, instead?: string): TrustStatement[] | undefined {
  const [written, key, at = 0] = path.slice(path.lastIndexOf('Condition') + 1) as [string, string, number?];
  const values: ConditionValue[] = many(statement.Condition?.[written]?.[key]);
  const left = values.filter((_value, index) => index !== at);
  const kept = left.length > 0 ? left : instead === undefined ? undefined : [instead];

  return kept ? [{ ...statement, Condition: { ...statement.Condition, [written]: { ...statement.Condition![written], [key]: kept.length === 1 ? kept[0]! : kept } } }] : [];
}

function withoutPrincipal(statement: TrustStatement, path: Path): TrustStatement[] | undefined {
  const [kind = '', at = 0] = path.slice(path.lastIndexOf('Principal') + 1) as [string, number?];
  const { [kind]: names, ...others } = statement.Principal as Record<string, OneOrMany<string>>;
  const left = many(names).filter((_name, index) => index !== at);

  if (left.length === 0 && Object.keys(others).length === 0) {
    return [];
  }

  return [{ ...statement, Principal: left.length > 0 ? { ...statement.Principal as object, [kind]: left.length === 1 ? left[0]! : left } : others }];
}

/** A statement for each provider, with the keys of its own issuer and what is nobody's claim. */
function perIssuer({ Sid: _sid, ...statement }: TrustStatement): TrustStatement[] | undefined {
  const providers = typeof statement.Principal === 'object' ? many(statement.Principal.Federated) : [];
  const isClaim = (key: string) => /^[^:]*\..*:(sub|aud)$/i.test(key);

  if (providers.length === 0 || Object.keys(statement.Principal!).length > 1) {
    return undefined;
  }
  const apart = providers.map((provider) => {
    const host = issuerPath(issuerOfProviderArn(provider) ?? '').toLowerCase();
    const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) => {
      const own = Object.fromEntries(Object.entries(keys).filter(([key]) => !isClaim(key) || key.toLowerCase().slice(0, key.lastIndexOf(':')) === host));

      return Object.keys(own).length > 0 ? [[operator, own] as const] : [];
    });

    return { ...statement, Principal: { Federated: provider }, Condition: Object.fromEntries(conditions) };
  });

  // Whose accounts would be meant, where one names none, is not known: the accounts of another cluster are others.
  return apart.every(isNarrow) ? apart : undefined;
}

/** The subjects of the flagged statement, in the first statement of its kind. */
function mergedInto(statements: TrustStatement[], { statement: index, title }: LintFinding): TrustStatement[] {
  const first = Number(title.args?.first) - 1;
  const [one, other] = [statements[first]!, statements[index!]!];
  const key = claimKey(hostOf(one) ?? '', 'sub');
  const subjects = [...new Set([one, other].flatMap(({ Condition }) => many(Condition?.StringEquals?.[key])))];

  return statements.map((statement, at) => at === first ? { ...one, Condition: { ...one.Condition, StringEquals: { ...one.Condition!.StringEquals, [key]: subjects } } } : statement);
}

function audienceOf({ audience = DEFAULT_AUDIENCE }: TightenWish): string {
  return audience;
}
