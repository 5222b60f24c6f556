import { describe, expect, it } from 'vitest';
import { newTrust, type TrustDocument } from './document';
import { evaluateTrust } from './evaluate';

const HOST = 'oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE';
const ARN = `arn:aws:iam::111122223333:oidc-provider/${ HOST }`;
const SUBJECT = 'system:serviceaccount:shop:reader';
const request = { providerArn: ARN, issuer: `https://${ HOST }`, audience: 'sts.amazonaws.com', subject: SUBJECT };
const SUB = `${ HOST }:sub`;
const AUD = `${ HOST }:aud`;

type Conditions = Record<string, Record<string, unknown>>;
const statement = (Condition: Conditions | undefined, more: object = {}) => ({ Effect: 'Allow', Principal: { Federated: ARN }, Action: 'sts:AssumeRoleWithWebIdentity', ...(Condition ? { Condition } : {}), ...more });
const trust = (...Statement: object[]) => ({ Version: '2012-10-17', Statement }) as unknown as TrustDocument;

describe('evaluateTrust: conditions', () => {
  it.each<[boolean, Conditions | undefined]>([
    [true, undefined],
    [true, {}],
    [true, { StringEquals: { [SUB]: SUBJECT, [AUD]: 'sts.amazonaws.com' } }],
    [true, { StringEquals: { [SUB]: ['x', SUBJECT] } }],
    [true, { stringequals: { [SUB.toUpperCase()]: SUBJECT } }],
    [false, { StringEquals: { [SUB]: [] } }],
    [false, { StringEquals: { [SUB]: SUBJECT.toUpperCase() } }],
    [true, { StringEqualsIgnoreCase: { [SUB]: SUBJECT.toUpperCase() } }],
    [false, { StringNotEqualsIgnoreCase: { [SUB]: SUBJECT.toUpperCase() } }],
    [false, { StringEquals: { [SUB]: 'system:serviceaccount:shop:*' } }],
    [true, { StringLike: { [SUB]: 'system:serviceaccount:shop:*' } }],
    [true, { StringLike: { [SUB]: 'system:*:reade?' } }],
    [false, { StringLike: { [SUB]: 'system:serviceaccount:shop:reader?' } }],
    [true, { StringLike: { [SUB]: 'system:serviceaccount:sho*' } }],
    [false, { StringLike: { [SUB]: ['*:writer', 'a*b*c*d'] } }],
    [false, { StringNotLike: { [SUB]: ['*:writer', '*:reader'] } }],
    [true, { StringNotLike: { [SUB]: ['*:writer'] } }],
    [false, { StringNotEquals: { [SUB]: ['x', SUBJECT] } }],
    [true, { StringNotEquals: { [SUB]: ['x', 'y'] } }],
    [true, { 'ForAnyValue:StringLike': { [SUB]: 'system:*' } }],
    [true, { 'ForAllValues:StringLike': { [SUB]: ['system:*', 'y'] } }],
    [false, { 'ForAllValues:StringEquals': { [SUB]: ['y'] } }],
    // Keys that are not there
    [false, { StringEquals: { 'other.example:sub': SUBJECT } }],
    [true, { StringEqualsIfExists: { 'other.example:sub': SUBJECT } }],
    [false, { StringEqualsIfExists: { [SUB]: 'x' } }],
    [true, { StringNotEquals: { 'other.example:sub': SUBJECT } }],
    [false, { 'ForAnyValue:StringNotEquals': { 'other.example:sub': SUBJECT } }],
    [true, { 'ForAllValues:StringEquals': { 'other.example:sub': SUBJECT } }],
    [false, { 'ForAnyValue:StringEquals': { 'other.example:sub': SUBJECT } }],
    [true, { 'ForAnyValue:StringEqualsIfExists': { 'other.example:sub': SUBJECT } }],
    [true, { Null: { 'other.example:sub': 'true' } }],
    [true, { Null: { 'other.example:sub': true } }],
    [false, { Null: { [SUB]: 'true' } }],
    [true, { Null: { [SUB]: 'false' } }],
    [false, { Null: { 'other.example:sub': false } }],
    [true, { Null: { [SUB]: ['true', 'false'] } }],
    [false, { StringEquals: { 'sts:ExternalId': 'x' } }],
    // Both issuers' keys in one statement are AND-ed (cloudposse/terraform-aws-eks-iam-role#63)
    [false, { StringEquals: { [SUB]: SUBJECT, 'other.example:sub': SUBJECT } }],
    [false, { StringEquals: { [SUB]: SUBJECT }, StringLike: { [SUB]: 'system:serviceaccount:web:*' } }],
    // Other families
    [true, { Bool: { 'aws:SecureTransport': 'true' } }],
    [false, { Bool: { 'aws:SecureTransport': false } }],
    [false, { ArnLike: { [SUB]: '*' } }],
    [true, { NumericNotEquals: { [SUB]: 5 } }],
    [false, { NumericEquals: { [AUD]: 5 } }],
    // Variables
    [true, { StringEquals: { [SUB]: `\${${ SUB }}` } }],
    [true, { StringLike: { [SUB]: 'system:serviceaccount:shop:${none:x, \'reader\'}' } }],
    [false, { StringLike: { [SUB]: 'system:serviceaccount:shop:${none:x}*' } }],
    [false, { StringLike: { [SUB]: 'system:serviceaccount:shop:${*}' } }],
  ])('%s: %j', (allowed, condition) => {
    expect(evaluateTrust(trust(statement(condition)), request).allowed).toBe(allowed);
  });

  it('reads variables as text in old policies', () => {
    expect(evaluateTrust({ ...trust(statement({ StringEquals: { [SUB]: `\${${ SUB }}` } })), Version: '2008-10-17' }, request).allowed).toBe(false);
  });

  it('is not led astray by many stars', () => {
    expect(evaluateTrust(trust(statement({ StringLike: { [SUB]: '*a'.repeat(60) } })), { ...request, subject: 'a'.repeat(59) }).allowed).toBe(false);
  });
});

describe('evaluateTrust: tokens with several audiences', () => {
  const two = { ...request, audience: ['sts.amazonaws.com', 'other'] };

  it.each<[string, Conditions]>([
    ['allowed', { StringEquals: { [SUB]: SUBJECT } }],
    ['allowed', { 'ForAnyValue:StringEquals': { [AUD]: 'other' } }],
    ['audience', { 'ForAnyValue:StringEquals': { [AUD]: 'x' } }],
    ['allowed', { 'ForAllValues:StringEquals': { [AUD]: ['x', 'other', 'sts.amazonaws.com'] } }],
    ['audience', { 'ForAllValues:StringEquals': { [AUD]: ['other'] } }],
    ['allowed', { 'ForAnyValue:StringNotEquals': { [AUD]: ['other'] } }],
    ['audience', { 'ForAllValues:StringNotEquals': { [AUD]: ['other'] } }],
    ['allowed', { StringEquals: { [AUD]: ['other', 'sts.amazonaws.com'] } }],
    ['audience', { StringEquals: { [AUD]: ['x'] } }],
    // Not documented: a key with several values is to be asked with a quantifier.
    ['undetermined', { StringEquals: { [AUD]: 'other' } }],
    ['undetermined', { StringLike: { [SUB]: `\${${ AUD }}` } }],
  ])('%s: %j', (cause, condition) => {
    expect(evaluateTrust(trust(statement(condition)), two).cause).toBe(cause);
  });

  it.each([['5', { NumericEquals: { [AUD]: 5 } }], ['5', { NumericLessThan: { [AUD]: 6 } }], ['5', { NumericGreaterThanEquals: { [AUD]: '5' } }], ['5', { NumericLessThanEquals: { [AUD]: 5 } }], ['6', { NumericGreaterThan: { [AUD]: 5 } }], ['6', { NumericNotEquals: { [AUD]: 5 } }]])('an audience may be a number: %s %j', (audience, condition) => {
    expect(evaluateTrust(trust(statement(condition)), { ...request, audience }).allowed).toBe(true);
    expect(evaluateTrust(trust(statement(condition)), { ...request, audience: 'x' }).allowed).toBe('NumericNotEquals' in condition);
  });
});

describe('evaluateTrust: principals and actions', () => {
  it.each<[boolean, object]>([
    [true, { Principal: '*' }], [true, { Principal: { Federated: '*' } }], [true, { Principal: { AWS: ['1', '*'] } }], [true, { Principal: { Federated: ['x', ARN] } }],
    [false, { Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/*` } }], [false, { Principal: { Federated: ARN.toLowerCase() } }],
    [false, { Principal: { AWS: ARN } }], [false, { Principal: { Service: 'ec2.amazonaws.com' } }], [false, { Principal: undefined }],
    [false, { Principal: undefined, NotPrincipal: { Federated: ARN } }], [true, { Principal: undefined, NotPrincipal: { Federated: 'x' } }],
    [true, { Action: 'STS:assumerolewithwebidentity' }], [true, { Action: ['sts:TagSession', 'sts:*'] }], [true, { Action: '*' }], [true, { Action: 'sts:AssumeRoleWith*' }],
    [false, { Action: 'sts:AssumeRole' }], [false, { Action: [] }], [false, { Action: undefined, NotAction: 'sts:*' }], [true, { Action: undefined, NotAction: ['sts:AssumeRole'] }],
  ])('%s: %j', (allowed, more) => {
    expect(evaluateTrust(trust(statement({}, more)), request).allowed).toBe(allowed);
  });

  it('lets Deny win, wherever it stands', () => {
    const allow = statement(undefined);

    expect(evaluateTrust(trust(allow, statement({ StringLike: { [SUB]: '*:reader' } }, { Effect: 'Deny' })), request)).toMatchObject({ allowed: false, cause: 'denied', statement: 1 });
    expect(evaluateTrust(trust(statement({ StringNotEquals: { [AUD]: 'sts.amazonaws.com' } }, { Effect: 'Deny' }), allow), request)).toMatchObject({ allowed: true, statement: 1 });
    expect(evaluateTrust(trust(allow, statement(undefined, { Effect: 'Deny', Principal: undefined, NotPrincipal: { Federated: 'x' } })), request).cause).toBe('denied');
  });

  it('takes a lone statement like a list', () => {
    expect(evaluateTrust({ Statement: statement(undefined) } as unknown as TrustDocument, request).allowed).toBe(true);
  });
});

describe('evaluateTrust: reasons', () => {
  it('names the subject that is trusted instead', () => {
    const verdict = evaluateTrust(newTrust({ providerArn: ARN, issuer: request.issuer, namespace: 'shop', serviceAccount: 'writer' }), request);

    expect(verdict).toMatchObject({ allowed: false, cause: 'subject', statement: 0, key: SUB, expected: ['system:serviceaccount:shop:writer'], actual: SUBJECT });
    expect(verdict.reason).toContain('"system:serviceaccount:shop:writer"');
    expect(verdict.reason).toContain(`"${ SUBJECT }"`);
  });

  it('prefers the statement that comes nearest', () => {
    const verdict = evaluateTrust(trust(
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      statement({ StringEquals: { [SUB]: 'x', [AUD]: 'y' } }),
      statement({ StringEquals: { [SUB]: SUBJECT, [AUD]: 'sts.amazonaws.com.cn' } }),
    ), request);

    expect(verdict).toMatchObject({ cause: 'audience', statement: 2, expected: ['sts.amazonaws.com.cn'], actual: 'sts.amazonaws.com' });
  });

  it('lists all that differs, as data', () => {
    const { differences, operator } = evaluateTrust(trust(statement({ StringEquals: { [SUB]: ['x', 'y'] }, StringLike: { [AUD]: 'z*', 'other.example:sub': 'o' } })), request);

    expect(operator).toBe('StringLike');
    expect(differences).toEqual([
      { operator: 'StringEquals', key: SUB, expected: ['x', 'y'], actual: SUBJECT },
      { operator: 'StringLike', key: AUD, expected: ['z*'], actual: 'sts.amazonaws.com' },
      { operator: 'StringLike', key: 'other.example:sub', expected: ['o'], actual: undefined },
    ]);
  });

  it('says that StringEquals takes a star literally', () => {
    expect(evaluateTrust(trust(statement({ StringEquals: { [SUB]: 'system:serviceaccount:shop:*' } })), request).reason).toContain('literally');
  });

  it('tells another cluster, another account and no web identity at all apart', () => {
    const other = evaluateTrust(trust(statement({}, { Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/other.example' } }), statement({}, { Principal: { Federated: ARN.replace('111122223333', '999988887777') } })), request);

    expect(other).toMatchObject({ cause: 'provider', statement: 1 });
    expect(other.reason).toContain('999988887777');
    expect(evaluateTrust(trust({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }), request)).toMatchObject({ cause: 'no-statement' });
    expect(evaluateTrust(trust(), request)).toMatchObject({ cause: 'no-statement' });
    expect(evaluateTrust(trust(statement({}, { Action: 'sts:AssumeRole' })), request)).toMatchObject({ cause: 'action' });
  });

  it('names a key of another issuer', () => {
    expect(evaluateTrust(trust(statement({ StringEquals: { 'other.example:sub': SUBJECT, [AUD]: 'sts.amazonaws.com' } })), request)).toMatchObject({ cause: 'condition', key: 'other.example:sub', actual: undefined });
  });

  it('does not guess what is only known at the call', () => {
    expect(evaluateTrust(trust(statement({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })), request)).toMatchObject({ allowed: false, cause: 'undetermined', key: 'aws:SourceIp' });
    expect(evaluateTrust(trust(statement({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' }, StringEquals: { [SUB]: 'x' } })), request)).toMatchObject({ cause: 'subject' });
    const verdict = evaluateTrust(trust(statement(undefined), statement({ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { Effect: 'Deny' })), request);

    expect(verdict.allowed).toBe(true);
    expect(verdict.reason).toContain('aws:SourceIp');
  });
});
