import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newBucket } from '../sandbox/aws/s3/bucket.ts';
import { observeBackupBucket } from '../../pkg/irsa/gateways/observe/hosting';
import { createBackupBucket, NEW_BUCKET, openS3 } from './backup-buckets';
import { allowS3 } from './issuer-seeds';
import { sandboxTarget } from './sandbox-target';
import { logIn } from './target';

/** What the plan for a backups bucket leaves behind, and what it leaves alone. */
describe('a bucket for backups', () => {
  let target: Awaited<ReturnType<typeof sandboxTarget>>;
  const VIRGINIA = { ...NEW_BUCKET, region: 'us-east-1' };
  const buckets = () => target.world().aws.state.buckets;

  /** What somebody has there: open to access lists, without versions. */
  function theirs(change: object): () => string {
    const { state } = target.world().aws;

    state.buckets.set(NEW_BUCKET.name, { ...newBucket(state, NEW_BUCKET.name, 'us-east-1'), blocked: new Set(), ...change });
    const now = () => JSON.stringify({ ...buckets().get(NEW_BUCKET.name), blocked: [...buckets().get(NEW_BUCKET.name)!.blocked] });
    const before = now();

    return () => now() === before ? 'untouched' : now();
  }

  beforeAll(async() => {
    target = await sandboxTarget();
  });
  afterAll(() => target.stop());
  beforeEach(() => target.reset());

  it.each([NEW_BUCKET, VIRGINIA])('is private, encrypted and keeps versions, in its region ($region)', async(bucket) => {
    const person = await logIn(target, 'admin');

    expect(await person.run(await createBackupBucket(person, bucket))).toMatchObject({ status: 'done' });
    expect(buckets().get(bucket.name)).toMatchObject({ region: bucket.region, versioning: 'Enabled', encryption: { algorithm: 'AES256' }, ownership: 'BucketOwnerEnforced' });
    expect([...buckets().get(bucket.name)!.blocked].sort()).toEqual(['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets']);
    expect((await createBackupBucket(person, bucket)).steps).toEqual([]);
  });

  it('is seen once Rancher forwards to S3, and not before', async() => {
    const person = await logIn(target, 'admin');
    const seen = async() => (await observeBackupBucket(person.gateways(), NEW_BUCKET)).seen;
    const plan = await openS3(person);

    expect(await seen()).toMatchObject({ known: false, why: { text: { key: 'irsa.obstacle.notForwarded' } } });
    expect(plan.steps.map(({ id }) => id)).toEqual(['open-s3']);
    expect(await person.run(plan)).toMatchObject({ status: 'done' });
    expect(await seen()).toMatchObject({ known: true, value: { state: 'absent' } });
    expect((await openS3(person)).steps).toEqual([]);
    expect(buckets().has(NEW_BUCKET.name)).toBe(false);
  });

  it('is not made of one that is there, though nobody could look and S3 says «made»', async() => {
    const look = theirs({});
    const person = await logIn(target, 'admin');
    const plan = await createBackupBucket(person, VIRGINIA);

    expect(plan.steps.map(({ id }) => id)).toEqual(['open-s3', 'create-bucket', 'close-bucket', 'keep-versions']);
    expect(await person.run(plan)).toEqual({ status: 'changed' });
    expect(look()).toBe('untouched');
    // Now that the way is open it is seen.
    expect(await createBackupBucket(person, VIRGINIA)).toMatchObject({ steps: [], warnings: [{ key: 'irsa.warning.bucketThere' }] });
  });

  it('is refused where somebody else has the name, seen or not', async() => {
    const look = theirs({ owner: '999999999999' });
    const person = await logIn(target, 'admin');

    expect(await person.run(await createBackupBucket(person, VIRGINIA))).toMatchObject({ status: 'failed', error: { code: 'BUCKET_TAKEN' } });
    await expect(createBackupBucket(person, VIRGINIA)).rejects.toMatchObject({ code: 'BUCKET_TAKEN' });
    expect(look()).toBe('untouched');
  });

  it('is refused where it is in another region', async() => {
    allowS3(target.world());
    const look = theirs({});

    await expect(createBackupBucket(await logIn(target, 'admin'))).rejects.toMatchObject({ code: 'BUCKET_ELSEWHERE' });
    expect(look()).toBe('untouched');
  });
});
