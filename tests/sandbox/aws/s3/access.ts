import { AwsError } from '../errors.ts';
import { readPolicy } from '../policy/document.ts';
import type { Statement } from '../policy/document.ts';
import { evaluate } from '../policy/evaluate.ts';
import type { Verdict } from '../policy/evaluate.ts';
import type { AccessKey, AccountState, Bucket } from '../state.ts';
import type { S3Request } from './request.ts';

export interface S3Call {
  state: AccountState;
  request: S3Request;
  /** Nobody: an unsigned request. */
  key: AccessKey | undefined;
  id: string;
}

/** Where the right for an action has another name than the action (Service Authorization Reference, S3). */
const RIGHTS: Record<string, string> = {
  HeadBucket: 'ListBucket', ListObjectsV2: 'ListBucket', ListObjectVersions: 'ListBucketVersions', HeadObject: 'GetObject', HeadObjectVersion: 'GetObjectVersion',
  PutBucketEncryption: 'PutEncryptionConfiguration', GetBucketEncryption: 'GetEncryptionConfiguration', DeleteBucketEncryption: 'PutEncryptionConfiguration', DeleteBucketOwnershipControls: 'PutBucketOwnershipControls', PutPublicAccessBlock: 'PutBucketPublicAccessBlock', GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock', DeleteBucketTagging: 'PutBucketTagging'
};

export function noSuchBucket(name: string): AwsError {
  return new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
}

export function arnOfTarget({ state, request }: Pick<S3Call, 'state' | 'request'>): string {
  return `arn:${ state.partition }:s3:::${ request.bucket }${ request.key ? `/${ request.key }` : '' }`;
}

/** «The meaning of "public"» (User Guide, Block public access), as far as principals go. */
export function isPublic(statements: Statement[]): boolean {
  return statements.some(({ effect, principals }) => effect === 'Allow' && Object.values(principals ?? {}).flat().includes('*'));
}

/** What the bucket's policy says. «Block public access»: a public policy lets nobody in from outside once RestrictPublicBuckets is on; a Deny still denies. */
function bucketVerdict({ state, key }: Pick<S3Call, 'state' | 'key'>, bucket: Bucket | undefined, asked: string, resource: string): Verdict {
  const statements = bucket?.policy ? readPolicy(bucket.policy) : [];
  const verdict = evaluate(statements, { action: asked, resource, principal: { kind: 'AWS', names: key ? [key.principalArn] : ['*'] } });
  const outside = !key || bucket?.owner !== undefined;

  return verdict === 'allow' && outside && (bucket?.blocked.has('RestrictPublicBuckets') || state.publicBucketsRestricted) && isPublic(statements) ? 'no allow' : verdict;
}

/**
 * Whether the asker may (IAM User Guide, «Policy evaluation logic»): a Deny on either side wins; within the account one Allow on
 * either side is enough; another account's bucket needs both.
 */
export function mayDo({ state, request, key }: Omit<S3Call, 'id'>, action: string): { may: boolean; why: string } {
  const asked = `s3:${ RIGHTS[action] ?? action }`;
  const resource = arnOfTarget({ state, request });
  const found = state.buckets.get(request.bucket);
  const bucket = bucketVerdict({ state, key }, found, asked, resource);
  const identity: Verdict = !key ? 'no allow' : key.policy ? evaluate(key.policy, { action: asked, resource }) : 'allow';

  if (identity === 'explicit deny') {
    return { may: false, why: 'with an explicit deny in an identity-based policy' };
  }
  if (bucket === 'explicit deny') {
    return { may: false, why: 'with an explicit deny in a resource-based policy' };
  }
  if (key && found?.owner !== undefined) {
    return { may: bucket === 'allow' && identity === 'allow', why: `because no resource-based policy allows the ${ asked } action` };
  }

  return { may: bucket === 'allow' || identity === 'allow', why: `because no identity-based policy allows the ${ asked } action` };
}

/** User Guide, «Verifying bucket ownership with bucket owner condition». */
export function checkOwner({ state, request }: S3Call): void {
  const bucket = state.buckets.get(request.bucket);
  const owner = request.headers['x-amz-expected-bucket-owner'];

  if (owner !== undefined && bucket && owner !== (bucket.owner ?? state.id)) {
    throw new AwsError(403, 'AccessDenied', 'Access Denied');
  }
}

/** Refuses whoever may not; strangers are told nothing but «Access Denied» (User Guide, «Troubleshoot access denied»). */
export function authorize(call: S3Call, action: string): void {
  const { state, request, key } = call;
  const bucket = state.buckets.get(request.bucket);

  // The name is looked up first: nobody at all learns that way which names are free.
  if (!key && !bucket) {
    throw noSuchBucket(request.bucket);
  }
  if (action !== 'CreateBucket') {
    checkOwner(call);
  }
  if (action === 'CreateBucket' && bucket?.owner !== undefined) {
    return;
  }
  const { may, why } = mayDo(call, action);

  if (!may) {
    const detailed = `User: ${ key?.principalArn ?? '' } is not authorized to perform: s3:${ RIGHTS[action] ?? action } on resource: "${ arnOfTarget(call) }" ${ why }`;

    throw new AwsError(403, 'AccessDenied', key && bucket?.owner === undefined ? detailed : 'Access Denied');
  }
}
