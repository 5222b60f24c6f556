import { describe, expect, it } from 'vitest';
import { conditionsHold } from './conditions.ts';
import { readIdentityPolicy, readTrustPolicy } from './document.ts';
import { evaluate } from './evaluate.ts';

/** IAM User Guide, «Condition operators» and «Multivalued context keys». */
describe('conditions', () => {
  const context = { 'h:sub': ['system:serviceaccount:shop:writer'], 'h:aud': ['sts.amazonaws.com'], 'aws:CurrentTime': ['2026-11-23T13:30:00Z'], 'aws:SourceIp': ['203.0.113.7'], 'n:count': ['5'], 'n:star': ['a*'] };

  it.each<[string, string, string[], boolean]>([
    ['StringEquals', 'h:sub', ['system:serviceaccount:shop:writer'], true],
    ['StringEquals', 'H:SUB', ['x', 'system:serviceaccount:shop:writer'], true],
    ['StringEquals', 'h:sub', ['system:serviceaccount:shop:*'], false],
    ['StringLike', 'h:sub', ['system:serviceaccount:shop:*'], true],
    ['StringLike', 'h:sub', ['system:serviceaccount:shop:write?'], true],
    ['StringLike', 'h:sub', ['system:serviceaccount:other:*'], false],
    ['StringEqualsIgnoreCase', 'h:aud', ['STS.amazonaws.com'], true],
    ['StringNotEquals', 'h:sub', ['x'], true],
    ['StringNotEquals', 'h:none', ['x'], true],
    ['StringNotLike', 'h:sub', ['system:*'], false],
    ['StringEquals', 'h:none', ['x'], false],
    ['StringEqualsIfExists', 'h:none', ['x'], true],
    ['StringEqualsIfExists', 'h:sub', ['x'], false],
    ['ForAllValues:StringEquals', 'h:none', ['x'], true],
    ['ForAllValues:StringEquals', 'h:sub', ['x'], false],
    ['ForAnyValue:StringEquals', 'h:none', ['x'], false],
    ['ForAnyValue:StringLike', 'h:aud', ['sts.*'], true],
    ['Null', 'h:none', ['true'], true],
    ['Null', 'h:sub', ['true'], false],
    ['Null', 'h:none', ['false'], false],
    ['ForAllValues:StringNotEquals', 'h:sub', ['x'], true],
    ['ForAnyValue:StringEqualsIfExists', 'h:none', ['x'], true],
    ['DateLessThan', 'aws:CurrentTime', ['2026-11-23T14:00:00Z'], true],
    ['DateGreaterThan', 'aws:CurrentTime', ['2026-11-23T14:00:00Z'], false],
    ['NumericLessThanEquals', 'n:count', ['5'], true],
    ['NumericEquals', 'h:sub', ['5'], false],
    ['IpAddress', 'aws:SourceIp', ['203.0.113.0/24'], true],
    ['NotIpAddress', 'aws:SourceIp', ['203.0.113.0/24', '2001:db8::/32'], false],
    // «IAM policy elements: Variables and tags»
    ['StringEquals', 'h:sub', ['${h:sub}'], true],
    ['StringLike', 'h:sub', ['system:serviceaccount:shop:${h:none, \'writer\'}'], true],
    ['StringEquals', 'h:sub', ['${h:none}'], false],
    ['StringEquals', 'n:star', ['a${*}'], true],
    ['StringLike', 'h:sub', ['system${*}'], false],
    ['StringLike', 'h:sub', ['${n:star}'], false],
    ['StringLike', 'h:aud', ['*a'.repeat(60)], false],
  ])('%s %s %j is %s', (operator, key, values, holds) => {
    expect(conditionsHold({ [operator]: { [key]: values } }, context)).toBe(holds);
  });
});

describe('policies', () => {
  const document = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

  it('deny before they allow', () => {
    const statements = readIdentityPolicy(JSON.stringify({
      Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }, { Effect: 'Deny', NotAction: 'iam:Get*', Resource: 'arn:aws:iam::1:role/x' }]
    }));

    expect(evaluate(statements, { action: 'iam:GetRole', resource: 'arn:aws:iam::1:role/x' })).toBe('allow');
    expect(evaluate(statements, { action: 'iam:DeleteRole', resource: 'arn:aws:iam::1:role/x' })).toBe('explicit deny');
    expect(evaluate(statements, { action: 's3:GetObject', resource: 'arn:aws:s3:::x' })).toBe('no allow');
  });

  it('read variables as text in old documents, and take everybody for everybody', () => {
    const ask = (Version: string, Principal: unknown, wanted: string): string => evaluate(readTrustPolicy(JSON.stringify({ Version, Statement: { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal, Condition: { StringEquals: { s: wanted } } } })), { action: 'sts:AssumeRoleWithWebIdentity', principal: { kind: 'Federated', names: ['arn:aws:iam::111122223333:oidc-provider/h'] }, context: { s: ['x'] } });

    expect([ask('2012-10-17', '*', '${s}'), ask('2008-10-17', '*', '${s}'), ask('2012-10-17', { AWS: '*' }, 'x'), ask('2012-10-17', { AWS: '111122223333' }, 'x')]).toEqual(['allow', 'no allow', 'allow', 'no allow']);
  });

  it.each([
    ['{', 'This policy contains invalid Json'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' }), 'Missing required field Principal'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*', Resource: '*' }), 'Has prohibited field Resource'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Federated: 'arn:aws:iam:::oidc-provider/' } }), 'Invalid principal in policy: "FEDERATED":"arn:aws:iam:::oidc-provider/"'],
    [document({ Effect: 'Allow', Action: 's3:GetObject', Principal: '*' }), 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { constructor: 'x' } }), 'Invalid principal in policy: "CONSTRUCTOR":"x"'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*', Condition: { constructor: { a: 'b' } } }), 'Invalid Condition type : constructor.'],
    [JSON.stringify({ Version: '2012-10-17', Statement: ['a', 'a'].map((Sid) => ({ Sid, Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' })) }), 'Statement IDs (SID) in a single policy must be unique.'],
    [document({ Effect: 'Permit', Action: 'sts:AssumeRole', Principal: '*' }), 'Syntax errors in policy.'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*', Condition: { StringIs: { a: 'b' } } }), 'Invalid Condition type : StringIs.'],
  ])('of trust are refused in IAM\'s words: %s', (text, message) => {
    expect(() => readTrustPolicy(text)).toThrow(expect.objectContaining({ code: 'MalformedPolicyDocument', message }) as Error);
  });
});
