import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../contracts.ts';
import { ACCOUNT_ID, SESSION, USER, testAccount } from './testing.ts';
import type { DirectOptions } from './testing.ts';

const TEMPORARY = { accessKeyId: SESSION.id, secretAccessKey: SESSION.secret, sessionToken: SESSION.session.token };
const INVALID = 'The security token included in the request is invalid.';
const IAM = 'https://iam.amazonaws.com/';
const S3 = 'https://s3.eu-central-1.amazonaws.com/acme';

function codeOf(answer: HttpAnswer): string {
  return `${ answer.status } ${ /<Code>([^<]+)</.exec(String(answer.body))?.[1] ?? '' } ${ /<Message>([^<]+)</.exec(String(answer.body))?.[1] ?? '' }`.trim();
}

describe('signatures of the SDK\'s own signer', () => {
  it('are right, with lasting and with temporary credentials', async() => {
    const account = testAccount();

    expect((await new IAMClient(account.ownClient(undefined, 'us-east-1')).send(new GetUserCommand({}))).User?.Arn).toBe(USER);
    expect(await new STSClient(account.ownClient(TEMPORARY)).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: SESSION.principalArn, Account: ACCOUNT_ID, UserId: expect.stringMatching(/^AROA[A-Z2-7]+:me$/) as string
    });
    await expect(new IAMClient(account.ownClient(TEMPORARY, 'us-east-1')).send(new GetUserCommand({}))).rejects.toThrow('Must specify userName when calling with non-User credentials');
  });

  it('for another region than IAM\'s are wrong', async() => {
    expect(codeOf(await testAccount().direct('POST', IAM, { body: 'Action=GetUser&Version=2010-05-08' }))).toBe('403 SignatureDoesNotMatch Credential should be scoped to a valid region, not &#39;eu-central-1&#39;.');
  });
});

/** The texts: IAM API reference, «Common Errors»; bustle/aws-sudo#11 (expired); boto/boto3#4268 and craftcms/aws-s3#182 for S3. */
describe('temporary credentials', () => {
  const iam: DirectOptions = { body: 'Action=ListOpenIDConnectProviders&Version=2010-05-08', region: 'us-east-1' };
  const noToken = { ...TEMPORARY, sessionToken: undefined };
  const lasting = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };

  it.each<[string, string, string, DirectOptions, string]>([
    ['are taken', 'POST', IAM, { ...iam, credentials: TEMPORARY }, '200'],
    ['need their token', 'POST', IAM, { ...iam, credentials: noToken }, `403 InvalidClientTokenId ${ INVALID }`],
    ['need the right token', 'POST', IAM, { ...iam, credentials: { ...TEMPORARY, sessionToken: 'x' } }, `403 InvalidClientTokenId ${ INVALID }`],
    ['are not made by adding a token to lasting ones', 'POST', IAM, { ...iam, credentials: { ...lasting, sessionToken: 'tok' } }, `403 InvalidClientTokenId ${ INVALID }`],
    ['must have their token signed', 'POST', IAM, { ...iam, credentials: noToken, headers: { 'x-amz-security-token': SESSION.session.token }, unsigned: ['x-amz-security-token'] }, '403 SignatureDoesNotMatch The request signature we calculated'],
    ['are taken by S3', 'HEAD', S3, { credentials: TEMPORARY }, '200'],
    ['are refused by S3 in its own words', 'PUT', `${ S3 }/k`, { credentials: { ...TEMPORARY, sessionToken: 'x' } }, '400 InvalidToken The provided token is malformed or otherwise invalid.'],
    ['must have their token signed for S3 too', 'PUT', `${ S3 }/k`, { credentials: noToken, headers: { 'x-amz-security-token': SESSION.session.token }, unsigned: ['x-amz-security-token'] }, '403 AccessDenied There were headers present in the request which were not signed'],
  ])('%s', async(_what, method, url, options, expected) => {
    const account = testAccount();

    account.aws.seedBucket('acme');
    expect(codeOf(await account.direct(method, url, options))).toMatch(new RegExp(`^${ expected.replaceAll('.', '\\.') }`));
  });

  it('end, to the second', async() => {
    const now = Date.now();
    const accessKeys = [{ ...SESSION, session: { ...SESSION.session, expires: now } }];
    const account = testAccount({ accessKeys, clock: () => now });

    account.aws.seedBucket('acme');
    expect(codeOf(await account.direct('POST', IAM, { ...iam, credentials: TEMPORARY }))).toBe('403 ExpiredToken The security token included in the request is expired');
    expect(codeOf(await account.direct('PUT', `${ S3 }/k`, { credentials: TEMPORARY }))).toBe('400 ExpiredToken The provided token has expired.');
    expect(await account.direct('GET', 'https://eks.eu-central-1.amazonaws.com/clusters', { credentials: TEMPORARY })).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'ExpiredTokenException' } });
  });

  it('are good for their own partition only', async() => {
    const account = testAccount();

    expect(codeOf(await account.direct('POST', 'https://iam.cn-north-1.amazonaws.com.cn/', { ...iam, region: 'cn-north-1' }))).toBe(`403 InvalidClientTokenId ${ INVALID }`);
    expect(codeOf(await account.direct('GET', 'https://s3.cn-north-1.amazonaws.com.cn/acme', { region: 'cn-north-1' }))).toMatch(/^403 InvalidAccessKeyId/);
  });

  it('that STS hands out open nothing', async() => {
    expect(codeOf(await testAccount().direct('POST', IAM, { ...iam, credentials: { accessKeyId: 'ASIANOBODY', secretAccessKey: 'sandbox/not/a/secret', sessionToken: 'sandbox-session' } }))).toBe(`403 InvalidClientTokenId ${ INVALID }`);
  });
});
