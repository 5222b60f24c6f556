import { describe, expect, it } from 'vitest';
import { LocatedError } from '../json/located';
import type { PermissionDocument, PermissionStatement } from './document';
import { allows, inlineSize, lintPermissions, parsePermissions, permissionsSize, type PermissionContext } from './index';

const BUCKET = 'arn:aws:s3:::acme';
const statement = (change: object = {}): PermissionStatement => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: `${ BUCKET }/*`, ...change });
const document = (...statements: object[]): PermissionDocument => ({ Version: '2012-10-17', Statement: statements.map(statement) });

describe('parsing', () => {
  it.each([
    document({}), { Statement: statement() }, document({ Action: ['s3:Get*', 's3:PutObject'], Resource: [BUCKET, '*'] }),
    document({ Action: undefined, NotAction: 'iam:*' }), document({ Resource: undefined, NotResource: '*' }), document({ Sid: 'A1', Effect: 'Deny', Action: '*' }),
    document({ Condition: { StringEquals: { 's3:prefix': ['a', 'b'] }, Bool: { 'aws:SecureTransport': true } } }), { Version: '2008-10-17', Id: 'x', Statement: [statement()] },
    document({ Sid: '' }, { Sid: '' }),
  ])('takes %j', (policy) => {
    expect(parsePermissions(JSON.stringify(policy))).toEqual(JSON.parse(JSON.stringify(policy)));
  });

  it.each([
    ['[]', 1, 1, 'a policy is an object'],
    ['{', 1, 2, 'expected a key'],
    ['{"Version":"2012"}', 1, 12, 'Version is'],
    ['{}', 1, 1, 'has a Statement'],
    ['{"Statement":[]}', 1, 14, 'at least one'],
    ['{"Statement":[{"Effect":"Allow"}]}', 1, 15, 'one of Action and NotAction'],
    ['{"Statement":{"Effect":"allow","Action":"s3:X","Resource":"*"}}', 1, 24, 'Effect is'],
    ['{"Statement":{\n"Effect":"Allow",\n"Principal":"*"}}', 3, 13, 'no principal'],
    ['{"Statement":{"Effect":"Allow","Action":"s3:X","NotAction":"s3:Y","Resource":"*"}}', 1, 14, 'one of Action'],
    ['{"Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}}', 1, 41, 'a service and a name'],
    ['{"Statement":{"Effect":"Allow","Action":["s3:A",\n"s3 :B"],"Resource":"*"}}', 2, 1, 'a service and a name'],
    ['{"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}', 1, 41, 'a string or a list'],
    ['{"Statement":{"Effect":"Allow","Action":"s3:X"}}', 1, 14, 'one of Resource'],
    ['{"Statement":{"Effect":"Allow","Action":"s3:X","Resource":"acme"}}', 1, 59, 'an ARN'],
    ['{"Statement":{"Effect":"Allow","Action":"s3:X","Resource":"*","Sid":"a b"}}', 1, 69, 'letters and digits'],
    ['{"Statement":{"Effect":"Allow","Action":"s3:X","Resource":"*","Comment":"a"}}', 1, 73, 'no key "Comment"'],
    ['{"Statement":{"Effect":"Allow","Action":"s3:X","Resource":"*","Condition":"a"}}', 1, 75, 'object of operators'],
    ['{"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:X","Resource":"*"},{"Sid":"A","Effect":"Allow","Action":"s3:X","Resource":"*"}]}', 1, 82, 'stands twice'],
    ['{"Statement":{"Effect":"Allow","Action":"s3:X","Resource":"arn:aws:s3:::ä→"}}', 1, 74, 'does not take'],
    ['{"Statement":{"Effect":"Allow","Effect":"Allow"}}', 1, 32, 'twice'],
  ])('refuses %s', (json, line, column, complaint) => {
    let caught: unknown;

    try {
      parsePermissions(json);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(LocatedError);
    expect(caught).toMatchObject({ line, column });
    expect((caught as LocatedError).complaint).toContain(complaint);
  });
});

describe('size', () => {
  it('counts all but white space, and inline policies together', () => {
    expect(permissionsSize(document({}))).toBe('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}]}'.length);
    expect(inlineSize({ a: '{ "a": 1 }', b: '{\n\t"b": 22\n}' })).toBe(15);
  });
});

const CASES: { code: string; bad: object[]; good: object[]; context?: PermissionContext }[] = [
  { code: 'PERM_EVERYTHING', bad: [{ Action: '*', Resource: '*' }], good: [{ Action: '*', Resource: '*', Effect: 'Deny' }] },
  { code: 'PERM_ESCALATION', bad: [{ Action: 'iam:PassRole', Resource: '*' }], good: [{ Action: 'iam:PassRole', Resource: 'arn:aws:iam::111122223333:role/node' }] },
  { code: 'PERM_NOT_ACTION', bad: [{ Action: undefined, NotAction: 'iam:*' }], good: [{ Effect: 'Deny', Action: undefined, NotAction: 'iam:*' }] },
  { code: 'PERM_NOT_RESOURCE', bad: [{ Resource: undefined, NotResource: BUCKET }], good: [{}] },
  { code: 'PERM_SERVICE_STAR', bad: [{ Action: 's3:*' }], good: [{ Action: 's3:Get*' }] },
  { code: 'PERM_ANY_RESOURCE', bad: [{ Action: 'sqs:SendMessage', Resource: '*' }], good: [{ Action: 'ec2:DescribeVolumes', Resource: '*' }, { Action: 'sqs:SendMessage', Resource: '*', Condition: { StringEquals: { 'aws:ResourceTag/a': 'b' } } }] },
  { code: 'PERM_PARTITION', bad: [{ Resource: 'arn:aws-cn:s3:::acme/*' }], good: [{}, { Resource: '*' }], context: { partition: 'aws' } },
  { code: 'PERM_OTHER_SERVICE', bad: [{ Resource: 'arn:aws:sqs:eu-central-1:111122223333:jobs' }], good: [{}, { Action: 'wafv2:GetWebACL', Resource: 'arn:aws:wafv2:::x' }, { Action: '*', Resource: BUCKET }] },
  { code: 'PERM_UNKNOWN_ACTION', bad: [{ Action: 's3:GetObjects' }], good: [{}, { Action: 's3:Get*' }], context: { isAction: (action) => action === 's3:GetObject' } },
  { code: 'PERM_BUCKET_ACTION', bad: [{ Action: 's3:ListBucket' }], good: [{ Action: 's3:ListBucket', Resource: BUCKET }, { Action: ['s3:ListBucket', 's3:GetObject'], Resource: [BUCKET, `${ BUCKET }/*`] }] },
  { code: 'PERM_OBJECT_ACTION', bad: [{ Resource: BUCKET }], good: [{}, { Resource: 'arn:aws:s3:::*' }] },
  { code: 'PERM_NO_PREFIX', bad: [{ Action: 's3:ListBucket', Resource: BUCKET }, { Resource: `${ BUCKET }/prod/*` }], good: [{ Action: 's3:ListBucket', Resource: BUCKET, Condition: { StringLike: { 's3:prefix': 'prod/*' } } }, { Resource: `${ BUCKET }/prod/*` }] },
  { code: 'PERM_TOO_LONG', bad: [{}], good: [{}], context: { quota: 50 } },
];

const ROLES = 'arn:aws:iam::111122223333:role/*';

describe('what lets a role give itself more', () => {
  const severity = (change: object) => lintPermissions(document(change)).find(({ code }) => code === 'PERM_ESCALATION')?.severity;

  it.each<object>([
    { Action: 'iam:PassRole', Resource: ROLES }, { Action: 'iam:PutRolePolicy', Resource: ROLES }, { Action: 'iam:Pass*', Resource: '*' }, { Action: 'iam:*Policy', Resource: '*' }, { Action: 'iam:P?ssRole', Resource: 'arn:*:iam::*:*' },
    { Action: 'iam:PassRole', Resource: '*', Condition: { StringLike: { 'aws:PrincipalArn': '*' } } }, { Action: 'iam:PassRole', Resource: '*', Condition: { StringLike: { 'iam:PassedToService': '*' } } },
    { Action: 'iam:PassRole', Resource: '*', Condition: { StringNotEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }, { Action: 'iam:PassRole', Resource: '*', Condition: { StringEqualsIfExists: { 'iam:PassedToService': 'ec2.amazonaws.com' } } },
    { Action: undefined, NotAction: 'iam:DeleteUser', Resource: '*' }, { Action: 'iam:CreateAccessKey', Resource: 'arn:aws:iam::111122223333:user/*' }, { Action: 'sts:AssumeRole', Resource: '*' }, { Action: 'iam:PassRole', Resource: undefined, NotResource: 'arn:aws:iam::111122223333:role/x' },
  ])('%j', (change) => {
    expect(severity(change)).toBe('critical');
  });

  it.each<object>([
    { Action: 'iam:PassRole', Resource: '*', Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }, { Action: 'iam:PutRolePolicy', Resource: 'arn:aws:iam::111122223333:role/app/*' }, { Action: 'iam:Get*', Resource: '*' },
    { Action: 'iam:CreateRole', Resource: ROLES, Condition: { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::111122223333:policy/b' } } }, { Action: undefined, NotAction: ['iam:*', 'sts:*'], Resource: '*' }, { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
  ])('not %j', (change) => {
    expect(severity(change)).toBeUndefined();
  });
});

describe('what a policy allows where the call is known', () => {
  const call = (key: string) => key.toLowerCase() === 's3:prefix' ? { known: true as const, values: undefined } : key.toLowerCase() === 'aws:principalarn' ? { known: true as const, values: ['arn:aws:iam::111122223333:role/ci/backup'] } : { known: false as const };
  const ask = (...statements: object[]) => allows([document(...statements)], 's3:GetObject', `${ BUCKET }/k`, call);

  it.each<[string, object[], object]>([
    ['a condition that holds', [{ Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ci/*' } } }], { may: 'yes' }],
    ['one that does not', [{ Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/other' } } }], { may: 'no', denied: false }],
    ['a Deny for all but one, who asks', [{}, { Effect: 'Deny', Condition: { ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/ci/backup' } } }], { may: 'yes' }],
    ['a Deny for all but another', [{}, { Effect: 'Deny', Condition: { StringNotLike: { 'aws:PrincipalArn': '*:role/other' } } }], { may: 'no', denied: true }],
    ['a key that is not there', [{ Condition: { StringLike: { 's3:prefix': 'prod/*' } } }], { may: 'no', denied: false }],
    ['one that may be missing', [{ Condition: { StringLikeIfExists: { 's3:prefix': 'prod/*' } } }], { may: 'yes' }],
    ['one that must be missing', [{ Condition: { Null: { 's3:prefix': 'true' } } }], { may: 'yes' }],
    ['one known and one not', [{ Condition: { ArnLike: { 'aws:PrincipalArn': '*' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }], { may: 'depends', keys: ['aws:SourceIp'] }],
    ['a Deny that depends', [{}, { Effect: 'Deny', Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }], { may: 'depends', keys: ['aws:SourceIp'] }],
  ])('%s', (_name, statements, verdict) => {
    expect(ask(...statements)).toEqual(verdict);
  });
});

describe('what a policy allows', () => {
  const ask = (...statements: object[]) => allows([document(...statements)], 's3:GetObject', `${ BUCKET }/k`);

  it('is not said for sure where a variable decides', () => {
    expect(ask({}, { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::\${aws:username}/*' })).toEqual({ may: 'depends', keys: ['aws:username'] });
    expect(ask({ Resource: 'arn:aws:s3:::\${aws:PrincipalTag/team, \'x\'}/*' })).toEqual({ may: 'depends', keys: ['aws:PrincipalTag/team'] });
    expect(ask({}, { Effect: 'Deny', Action: undefined, NotAction: 's3:*', Resource: '\${aws:username}' })).toEqual({ may: 'yes' });
    // As of 2008 it is text.
    expect(allows([{ Version: '2008-10-17', Statement: [statement(), statement({ Effect: 'Deny', Resource: 'arn:aws:s3:::\${aws:username}/*' })] }], 's3:GetObject', `${ BUCKET }/k`)).toEqual({ may: 'yes' });
  });

  it('is not held up by a condition that has nothing in it', () => {
    expect(ask({ Condition: {} })).toEqual({ may: 'yes' });
    expect(ask({ Condition: { StringEquals: {} } })).toEqual({ may: 'yes' });
    expect(ask({}, { Effect: 'Deny', Condition: {} })).toEqual({ may: 'no', denied: true });
    expect(ask({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })).toEqual({ may: 'depends', keys: ['aws:SecureTransport'] });
  });
});

describe('lint', () => {
  const codes = (policy: PermissionDocument, context?: PermissionContext) => lintPermissions(policy, context).map(({ code }) => code);

  it.each(CASES)('$code', ({ code, bad, good, context }) => {
    expect(codes(document(...bad), context)).toContain(code);
    expect(codes(document(...good), code === 'PERM_TOO_LONG' ? {} : context)).not.toContain(code);
  });

  it('knows that old policies have no variables', () => {
    const policy = { Statement: statement({ Resource: `${ BUCKET }/\${aws:username}/*` }) };

    expect(codes(policy)).toContain('PERM_VARIABLES');
    expect(codes({ ...policy, Version: '2012-10-17' })).not.toContain('PERM_VARIABLES');
  });

  it('names the statement, and has nothing to say about a good one', () => {
    expect(lintPermissions(document({}, { Action: '*', Resource: '*' }))).toMatchObject([{ code: 'PERM_EVERYTHING', severity: 'critical', statement: 1 }]);
    expect(lintPermissions(document({}), { partition: 'aws' })).toEqual([]);
  });
});
