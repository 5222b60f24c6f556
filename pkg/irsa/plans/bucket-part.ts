import { isSignedByRancher } from '../domain/aws/hosts';
import { tagList } from '../domain/aws/ownership';
import { isRegion } from '../domain/aws/partitions';
import { irsaError } from '../domain/errors';
import type { IssuerBucket, ObservedBackupBucket, ObservedBucket } from '../domain/issuer/hosting';
import { text } from '../domain/text';
import type { Expectation, Step, Value } from './plan';

/**
 * What a plan about a bucket builds on; anything that would fail later is refused now, before any change.
 * @param isExport  may be taken away where nobody here may run it: what is there, the script finds out
 * @throws IrsaError REGION_UNKNOWN, REGION_NOT_SIGNED, BUCKET_UNSEEN, BUCKET_TAKEN, BUCKET_ELSEWHERE
 */
export function seenBucket({ bucket, seen, reach, signsItself }: ObservedBackupBucket, isExport = false): ObservedBucket {
  const { name, region } = bucket;

  if (!isRegion(region)) {
    throw irsaError('REGION_UNKNOWN', { region });
  }
  const isSigned = signsItself || isSignedByRancher(region);

  if (!isSigned && !isExport) {
    throw irsaError('REGION_NOT_SIGNED', { region });
  }
  if (!seen.known) {
    // Rancher does not forward there yet: the plan opens the way, and what is there is found out when it gets there.
    if ((reach.known && reach.value.state === 'openable') || (isExport && (!isSigned || seen.why.kind === 'no-credential'))) {
      return { state: 'absent', others: [] };
    }
    throw irsaError('BUCKET_UNSEEN', { bucket: name, action: seen.why.aws?.action ?? '' }, seen.why.aws);
  }
  switch (seen.value.state) {
  case 'taken': throw irsaError('BUCKET_TAKEN', { bucket: name });
  case 'elsewhere': throw irsaError('BUCKET_ELSEWHERE', { bucket: name, region, found: seen.value.region ?? '?' });
  }

  return seen.value;
}

/** A step that is one call of S3. */
export function s3(id: string, title: Step['title'], change: Step['change'], { name, region }: IssuerBucket, command: string, input: Record<string, Value>, more: Partial<Step> = {}): Step {
  return { id, target: 's3', title, change, call: { aws: { service: 's3', command, region, input: { Bucket: name, ...input } } }, ...more };
}

/** Makes a bucket; one that is there already is gone on with only where it has these tags. */
export function createBucket(bucket: IssuerBucket, tags: Record<string, string>): Step {
  const { name, region } = bucket;

  return s3('create-bucket', text('irsa.step.create-bucket.title', { bucket: name }), 'create', bucket, 'CreateBucket', {
    // The one region that must not be named (API reference, CreateBucket).
    CreateBucketConfiguration: { ...(region === 'us-east-1' ? {} : { LocationConstraint: region }), Tags: tagList(tags) }
  }, { detail: text('irsa.step.create-bucket.detail', { region }), adopt: { bucket: { name, region, tags } } });
}

/** What is to be found before a bucket is changed that was not looked at, or deleted: the one that was made here. */
export function tagged({ name, region }: IssuerBucket, tags: Record<string, string>): Expectation {
  return { bucketTags: { bucket: name, region, tags } };
}
