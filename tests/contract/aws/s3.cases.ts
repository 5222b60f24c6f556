import {
  CreateBucketCommand, DeleteBucketCommand, DeleteBucketPolicyCommand, GetBucketEncryptionCommand, GetBucketLocationCommand, GetBucketOwnershipControlsCommand, GetBucketPolicyCommand,
  GetBucketTaggingCommand, GetBucketVersioningCommand, GetPublicAccessBlockCommand, HeadBucketCommand, PutBucketEncryptionCommand, PutBucketOwnershipControlsCommand, PutBucketPolicyCommand,
  PutBucketTaggingCommand, PutBucketVersioningCommand, PutObjectCommand, PutPublicAccessBlockCommand, S3Client
} from '@aws-sdk/client-s3';
import { beforeEach, describe, it } from 'vitest';
import { REGION, clientOptions, type Comparison } from './target';

const Bucket = 'acme-irsa-4f2c';
const REFERENCE = 'S3 API reference';
/** As an issuer's bucket has it: no access lists, a policy may be public. */
const OPENED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false };

/** S3 as the SDK speaks it to an address of one's own: the bucket in the path. */
export function s3Client(comparison: Comparison, region = REGION): S3Client {
  return new S3Client({ ...clientOptions(comparison.target, region), forcePathStyle: true });
}

/** Buckets: of an issuer's documents, and for backups. */
export function bucketCases(comparison: () => Comparison): void {
  describe('S3 buckets', () => {
    let see: Comparison;
    let client: S3Client;
    const create = (more: object = {}, at = client) => at.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION }, ...more }));
    const openPolicy = (more: object = {}) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: [`arn:aws:s3:::${ Bucket }/keys.json`], ...more }] });

    beforeEach(async() => {
      see = comparison();
      await see.target.reset();
      client = s3Client(see);
    });

    it('are made in the region they are asked in', async() => {
      await create();
      see.gives('HeadBucket: region', (await client.send(new HeadBucketCommand({ Bucket }))).BucketRegion, REGION);
      see.gives('GetBucketLocation', (await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, REGION);
      await see.refuses('CreateBucket with another region', create({ Bucket: 'other', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }), { status: 400, code: 'IllegalLocationConstraintException', message: 'The us-west-2 location constraint is incompatible for the region specific endpoint this request was sent to.' });
      await see.refuses('CreateBucket with no region there is', create({ Bucket: 'other', CreateBucketConfiguration: { LocationConstraint: 'mars-1' } }), { status: 400, code: 'InvalidLocationConstraint' }, {
        moto: { code: 'IllegalLocationConstraintException' }, source: `${ REFERENCE }, «Error responses»: InvalidLocationConstraint`
      });
      await see.refuses('HeadBucket of none', client.send(new HeadBucketCommand({ Bucket: 'none' })), { status: 404, code: 'NotFound' });
    });

    it('of us-east-1 name no region, and may be made again', async() => {
      const east = s3Client(see, 'us-east-1');

      await create({ CreateBucketConfiguration: undefined }, east);
      see.gives('CreateBucket again in us-east-1', (await create({ CreateBucketConfiguration: undefined }, east)).$metadata.httpStatusCode, 200);
      see.gives('GetBucketLocation in us-east-1', (await east.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, undefined);
      await see.refuses('CreateBucket with us-east-1 as its region', create({ Bucket: 'other', CreateBucketConfiguration: { LocationConstraint: 'us-east-1' } }, east), { status: 400, code: 'InvalidLocationConstraint', message: 'The specified location-constraint is not valid' });
    });

    it('that are one’s own already are told apart', async() => {
      await create();
      await see.refuses('CreateBucket again', create(), { status: 409, code: 'BucketAlreadyOwnedByYou', message: 'Your previous request to create the named bucket succeeded and you already own it.' });
    });

    it('have names of the right form', async() => {
      for (const name of ['ab', 'a..b', 'Acme', 'a_b', '-acme']) {
        await see.refuses(`CreateBucket ${ name }`, create({ Bucket: name }), { status: 400, code: 'InvalidBucketName', message: 'The specified bucket is not valid.' }, name === 'ab' ? undefined : { moto: 'succeeds', source: 'S3 User Guide, «General purpose bucket naming rules»' });
      }
    });

    it('begin with nothing public, no access lists, encryption and no versions', async() => {
      await create();
      const encryption = await client.send(new GetBucketEncryptionCommand({ Bucket })).catch(() => undefined);

      see.gives('GetBucketVersioning of a new bucket', (await client.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined);
      see.gives('GetBucketEncryption of a new bucket', encryption?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, 'AES256', { moto: undefined, source: 'S3 User Guide: since January 2023 every bucket has default encryption' });
      await see.refuses('GetBucketTagging of a new bucket', client.send(new GetBucketTaggingCommand({ Bucket })), { status: 404, code: 'NoSuchTagSet', message: 'The TagSet does not exist' });
      await see.refuses('GetBucketPolicy of a new bucket', client.send(new GetBucketPolicyCommand({ Bucket })), { status: 404, code: 'NoSuchBucketPolicy', message: 'The bucket policy does not exist' });
    });

    it('have all public access blocked and no access lists from the start', async() => {
      await create();
      const read = async() => (await client.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration;
      const ownership = async() => (await client.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules;
      const newSince = { moto: 'refused', source: 'S3 User Guide: since April 2023 new buckets have Block Public Access on and access lists off' };

      see.gives('GetPublicAccessBlock of a new bucket', await read().catch(() => 'refused'), { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }, newSince);
      see.gives('GetBucketOwnershipControls of a new bucket', await ownership().catch(() => 'refused'), [{ ObjectOwnership: 'BucketOwnerEnforced' }], newSince);
      await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: OPENED }));
      see.gives('PutPublicAccessBlock', await read(), OPENED);
      await client.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] } }));
      see.gives('PutBucketOwnershipControls', await ownership(), [{ ObjectOwnership: 'BucketOwnerPreferred' }]);
    });

    it('keep versioning, tags and encryption as put', async() => {
      await create();
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
      await client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'rancher.io/irsa', Value: 'edge & "more"' }] } }));
      await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' }, BucketKeyEnabled: true }] } }));
      see.gives('PutBucketVersioning', (await client.send(new GetBucketVersioningCommand({ Bucket }))).Status, 'Enabled');
      see.gives('PutBucketTagging', (await client.send(new GetBucketTaggingCommand({ Bucket }))).TagSet, [{ Key: 'rancher.io/irsa', Value: 'edge & "more"' }]);
      const [rule] = (await client.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules ?? [];

      see.gives('PutBucketEncryption', [rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, rule?.BucketKeyEnabled], ['aws:kms', true]);
    });

    it('take a public policy only once that is not blocked', async() => {
      await create();
      await see.refuses('PutBucketPolicy, public, blocked', client.send(new PutBucketPolicyCommand({ Bucket, Policy: openPolicy() })), { status: 403, code: 'AccessDenied' }, {
        moto: 'succeeds', source: 'S3 User Guide, «Blocking public access»: BlockPublicPolicy'
      });
      await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: OPENED }));
      await client.send(new PutBucketPolicyCommand({ Bucket, Policy: openPolicy() }));
      see.gives('GetBucketPolicy', JSON.parse((await client.send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? ''), JSON.parse(openPolicy()));
      const lax = { moto: 'succeeds', source: `${ REFERENCE }, «Error responses»: MalformedPolicy` };

      await see.refuses('a policy that is no JSON', client.send(new PutBucketPolicyCommand({ Bucket, Policy: '{' })), { status: 400, code: 'MalformedPolicy' }, lax);
      await see.refuses('a policy of another bucket', client.send(new PutBucketPolicyCommand({ Bucket, Policy: openPolicy({ Resource: 'arn:aws:s3:::other/*' }) })), { status: 400, code: 'MalformedPolicy', message: 'Policy has invalid resource' }, lax);
      await client.send(new DeleteBucketPolicyCommand({ Bucket }));
      await see.refuses('GetBucketPolicy after', client.send(new GetBucketPolicyCommand({ Bucket })), { status: 404, code: 'NoSuchBucketPolicy' });
    });

    it('are asked for by their owner', async() => {
      await create();
      const owned = (ExpectedBucketOwner: string) => client.send(new PutObjectCommand({ Bucket, Key: 'keys.json', Body: '{}', ExpectedBucketOwner }));

      see.gives('the right owner', (await owned(see.target.accountId)).$metadata.httpStatusCode, 200);
      await see.refuses('another owner', owned('999900001111'), { status: 403, code: 'AccessDenied', message: 'Access Denied' }, {
        moto: 'succeeds', source: 'S3 User Guide, «Verifying bucket ownership with bucket owner condition»'
      });
    });

    it('are deleted when they are empty', async() => {
      await create();
      await client.send(new PutObjectCommand({ Bucket, Key: 'keys.json', Body: '{}' }));
      await see.refuses('DeleteBucket with an object', client.send(new DeleteBucketCommand({ Bucket })), { status: 409, code: 'BucketNotEmpty', message: 'The bucket you tried to delete is not empty' });
      await see.refuses('DeleteBucket of none', client.send(new DeleteBucketCommand({ Bucket: 'none-here' })), { status: 404, code: 'NoSuchBucket', message: 'The specified bucket does not exist' });
    });
  });
}
