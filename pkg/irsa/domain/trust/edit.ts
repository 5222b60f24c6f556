import { DEFAULT_AUDIENCE } from '../aws/quotas';
import { parseOperator } from './conditions';
import {
  ASSUME, bindingStatement, claimKey, expectedSubject, literal, many, type Binding, type Conditions, type OneOrMany, type TrustDocument, type TrustStatement
} from './document';
import type { Certainty } from './pattern';
import { matchStatement } from './statement';

/**
 * Adds a binding: its subject to the statement of the same issuer and audience where that one is purely ours (see
 * `isPurelyOurs`), else a statement of its own, at the end. Everything else stays, in place and in order.
 *
 * A binding that is there already changes nothing: then some Allow statement names exactly this subject and lets it in, alone or
 * in a list, with or without an audience. (A pattern that happens to let it in is not about this binding: it may go any day.)
 */
export function addBinding(document: TrustDocument, binding: Binding): TrustDocument {
  const statements = many(document.Statement);

  if (statements.some((statement) => isAbout(statement, binding, document.Version))) {
    return document;
  }
  const home = statements.findIndex((statement) => isPurelyOurs(statement, binding, document.Version));

  if (home < 0) {
    return { ...document, Statement: [...statements, bindingStatement(binding, document.Version ?? NO_VERSION)] };
  }
  const grown = withSubject(statements[home]!, binding, document.Version);

  return { ...document, Statement: Array.isArray(document.Statement) ? statements.map((statement, index) => index === home ? grown : statement) : grown };
}

/** A policy without a version is read as of 2008. */
const NO_VERSION = '2008-10-17';

/** What a statement of ours consists of; anything else in it was meant by somebody. */
const OUR_KEYS = ['Sid', 'Effect', 'Principal', 'Action', 'Condition'];

/**
 * True when a statement says nothing but «these accounts of this issuer, with this audience», as `bindingStatement` writes it (a lone
 * value and a list of one are the same). Only such a statement takes another account in.
 * @param version  of its policy; without one, the audience is compared as it is written
 */
export function isPurelyOurs(statement: TrustStatement, binding: Pick<Binding, 'providerArn' | 'issuer' | 'audience'>, version?: string): boolean {
  const { Effect, Principal, Action, Condition } = statement;
  const conditions = Condition?.StringEquals;

  // From what tells most statements apart to what hardly ever does: a long policy has many.
  if (Effect !== 'Allow' || !conditions || typeof Principal !== 'object' || !isOnly(Principal.Federated, binding.providerArn) || !isOnly(Action, ASSUME)) {
    return false;
  }
  const [aud, sub] = [claimKey(binding.issuer, 'aud'), claimKey(binding.issuer, 'sub')];
  const subjects = many(conditions[sub]);

  return isOnly(conditions[aud], literal(binding.audience ?? DEFAULT_AUDIENCE, version)) &&
    subjects.length > 0 && subjects.every((subject) => /^system:serviceaccount:[^:*?$]+:[^:*?$]+$/.test(String(subject))) &&
    Object.keys(conditions).length === 2 && Object.keys(Condition).length === 1 && Object.keys(Principal).length === 1 &&
    Object.keys(statement).every((key) => OUR_KEYS.includes(key));
}

function isOnly<T>(found: OneOrMany<T> | undefined, wanted: T): boolean {
  const all = many(found);

  return all.length === 1 && all[0] === wanted;
}

function withSubject(statement: TrustStatement, binding: Binding, version: string | undefined): TrustStatement {
  const sub = claimKey(binding.issuer, 'sub');
  const conditions = statement.Condition!.StringEquals!;

  return { ...statement, Condition: { ...statement.Condition, StringEquals: { ...conditions, [sub]: [...many(conditions[sub]), literal(subjectOf(binding), version)] } } };
}

/**
 * Takes a binding out wherever it is named: whole statements where they were about nothing else (never just their condition, which
 * would let anybody in: CVE-2024-28056), else only its subject out of a list. Everything else stays, in place and in order; so does a
 * statement that names it under a condition which only the call can tell (an address, a session's name): that one is not what adding makes,
 * nor what it counts as being there, but somebody else's.
 */
export function removeBinding(document: TrustDocument, binding: Binding): TrustDocument {
  const statements = many(document.Statement);

  if (!statements.some((statement) => isAbout(statement, binding, document.Version))) {
    return document;
  }
  const kept = statements.flatMap((statement) => isAbout(statement, binding, document.Version) ? without(statement, binding, document.Version) : [statement]);

  return { ...document, Statement: Array.isArray(document.Statement) || kept.length !== 1 ? kept : kept[0]! };
}

/** True when the document names exactly this binding, in any of the forms that `removeBinding` would take out. */
export function hasBinding(document: TrustDocument, binding: Binding): boolean {
  return many(document.Statement).some((statement) => isAbout(statement, binding, document.Version));
}

/**
 * An Allow that lets this binding in and names its subject literally. One under a condition that only the call can tell may let nobody in:
 * it is no reason to add nothing, and not ours to take away.
 */
function isAbout(statement: TrustStatement, binding: Binding, version: string | undefined): boolean {
  return admits(statement, binding, version) === 'yes' && isNamed(statement, binding, version);
}

/** Whether an Allow lets this binding in, for whatever reason. */
function admits(statement: TrustStatement, binding: Binding, version: string | undefined): Certainty {
  if (statement.Effect !== 'Allow' || statement.NotPrincipal !== undefined || statement.NotAction !== undefined) {
    return 'no';
  }

  return matchStatement(statement, { ...binding, audience: audienceOf(binding), subject: subjectOf(binding) }, version).certainty;
}

function isNamed({ Condition }: TrustStatement, binding: Binding, version: string | undefined): boolean {
  return lists(Condition, claimKey(binding.issuer, 'sub'), literal(subjectOf(binding), version)).length > 0;
}

/** What is left of a statement: itself without the subject, and what it gave the same subject for other audiences. */
function without(statement: TrustStatement, binding: Binding, version: string | undefined): TrustStatement[] {
  const subject = { key: claimKey(binding.issuer, 'sub'), value: literal(subjectOf(binding), version) };
  const audience = { key: claimKey(binding.issuer, 'aud'), value: literal(audienceOf(binding), version) };
  const others = reduced(statement.Condition, subject.key, subject.value);
  const otherAudiences = lists(statement.Condition, audience.key, audience.value).length > 0 ? reduced(statement.Condition, audience.key, audience.value) : undefined;
  const remainder = otherAudiences && { ...statement, Condition: narrowed(otherAudiences, subject.key, subject.value) };
  // A pattern among the audiences would let the binding in all the same.
  const rest = remainder && !(admits(remainder, binding, version) !== 'no' && isNamed(remainder, binding, version)) ? remainder : undefined;

  if (others && rest) {
    const { Sid: _sid, ...unnamed } = rest;

    return [{ ...statement, Condition: others }, unnamed];
  }
  if (others || rest) {
    return [others ? { ...statement, Condition: others } : rest!];
  }

  return withoutProvider(statement, binding.providerArn).filter((left) => !isAbout(left, binding, version));
}

/** Other principals of the statement keep what they have. */
function withoutProvider(statement: TrustStatement, providerArn: string): TrustStatement[] {
  if (statement.Principal === undefined || statement.Principal === '*') {
    return [];
  }
  const { Federated, ...principals } = statement.Principal;
  const providers = many(Federated).filter((arn) => arn !== providerArn);

  if (!many(Federated).includes(providerArn) || (providers.length === 0 && Object.keys(principals).length === 0)) {
    return [];
  }

  return [{ ...statement, Principal: providers.length > 0 ? { ...statement.Principal, Federated: providers } : principals }];
}

interface ValueList {
  operator: string;
  key: string;
}

/** Where a claim's value stands literally among the values that are allowed. */
function lists(conditions: Conditions | undefined, key: string, value: string): ValueList[] {
  return entries(conditions, key).filter(({ operator, key: written }) => many(conditions![operator]![written]).some((item) => isLiteral(operator, String(item), value)));
}

/** The conditions without the value; undefined when some list would become empty. */
function reduced(conditions: Conditions | undefined, key: string, value: string): Conditions | undefined {
  return changed(conditions, lists(conditions, key, value), (item, operator) => !isLiteral(operator, item, value));
}

/** The conditions with nothing but the value. */
function narrowed(conditions: Conditions, key: string, value: string): Conditions {
  return changed(conditions, lists(conditions, key, value), (item, operator) => isLiteral(operator, item, value)) ?? conditions;
}

function changed(conditions: Conditions | undefined, where: ValueList[], keep: (item: string, operator: string) => boolean): Conditions | undefined {
  let result: Conditions | undefined = conditions && { ...conditions };

  for (const { operator, key } of where) {
    const values = many(conditions![operator]![key]);
    const kept = values.filter((item) => keep(String(item), operator));

    if (kept.length === 0) {
      return undefined;
    }
    if (kept.length < values.length) {
      result = { ...result, [operator]: { ...result![operator], [key]: kept } };
    }
  }

  return result;
}

/** All places where a key is compared for being (not for not being) something. */
function entries(conditions: Conditions | undefined, key: string): ValueList[] {
  return Object.entries(conditions ?? {}).flatMap(([operator, keys]) => {
    const { name } = parseOperator(operator);
    const isPositive = name === 'stringequals' || name === 'stringlike' || name === 'stringequalsignorecase';

    return isPositive ? Object.keys(keys).filter((written) => written.toLowerCase() === key.toLowerCase()).map((written) => ({ operator, key: written })) : [];
  });
}

function isLiteral(operator: string, item: string, value: string): boolean {
  return parseOperator(operator).name === 'stringequalsignorecase' ? item.toLowerCase() === value.toLowerCase() : item === value;
}

function subjectOf(binding: Binding): string {
  return expectedSubject(binding.namespace, binding.serviceAccount);
}

function audienceOf(binding: Binding): string {
  return binding.audience ?? DEFAULT_AUDIENCE;
}
