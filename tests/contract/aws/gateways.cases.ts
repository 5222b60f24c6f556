import { beforeEach, describe, expect, it } from 'vitest';
import type { IrsaError } from '../../../pkg/irsa/domain/errors';
import { DISCOVERY_KEY, JWKS_KEY } from '../../../pkg/irsa/domain/issuer/hosting';
import { createIam, type Iam } from '../../../pkg/irsa/gateways/aws/iam';
import { createS3, type S3Command } from '../../../pkg/irsa/gateways/aws/s3';
import { assumeRole } from '../../../pkg/irsa/gateways/aws/sts';
import { bucketTags, observeBucket, versionsOf } from '../../../pkg/irsa/gateways/observe/hosting';
import { trust } from './roles.cases';
import { ISSUER, REGION, type Comparison, type Difference } from './target';

/** The gateways of the extension, over Rancher's proxy. */
export function gatewayCases(comparison: () => Comparison): void {
  describe('our gateways, through Rancher’s proxy', () => {
    let see: Comparison;
    let iam: Iam;
    let document: string;
    const create = (RoleName: string, more: object = {}) => iam.send('CreateRole', { RoleName, AssumeRolePolicyDocument: document, ...more });

    beforeEach(async() => {
      see = comparison();
      await see.target.reset();
      iam = createIam(see.target.route(), 'aws');
      document = trust(see.target.accountId);
    });

    it('enable: make the provider, find it among others, read it', async() => {
      const { OpenIDConnectProviderArn: arn = '' } = await iam.send<{ OpenIDConnectProviderArn?: string }>('CreateOpenIDConnectProvider', { Url: ISSUER, ClientIDList: ['sts.amazonaws.com'], Tags: [{ Key: 'a', Value: 'b' }] });

      see.gives('listProviders', await iam.listProviders(), [arn]);
      see.gives('getProvider', await iam.getProvider(arn), { arn, audiences: ['sts.amazonaws.com'], tags: { a: 'b' } });
    });

    it('bind: make the role, put its permissions, read all of it back', async() => {
      const permissions = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/a+b c/*' }] });

      await create('reader', { Path: '/rancher-irsa/', Tags: [{ Key: 'a', Value: 'b' }], PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' });
      await iam.send('PutRolePolicy', { RoleName: 'reader', PolicyName: 'p', PolicyDocument: permissions });
      see.gives('getRole', await iam.getRole('reader'), {
        arn: `arn:aws:iam::${ see.target.accountId }:role/rancher-irsa/reader`, name: 'reader', path: '/rancher-irsa/', trustPolicy: document, permissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess', tags: { a: 'b' }, maxSessionDuration: 3600
      });
      see.gives('inlinePolicies', await iam.inlinePolicies('reader', ['p']), { p: permissions });
      await iam.send('UpdateAssumeRolePolicy', { RoleName: 'reader', PolicyDocument: trust(see.target.accountId, 'other') });
      see.gives('getRole after UpdateAssumeRolePolicy', (await iam.getRole('reader')).trustPolicy, trust(see.target.accountId, 'other'));
      see.gives('firstAccount', await iam.firstAccount(), { id: see.target.accountId, partition: 'aws' });
    });

    it('read more roles than fit a page', async() => {
      // Our pages are of a thousand; the default account holds a thousand roles.
      await see.target.reset({ quotas: { rolesPerAccount: 5000 } });
      iam = createIam(see.target.route(), 'aws');
      for (let index = 0; index < 1003; index += 1) {
        await create(`role-${ index }`, { Path: '/rancher-irsa/' });
      }
      see.gives('listRoles of 1003', new Set((await iam.listRoles({ path: '/rancher-irsa/' })).map(({ name }) => name)).size, 1003);
    }, 120_000);

    it('host: make a bucket, set it up, fill it, read all of it back, and take it away', async() => {
      const Bucket = 'acme-irsa-4f2c';
      const bucket = { name: Bucket, region: REGION };
      const s3 = createS3(see.target.route(), REGION);
      const blocks = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false };
      const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: [`arn:aws:s3:::${ Bucket }/${ JWKS_KEY }`] }] });
      const Tags = [{ Key: 'rancher.io/irsa', Value: 'edge & "more"' }, { Key: 'k', Value: '' }];
      // In this order, each call that a plan or a look may make.
      const calls: Record<S3Command, object> = {
        CreateBucket:               { CreateBucketConfiguration: { LocationConstraint: REGION, Tags } },
        PutPublicAccessBlock:       { PublicAccessBlockConfiguration: blocks },
        PutBucketOwnershipControls: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
        PutBucketPolicy:            { Policy: policy },
        PutObject:                  { Key: DISCOVERY_KEY, Body: '{"issuer":"ü"}', ContentType: 'application/json' },
        PutBucketVersioning:        { VersioningConfiguration: { Status: 'Enabled' } },
        GetBucketLocation:          {},
        GetBucketTagging:           {},
        GetPublicAccessBlock:       {},
        GetBucketOwnershipControls: {},
        GetBucketPolicy:            {},
        GetBucketVersioning:        {},
        ListObjectVersions:         {},
        GetObject:                  { Key: DISCOVERY_KEY },
        DeleteObject:               { Key: DISCOVERY_KEY },
        DeleteBucket:               {},
      };
      const send = (command: S3Command, more: object = {}) => s3.send(command, { Bucket, ...calls[command], ...more });

      see.gives('a bucket that nobody has', await observeBucket(s3, see.target.route().transport, bucket), { state: 'absent', others: [] });
      const untagged = { source: 'S3 API reference, CreateBucketConfiguration: Tags' };
      const lax: Partial<Record<S3Command, Difference>> = {
        GetBucketTagging:    { ...untagged, moto: 'NoSuchTagSet' },
        GetBucketVersioning: { moto: 'ANSWER_UNREADABLE', source: 'S3 API reference, GetBucketVersioning, Response Syntax: <VersioningConfiguration>, not <GetBucketVersioningOutput>' },
      };

      for (const command of Object.keys(calls).filter((name) => !name.startsWith('Delete')) as S3Command[]) {
        see.gives(command, await send(command).then(() => 'answers', ({ code, facts }: IrsaError) => facts.awsCode ?? code), 'answers', lax[command]);
      }
      const tags = { 'rancher.io/irsa': 'edge & "more"', k: '' };
      const { tags: seen, blocks: blocked, discovery, ...all } = await observeBucket(s3, see.target.route().transport, bucket);

      see.gives('observeBucket', all, { state: 'here', ownership: 'BucketOwnerEnforced', policy, jwks: undefined, closed: expect.any(Boolean), versioned: false, others: [] });
      see.gives('observeBucket, discovery', discovery, '{"issuer":"ü"}', { moto: expect.stringContaining('cognito-idp'), source: 'S3 API reference, GetObject: the object; moto takes this path without a signature for one of Cognito' });
      see.gives('observeBucket, blocks', blocked, expect.objectContaining(blocks));
      see.gives('observeBucket, tags', seen, tags, { ...untagged, moto: {} });
      see.gives('bucketTags', await bucketTags(s3, Bucket), tags, { ...untagged, moto: {} });
      await send('DeleteObject');
      const left = versionsOf(await send('ListObjectVersions'));

      see.gives('versions behind a marker', left.map(({ Key, isCurrent }) => [Key, isCurrent]), [[DISCOVERY_KEY, false], [DISCOVERY_KEY, false]]);
      await expect.soft(send('DeleteBucket')).rejects.toMatchObject({ facts: { action: 's3:DeleteBucket', awsCode: 'BucketNotEmpty' } });
      for (const { VersionId } of left) {
        await send('DeleteObject', { VersionId });
      }
      await send('DeleteBucket');
      see.gives('a bucket that was taken away', await observeBucket(s3, see.target.route().transport, bucket), { state: 'absent', others: [] });
      await expect.soft(bucketTags(s3, Bucket)).resolves.toEqual({});
    });

    it('verify: exchange a token for a session', async() => {
      await iam.send('CreateOpenIDConnectProvider', { Url: ISSUER, ClientIDList: ['sts.amazonaws.com'] });
      await create('reader');
      const token = see.target.mint({ sub: 'system:serviceaccount:shop:reader' });

      see.gives('assumeRole', await assumeRole(see.target.route(), `sts.${ REGION }.amazonaws.com`, { roleArn: `arn:aws:iam::${ see.target.accountId }:role/reader`, token, sessionName: 'irsa-check' }), `arn:aws:sts::${ see.target.accountId }:assumed-role/reader/irsa-check`);
    });

    it('name what IAM refused, in the words of the extension', async() => {
      await create('reader');
      await expect.soft(create('reader')).rejects.toMatchObject({ kind: expect.any(String), facts: { action: 'iam:CreateRole', httpStatus: 409, awsCode: expect.stringMatching(/^EntityAlreadyExists/) } });
      await expect.soft(iam.getRole('none')).rejects.toMatchObject({ facts: { action: 'iam:GetRole', httpStatus: 404, awsCode: expect.stringMatching(/^NoSuchEntity/) } });
      await expect.soft(iam.send('UpdateAssumeRolePolicy', { RoleName: 'reader', PolicyDocument: '{' })).rejects.toMatchObject({ facts: { httpStatus: 400, awsCode: expect.stringMatching(/^MalformedPolicyDocument/) } });
    });
  });
}
