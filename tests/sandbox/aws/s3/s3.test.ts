import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../contracts.ts';
import { DENY_ALL, testAccount } from '../testing.ts';
import type { TestAccount } from '../testing.ts';
import { currentObject } from './versions.ts';

const HOST = 's3.eu-central-1.amazonaws.com';
const LOCATION = '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>';
const OPEN = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/*' }] });

function signed(account: TestAccount, method: string, path: string, body = '', headers: Record<string, string> = {}, host = HOST): Promise<HttpAnswer> {
  return account.ask(method, `${ host }${ path }`, body, { 'x-api-cattleauth-header': 'awsv4 credID=cred', 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'), ...headers });
}

function md5(body: string): Record<string, string> {
  return { 'content-md5': createHash('md5').update(body).digest('base64') };
}

function codeOf(answer: HttpAnswer): string {
  return `${ answer.status } ${ /<Code>([^<]+)</.exec(String(answer.body))?.[1] ?? '' } ${ /<Message>([^<]+)</.exec(String(answer.body))?.[1] ?? '' }`.trim();
}

describe('S3, signed by the proxy', () => {
  it('publishes a document the way an issuer needs it', async() => {
    const account = testAccount();
    const block = '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><BlockPublicPolicy>false</BlockPublicPolicy></PublicAccessBlockConfiguration>';

    expect(codeOf(await signed(account, 'PUT', '/acme', LOCATION))).toBe('200');
    expect(codeOf(await signed(account, 'HEAD', '/acme'))).toBe('200');
    expect(codeOf(await signed(account, 'PUT', '/acme', LOCATION))).toMatch(/^409 BucketAlreadyOwnedByYou/);
    expect(codeOf(await signed(account, 'PUT', '/acme?policy', OPEN))).toMatch(/^403 AccessDenied .*public policies are blocked by the BlockPublicPolicy/);
    expect(codeOf(await signed(account, 'PUT', '/acme?publicAccessBlock', block))).toMatch(/^400 InvalidRequest Missing required header for this request: Content-MD5/);
    expect(codeOf(await signed(account, 'PUT', '/acme?publicAccessBlock', block, md5(block)))).toBe('200');
    expect(codeOf(await signed(account, 'PUT', '/acme?policy', OPEN))).toBe('204');
    expect(codeOf(await signed(account, 'PUT', '/acme/a/keys.json', '{}', { 'content-type': 'application/json' }))).toBe('200');
    expect(await account.ask('GET', `${ HOST }/acme/a/keys.json`)).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') });
    expect(await account.ask('GET', 'acme.s3.eu-central-1.amazonaws.com/a/keys.json')).toMatchObject({ status: 200 });
    expect(codeOf(await account.ask('GET', `${ HOST }/acme`))).toBe('403 AccessDenied Access Denied');
    expect(String((await signed(account, 'GET', '/acme?list-type=2&prefix=a%2F')).body)).toContain('<KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>a/keys.json</Key>');
    expect(codeOf(await signed(account, 'DELETE', '/acme'))).toMatch(/^409 BucketNotEmpty/);
    expect(codeOf(await signed(account, 'DELETE', '/acme/a/keys.json'))).toBe('204');
    expect(codeOf(await signed(account, 'GET', '/acme/a/keys.json'))).toBe('404 NoSuchKey The specified key does not exist.');
    expect(account.aws.calls().map(({ action }) => action).slice(0, 5)).toEqual(['CreateBucket', 'HeadBucket', 'CreateBucket', 'PutBucketPolicy', 'PutPublicAccessBlock']);
  });

  /** The texts: S3 API reference, «Error responses» and «Authenticating requests»; unsigned headers: soto-core#362, arrow-rs-object-store#484. */
  it.each<[string, string, string, Record<string, string>, string]>([
    ['unsigned x-amz- headers', '/acme/k', 'x', { 'x-amz-acl': 'private', 'x-amz-checksum-crc32': 'AAAA' }, '403 AccessDenied There were headers present in the request which were not signed'],
    ['no hash of the content', '/acme/k', 'x', { 'x-amz-content-sha256': '' }, '400 InvalidRequest Missing required header for this request: x-amz-content-sha256'],
    ['a wrong hash of the content', '/acme/k', 'x', { 'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }, '403 SignatureDoesNotMatch The request signature we calculated does not match the signature you provided. Check your key and signing method.'],
    ['a key that Rancher encodes twice', '/acme/a%20b', 'x', {}, '403 SignatureDoesNotMatch The request signature we calculated does not match the signature you provided. Check your key and signing method.'],
    ['a wrong digest', '/acme/k', 'x', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, '400 BadDigest The Content-MD5 you specified did not match what we received.'],
    ['no such bucket', '/none/k', 'x', {}, '404 NoSuchBucket The specified bucket does not exist'],
    ['a wrong key', '/acme/k', 'x', { 'x-api-cattleauth-header': 'awsv4 credID=unknown' }, '403 InvalidAccessKeyId The AWS Access Key Id you provided does not exist in our records.'],
    ['nobody', '/acme/k', 'x', { 'x-api-cattleauth-header': '' }, '403 AccessDenied Access Denied'],
  ])('refuses %s', async(_what, path, body, headers, expected) => {
    const account = testAccount();

    account.aws.seedBucket('acme');
    expect(codeOf(await signed(account, 'PUT', path, body, headers))).toBe(expected);
  });

  it('in a region that Rancher does not know refuses its scope (recorded "s3.mx-central-1")', async() => {
    expect(codeOf(await signed(testAccount(), 'PUT', '/acme/k', 'x', {}, 's3.mx-central-1.amazonaws.com'))).toBe('400 AuthorizationHeaderMalformed The authorization header is malformed; incorrect service &quot;&quot;. This endpoint belongs to &quot;s3&quot;.');
  });
});

describe('S3, as strict as the real one', () => {
  const TAGS = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
  const VERSIONS = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  const statement = (more: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/*', ...more }] });

  it('keeps versions and tags', async() => {
    const account = testAccount();

    account.aws.seedBucket('acme');
    expect(codeOf(await signed(account, 'GET', '/acme?tagging'))).toBe('404 NoSuchTagSet The TagSet does not exist');
    expect(codeOf(await signed(account, 'PUT', '/acme?tagging', TAGS))).toMatch(/^400 InvalidRequest Missing required header for this request: Content-MD5/);
    expect(codeOf(await signed(account, 'PUT', '/acme?tagging', TAGS, md5(TAGS)))).toBe('204');
    expect(String((await signed(account, 'GET', '/acme?tagging')).body)).toContain('<TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet>');
    expect(codeOf(await signed(account, 'PUT', '/acme?versioning', '<VersioningConfiguration/>'))).toMatch(/^400 MalformedXML/);
    expect(codeOf(await signed(account, 'PUT', '/acme?versioning', VERSIONS))).toBe('200');
    expect(String((await signed(account, 'GET', '/acme?versioning')).body)).toContain('<Status>Enabled</Status>');
    await signed(account, 'PUT', '/acme/k', 'x');
    await signed(account, 'DELETE', '/acme/k');
    expect(codeOf(await signed(account, 'DELETE', '/acme'))).toBe('409 BucketNotEmpty The bucket you tried to delete is not empty. You must delete all versions in the bucket.');
  });

  /** API reference, DeleteObjects: each key is judged by itself; a digest is required. */
  it('deletes of a list what may be deleted', async() => {
    const account = testAccount({}, { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:PutObject', 's3:DeleteObject', 's3:ListBucket*'], Resource: '*' }] });
    const list = '<Delete><Object><Key>a</Key></Object><Object><Key>b</Key><VersionId>null</VersionId></Object></Delete>';

    account.aws.seedBucket('acme');
    await signed(account, 'PUT', '/acme/a', 'x');
    await signed(account, 'PUT', '/acme/b', 'x');
    expect(codeOf(await signed(account, 'POST', '/acme?delete', list))).toMatch(/^400 InvalidRequest Missing required header for this request: Content-MD5/);
    expect(String((await signed(account, 'POST', '/acme?delete', list, md5(list))).body)).toMatch(/<Deleted><Key>a<\/Key><\/Deleted><Error><Key>b<\/Key><VersionId>null<\/VersionId><Code>AccessDenied<\/Code>/);
    expect(String((await signed(account, 'GET', '/acme?versions')).body)).toMatch(/<Version><Key>b<\/Key>.*<VersionId>null<\/VersionId><IsLatest>true<\/IsLatest>/);
    expect(codeOf(await signed(account, 'DELETE', '/acme/b?versionId=null'))).toMatch(/^403 AccessDenied .*s3:DeleteObjectVersion/);
  });

  it('takes no sub-resource for the bucket or the object', async() => {
    const account = testAccount();
    const bucket = account.aws.seedBucket('acme');

    await signed(account, 'PUT', '/acme/k', 'real');
    for (const [method, path] of [['PUT', '/acme/k?acl'], ['DELETE', '/acme/k?tagging'], ['DELETE', '/acme?lifecycle'], ['PUT', '/fresh?cors'], ['GET', '/acme?inventory']] as const) {
      expect(codeOf(await signed(account, method, path, method === 'PUT' ? '<x/>' : ''))).toMatch(/^501 NotImplemented/);
    }
    expect([...account.aws.state.buckets.keys()]).toEqual(['acme']);
    expect(String(currentObject(bucket, 'k')?.body)).toBe('real');
    expect(codeOf(await signed(account, 'PUT', '/fresh?versioning', VERSIONS))).toMatch(/^404 NoSuchBucket/);
  });

  /** IAM User Guide, «Policy evaluation logic»: an explicit deny overrides every allow. */
  it('denies what either side denies', async() => {
    const account = testAccount();
    const bucket = account.aws.seedBucket('acme');

    bucket.policy = statement({ Effect: 'Deny', Action: 's3:PutObject' });
    expect(codeOf(await signed(account, 'PUT', '/acme/k', 'x'))).toMatch(/^403 AccessDenied .*s3:PutObject .* with an explicit deny in a resource-based policy$/);
    const other = testAccount({}, DENY_ALL);

    Object.assign(other.aws.seedBucket('acme'), { policy: OPEN }).blocked.clear();
    expect(codeOf(await signed(other, 'GET', '/acme/k'))).toMatch(/^403 AccessDenied .* with an explicit deny in an identity-based policy$/);
  });

  it('tells nobody what is in a bucket, and everybody that there is none', async() => {
    const account = testAccount();

    Object.assign(account.aws.seedBucket('acme'), { policy: OPEN }).blocked.clear();
    expect(codeOf(await account.ask('GET', `${ HOST }/acme/none`))).toBe('403 AccessDenied Access Denied');
    expect(codeOf(await account.ask('GET', `${ HOST }/gone/k`))).toBe('404 NoSuchBucket The specified bucket does not exist');
    expect(codeOf(await account.ask('GET', `${ HOST }/acme/%zz`))).toBe('400 InvalidURI Couldn&#39;t parse the specified URI.');
  });

  it('knows whose a bucket is', async() => {
    const account = testAccount();

    account.aws.seedBucket('taken', 'eu-central-1', '999900001111');
    account.aws.seedBucket('old', 'us-east-1');
    expect(codeOf(await signed(account, 'PUT', '/taken', LOCATION))).toMatch(/^409 BucketAlreadyExists The requested bucket name is not available\./);
    expect(codeOf(await signed(account, 'PUT', '/taken/k', 'x'))).toBe('403 AccessDenied Access Denied');
    // API reference, CreateBucket: BucketAlreadyOwnedByYou «in all AWS Regions except in the North Virginia Region».
    expect(codeOf(await signed(account, 'PUT', '/old', '', {}, 's3.us-east-1.amazonaws.com'))).toBe('200');
  });

  it.each([
    [statement({ Resource: 'arn:aws:s3:::other/*' }), '400 MalformedPolicy Policy has invalid resource'],
    [statement({ Resource: 'arn:aws:s3:::acme' }), '400 MalformedPolicy Action does not apply to any resource(s) in statement'],
    [statement({ Action: 'iam:GetRole' }), '400 MalformedPolicy Policy has invalid action'],
    [statement({ Principal: undefined }), '400 MalformedPolicy Missing required field Principal'],
  ])('refuses a policy that does not fit: %s', async(policy, expected) => {
    const account = testAccount();

    account.aws.seedBucket('acme').blocked.clear();
    expect(codeOf(await signed(account, 'PUT', '/acme?policy', policy))).toBe(expected);
  });

  /** User Guide, «Verifying bucket ownership»; such a header must be signed, so that it cannot go through Rancher's proxy. */
  it('checks owner and content of what an own signer sends', async() => {
    const account = testAccount();
    const right = { 'x-amz-expected-bucket-owner': account.aws.state.id };

    account.aws.seedBucket('acme');
    expect(codeOf(await account.direct('PUT', `https://${ HOST }/acme/k`, { body: 'x', headers: right }))).toBe('200');
    expect(codeOf(await account.direct('PUT', `https://${ HOST }/acme/a b%2Bc`, { body: 'x' }))).toBe('200');
    expect(codeOf(await account.direct('PUT', `https://${ HOST }/acme/k`, { body: 'x', headers: { 'x-amz-expected-bucket-owner': '999900001111' } }))).toBe('403 AccessDenied Access Denied');
    expect(codeOf(await account.direct('PUT', `https://${ HOST }/acme/k`, { body: 'x', headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }))).toBe('400 BadDigest The CRC32 you specified did not match the calculated checksum.');
    expect(codeOf(await signed(account, 'PUT', '/acme/k', 'x', right))).toBe('403 AccessDenied There were headers present in the request which were not signed');
    const mismatch = await account.direct('PUT', `https://${ HOST }/acme/k`, { body: 'x', headers: { 'x-amz-content-sha256': createHash('sha256').update('y').digest('hex') } });

    expect(codeOf(mismatch)).toBe('400 XAmzContentSHA256Mismatch The provided &#39;x-amz-content-sha256&#39; header does not match what was computed.');
    expect(String(mismatch.body)).toContain('<ClientComputedContentSHA256>');
  });
});

describe('EKS, signed by the proxy', () => {
  it('describes and lists clusters', async() => {
    const account = testAccount();
    const ask = (path: string, headers: Record<string, string> = { 'x-api-cattleauth-header': 'awsv4 credID=cred' }): Promise<HttpAnswer> => account.ask('GET', `eks.eu-central-1.amazonaws.com${ path }`, '', headers);

    account.aws.seedCluster({ name: 'prod-eks', version: '1.34', issuer: 'https://oidc.eks.eu-central-1.amazonaws.com/id/ABC' });
    expect(JSON.parse(String((await ask('/clusters/prod-eks')).body))).toMatchObject({ cluster: { arn: 'arn:aws:eks:eu-central-1:111122223333:cluster/prod-eks', identity: { oidc: { issuer: 'https://oidc.eks.eu-central-1.amazonaws.com/id/ABC' } } } });
    expect(JSON.parse(String((await ask('/clusters')).body))).toEqual({ clusters: ['prod-eks'] });
    expect(await ask('/clusters/none')).toMatchObject({ status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' }, body: JSON.stringify({ clusterName: 'none', message: 'No cluster found for name: none.' }) });
    expect(await ask('/clusters', {})).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' }, body: JSON.stringify({ message: 'Missing Authentication Token' }) });
    expect(await ask('/clusters', { 'x-api-cattleauth-header': 'awsv4 credID=wrong' })).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } });
    expect(await ask('/clusters', { 'x-api-cattleauth-header': 'awsv4 credID=unknown' })).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'UnrecognizedClientException' } });
  });
});
