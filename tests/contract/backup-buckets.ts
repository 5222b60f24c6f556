import { newBucket } from '../sandbox/aws/s3/bucket.ts';
import type { World } from '../sandbox/scenario/world.ts';
import { observeBackupBucket } from '../../pkg/irsa/gateways/observe/hosting';
import { planCloseHost, planCreateBucket, planOpenS3 } from '../../pkg/irsa/plans';
import type { Plan } from '../../pkg/irsa/plans/plan';
import { allowS3 } from './issuer-seeds';
import { seedS3Endpoint, seedS3Setting, seedTwoBuckets } from './seeds';
import type { PlanCase } from './plan-cases';
import type { Person } from './target';

/** A bucket for backups that is not there yet. */
export const NEW_BUCKET = { name: 'acme-new-backups', region: 'eu-central-1' };

/** As a Backup's page has it made. */
export async function createBackupBucket(person: Person, bucket = NEW_BUCKET): Promise<Plan> {
  return planCreateBucket(await person.observe('local'), await observeBackupBucket(person.gateways(), bucket));
}

/** As a Backup's page has the way opened, where nobody could look. */
export async function openS3(person: Person): Promise<Plan> {
  return planOpenS3(await observeBackupBucket(person.gateways(), NEW_BUCKET));
}

/** And shut again, from there or from the issuer of a cluster that runs itself. */
export async function closeS3(person: Person): Promise<Plan> {
  return planCloseHost((await observeBackupBucket(person.gateways(), NEW_BUCKET)).reach);
}

/** A run that ended behind CreateBucket, and a block that somebody took off since. */
export function seedHalfBackupBucket(world: World): void {
  allowS3(world);
  world.aws.state.buckets.set(NEW_BUCKET.name, { ...newBucket(world.aws.state, NEW_BUCKET.name, NEW_BUCKET.region), blocked: new Set(['BlockPublicAcls']), tags: new Map([['rancher.io/irsa', 'backups'], ['rancher.io/irsa-cluster', 'local']]) });
}

/** Every way that a plan for one, or for a role that gets to another, can go. */
export const BUCKET_CASES: PlanCase[] = [
  { name: 'bind a chart for a second bucket', covers: ['planBind'], prepare: seedTwoBuckets, make: (person) => person.bind('local', { role: 'local-rancher-backup', whole: true }) },
  { name: 'bind a chart for a second bucket, and remove the policy that those of places made superfluous', covers: ['planBind'], prepare: seedTwoBuckets, make: (person) => person.bind('local', { role: 'local-rancher-backup', whole: true, tidies: true }) },
  { name: 'let Rancher forward to S3, to see whether a bucket for backups is there', covers: ['planOpenS3'], make: (person) => openS3(person) },
  { name: 'stop forwarding to S3: the ProxyEndpoint', covers: ['planCloseHost'], prepare: seedS3Endpoint, make: (person) => closeS3(person) },
  { name: 'stop forwarding to S3: the older setting', covers: ['planCloseHost'], prepare: seedS3Setting, make: (person) => closeS3(person) },
  { name: 'make a bucket for backups, and let Rancher forward to S3', covers: ['planCreateBucket'], make: (person) => createBackupBucket(person) },
  { name: 'make a bucket for backups in us-east-1', covers: ['planCreateBucket'], prepare: allowS3, make: (person) => createBackupBucket(person, { ...NEW_BUCKET, region: 'us-east-1' }) },
  { name: 'make a bucket for backups that was half made', covers: ['planCreateBucket'], prepare: seedHalfBackupBucket, make: (person) => createBackupBucket(person) },
];
