import { describe, expect, it } from 'vitest';
import { conditionsHold } from './conditions.ts';
import { readIdentityPolicy, readTrustPolicy } from './document.ts';
import { evaluate } from './evaluate.ts';

/** IAM User Guide, «Condition operators» and «Multivalued context keys». */
describe('conditions', () => {
  const context = { 'h:sub': ['system:serviceaccount:shop:writer'], 'h:aud': ['sts.amazonaws.com'] };

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

  it.each([
    ['{', 'This policy contains invalid Json'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' }), 'Missing required field Principal'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*', Resource: '*' }), 'Has prohibited field Resource'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Federated: 'arn:aws:iam:::oidc-provider/' } }), 'Invalid principal in policy: "FEDERATED":"arn:aws:iam:::oidc-provider/"'],
    [document({ Effect: 'Allow', Action: 's3:GetObject', Principal: '*' }), 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [document({ Effect: 'Permit', Action: 'sts:AssumeRole', Principal: '*' }), 'Syntax errors in policy.'],
    [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*', Condition: { StringIs: { a: 'b' } } }), 'Invalid Condition type : StringIs.'],
  ])('of trust are refused in IAM\'s words: %s', (text, message) => {
    expect(() => readTrustPolicy(text)).toThrow(expect.objectContaining({ code: 'MalformedPolicyDocument', message }) as Error);
  });
});
