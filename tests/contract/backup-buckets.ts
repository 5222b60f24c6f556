import { newBucket } from '../sandbox/aws/s3/bucket.ts';
import type { World } from '../sandbox/scenario/world.ts';
import { observeBackupBucket } from '../../pkg/irsa/gateways/observe/hosting';
import { planCreateBucket } from '../../pkg/irsa/plans';
import type { Plan } from '../../pkg/irsa/plans/plan';
import { allowS3 } from './issuer-seeds';
import type { PlanCase } from './plan-cases';
import type { Person } from './target';

/** A bucket for backups that is not there yet. */
export const NEW_BUCKET = { name: 'acme-new-backups', region: 'eu-central-1' };

/** As a Backup's page has it made. */
export async function createBackupBucket(person: Person, bucket = NEW_BUCKET): Promise<Plan> {
  return planCreateBucket(await person.observe('local'), await observeBackupBucket(person.gateways(), bucket));
}

/** A run that ended behind CreateBucket, and a block that somebody took off since. */
export function seedHalfBackupBucket(world: World): void {
  allowS3(world);
  world.aws.state.buckets.set(NEW_BUCKET.name, { ...newBucket(world.aws.state, NEW_BUCKET.name, NEW_BUCKET.region), blocked: new Set(['BlockPublicAcls']), tags: new Map([['rancher.io/irsa', 'backups'], ['rancher.io/irsa-cluster', 'local']]) });
}

/** Every way that such a plan can go. */
export const BUCKET_CASES: PlanCase[] = [
  { name: 'make a bucket for backups, and let Rancher forward to S3', covers: ['planCreateBucket'], make: (person) => createBackupBucket(person) },
  { name: 'make a bucket for backups in us-east-1', covers: ['planCreateBucket'], prepare: allowS3, make: (person) => createBackupBucket(person, { ...NEW_BUCKET, region: 'us-east-1' }) },
  { name: 'make a bucket for backups that was half made', covers: ['planCreateBucket'], prepare: seedHalfBackupBucket, make: (person) => createBackupBucket(person) },
];
