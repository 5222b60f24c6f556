import { backupTags, BACKUPS, TAG } from '../domain/aws/ownership';
import { irsaError } from '../domain/errors';
import type { ObservedCluster } from '../domain/facts';
import { CLOSED, type IssuerBucket, type ObservedBackupBucket } from '../domain/issuer/hosting';
import { text } from '../domain/text';
import { bucketProblem } from '../presets/validators';
import { createBucket, s3, seenBucket, tagged } from './bucket-part';
import { openHost } from './open-sts';
import type { Plan, Step } from './plan';

/**
 * Makes a bucket for backups: nothing public, every object encrypted (S3 does so by itself since January 2023, and nobody can turn it
 * off), old versions kept. A bucket that is there already stays as it is, whoever's it is; only one that an earlier run left half done
 * is finished.
 * @throws IrsaError BUCKET_NAME_UNUSABLE, REGION_UNKNOWN, REGION_NOT_SIGNED, BUCKET_UNSEEN, BUCKET_TAKEN, BUCKET_ELSEWHERE
 */
export function planCreateBucket({ cluster }: ObservedCluster, facts: ObservedBackupBucket): Plan {
  const { name } = facts.bucket;

  return { id: 'create-bucket', title: text('irsa.plan.create-bucket.title', { bucket: name }), documents: [], ...bucketPart(cluster, facts) };
}

/** The same as part of another plan. */
export function bucketPart(cluster: { name: string }, facts: ObservedBackupBucket): Pick<Plan, 'steps' | 'warnings'> {
  const { bucket, reach } = facts;
  const { name } = bucket;

  if (!name || bucketProblem(name)) {
    throw irsaError('BUCKET_NAME_UNUSABLE', { bucket: name, problem: 'form' });
  }
  const { state, tags: has, versioning } = seenBucket(facts);
  const tags = backupTags(cluster);
  const isNew = state === 'absent';

  // Versions come last: where somebody said something about them, all was done, and what is otherwise now is so on purpose.
  if (!isNew && (has?.[TAG.owner] !== BACKUPS || has[TAG.cluster] !== tags[TAG.cluster] || versioning !== undefined)) {
    return { steps: [], warnings: [text('irsa.warning.bucketThere', { bucket: name })] };
  }

  return {
    steps: [
      ...openHost('irsa-s3', reach),
      ...(isNew ? [createBucket(bucket, tags)] : []),
      setting('close-bucket', bucket, tags, 'PutPublicAccessBlock', { PublicAccessBlockConfiguration: CLOSED }, [text('irsa.step.close-bucket.title'), text('irsa.step.close-bucket.detail')]),
      setting('keep-versions', bucket, tags, 'PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } }, [text('irsa.step.keep-versions.title'), text('irsa.step.keep-versions.detail')]),
    ],
    warnings: [],
  };
}

/** In us-east-1, S3 says «made» of a bucket that one has already (API reference, CreateBucket): its tags tell whether it is this one. */
function setting(id: string, bucket: IssuerBucket, tags: Record<string, string>, command: string, input: Parameters<typeof s3>[5], [title, detail]: [Step['title'], Step['title']]): Step {
  return s3(id, title, 'change', bucket, command, input, { detail, expects: tagged(bucket, tags) });
}
