import { describe, expect, it } from 'vitest';
import { hidden, value } from '../domain/chain/test-facts';
import { isOurs } from './host-issuer';
import { planCreateBucket } from './create-bucket';
import { toCli } from './export/cli';
import { toCloudFormation } from './export/cloudformation';
import { exportsOf } from './export/index';
import { toTerraform } from './export/terraform';
import { BACKUP_TAGS, backupBucket, SELF_MANAGED } from './test-issuer-facts';
import type { Plan } from './plan';

const plan = (...facts: Parameters<typeof backupBucket>): Plan => planCreateBucket(SELF_MANAGED, backupBucket(...facts));
const commands = ({ steps }: Plan) => steps.map(({ call }) => 'aws' in call ? call.aws.command : 'rancher');
const inputs = ({ steps }: Plan) => steps.map(({ call }) => 'aws' in call ? call.aws.input : {});
const OPENABLE = { reach: value({ host: 's3.eu-central-1.amazonaws.com', state: 'openable' as const, via: { kind: 'proxyEndpoint' as const } }), seen: hidden('unreachable') };

describe('a bucket for backups', () => {
  it('is made, closed to the public, and keeps versions', () => {
    expect(commands(plan())).toEqual(['CreateBucket', 'PutPublicAccessBlock', 'PutBucketVersioning']);
    expect(inputs(plan())).toMatchObject([{ Bucket: 'acme-backups', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }, { PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true } }, { VersioningConfiguration: { Status: 'Enabled' } }]);
  });

  it('names no region where that is the one that must not be named', () => {
    expect(JSON.stringify(inputs(plan(undefined, { bucket: { name: 'acme-backups', region: 'us-east-1' } })))).not.toContain('LocationConstraint');
  });

  it('has the way opened first where Rancher does not forward to S3', () => {
    expect(commands(plan(undefined, OPENABLE))).toEqual(['rancher', 'CreateBucket', 'PutPublicAccessBlock', 'PutBucketVersioning']);
  });

  it.each([
    ['of somebody else', { tags: {} }],
    ['whose tags may not be read', {}],
    ['of an issuer', { tags: { ...BACKUP_TAGS, 'rancher.io/irsa': 'managed' } }],
    ['for another cluster', { tags: { ...BACKUP_TAGS, 'rancher.io/irsa-cluster': 'other' } }],
    ['that was finished, and that somebody opened and stopped keeping versions in since', { tags: BACKUP_TAGS, versioning: 'Suspended' }],
  ])('that is there stays as it is: one %s', (_what, seen) => {
    expect(plan(seen)).toMatchObject({ steps: [], warnings: [{ key: 'irsa.warning.bucketThere' }] });
  });

  it('that was left half done is finished', () => {
    expect(commands(plan({ tags: BACKUP_TAGS }))).toEqual(['PutPublicAccessBlock', 'PutBucketVersioning']);
  });

  it('is looked at again before each setting, as S3 may say «made» of another', () => {
    expect(plan().steps.slice(1).map(({ expects }) => expects)).toEqual(Array(2).fill({ bucketTags: { bucket: 'acme-backups', region: 'eu-central-1', tags: BACKUP_TAGS } }));
  });

  it('is never taken for the bucket of an issuer, which everybody may read', () => {
    expect(isOurs({ tags: BACKUP_TAGS }, { name: 'edge' })).toBe(false);
  });

  it.each<[string, Parameters<typeof backupBucket>]>([
    ['BUCKET_NAME_UNUSABLE', [undefined, { bucket: { name: 'Acme', region: 'eu-central-1' } }]],
    ['BUCKET_NAME_UNUSABLE', [undefined, { bucket: { name: '', region: 'eu-central-1' } }]],
    ['REGION_UNKNOWN', [undefined, { bucket: { name: 'acme-backups', region: '' } }]],
    ['REGION_NOT_SIGNED', [undefined, { bucket: { name: 'acme-backups', region: 'mx-central-1' } }]],
    ['BUCKET_TAKEN', [{ state: 'taken' }]],
    ['BUCKET_ELSEWHERE', [{ state: 'elsewhere', region: 'us-east-1' }]],
    ['BUCKET_UNSEEN', [undefined, { seen: hidden('refused') }]],
  ])('is refused before any change: %s', (code, facts) => {
    expect(() => plan(...facts)).toThrow(code);
  });

  it('may be in a newer region with keys of one’s own', () => {
    expect(commands(plan(undefined, { bucket: { name: 'acme-backups', region: 'mx-central-1' }, signsItself: true }))).toHaveLength(3);
  });
});

describe('a bucket for backups, taken away', () => {
  it('is there in all three forms', () => {
    expect(exportsOf(plan()).map(({ id }) => id)).toEqual(['cli', 'terraform', 'cloudformation']);
  });

  it('is a script that stops at a bucket of somebody else, before each setting too', () => {
    const script = toCli(plan());

    expect(script).toContain('aws s3api create-bucket --region=\'eu-central-1\'');
    expect(script.match(/get-bucket-tagging[^\n]*\n[^\n]*'\[\["rancher\.io\/irsa","backups"\],\["rancher\.io\/irsa-cluster","edge"\]\]' \| squeezed\)" \] \|\| stop/g)).toHaveLength(3);
    expect(script).toContain('put-bucket-versioning');
  });

  it('is three resources of Terraform', () => {
    const { text } = toTerraform(plan())!;

    expect(text).toContain('resource "aws_s3_bucket" "create_bucket"');
    expect(text).toContain('restrict_public_buckets = true');
    expect(text).toMatch(/resource "aws_s3_bucket_versioning"[^]*versioning_configuration \{\n {4}status = "Enabled"\n {2}\}/);
  });

  it('is one resource of CloudFormation, which outlives its stack', () => {
    const { text, covered } = toCloudFormation(plan(), 'about')!;

    expect([...covered]).toEqual(['create-bucket', 'close-bucket', 'keep-versions']);
    expect(text).toMatch(/Type: "AWS::S3::Bucket"\n\s+DeletionPolicy: "RetainExceptOnCreate"/);
    expect(text).toMatch(/VersioningConfiguration:\n\s+Status: "Enabled"/);
  });
});
