import {
  AddClientIDToOpenIDConnectProviderCommand, AttachRolePolicyCommand, CreateOpenIDConnectProviderCommand, CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand, DeleteRoleCommand, DeleteRolePolicyCommand,
  DetachRolePolicyCommand, GetAccountSummaryCommand, GetOpenIDConnectProviderCommand, GetPolicyCommand, GetPolicyVersionCommand, GetRoleCommand, GetRolePolicyCommand, GetUserCommand,
  IAMClient, ListAttachedRolePoliciesCommand, ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand, ListRolesCommand, PutRolePolicyCommand, RemoveClientIDFromOpenIDConnectProviderCommand, TagOpenIDConnectProviderCommand, TagRoleCommand, UpdateAssumeRolePolicyCommand
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_ID, ISSUER, USER, testAccount } from '../testing.ts';
import type { TestAccount } from '../testing.ts';

const PROVIDER = `arn:aws:iam::${ ACCOUNT_ID }:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC`;

function trust(pad = 0): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: PROVIDER }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { 'x:sub': 'y'.repeat(pad) } } }] });
}

function iam(account: TestAccount, credential?: string): IAMClient {
  return new IAMClient(account.client('us-east-1', credential));
}

function refusal(name: string, message: string): Error {
  return expect.objectContaining({ name: expect.stringMatching(new RegExp(`^${ name }(Exception)?$`)) as string, message }) as Error;
}

describe('IAM, asked by the real SDK through the proxy', () => {
  it('keeps OIDC providers', async() => {
    const account = testAccount();
    const client = iam(account);
    const made = await client.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER, ClientIDList: ['sts.amazonaws.com'], Tags: [{ Key: 'a', Value: 'b' }] }));

    expect(made.OpenIDConnectProviderArn).toBe(PROVIDER);
    await client.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: PROVIDER, ClientID: 'other' }));
    await client.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: PROVIDER, ClientID: 'sts.amazonaws.com' }));
    await client.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: PROVIDER, Tags: [{ Key: 'c', Value: 'd' }] }));
    expect(await client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: PROVIDER }))).toMatchObject({
      Url: 'oidc.eks.eu-central-1.amazonaws.com/id/ABC', ClientIDList: ['other'], Tags: [{ Key: 'a', Value: 'b' }, { Key: 'c', Value: 'd' }]
    });
    expect((await client.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList).toEqual([{ Arn: PROVIDER }]);
    await expect(client.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER }))).rejects.toThrow(refusal('EntityAlreadyExists', `Provider with url ${ ISSUER } already exists.`));
    await client.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: PROVIDER }));
    await expect(client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: PROVIDER }))).rejects.toThrow(refusal('NoSuchEntity', `OpenIDConnect Provider not found for arn ${ PROVIDER }`));
    expect(account.aws.calls().filter(({ write }) => write).map(({ action, status }) => `${ action } ${ status }`)).toEqual([
      'CreateOpenIDConnectProvider 200', 'AddClientIDToOpenIDConnectProvider 200', 'RemoveClientIDFromOpenIDConnectProvider 200', 'TagOpenIDConnectProvider 200', 'CreateOpenIDConnectProvider 409', 'DeleteOpenIDConnectProvider 200'
    ]);
  });

  it('keeps roles, and lists them by pages without tags', async() => {
    const account = testAccount();
    const client = iam(account);

    for (const name of ['c', 'a', 'b']) {
      await client.send(new CreateRoleCommand({ RoleName: name, Path: '/irsa/', AssumeRolePolicyDocument: trust(), Tags: [{ Key: 'k', Value: 'v' }] }));
    }
    const first = await client.send(new ListRolesCommand({ MaxItems: 2, PathPrefix: '/irsa/' }));
    const second = await client.send(new ListRolesCommand({ Marker: first.Marker, PathPrefix: '/irsa/' }));
    const { Role } = await client.send(new GetRoleCommand({ RoleName: 'a' }));

    expect([first.IsTruncated, first.Roles?.map(({ RoleName }) => RoleName), second.IsTruncated, second.Roles?.map(({ RoleName }) => RoleName)]).toEqual([true, ['a', 'b'], false, ['c']]);
    expect(first.Roles?.[0]?.Tags).toBeUndefined();
    expect(first.Roles?.[0]?.AssumeRolePolicyDocument).toContain('%22');
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trust());
    expect(Role).toMatchObject({ Arn: `arn:aws:iam::${ ACCOUNT_ID }:role/irsa/a`, Tags: [{ Key: 'k', Value: 'v' }], MaxSessionDuration: 3600 });
    await client.send(new TagRoleCommand({ RoleName: 'a', Tags: [{ Key: 'k', Value: 'w' }] }));
    await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'a', PolicyDocument: trust(3) }));
    expect((await client.send(new GetRoleCommand({ RoleName: 'a' }))).Role).toMatchObject({ Tags: [{ Key: 'k', Value: 'w' }], AssumeRolePolicyDocument: encodeURIComponent(trust(3)) });
    await expect(client.send(new CreateRoleCommand({ RoleName: 'A', AssumeRolePolicyDocument: trust() }))).rejects.toThrow(refusal('EntityAlreadyExists', 'Role with name A already exists.'));
    await expect(client.send(new GetRoleCommand({ RoleName: 'none' }))).rejects.toThrow(refusal('NoSuchEntity', 'The role with name none cannot be found.'));
  });

  it('keeps policies of roles', async() => {
    const client = iam(testAccount());
    const text = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] });
    const managed = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';

    await client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust() }));
    await client.send(new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument: text }));
    await client.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn: managed }));
    expect(await client.send(new GetRolePolicyCommand({ RoleName: 'r', PolicyName: 'p' }))).toMatchObject({ PolicyDocument: encodeURIComponent(text).replaceAll('*', '%2A') });
    expect((await client.send(new ListRolePoliciesCommand({ RoleName: 'r' }))).PolicyNames).toEqual(['p']);
    expect((await client.send(new ListAttachedRolePoliciesCommand({ RoleName: 'r' }))).AttachedPolicies).toEqual([{ PolicyName: 'AmazonS3ReadOnlyAccess', PolicyArn: managed }]);
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: managed }));
    const { PolicyVersion } = await client.send(new GetPolicyVersionCommand({ PolicyArn: managed, VersionId: Policy?.DefaultVersionId }));

    expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ''))).toMatchObject({ Statement: [{ Action: ['s3:Get*', 's3:List*'] }] });
    await expect(client.send(new GetPolicyVersionCommand({ PolicyArn: managed, VersionId: 'v9' }))).rejects.toThrow(refusal('NoSuchEntity', `Policy ${ managed } version v9 does not exist or is not attachable.`));
    await expect(client.send(new GetPolicyCommand({ PolicyArn: `arn:aws:iam::${ ACCOUNT_ID }:policy/none` }))).rejects.toThrow(refusal('NoSuchEntity', `Policy arn:aws:iam::${ ACCOUNT_ID }:policy/none was not found.`));
    await expect(client.send(new DeleteRoleCommand({ RoleName: 'r' }))).rejects.toThrow(refusal('DeleteConflict', 'Cannot delete entity, must delete policies first.'));
    await client.send(new DeleteRolePolicyCommand({ RoleName: 'r', PolicyName: 'p' }));
    await expect(client.send(new DeleteRoleCommand({ RoleName: 'r' }))).rejects.toThrow(refusal('DeleteConflict', 'Cannot delete entity, must detach all policies first.'));
    await client.send(new DetachRolePolicyCommand({ RoleName: 'r', PolicyArn: managed }));
    await client.send(new DeleteRoleCommand({ RoleName: 'r' }));
    await expect(client.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn: managed }))).rejects.toThrow(refusal('NoSuchEntity', 'The role with name r cannot be found.'));
  });

  it('knows its account', async() => {
    const client = iam(testAccount());

    expect((await client.send(new GetAccountSummaryCommand({}))).SummaryMap).toMatchObject({ AssumeRolePolicySizeQuota: 2048, Roles: 0 });
    expect((await client.send(new GetUserCommand({}))).User).toMatchObject({ Arn: USER, UserName: 'rancher' });
  });

  /** The texts of quotas: kubeflow#6687 («Cannot exceed quota for ACLSizePerRole: 2048»), IAM API reference for the rest. */
  it('refuses what is too much or malformed', async() => {
    const client = iam(testAccount({ quotas: { providersPerAccount: 0, rolesPerAccount: 1 } }));

    await expect(client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust(3000) }))).rejects.toThrow(refusal('LimitExceeded', 'Cannot exceed quota for ACLSizePerRole: 2048'));
    await expect(client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{' }))).rejects.toThrow(refusal('MalformedPolicyDocument', 'This policy contains invalid Json'));
    await expect(client.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER }))).rejects.toThrow(refusal('LimitExceeded', 'Cannot exceed quota for OpenIdConnectProvidersPerAccount: 0'));
    await expect(client.send(new CreateOpenIDConnectProviderCommand({ Url: 'http://x.example' }))).rejects.toThrow(refusal('InvalidInput', 'Invalid Open ID Connect Provider URL'));
    await expect(client.send(new CreateOpenIDConnectProviderCommand({ Url: 'https://nowhere.example' }))).rejects.toThrow(expect.objectContaining({ name: expect.stringContaining('OpenIdIdpCommunicationError') as string }) as Error);
    await expect(client.send(new CreateRoleCommand({ RoleName: 'r'.repeat(65), AssumeRolePolicyDocument: trust() }))).rejects.toThrow(/Member must have length less than or equal to 64/);
    await client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust() }));
    await expect(client.send(new CreateRoleCommand({ RoleName: 's', AssumeRolePolicyDocument: trust() }))).rejects.toThrow(refusal('LimitExceeded', 'Cannot exceed quota for RolesPerAccount: 1'));
  });

  /** IAM User Guide, «Troubleshoot access denied error messages». */
  it('refuses what the key may not do, naming action and resource', async() => {
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['iam:Get*', 'iam:CreateRole'], Resource: '*' }, { Effect: 'Deny', Action: 'iam:CreateRole', Resource: '*', Condition: { Null: { 'iam:PermissionsBoundary': 'true' } } }] };
    const client = iam(testAccount({}, policy));

    await expect(client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'r', PolicyDocument: trust() }))).rejects.toThrow(refusal('AccessDenied', `User: ${ USER } is not authorized to perform: iam:UpdateAssumeRolePolicy on resource: role r because no identity-based policy allows the iam:UpdateAssumeRolePolicy action`));
    await expect(client.send(new CreateRoleCommand({ RoleName: 'r', Path: '/x/', AssumeRolePolicyDocument: trust() }))).rejects.toThrow(refusal('AccessDenied', `User: ${ USER } is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::${ ACCOUNT_ID }:role/x/r with an explicit deny in an identity-based policy`));
    await client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust(), PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' }));
  });

  /** IAM User Guide, «Troubleshoot Signature Version 4 requests». */
  it('verifies what the proxy signed', async() => {
    const account = testAccount();
    const list = new ListOpenIDConnectProvidersCommand({});

    await expect(iam(account, 'wrong').send(list)).rejects.toThrow(/^The request signature we calculated does not match/);
    await expect(iam(account, 'unknown').send(list)).rejects.toThrow('The security token included in the request is invalid.');
    await expect(iam(account, 'nope').send(list)).rejects.toThrow('Request is missing Authentication Token');
  });

  /** Reports of AWS' words: databrickslabs/ucx#2269 (principals), rebuy-de/aws-nuke#1028 (roles of services), rosa (boundary). */
  it('refuses principals, boundaries and roles that are not for us', async() => {
    const account = testAccount();
    const client = iam(account);
    const of = (AWS: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }] });
    const create = (RoleName: string, document: string, more: object = {}): Promise<unknown> => client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document, ...more }));

    account.aws.seedRole({ name: 'ours', path: '/aws-service-role/backup.amazonaws.com/', trust: JSON.parse(trust()) as object });
    account.aws.seedRole({ name: 'old', trust: JSON.parse(of('AROAEXAMPLEDEADROLE12')) as object });
    for (const dead of ['AROAEXAMPLEDEADROLE12', `arn:aws:iam::${ ACCOUNT_ID }:role/none`]) {
      await expect(create('r', of(dead))).rejects.toThrow(refusal('MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${ dead }"`));
    }
    const { Role } = await client.send(new GetRoleCommand({ RoleName: 'old' }));

    await expect(client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'old', PolicyDocument: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '') }))).rejects.toThrow(/^Invalid principal in policy/);
    await create('r', of(USER));
    await create('s', of('arn:aws:iam::999900001111:role/elsewhere'));
    await expect(create('t', trust(), { PermissionsBoundary: `arn:aws:iam::${ ACCOUNT_ID }:policy/none` })).rejects.toThrow(refusal('NoSuchEntity', `Scope ARN: arn:aws:iam::${ ACCOUNT_ID }:policy/none does not exist or is not attachable.`));
    await expect(create('t', trust().replace('x:sub', 'ж:sub'))).rejects.toThrow(/Member must satisfy regular expression pattern/);
    const service = { RoleName: 'ours', PolicyDocument: trust(), PolicyName: 'p' };

    for (const change of [new UpdateAssumeRolePolicyCommand(service), new DeleteRoleCommand(service), new PutRolePolicyCommand(service)]) {
      await expect(client.send(change as DeleteRoleCommand)).rejects.toThrow(refusal('UnmodifiableEntity', 'Cannot perform the operation on the protected role \'ours\' - this role is only modifiable by AWS'));
    }
  });

  it('keeps the slash at the end of an issuer (aws/aws-sam-cli#7432)', async() => {
    const client = iam(testAccount());

    for (const Url of [ISSUER, `${ ISSUER }/`]) {
      await client.send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['sts.amazonaws.com'] }));
    }
    expect((await client.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList?.map(({ Arn }) => Arn)).toEqual([PROVIDER, `${ PROVIDER }/`]);
  });

  it('answers in JSON when JSON is asked for first (aws-iam-authenticator token.go)', async() => {
    const account = testAccount();
    const answer = await account.ask('POST', 'iam.amazonaws.com/', 'Action=GetUser&Version=2010-05-08', { accept: 'application/json', 'x-api-cattleauth-header': 'awsv4 credID=cred' });

    expect(JSON.parse(String(answer.body))).toMatchObject({ GetUserResponse: { GetUserResult: { User: { Arn: USER } } } });
  });
});

describe('faults of IAM', () => {
  it.each<[Parameters<TestAccount['faults']['add']>[0]['kind'], string]>([['throttle', 'Throttling'], ['error', 'ServiceFailure'], ['deny', 'AccessDenied'], ['conflict', 'ConcurrentModification']])('%s', async(kind, code) => {
    const account = testAccount();

    account.faults.add({ id: 'f', match: 'GetUser', kind });
    await expect(iam(account).send(new GetUserCommand({}))).rejects.toThrow(expect.objectContaining({ name: expect.stringContaining(code) as string }) as Error);
    await iam(account).send(new GetUserCommand({}));
  });

  /** IAM User Guide, «Troubleshoot access denied error messages»: action and resource are named. */
  it('deny names what the call acts on', async() => {
    const account = testAccount();
    const client = iam(account);
    const denied = (action: string, resource: string): Error => refusal('AccessDenied', `User: ${ USER } is not authorized to perform: iam:${ action } on resource: ${ resource } with an explicit deny in a service control policy`);

    account.faults.add({ id: 'f', match: '*', kind: 'deny', times: 9 });
    await expect(client.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER }))).rejects.toThrow(denied('CreateOpenIDConnectProvider', PROVIDER));
    await expect(client.send(new CreateRoleCommand({ RoleName: 'r', Path: '/x/', AssumeRolePolicyDocument: trust() }))).rejects.toThrow(denied('CreateRole', `arn:aws:iam::${ ACCOUNT_ID }:role/x/r`));
    await expect(client.send(new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument: '{}' }))).rejects.toThrow(denied('PutRolePolicy', 'role r'));
  });

  it('lost-answer does the work and says nothing; timeout does nothing', async() => {
    const account = testAccount();
    const body = new URLSearchParams({ Action: 'CreateRole', Version: '2010-05-08', RoleName: 'r', AssumeRolePolicyDocument: trust() }).toString();
    const ask = (): ReturnType<TestAccount['ask']> => account.ask('POST', 'iam.amazonaws.com/', body, { 'x-api-cattleauth-header': 'awsv4 credID=cred' });

    account.faults.add({ id: 'f', match: 'CreateRole', kind: 'timeout', delay: 1 });
    expect(await ask()).toMatchObject({ status: 502, body: '' });
    expect(account.aws.state.roles.size).toBe(0);
    account.faults.clear();
    account.faults.add({ id: 'f', match: 'CreateRole', kind: 'lost-answer' });
    expect(await ask()).toMatchObject({ status: 502, body: '' });
    expect(account.aws.state.roles.size).toBe(1);
    expect(await ask()).toMatchObject({ status: 409 });
  });

  it('not-yet hides what was made for a while', async() => {
    let now = Date.now();
    const account = testAccount({ clock: () => now });
    const client = iam(account);

    account.faults.add({ id: 'f', match: 'CreateRole', kind: 'not-yet', delay: 5000 });
    await client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust() }));
    await expect(client.send(new GetRoleCommand({ RoleName: 'r' }))).rejects.toThrow('The role with name r cannot be found.');
    now += 5000;
    await client.send(new GetRoleCommand({ RoleName: 'r' }));
  });
});
