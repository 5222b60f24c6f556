/* eslint-disable no-template-curly-in-string -- policies have variables of that form; they are meant as they stand. */
import fc from 'fast-check';
import type { Binding, TrustDocument, TrustRequest, TrustStatement } from '../../../pkg/irsa/domain';

/**
 * Random trust policies. Small pools of names make statements, tokens and bindings meet often; what a pool lacks (odd spellings, keys of
 * others, unknown operators' cousins) stands in it on purpose.
 */

export const HOSTS = ['oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE', 'oidc.eks.eu-west-1.amazonaws.com/id/OTHER', 'irsa.example/Store/'];
export const ACCOUNT = '111122223333';
export const providerOf = (host: string, account = ACCOUNT): string => `arn:aws:iam::${ account }:oidc-provider/${ host }`;
export const subjectOf = (namespace: string, name: string): string => `system:serviceaccount:${ namespace }:${ name }`;

const host = fc.constantFrom(HOSTS[0]!, HOSTS[0]!, ...HOSTS);
const namespaces = ['shop', 'web', 'shop-eu'];
const names = ['reader', 'writer', 'default'];
const audiences = ['sts.amazonaws.com', 'other', '5', 'a${x}'];

const subject = fc.tuple(fc.constantFrom(...namespaces), fc.constantFrom(...names)).map(([namespace, name]) => subjectOf(namespace, name));
const pattern = fc.constantFrom('*', 'system:*', 'system:serviceaccount:*', 'system:serviceaccount:shop:*', 'system:serviceaccount:*:reader', 'system:serviceaccount:shop*', 'system:serviceaccount:?hop:reade?', '*:*:*:*', '');
const variable = (own: string) => fc.constantFrom(`\${${ own }:sub}`, '${none}', '${none, \'system:serviceaccount:shop:reader\'}', 'system:serviceaccount:shop:${*}', '${ }', '$', '${', 'system:serviceaccount:shop:${no, \'reader\'}');
const audience = fc.constantFrom(...audiences, 'STS.amazonaws.com', 'sts.*', '*');

/** A lone value or a list. */
function oneOrMany<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> {
  return fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));
}

const operator = fc.tuple(
  fc.constantFrom('', '', '', '', 'ForAnyValue:', 'ForAllValues:', 'foranyvalue:'),
  fc.constantFrom('StringEquals', 'StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'stringlike', 'NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericGreaterThanEquals', 'Bool'),
  fc.constantFrom('', '', '', 'IfExists'),
).map((parts) => parts.join(''));

function keysOf(own: string): fc.Arbitrary<Record<string, unknown>> {
  const claim = (name: string, value: fc.Arbitrary<unknown>) => fc.tuple(fc.constantFrom(own, own, own, own.toUpperCase(), ...HOSTS), oneOrMany(value)).map(([issuer, values]) => ({ [`${ issuer }:${ name }`]: values }));

  return fc.oneof(
    claim('sub', fc.oneof({ arbitrary: subject, weight: 4 }, { arbitrary: pattern, weight: 2 }, { arbitrary: variable(own), weight: 1 })),
    claim('aud', fc.oneof(audience, fc.constantFrom(5, 6, true))),
    fc.tuple(claim('sub', subject), claim('aud', audience)).map(([one, other]) => ({ ...one, ...other })),
    claim('other', fc.constantFrom('x', '${none}')),
  );
}

const condition = (own: string) => fc.oneof(
  // As tools write it.
  { weight: 5, arbitrary: oneOrMany(subject).map((sub) => ({ StringEquals: { [`${ own }:aud`]: 'sts.amazonaws.com', [`${ own }:sub`]: sub } })) },
  { weight: 4, arbitrary: fc.dictionary(operator, keysOf(own), { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('sub', 'aud', 'none'), oneOrMany(fc.constantFrom('true', 'false', true, false))).map(([claim, values]) => ({ Null: { [`${ own }:${ claim }`]: values } })) },
);

const statement: fc.Arbitrary<TrustStatement> = host.chain((own) => fc.record({
  Effect:    fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  principal: fc.oneof(
    { weight: 6, arbitrary: fc.constant({ Principal: { Federated: providerOf(own) } }) },
    { weight: 3, arbitrary: fc.constantFrom<object>({ Principal: { Federated: [providerOf(own), providerOf(HOSTS[1]!)] } }, { Principal: '*' }, { Principal: { AWS: ['*'] } }, { Principal: { Service: 'ec2.amazonaws.com' } }, { Principal: { Federated: [providerOf(own)], AWS: `arn:aws:iam::${ ACCOUNT }:root` } }) },
    { weight: 1, arbitrary: fc.constantFrom<object>({ NotPrincipal: { Federated: providerOf(own) } }, { NotPrincipal: { AWS: ACCOUNT } }) },
  ),
  action: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<object>({ Action: 'sts:AssumeRoleWithWebIdentity' }, { Action: ['sts:AssumeRoleWithWebIdentity'] }) },
    { weight: 2, arbitrary: fc.constantFrom<object>({ Action: ['sts:TagSession', 'sts:assumerolewithwebidentity'] }, { Action: '*' }, { Action: 'sts:*' }, { Action: 'sts:AssumeRole' }, { NotAction: 'sts:AssumeRole' }, { NotAction: ['sts:*'] }, { Action: 'sts:AssumeRole??????????????' }) },
  ),
  Condition: fc.option(condition(own), { nil: undefined, freq: 8 }),
})).map(({ principal, action, Condition, Effect }) => ({ Effect, ...principal, ...action, ...(Condition ? { Condition } : {}) }) as TrustStatement);

/** Policies that IAM would take. */
export const documents: fc.Arbitrary<TrustDocument> = fc.record({
  Version:   fc.option(fc.constantFrom('2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17'), { nil: undefined, freq: 8 }),
  Statement: fc.oneof({ weight: 5, arbitrary: fc.array(statement, { minLength: 1, maxLength: 5 }) }, { weight: 1, arbitrary: statement }),
  Sids:      fc.boolean(),
}).map(({ Version, Statement, Sids }) => ({
  ...(Version ? { Version } : {}),
  Statement: Array.isArray(Statement) ? Statement.map((one, index) => Sids ? { Sid: `S${ index }`, ...one } : one) : Statement,
}));

/** A condition on what only the call can tell, or on what no web identity call has. */
const callCondition = fc.constantFrom<Record<string, Record<string, string | string[]>>>(
  { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { StringEquals: { 'aws:PrincipalOrgID': ['o-1', 'o-2'] } }, { StringLike: { 'sts:RoleSessionName': 'x*' } },
  { StringEquals: { 'sts:ExternalId': 'x' } }, { Bool: { 'aws:SecureTransport': 'true' } }, { StringNotEqualsIfExists: { 'aws:RequestTag/team': 'x' } },
);

const seldom = fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: callCondition });

/** The same, some statements of which are under a condition more. */
export const conditionalDocuments: fc.Arbitrary<TrustDocument> = fc.tuple(documents, fc.array(seldom, { minLength: 5, maxLength: 5 })).map(([document, more]) => {
  const under = (statement: TrustStatement, index: number): TrustStatement => {
    const [[operator, keys] = []] = Object.entries(more[index] ?? {});

    return operator === undefined ? statement : { ...statement, Condition: { ...statement.Condition, [operator]: { ...statement.Condition?.[operator], ...keys } } };
  };

  return { ...document, Statement: Array.isArray(document.Statement) ? document.Statement.map(under) : under(document.Statement, 0) };
});

/** The same with keys that nobody knows, an empty list of statements, and other things that only have to be kept. */
export const oddDocuments: fc.Arbitrary<TrustDocument> = fc.tuple(conditionalDocuments, fc.dictionary(fc.constantFrom('Id', 'X', '__proto__', 'Ä'), fc.jsonValue()), fc.boolean(), fc.boolean()).map(([document, more, none, inside]) => {
  const Statement = none ? [] : inside ? [document.Statement].flat().map((one) => ({ ...more, ...one })) : document.Statement;

  return { ...more, ...document, Statement };
});

/** A binding from the same pools. */
export const bindings: fc.Arbitrary<Binding> = fc.record({
  host, namespace: fc.constantFrom(...namespaces), serviceAccount: fc.constantFrom(...names), audience: fc.constantFrom(undefined, undefined, ...audiences),
}).map(({ host: own, audience: wanted, ...account }) => ({ providerArn: providerOf(own), issuer: `https://${ own }`, ...account, ...(wanted ? { audience: wanted } : {}) }));

/** A token of a cluster whose provider is in the account; some carry several audiences. */
export const tokens: fc.Arbitrary<TrustRequest> = fc.record({
  host, subject: fc.oneof({ weight: 5, arbitrary: subject }, { weight: 1, arbitrary: fc.constantFrom('5', '', '*', 'SYSTEM:serviceaccount:shop:reader') }),
  audience: fc.oneof({ weight: 5, arbitrary: fc.constantFrom<string | string[]>(...audiences) }, { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...audiences), { minLength: 2 }) }),
}).map(({ host: own, ...rest }) => ({ providerArn: providerOf(own), issuer: `https://${ own }`, ...rest }));
