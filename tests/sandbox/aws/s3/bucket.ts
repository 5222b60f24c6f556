import type { HttpAnswer } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import type { Statement } from '../policy/document.ts';
import type { AccountState, Bucket } from '../state.ts';
import { Xml, repeated, s3Answer } from '../xml.ts';
import { arnOfTarget, isPublic, noSuchBucket } from './access.ts';
import type { S3Call } from './access.ts';
import { checkDigest } from './digest.ts';
import { bucketFits, readBucketPolicy } from './policy.ts';

/** The four settings; a new bucket has all of them on (since April 2023). */
const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];

/** A new bucket, as CreateBucket leaves it. */
export function newBucket(state: AccountState, name: string, region: string): Bucket {
  return { name, region, created: state.now(), blocked: new Set(BLOCKS), objects: new Map(), noncurrent: 0 };
}

export function theBucket({ state, request }: S3Call): Bucket {
  const bucket = state.buckets.get(request.bucket);

  if (!bucket) {
    throw noSuchBucket(request.bucket);
  }
  if (bucket.region !== request.region) {
    throw new AwsError(301, 'PermanentRedirect', 'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.', {
      Endpoint: `${ bucket.name }.s3.${ bucket.region }.amazonaws.com`, Bucket: bucket.name
    });
  }

  return bucket;
}

export function done(call: S3Call, status = 200, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { 'x-amz-request-id': call.id, ...headers }, body: '' };
}

/** The text of the first element of a name; a real parser is more than these five documents need. */
function elementOf(call: S3Call, name: string): string | undefined {
  return new RegExp(`<${ name }(?:\\s[^>]*)?>\\s*([^<]*?)\\s*</`).exec(call.request.body.toString())?.[1];
}

export function createBucket(call: S3Call): HttpAnswer {
  const { state, request } = call;
  const { bucket: name, region } = request;
  const constraint = elementOf(call, 'LocationConstraint');
  const existing = state.buckets.get(name);

  if (!/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new AwsError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name });
  }
  if ((constraint ?? 'us-east-1') !== region) {
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
    state.buckets.set(name, newBucket(state, name, region));
  }

  return done(call, 200, { location: `/${ name }` });
}

function deleteBucket(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);

  if (bucket.objects.size || bucket.noncurrent) {
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
  if (bucket.blocked.has('BlockPublicPolicy') && isPublic(statements)) {
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
  bucket.blocked = new Set(BLOCKS.filter((name) => elementOf(call, name) === 'true'));

  return done(call);
}

function getBlock(call: S3Call): HttpAnswer {
  const { blocked } = theBucket(call);

  return s3Answer('PublicAccessBlockConfiguration', Object.fromEntries(BLOCKS.map((block) => [block, blocked.has(block)])), call.id);
}

function putVersioning(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const status = elementOf(call, 'Status');

  checkDigest(call.request);
  if (status !== 'Enabled' && status !== 'Suspended') {
    throw malformedXml();
  }
  bucket.versioning = status;

  return done(call);
}

function malformedXml(): AwsError {
  return new AwsError(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
}

/** API reference, PutBucketTagging: replaces all tags; «MalformedXML», «InvalidTag». */
function putTagging(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const text = call.request.body.toString();

  checkDigest(call.request, true);
  const tags = [...text.matchAll(/<Tag>\s*<Key>([^<]*)<\/Key>\s*<Value>([^<]*)<\/Value>\s*<\/Tag>/g)].map(([, key = '', value = '']) => [key, value] as const);

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
  PutBucketTagging:    putTagging,
  GetBucketTagging:    getTagging,
  DeleteBucketTagging: (call) => {
    theBucket(call).tags = undefined;

    return done(call, 204);
  },
};
