import {
  CreateOpenIDConnectProviderCommand, CreateRoleCommand, GetUserCommand, IAMClient, PutRolePolicyCommand, SimulatePrincipalPolicyCommand
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_ID, ISSUER, USER, testAccount } from '../testing.ts';
import type { AwsAccountOptions } from '../account.ts';

const allow = (...statements: object[]): object => ({ Version: '2012-10-17', Statement: statements.map((one) => ({ Effect: 'Allow', Resource: '*', ...one })) });
const iam = (policy?: object, options: Partial<AwsAccountOptions> = {}): { client: IAMClient; account: ReturnType<typeof testAccount> } => {
  const account = testAccount(options, policy);

  return { account, client: new IAMClient(account.client()) };
};
const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
const Tags = [{ Key: 'rancher.io/irsa', Value: 'managed' }];
const BOUNDARY = 'arn:aws:iam::aws:policy/PowerUserAccess';

describe('what IAM asks for', () => {
  it('making with tags takes the Tag* action too; making without does not', async() => {
    const { client } = iam(allow({ Action: ['iam:CreateRole', 'iam:CreateOpenIDConnectProvider'] }));

    await expect(client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust, Tags }))).rejects.toThrow(`not authorized to perform: iam:TagRole on resource: arn:aws:iam::${ ACCOUNT_ID }:role/r`);
    await expect(client.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER, Tags }))).rejects.toThrow('not authorized to perform: iam:TagOpenIDConnectProvider on resource');
    await client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust }));
  });

  it('the boundary is the one of the request for a new role, and the one of the role for its policies', async() => {
    const Condition = { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } };
    const { client, account } = iam(allow({ Action: ['iam:CreateRole', 'iam:PutRolePolicy'], Condition }));
    const policy = (RoleName: string): PutRolePolicyCommand => new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: JSON.stringify(allow({ Action: 's3:GetObject' })) });

    account.aws.seedRole({ name: 'free', trust: JSON.parse(trust) as object });
    await expect(client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust }))).rejects.toThrow('iam:CreateRole');
    await client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust, PermissionsBoundary: BOUNDARY }));
    await client.send(policy('r'));
    await expect(client.send(policy('free'))).rejects.toThrow('iam:PutRolePolicy');
  });

  it('aws:username is the name without the path, and GetUser without a name is about oneself', async() => {
    const arn = `arn:aws:iam::${ ACCOUNT_ID }:user/machines/rancher`;
    const policy = allow({ Action: 'iam:GetUser', Resource: 'arn:aws:iam::*:user/*/${aws:username}' });
    const { client } = iam(undefined, { accessKeys: [{ id: 'AKIATEST', secret: 'secret', principalArn: arn, policy, tags: { team: 'x' } }] });

    expect((await client.send(new GetUserCommand({}))).User).toMatchObject({ Arn: arn, UserName: 'rancher', Path: '/machines/', Tags: [{ Key: 'team', Value: 'x' }] });
    await expect(iam(allow({ Action: 'iam:GetUser', Resource: 'arn:aws:iam::*:user/other' })).client.send(new GetUserCommand({}))).rejects.toThrow('iam:GetUser');
  });
});

describe('SimulatePrincipalPolicy', () => {
  const ROLE = `arn:aws:iam::${ ACCOUNT_ID }:role/rancher-irsa/r`;
  const simulate = allow({ Action: 'iam:SimulatePrincipalPolicy', Resource: 'arn:aws:iam::*:user/${aws:username}' });

  it('answers for each action what the call itself would be answered, by resource', async() => {
    const policy = {
      Version:   '2012-10-17',
      Statement: [
        ...(simulate as { Statement: object[] }).Statement,
        { Effect: 'Allow', Action: 'iam:CreateRole', Resource: 'arn:aws:iam::*:role/rancher-irsa/*', Condition: { StringEquals: { 'aws:RequestTag/rancher.io/irsa': 'managed' } } },
        { Effect: 'Deny', Action: 'iam:DeleteRole', Resource: '*' },
      ]
    };
    const { client } = iam(policy);
    const ask = async(tag?: string): Promise<unknown[]> => {
      const { EvaluationResults = [] } = await client.send(new SimulatePrincipalPolicyCommand({
        PolicySourceArn: USER, ActionNames: ['iam:CreateRole', 'iam:DeleteRole', 'iam:PutRolePolicy'], ResourceArns: [ROLE, `arn:aws:iam::${ ACCOUNT_ID }:role/other`],
        ContextEntries:  tag ? [{ ContextKeyName: 'aws:RequestTag/rancher.io/irsa', ContextKeyType: 'string', ContextKeyValues: [tag] }] : []
      }));

      return EvaluationResults.map(({ EvalActionName, EvalDecision, ResourceSpecificResults: each = [] }) => [EvalActionName, EvalDecision, ...each.map((one) => one.EvalResourceDecision)]);
    };
    const rest = [['iam:DeleteRole', 'explicitDeny', 'explicitDeny', 'explicitDeny'], ['iam:PutRolePolicy', 'implicitDeny', 'implicitDeny', 'implicitDeny']];

    expect(await ask('managed')).toEqual([['iam:CreateRole', 'implicitDeny', 'allowed', 'implicitDeny'], ...rest]);
    expect(await ask()).toEqual([['iam:CreateRole', 'implicitDeny', 'implicitDeny', 'implicitDeny'], ...rest]);
  });

  it('names the keys that nobody gave', async() => {
    const { client } = iam({ ...simulate, Statement: [...(simulate as { Statement: object[] }).Statement, { Effect: 'Allow', Action: 'iam:GetRole', Resource: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }] });
    const { EvaluationResults: [result] = [] } = await client.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: USER, ActionNames: ['iam:GetRole'] }));

    expect(result).toMatchObject({ EvalDecision: 'implicitDeny', EvalResourceName: '*', MissingContextValues: expect.arrayContaining(['aws:MultiFactorAuthPresent']) as string[] });
  });

  it('is about whom the policy lets ask about, and about who is there', async() => {
    const { client } = iam(simulate);
    const about = (PolicySourceArn: string): SimulatePrincipalPolicyCommand => new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['iam:GetRole'] });

    await expect(client.send(about(`arn:aws:iam::${ ACCOUNT_ID }:user/somebody`))).rejects.toThrow('iam:SimulatePrincipalPolicy');
    await expect(iam().client.send(about(`arn:aws:iam::${ ACCOUNT_ID }:user/somebody`))).rejects.toThrow('cannot be found');
    await expect(iam().client.send(about(`arn:aws:iam::${ ACCOUNT_ID }:root`))).rejects.toThrow('Invalid Entity Arn');
    await expect(iam().client.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: USER, ActionNames: ['GetRole'] }))).rejects.toThrow('Invalid action');
  });
});
