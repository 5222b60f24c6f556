import type { HttpAnswer } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import type { Statement } from '../policy/document.ts';
import type { AccountState, Bucket } from '../state.ts';
import { Xml, repeated, s3Answer } from '../xml.ts';
import { partitionOf } from '../hosts.ts';
import { arnOfTarget, authorize, isPublic } from './access.ts';
import type { S3Call } from './access.ts';
import { done, elementOf, elementsOf, malformedXml, theBucket } from './call.ts';
import { checkDigest } from './digest.ts';
import { bucketFits, readBucketPolicy } from './policy.ts';
import { SETTING_ACTIONS, checkOwnership } from './settings.ts';

/** The four settings; a new bucket has all of them on (since April 2023). */
const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];

/** A new bucket, as CreateBucket leaves it: nothing public, no access lists (since April 2023), encrypted (since January 2023). */
export function newBucket(state: AccountState, name: string, region: string): Bucket {
  return { name, region, created: state.now(), ownership: 'BucketOwnerEnforced', encryption: { algorithm: 'AES256', bucketKey: false }, blocked: new Set(BLOCKS), objects: new Map() };
}

export function createBucket(call: S3Call): HttpAnswer {
  const { state, request } = call;
  const { bucket: name, region } = request;
  const constraint = elementOf(call.request.body.toString(), 'LocationConstraint');
  const existing = state.buckets.get(name);

  if (!/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new AwsError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name });
  }
  // API reference, CreateBucket: «If you don't specify a Region, the bucket is created in … us-east-1»; to name that one is refused (boto/boto3#125).
  if (constraint !== undefined && (constraint === 'us-east-1' || partitionOf(constraint) === undefined)) {
    throw new AwsError(400, 'InvalidLocationConstraint', 'The specified location-constraint is not valid', { LocationConstraint: constraint });
  }
  // The endpoint of us-east-1 makes buckets in any region, the others in their own only (User Guide, «Creating a bucket»).
  if (region !== 'us-east-1' && constraint !== region) {
    throw new AwsError(400, 'IllegalLocationConstraintException', `The ${ constraint ?? 'unspecified' } location constraint is incompatible for the region specific endpoint this request was sent to.`);
  }
  if (existing?.owner !== undefined) {
    throw new AwsError(409, 'BucketAlreadyExists', 'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.', { BucketName: name });
  }
  // API reference, CreateBucket: BucketAlreadyOwnedByYou is answered «in all AWS Regions except in the North Virginia Region».
  if (existing && !(region === 'us-east-1' && existing.region === region)) {
    throw new AwsError(409, 'BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded and you already own it.', { BucketName: name });
  }
  if (!existing) {
    const ownership = request.headers['x-amz-object-ownership'] ?? 'BucketOwnerEnforced';

    checkOwnership(ownership);
    if (request.headers['x-amz-acl'] !== undefined && request.headers['x-amz-acl'] !== 'private' && ownership === 'BucketOwnerEnforced') {
      throw new AwsError(400, 'InvalidBucketAclWithObjectOwnership', 'Bucket cannot have ACLs set with ObjectOwnership\'s BucketOwnerEnforced setting', { BucketName: name });
    }
    // API reference, CreateBucketConfiguration: tags take the right s3:TagResource as well.
    const tags = elementsOf(call.request.body.toString(), 'Tag').map((tag) => [elementOf(tag, 'Key') ?? '', elementOf(tag, 'Value') ?? ''] as const);

    if (tags.length) {
      authorize(call, 'TagResource');
    }
    state.buckets.set(name, { ...newBucket(state, name, constraint ?? region), ownership, ...tags.length ? { tags: new Map(tags) } : {} });
  }

  return done(call, 200, { location: `/${ name }` });
}

function deleteBucket(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);

  // Versions and delete markers count too.
  if (bucket.objects.size) {
    throw new AwsError(409, 'BucketNotEmpty', `The bucket you tried to delete is not empty${ bucket.versioning ? '. You must delete all versions in the bucket.' : '' }`, { BucketName: bucket.name });
  }
  call.state.buckets.delete(bucket.name);

  return done(call, 204);
}

function putPolicy(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const text = call.request.body.toString();

  checkDigest(call.request);
  const statements: Statement[] = readBucketPolicy(text);

  bucketFits(statements, arnOfTarget(call));
  if ((bucket.blocked.has('BlockPublicPolicy') || call.state.publicPoliciesBlocked) && isPublic(statements)) {
    throw new AwsError(403, 'AccessDenied', `User: ${ call.key?.principalArn ?? '' } is not authorized to perform: s3:PutBucketPolicy on resource: "${ arnOfTarget(call) }" because public policies are blocked by the BlockPublicPolicy block public access setting.`);
  }
  bucket.policy = text;

  return done(call, 204);
}

function getPolicy(call: S3Call): HttpAnswer {
  const { policy, name } = theBucket(call);

  if (policy === undefined) {
    throw new AwsError(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist', { BucketName: name });
  }

  return { status: 200, headers: { 'content-type': 'application/json', 'x-amz-request-id': call.id }, body: policy };
}

function putBlock(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);

  checkDigest(call.request, true);
  bucket.blocked = new Set(BLOCKS.filter((name) => elementOf(call.request.body.toString(), name) === 'true'));

  return done(call);
}

function getBlock(call: S3Call): HttpAnswer {
  const { blocked } = theBucket(call);

  return s3Answer('PublicAccessBlockConfiguration', Object.fromEntries(BLOCKS.map((block) => [block, blocked.has(block)])), call.id);
}

function putVersioning(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const status = elementOf(call.request.body.toString(), 'Status');

  checkDigest(call.request);
  if (status !== 'Enabled' && status !== 'Suspended') {
    throw malformedXml();
  }
  bucket.versioning = status;

  return done(call);
}

/** API reference, PutBucketTagging: replaces all tags; «MalformedXML», «InvalidTag». */
function putTagging(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const text = call.request.body.toString();

  checkDigest(call.request, true);
  const tags = elementsOf(text, 'Tag').map((tag) => [elementOf(tag, 'Key') ?? '', elementOf(tag, 'Value') ?? ''] as const);

  if (!/<TagSet[\s>]/.test(text)) {
    throw malformedXml();
  }
  if (new Set(tags.map(([key]) => key)).size !== tags.length) {
    throw new AwsError(400, 'InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  bucket.tags = new Map(tags);

  return done(call, 204);
}

function getTagging(call: S3Call): HttpAnswer {
  const { tags, name } = theBucket(call);

  if (!tags?.size) {
    throw new AwsError(404, 'NoSuchTagSet', 'The TagSet does not exist', { BucketName: name });
  }

  return s3Answer('Tagging', { TagSet: repeated('Tag', [...tags].map(([Key, Value]) => ({ Key, Value }))) }, call.id);
}

/** What a bucket does for itself (S3 API reference); only what IRSA needs of it. */
export const BUCKET_ACTIONS: Record<string, (call: S3Call) => HttpAnswer> = {
  CreateBucket:       createBucket,
  HeadBucket:         (call) => done(call, 200, { 'x-amz-bucket-region': theBucket(call).region }),
  DeleteBucket:       deleteBucket,
  PutBucketPolicy:    putPolicy,
  GetBucketPolicy:    getPolicy,
  DeleteBucketPolicy: (call) => {
    theBucket(call).policy = undefined;

    return done(call, 204);
  },
  PutPublicAccessBlock:    putBlock,
  GetPublicAccessBlock:    getBlock,
  DeletePublicAccessBlock: (call) => {
    theBucket(call).blocked.clear();

    return done(call, 204);
  },
  PutBucketVersioning: putVersioning,
  GetBucketVersioning: (call) => {
    const { versioning } = theBucket(call);

    return s3Answer('VersioningConfiguration', versioning ? { Status: versioning } : new Xml(''), call.id);
  },
  ...SETTING_ACTIONS,
  PutBucketTagging:    putTagging,
  GetBucketTagging:    getTagging,
  DeleteBucketTagging: (call) => {
    theBucket(call).tags = undefined;

    return done(call, 204);
  },
};
