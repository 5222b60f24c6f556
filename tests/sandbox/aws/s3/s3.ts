import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import { readPolicy } from '../policy/document.ts';
import type { Statement } from '../policy/document.ts';
import { evaluate } from '../policy/evaluate.ts';
import { isoTime } from '../state.ts';
import type { AccessKey, AccountState, Bucket } from '../state.ts';
import { Xml, repeated, s3Answer, toXml } from '../xml.ts';
import type { S3Request } from './request.ts';

export interface S3Call {
  state: AccountState;
  request: S3Request;
  /** Nobody: an unsigned request. */
  key: AccessKey | undefined;
  id: string;
}

type Run = (call: S3Call) => HttpAnswer;

/** Where the right for an action has another name than the action (Service Authorization Reference, S3). */
const RIGHTS: Record<string, string> = {
  HeadBucket: 'ListBucket', ListObjectsV2: 'ListBucket', HeadObject: 'GetObject', PutPublicAccessBlock: 'PutBucketPublicAccessBlock', GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock'
};
/** The four settings; a new bucket has all of them on (since April 2023). */
const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];

/** A new bucket, as CreateBucket leaves it. */
export function newBucket(state: AccountState, name: string, region: string): Bucket {
  return { name, region, created: state.now(), blocked: new Set(BLOCKS), objects: new Map() };
}

function theBucket({ state, request }: S3Call): Bucket {
  const bucket = state.buckets.get(request.bucket);

  if (!bucket) {
    throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: request.bucket });
  }
  if (bucket.region !== request.region) {
    throw new AwsError(301, 'PermanentRedirect', 'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.', {
      Endpoint: `${ bucket.name }.s3.${ bucket.region }.amazonaws.com`, Bucket: bucket.name
    });
  }

  return bucket;
}

function isPublic(statements: Statement[]): boolean {
  return statements.some(({ effect, principals }) => effect === 'Allow' && Object.values(principals ?? {}).flat().includes('*'));
}

/** «Bucket policy» and «Block public access»: nobody gets in by a policy that the bucket's settings restrict. */
function bucketAllows(bucket: Bucket | undefined, asked: string, resource: string, key: AccessKey | undefined): boolean {
  const statements = bucket?.policy ? readPolicy(bucket.policy) : [];

  if (!bucket || (!key && bucket.blocked.has('RestrictPublicBuckets') && isPublic(statements))) {
    return false;
  }

  return evaluate(statements, { action: asked, resource, principal: { kind: 'AWS', names: key ? [key.principalArn] : ['*'] } }) === 'allow';
}

function authorize(call: S3Call, action: string): void {
  const { state, request, key } = call;
  const asked = `s3:${ RIGHTS[action] ?? action }`;
  const resource = `arn:${ state.partition }:s3:::${ request.bucket }${ request.key ? `/${ request.key }` : '' }`;

  if (bucketAllows(state.buckets.get(request.bucket), asked, resource, key)) {
    return;
  }
  if (!key) {
    throw new AwsError(403, 'AccessDenied', 'Access Denied');
  }
  const verdict = key.policy ? evaluate(key.policy, { action: asked, resource }) : 'allow';

  if (verdict !== 'allow') {
    const why = verdict === 'no allow' ? `because no identity-based policy allows the ${ asked } action` : 'with an explicit deny in an identity-based policy';

    throw new AwsError(403, 'AccessDenied', `User: ${ key.principalArn } is not authorized to perform: ${ asked } on resource: "${ resource }" ${ why }`);
  }
}

function done(call: S3Call, status = 200, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { 'x-amz-request-id': call.id, ...headers }, body: '' };
}

function checkDigest({ request }: S3Call, required: boolean): void {
  const given = request.headers['content-md5'];

  if (!given && required) {
    throw new AwsError(400, 'InvalidRequest', 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  if (given && given !== createHash('md5').update(request.body).digest('base64')) {
    throw new AwsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
}

function createBucket(call: S3Call): HttpAnswer {
  const { state, request } = call;
  const { bucket: name, region } = request;
  const constraint = /<LocationConstraint[^>]*>([^<]*)</.exec(request.body.toString())?.[1];
  const existing = state.buckets.get(name);

  if (!/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new AwsError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name });
  }
  if (existing) {
    throw new AwsError(409, 'BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded and you already own it.', { BucketName: name });
  }
  if ((constraint ?? 'us-east-1') !== region) {
    throw new AwsError(400, 'IllegalLocationConstraintException', `The ${ constraint ?? 'unspecified' } location constraint is incompatible for the region specific endpoint this request was sent to.`);
  }
  state.buckets.set(name, newBucket(state, name, region));

  return done(call, 200, { location: `/${ name }` });
}

function putPolicy(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  let statements: Statement[];

  checkDigest(call, false);
  try {
    statements = readPolicy(call.request.body.toString());
  } catch (error) {
    throw new AwsError(400, 'MalformedPolicy', error instanceof Error ? error.message : '');
  }
  if (bucket.blocked.has('BlockPublicPolicy') && isPublic(statements)) {
    throw new AwsError(403, 'AccessDenied', `User: ${ call.key?.principalArn ?? '' } is not authorized to perform: s3:PutBucketPolicy on resource: "arn:${ call.state.partition }:s3:::${ bucket.name }" because public policies are blocked by the BlockPublicPolicy block public access setting.`);
  }
  bucket.policy = call.request.body.toString();

  return done(call, 204);
}

function getObject(call: S3Call): HttpAnswer {
  const object = theBucket(call).objects.get(call.request.key);

  if (!object) {
    throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: call.request.key });
  }

  return { status: 200, headers: { 'x-amz-request-id': call.id, 'content-type': object.contentType, 'last-modified': new Date(object.modified).toUTCString(), etag: etagOf(object.body) }, body: call.request.method === 'HEAD' ? '' : object.body };
}

function etagOf(body: Buffer): string {
  return `"${ createHash('md5').update(body).digest('hex') }"`;
}

function listObjects(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const prefix = call.request.query.get('prefix') ?? '';
  const found = [...bucket.objects].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  const contents = found.map(([Key, { body, modified }]) => ({ Key, LastModified: isoTime(modified), ETag: etagOf(body), Size: body.length, StorageClass: 'STANDARD' }));

  const summary = toXml({ Name: bucket.name, Prefix: prefix, KeyCount: found.length, MaxKeys: 1000, IsTruncated: false });

  return s3Answer('ListBucketResult', new Xml(summary + repeated('Contents', contents).text), call.id);
}

/** S3 API reference; only what IRSA needs of it. */
const RUNS: Record<string, Run> = {
  CreateBucket: createBucket,
  HeadBucket:   (call) => done(call, 200, { 'x-amz-bucket-region': theBucket(call).region }),
  DeleteBucket: (call) => {
    if (theBucket(call).objects.size) {
      throw new AwsError(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', { BucketName: call.request.bucket });
    }
    call.state.buckets.delete(call.request.bucket);

    return done(call, 204);
  },
  PutBucketPolicy: putPolicy,
  GetBucketPolicy: (call) => {
    const { policy, name } = theBucket(call);

    if (policy === undefined) {
      throw new AwsError(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist', { BucketName: name });
    }

    return { status: 200, headers: { 'content-type': 'application/json' }, body: policy };
  },
  DeleteBucketPolicy: (call) => {
    theBucket(call).policy = undefined;

    return done(call, 204);
  },
  PutPublicAccessBlock: (call) => {
    const bucket = theBucket(call);

    checkDigest(call, true);
    bucket.blocked = new Set(BLOCKS.filter((name) => new RegExp(`<${ name }>\\s*true\\s*</`).test(call.request.body.toString())));

    return done(call);
  },
  GetPublicAccessBlock: (call) => {
    const { blocked } = theBucket(call);

    return s3Answer('PublicAccessBlockConfiguration', Object.fromEntries(BLOCKS.map((name) => [name, blocked.has(name)])), call.id);
  },
  DeletePublicAccessBlock: (call) => {
    theBucket(call).blocked.clear();

    return done(call, 204);
  },
  PutObject: (call) => {
    const { body, headers, key } = call.request;

    checkDigest(call, false);
    theBucket(call).objects.set(key, { body, contentType: headers['content-type'] ?? 'binary/octet-stream', modified: call.state.now() });

    return done(call, 200, { etag: etagOf(body) });
  },
  GetObject:    getObject,
  HeadObject:   getObject,
  DeleteObject: (call) => {
    theBucket(call).objects.delete(call.request.key);

    return done(call, 204);
  },
  ListObjectsV2: listObjects,
};

export function isS3Write(action: string): boolean {
  return !/^(Get|Head|List)/.test(action);
}

/** Runs one S3 call, if the asker may. */
export function runS3(call: S3Call, action: string): HttpAnswer {
  authorize(call, action);
  const run = RUNS[action];

  if (!run) {
    throw new AwsError(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
  }

  return run(call);
}
