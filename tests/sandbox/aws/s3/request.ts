import { createHash } from 'node:crypto';
import type { AwsRequest } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import { callerOf } from '../caller.ts';
import type { Endpoint } from '../hosts.ts';
import { readAuthorization } from '../signature.ts';
import type { AccessKey, AccountState } from '../state.ts';

/** A request to S3, its bucket and key made out. */
export interface S3Request {
  method: string;
  bucket: string;
  /** '' for the bucket itself. */
  key: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: Buffer;
  region: string;
}

/** @throws InvalidURI (S3 API reference, «Error responses») */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    throw new AwsError(400, 'InvalidURI', 'Couldn\'t parse the specified URI.');
  }
}

/** Bucket and key from either style of address. */
export function readS3Request(request: AwsRequest, at: { bucket?: string; region: string }): S3Request {
  const [path = '/', query = ''] = request.url.split(/\?(.*)/s);
  const steps = path.slice(1).split('/').map(decoded);
  const bucket = at.bucket ?? steps.shift() ?? '';

  return { method: request.method, bucket, key: steps.join('/'), query: new URLSearchParams(query), headers: request.headers, body: request.body, region: at.region };
}

/** Sub-resources of a bucket that are modelled, and how S3 names what is done to them. */
const OF_BUCKETS: Record<string, string> = {
  policy: 'BucketPolicy', publicAccessBlock: 'PublicAccessBlock', versioning: 'BucketVersioning', tagging: 'BucketTagging', ownershipControls: 'BucketOwnershipControls', encryption: 'BucketEncryption', location: 'BucketLocation'
};
/** What can only be read, or be put but not taken away. */
const MISSING = ['DeleteBucketVersioning', 'PutBucketLocation', 'DeleteBucketLocation'];
/** All others (User Guide, «Sub-resources»): to leave them out of account would overwrite an object by its access list. */
const OTHERS = [
  'accelerate', 'acl', 'analytics', 'attributes', 'cors', 'intelligent-tiering', 'inventory', 'legal-hold', 'lifecycle', 'logging', 'metadataConfiguration', 'metrics',
  'notification', 'object-lock', 'partNumber', 'policyStatus', 'renameObject', 'replication', 'requestPayment', 'restore', 'retention', 'select', 'session', 'torrent', 'uploadId',
  'uploads', 'website'
];

/** Sub-resources by query, then plain methods (S3 API reference); undefined: no such method. */
export function s3ActionOf({ method, key, bucket, query }: S3Request): string | undefined {
  const ACTIONS: Record<string, string> = key ? { PUT: 'PutObject', GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' } : { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket', GET: 'ListObjectsV2' };
  const verb = { PUT: 'Put', GET: 'Get', DELETE: 'Delete', POST: 'Post' }[method] ?? method;
  const other = OTHERS.find((name) => query.has(name));
  const known = Object.keys(OF_BUCKETS).find((name) => query.has(name));

  if (!bucket) {
    return undefined;
  }
  // «List of objects» and «of versions» are of the bucket; a version is of an object.
  if (!key && other === undefined && known === undefined && (query.has('versions') || query.has('delete'))) {
    return { GET: query.has('versions') ? 'ListObjectVersions' : undefined, POST: query.has('delete') ? 'DeleteObjects' : undefined }[method];
  }
  if (key && other === undefined && known === undefined && query.has('versionId')) {
    return { GET: 'GetObjectVersion', HEAD: 'HeadObjectVersion', DELETE: 'DeleteObjectVersion' }[method];
  }
  if (other !== undefined || (key && known !== undefined)) {
    return `${ verb }:${ other ?? known }`;
  }
  if (known !== undefined) {
    const action = `${ verb }${ OF_BUCKETS[known] }`;

    return ['Put', 'Get', 'Delete'].includes(verb) && !MISSING.includes(action) ? action : undefined;
  }

  return ACTIONS[method];
}

/**
 * Who asks: a key of the account, or nobody when the request carries no signature. S3 is stricter than the Query services: all
 * `x-amz-*` headers must be signed («HeadersNotSigned», e.g. soto-core#362, arrow-rs-object-store#484; `x-amz-content-sha256` is
 * excepted, ds_proxy#164), and the payload's hash must be there and right (S3 API reference, «Authenticating requests: using the
 * Authorization header»).
 */
export function authenticateS3(state: AccountState, request: AwsRequest, endpoint: Endpoint): AccessKey | undefined {
  const { region } = endpoint;
  const { authorization } = request.headers;

  if (!authorization) {
    return undefined;
  }
  if (!authorization.startsWith('AWS4-HMAC-SHA256')) {
    throw new AwsError(400, 'InvalidArgument', 'Unsupported Authorization Type', { ArgumentName: 'Authorization', ArgumentValue: authorization.split(' ')[0] ?? '' });
  }
  const auth = readAuthorization(authorization);

  if (auth.service !== 's3') {
    throw new AwsError(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed; incorrect service "${ auth.service }". This endpoint belongs to "s3".`);
  }
  if (auth.region !== region) {
    throw new AwsError(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed; the region '${ auth.region }' is wrong; expecting '${ region }'`, { Region: region });
  }
  const hash = request.headers['x-amz-content-sha256'];

  if (!hash) {
    throw new AwsError(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const unsigned = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !auth.signedHeaders.includes(name));

  if (unsigned.length) {
    throw new AwsError(403, 'AccessDenied', 'There were headers present in the request which were not signed', { HeadersNotSigned: unsigned.join(', ') });
  }
  const key = verified(state, request, endpoint);

  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== createHash('sha256').update(request.body).digest('hex')) {
    throw new AwsError(400, 'XAmzContentSHA256Mismatch', 'The provided \'x-amz-content-sha256\' header does not match what was computed.', {
      ClientComputedContentSHA256: hash, S3ComputedContentSHA256: createHash('sha256').update(request.body).digest('hex')
    });
  }

  return key;
}

/** S3's own words for what the Query services say otherwise (S3 API reference, «Error responses»). */
function verified(state: AccountState, request: AwsRequest, endpoint: Endpoint): AccessKey {
  try {
    return callerOf(state, request, endpoint);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'InvalidClientTokenId') {
      throw new AwsError(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
    }
    if (error instanceof AwsError && /^Signature (expired|not yet)/.test(error.message)) {
      throw new AwsError(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.');
    }
    if (error instanceof AwsError && error.code === 'SignatureDoesNotMatch') {
      throw new AwsError(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided. Check your key and signing method.');
    }
    throw error;
  }
}
