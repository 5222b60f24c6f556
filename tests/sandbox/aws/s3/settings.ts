import type { HttpAnswer } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import { Xml, s3Answer } from '../xml.ts';
import type { S3Call } from './access.ts';
import { done, elementOf, malformedXml, theBucket } from './call.ts';
import { checkDigest } from './digest.ts';

const OWNERSHIPS = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'];

/** @throws InvalidArgument for an ownership there is not (API reference, PutBucketOwnershipControls, ObjectOwnership: valid values) */
export function checkOwnership(ownership: string): void {
  if (!OWNERSHIPS.includes(ownership)) {
    throw new AwsError(400, 'InvalidArgument', `Invalid x-amz-object-ownership header: ${ ownership }`, { ArgumentName: 'x-amz-object-ownership', ArgumentValue: ownership });
  }
}

function putOwnership(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const ownership = elementOf(call.request.body.toString(), 'ObjectOwnership');

  checkDigest(call.request, true);
  if (ownership === undefined || !OWNERSHIPS.includes(ownership)) {
    throw malformedXml();
  }
  bucket.ownership = ownership;

  return done(call);
}

function getOwnership(call: S3Call): HttpAnswer {
  const { ownership, name } = theBucket(call);

  if (ownership === undefined) {
    throw new AwsError(404, 'OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', { BucketName: name });
  }

  return s3Answer('OwnershipControls', { Rule: { ObjectOwnership: ownership } }, call.id);
}

/** API reference, PutBucketEncryption: AES256, aws:kms and aws:kms:dsse; a key id only with the latter two. */
function putEncryption(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const text = call.request.body.toString();
  const algorithm = elementOf(text, 'SSEAlgorithm');
  const keyId = elementOf(text, 'KMSMasterKeyID');

  checkDigest(call.request, true);
  if (algorithm === undefined || !['AES256', 'aws:kms', 'aws:kms:dsse'].includes(algorithm)) {
    throw malformedXml();
  }
  if (algorithm === 'AES256' && keyId !== undefined) {
    throw new AwsError(400, 'InvalidArgument', 'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse', { ArgumentName: 'ApplyServerSideEncryptionByDefault' });
  }
  bucket.encryption = { algorithm, ...keyId === undefined ? {} : { keyId }, bucketKey: elementOf(text, 'BucketKeyEnabled') === 'true' };

  return done(call);
}

function getEncryption(call: S3Call): HttpAnswer {
  const { algorithm, keyId, bucketKey } = theBucket(call).encryption;

  return s3Answer('ServerSideEncryptionConfiguration', { Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: keyId }, BucketKeyEnabled: bucketKey } }, call.id);
}

/** API reference, GetBucketLocation: «Buckets in Region us-east-1 have a LocationConstraint of null». */
function getLocation(call: S3Call): HttpAnswer {
  // Any region's endpoint tells where a bucket lies.
  const region = call.state.buckets.get(call.request.bucket)?.region ?? theBucket(call).region;

  return s3Answer('LocationConstraint', region === 'us-east-1' ? new Xml('') : region, call.id);
}

/** Settings of a bucket that stand for themselves (S3 API reference). */
export const SETTING_ACTIONS: Record<string, (call: S3Call) => HttpAnswer> = {
  PutBucketOwnershipControls:    putOwnership,
  GetBucketOwnershipControls:    getOwnership,
  DeleteBucketOwnershipControls: (call) => {
    theBucket(call).ownership = undefined;

    return done(call, 204);
  },
  PutBucketEncryption:    putEncryption,
  GetBucketEncryption:    getEncryption,
  DeleteBucketEncryption: (call) => {
    theBucket(call).encryption = { algorithm: 'AES256', bucketKey: false };

    return done(call, 204);
  },
  GetBucketLocation: getLocation,
};
