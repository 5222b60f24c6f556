import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_ID, ISSUER, TestIssuer, USER, testAccount } from '../testing.ts';
import type { TestAccount } from '../testing.ts';
import { storeObject } from '../s3/versions.ts';

const HOST = ISSUER.replace('https://', '');
const PROVIDER = `arn:aws:iam::${ ACCOUNT_ID }:oidc-provider/${ HOST }`;
const ROLE = `arn:aws:iam::${ ACCOUNT_ID }:role/writer`;
const issuer = new TestIssuer();

function trust(condition: object, more: object[] = []): object {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: PROVIDER }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition }, ...more] };
}

const RIGHT = trust({ StringEquals: { [`${ HOST }:sub`]: 'system:serviceaccount:shop:writer', [`${ HOST }:aud`]: 'sts.amazonaws.com' } });

function account(given: { trust?: object; clientIds?: string[]; provider?: boolean; options?: Parameters<typeof testAccount>[0] } = {}): TestAccount {
  const made = testAccount({ issuers: () => [issuer], ...given.options });

  if (given.provider !== false) {
    made.aws.seedProvider({ url: ISSUER, clientIds: given.clientIds ?? ['sts.amazonaws.com'] });
  }
  made.aws.seedRole({ name: 'writer', trust: given.trust ?? RIGHT });

  return made;
}

function assume(made: TestAccount, token: string, more: Partial<ConstructorParameters<typeof AssumeRoleWithWebIdentityCommand>[0]> = {}): Promise<unknown> {
  return new STSClient(made.client()).send(new AssumeRoleWithWebIdentityCommand({ RoleArn: ROLE, RoleSessionName: 'check', WebIdentityToken: token, ...more }));
}

function refusal(name: string, message: string | RegExp): Error {
  return expect.objectContaining({ name: expect.stringMatching(new RegExp(`^${ name }(Exception)?$`)) as string, message: typeof message === 'string' ? message : expect.stringMatching(message) as string }) as Error;
}

describe('STS, asked by the real SDK through the proxy', () => {
  it('hands out a session for a token that is right', async() => {
    const made = account();

    expect(await assume(made, issuer.mint())).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${ ACCOUNT_ID }:assumed-role/writer/check` }, Audience: 'sts.amazonaws.com', Provider: PROVIDER, SubjectFromWebIdentityToken: 'system:serviceaccount:shop:writer',
      Credentials:     { AccessKeyId: expect.stringMatching(/^ASIA/) as string }
    });
    expect(JSON.stringify(made.aws.calls())).not.toContain(issuer.mint().split('.')[0]);
    expect(made.aws.calls()).toMatchObject([{ service: 'sts', action: 'AssumeRoleWithWebIdentity', write: false, input: { RoleArn: ROLE } }]);
  });

  it('says who asks', async() => {
    expect(await new STSClient(account().client()).send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: ACCOUNT_ID, Arn: USER });
  });

  /** The texts: reference/peers-and-aws.md §3.6 (re:Post articles and reports); aws-sdk-rust#827 for the verification key. */
  const refusals: [string, Parameters<typeof account>[0], () => string, string, string | RegExp][] = [
    ['a token that has expired', {}, () => issuer.mint({ exp: 1_700_000_000 }), 'ExpiredToken', /^Token expired: current date\/time \d+ must be before the expiration date\/time 1700000000$/],
    ['no provider', { provider: false }, () => issuer.mint(), 'InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${ ISSUER }`],
    ['a token of another issuer', {}, () => new TestIssuer('https://kubernetes.default.svc.cluster.local').mint(), 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://kubernetes.default.svc.cluster.local'],
    ['an audience that is not registered', { clientIds: ['other'] }, () => issuer.mint(), 'InvalidIdentityToken', 'Incorrect token audience'],
    ['a token for somebody else', {}, () => issuer.mint({ aud: ['https://kubernetes.default.svc'] }), 'InvalidIdentityToken', 'Incorrect token audience'],
    ['a key that is not published', {}, () => issuer.mint({}, { kid: 'two' }), 'InvalidIdentityToken', /^Couldn't retrieve verification key from your identity provider, {2}please reference AssumeRoleWithWebIdentity documentation for requirements$/],
    ['a signature by another key', {}, () => new TestIssuer().mint(), 'InvalidIdentityToken', /could not be validated by AWS/],
    ['no signature', {}, () => `${ issuer.mint({}, { alg: 'none' }).split('.').slice(0, 2).join('.') }.`, 'InvalidIdentityToken', /could not be validated by AWS/],
    // «Trailing slash is significant» (reference/peers-and-aws.md §3.2; aws/aws-sam-cli#7432).
    ['a slash too many', {}, () => new TestIssuer(`${ ISSUER }/`).mint(), 'InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${ ISSUER }/`],
    ['a path in another case', {}, () => new TestIssuer(ISSUER.replace('ABC', 'abc')).mint(), 'InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${ ISSUER.replace('ABC', 'abc') }`],
    ['a missing claim', {}, () => issuer.mint({ aud: undefined }), 'InvalidIdentityToken', 'Missing a required claim: aud'],
    ['a token that has expired longer ago than clocks may differ', {}, () => issuer.mint({ exp: Math.floor(Date.now() / 1000) - 301 }), 'ExpiredToken', /^Token expired/],
    ['no token', {}, () => 'hello', 'InvalidIdentityToken', 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'],
    ['another subject', {}, () => issuer.mint({ sub: 'system:serviceaccount:shop:reader' }), 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'],
    ['a Deny', { trust: trust({}, [{ Effect: 'Deny', Principal: '*', Action: 'sts:*', Condition: { StringLike: { [`${ HOST }:sub`]: '*:writer' } } }]) }, () => issuer.mint(), 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'],
    ['a star that is taken by its letter', { trust: trust({ StringEquals: { [`${ HOST }:sub`]: 'system:serviceaccount:shop:*' } }) }, () => issuer.mint(), 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'],
  ];

  it.each(refusals)('refuses %s', async(_what, given, token, name, message) => {
    await expect(assume(account(given), token())).rejects.toThrow(refusal(name, message));
  });

  it('refuses parameters out of bounds', async() => {
    await expect(assume(account(), issuer.mint(), { RoleArn: 'arn:aws:iam::1:role/x' })).rejects.toThrow(refusal('ValidationError', 'Request ARN is invalid'));
    await expect(assume(account(), issuer.mint(), { RoleArn: ROLE.replace('arn:aws:', 'arn:aws-cn:') })).rejects.toThrow(refusal('ValidationError', 'Request ARN is invalid'));
    await expect(assume(account(), issuer.mint(), { RoleSessionName: 'x' })).rejects.toThrow(/Member must have length greater than or equal to 2$/);
    await expect(assume(account(), issuer.mint(), { DurationSeconds: 899 })).rejects.toThrow(/Member must have value greater than or equal to 900$/);
    await expect(assume(account(), issuer.mint(), { Policy: '{' })).rejects.toThrow(refusal('MalformedPolicyDocument', 'This policy contains invalid Json'));
    await expect(assume(account(), issuer.mint(), { Policy: ' '.repeat(2049) })).rejects.toThrow(/Member must have length less than or equal to 2048$/);
    await expect(assume(account(), issuer.mint(), { DurationSeconds: 7200 })).rejects.toThrow(refusal('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'));
    await expect(assume(account(), issuer.mint(), { RoleArn: `arn:aws:iam::${ ACCOUNT_ID }:role/none` })).rejects.toThrow(refusal('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'));
  });

  it('bears clocks that are five minutes off', async() => {
    await assume(account(), issuer.mint({ exp: Math.floor(Date.now() / 1000) - 290 }));
  });

  it('takes the deny-all session policy that a check goes with', async() => {
    await assume(account(), issuer.mint(), { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }) });
  });

  it('knows no action without its version', async() => {
    const body = (version: object): string => new URLSearchParams({ Action: 'AssumeRoleWithWebIdentity', RoleArn: ROLE, RoleSessionName: 'check', WebIdentityToken: issuer.mint(), ...version }).toString();

    expect(String((await account().ask('POST', 'sts.amazonaws.com/', body({ Version: '2011-06-15' }))).body)).toContain('<AssumedRoleUser>');
    expect(String((await account().ask('POST', 'sts.amazonaws.com/', body({}))).body)).not.toContain('<AssumedRoleUser>');
  });

  /** STS API reference, AssumeRoleWithWebIdentity: IDPCommunicationError; reference/peers-and-aws.md §3.6 for what is reached but of no use. */
  it('tells an issuer that cannot be reached from one that has no key', async() => {
    const own = new TestIssuer('https://oidc.example.com');
    let there = false;
    const made = testAccount({ issuers: () => [...there ? [new TestIssuer('https://oidc.example.com/other')] : []] });

    made.aws.seedProvider({ url: own.issuer, clientIds: ['sts.amazonaws.com'] });
    await expect(assume(made, own.mint())).rejects.toThrow(refusal('IDPCommunicationError', /could not be reached/));
    there = true;
    await expect(assume(made, own.mint())).rejects.toThrow(refusal('InvalidIdentityToken', /^Couldn't retrieve verification key/));
  });

  it('learns of an audience as late as of a role, and of two changes one after the other', async() => {
    let now = Date.now();
    const made = account({ clientIds: ['other'], options: { issuers: () => [issuer], clock: () => now, propagation: 8000 } });
    const write = (parameters: Record<string, string>): ReturnType<TestAccount['ask']> => made.ask('POST', 'iam.amazonaws.com/', new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString(), { 'x-api-cattleauth-header': 'awsv4 credID=cred' });

    await write({ Action: 'AddClientIDToOpenIDConnectProvider', OpenIDConnectProviderArn: PROVIDER, ClientID: 'sts.amazonaws.com' });
    await expect(assume(made, issuer.mint())).rejects.toThrow('Incorrect token audience');
    now += 4000;
    await write({ Action: 'RemoveClientIDFromOpenIDConnectProvider', OpenIDConnectProviderArn: PROVIDER, ClientID: 'sts.amazonaws.com' });
    await expect(assume(made, issuer.mint())).rejects.toThrow('Incorrect token audience');
    now += 4000;
    await assume(made, issuer.mint());
    now += 4000;
    await expect(assume(made, issuer.mint())).rejects.toThrow('Incorrect token audience');
  });

  it('takes a while to see what IAM was told', async() => {
    let now = Date.now();
    const made = testAccount({ issuers: () => [issuer], clock: () => now, propagation: 8000 });
    const write = (action: string, parameters: Record<string, string>): ReturnType<TestAccount['ask']> => made.ask('POST', 'iam.amazonaws.com/', new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }).toString(), { 'x-api-cattleauth-header': 'awsv4 credID=cred' });

    await write('CreateOpenIDConnectProvider', { Url: ISSUER, 'ClientIDList.member.1': 'sts.amazonaws.com' });
    await write('CreateRole', { RoleName: 'writer', AssumeRolePolicyDocument: JSON.stringify(trust({ StringEquals: { [`${ HOST }:sub`]: 'nobody' } })) });
    await expect(assume(made, issuer.mint())).rejects.toThrow('No OpenIDConnect provider found');
    now += 8000;
    await write('UpdateAssumeRolePolicy', { RoleName: 'writer', PolicyDocument: JSON.stringify(RIGHT) });
    await expect(assume(made, issuer.mint())).rejects.toThrow('Not authorized');
    now += 8000;
    await assume(made, issuer.mint());
  });
});

describe('an issuer', () => {
  it('of EKS is public', async() => {
    const { aws } = account();
    const get = async(url: string): Promise<unknown> => JSON.parse(String((await aws.send({ method: 'GET', host: HOST.split('/')[0] ?? '', url, headers: {}, body: Buffer.alloc(0) }))?.body)) as unknown;

    expect(await get('/id/ABC/.well-known/openid-configuration')).toMatchObject({ issuer: ISSUER, jwks_uri: `${ ISSUER }/keys` });
    expect(await get('/id/ABC/keys')).toEqual(issuer.jwks());
    expect(await aws.send({ method: 'GET', host: HOST.split('/')[0] ?? '', url: '/id/NONE/keys', headers: {}, body: Buffer.alloc(0) })).toMatchObject({ status: 404 });
    expect(await aws.send({ method: 'GET', host: 'example.com', url: '/', headers: {}, body: Buffer.alloc(0) })).toBeUndefined();
  });

  it('in a bucket works once the bucket lets everybody read', async() => {
    const url = 'https://s3.eu-central-1.amazonaws.com/acme-oidc';
    const own = new TestIssuer(url);
    const made = testAccount();
    const bucket = made.aws.seedBucket('acme-oidc');
    const put = (key: string, body: object): void => {
      storeObject(bucket, key, { body: Buffer.from(JSON.stringify(body)), contentType: 'application/json', modified: 0 });
    };
    const bare = url.replace('https://', '');

    made.aws.seedProvider({ url, clientIds: ['sts.amazonaws.com'] });
    made.aws.seedRole({
      name:  'writer',
      trust: { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ ACCOUNT_ID }:oidc-provider/${ bare }` }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringLike: { [`${ bare }:sub`]: 'system:serviceaccount:shop:*' } } } }
    });
    put('.well-known/openid-configuration', { issuer: url, jwks_uri: `${ url }/keys.json` });
    put('keys.json', own.jwks());
    await expect(assume(made, own.mint())).rejects.toThrow('Couldn\'t retrieve verification key');
    bucket.blocked.clear();
    bucket.policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme-oidc/*' }] });
    await assume(made, own.mint());
  });
});
