import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { value } from '../../domain/chain/test-facts';
import { planHostIssuer } from '../host-issuer';
import { planTeardownIssuer } from '../teardown-issuer';
import { BUCKET, DONE, hosting, KEYS, SELF_MANAGED, TAGS } from '../test-issuer-facts';
import { parse } from 'yaml';
import { toCli } from './cli';
import { exportsOf } from './index';
import { toTerraform } from './terraform';

const folder = mkdtempSync(path.join(tmpdir(), 'irsa-s3-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script with an `aws` that writes down what it was asked, and the content of bodies. */
function run(script: string, aws: string): { status: number | null; calls: string[]; said: string } {
  const [program, log] = ['aws', 'calls'].map((name) => path.join(folder, name)) as [string, string];

  writeFileSync(log, '');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${ log }'\nwhile [ $# -gt 0 ]; do [ "$1" = --body ] && { cat "$2"; echo; } >> '${ log }'; [ $# -gt 1 ] && [ -z "$first" ] && first=$2; shift; done\n${ aws }\n`);
  chmodSync(program, 0o755);
  const { status, stderr } = spawnSync('sh', ['-c', script], { env: { PATH: `${ folder }:${ process.env.PATH }` }, encoding: 'utf8' });

  return { status, calls: readFileSync(log, 'utf8').split('\n').filter(Boolean), said: stderr };
}

/** Of a bucket, as the AWS CLI prints them. */
const tagsOf = (cluster: string, owner = 'managed') => `echo '[["rancher.io/irsa", "${ owner }"], ["rancher.io/irsa-cluster", "${ cluster }"]]'`;

describe('hosting an issuer, as a script', () => {
  const script = toCli(planHostIssuer(SELF_MANAGED, hosting(), KEYS));

  it('sends the same calls, and documents byte by byte', () => {
    const { status, calls, said } = run(script, `case $first in get-bucket-tagging) ${ tagsOf('edge') } ;; esac`);

    expect([status, said]).toEqual([0, '']);
    expect(calls.map((line) => line.split(' ').slice(0, 2).join(' ')).filter((line) => line.startsWith('s3api'))).toEqual(['s3api create-bucket', 's3api get-bucket-tagging', 's3api put-public-access-block', 's3api put-bucket-policy', 's3api put-object', 's3api put-object']);
    expect(calls).toContain(JSON.stringify(KEYS));
  });

  it('goes on with a bucket of its own, and stops at one of somebody else', () => {
    const exists = (cluster: string, owner?: string) => run(script, `case $first in create-bucket) echo BucketAlreadyOwnedByYou >&2; exit 254 ;; get-bucket-tagging) ${ tagsOf(cluster, owner) } ;; esac`);

    expect(exists('edge').status).toBe(0);
    expect(exists('other')).toMatchObject({ status: 1, said: expect.stringContaining('was not made for this cluster') });
    // A cluster of this name may be another Rancher's, and its bucket be taken over since.
    expect(exists('edge', 'theirs').status).toBe(1);
    expect(exists('other').calls.join(' ')).not.toContain('s3api put-');
  });

  it('leaves no bucket behind where the account forbids public ones', () => {
    const { status, calls, said } = run(script, `case $first in get-bucket-tagging) ${ tagsOf('edge') } ;; put-bucket-policy) echo BlockPublicPolicy >&2; exit 254 ;; esac`);

    expect([status, said.trim()]).toEqual([1, 'BlockPublicPolicy']);
    expect(calls.at(-1)).toMatch(/^s3api delete-bucket .*--bucket=irsa-edge-0123456789ab$/);
  });

  it('takes nothing of a bucket away once somebody has taken over the provider that trusts it', () => {
    const script = toCli(planTeardownIssuer(SELF_MANAGED, hosting(DONE, { provider: value({ arn: 'arn:aws:iam::1:oidc-provider/x', tags: TAGS }) })));
    const { status, calls, said } = run(script, "case $first in get-open-id-connect-provider) echo 'rancher.io/irsa=theirs' ;; esac");

    expect([status, said]).toEqual([1, expect.stringContaining('was changed since')]);
    expect(calls.join(' ')).not.toMatch(/ delete-/);
  });

  it('takes what is gone already for done when it is taken away', () => {
    const plan = planTeardownIssuer(SELF_MANAGED, hosting(DONE, { provider: value({ arn: 'arn:aws:iam::1:oidc-provider/x', tags: TAGS }) }));

    expect(run(toCli(plan), 'echo NoSuchEntity NoSuchBucket >&2; exit 254').status).toBe(0);
    expect(toCli(plan)).toContain(BUCKET.name);
  });
});

describe('hosting an issuer, as a template', () => {
  const plan = planHostIssuer(SELF_MANAGED, hosting(), KEYS);
  const filesOf = (id: string) => Object.fromEntries(exportsOf(plan).find((one) => one.id === id)!.files.map(({ name, text }) => [name, text]));

  it('makes bucket and documents before the provider in Terraform', () => {
    const { text, covered } = toTerraform(plan)!;
    const provider = /resource "aws_iam_openid_connect_provider".*?depends_on = \[(.*)\]/s.exec(text)![1];

    expect(covered.size).toBe(plan.steps.length);
    expect(Object.keys(filesOf('terraform'))).toEqual(['main.tf']);
    expect(provider).toBe('aws_s3_bucket.create_bucket, aws_s3_bucket_public_access_block.open_bucket, aws_s3_bucket_policy.bucket_policy, aws_s3_object.publish_keys, aws_s3_object.publish_discovery');
    expect(text).toMatch(/resource "aws_s3_object" "publish_discovery" \{\n {2}region = "eu-central-1"\n {2}bucket = .*\n {2}key = .*\n {2}content_type = .*\n {2}content = .*\n {2}depends_on = \[.*aws_s3_object\.publish_keys\]/);
  });

  it('makes no provider in CloudFormation, which cannot make the documents: the script after it does both, in order', () => {
    const { 'template.yaml': template, 'then.sh': script } = filesOf('cloudformation') as Record<'template.yaml' | 'then.sh', string>;
    const { Resources } = parse(template) as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };

    expect(Object.values(Resources).map(({ Type }) => Type)).toEqual(['AWS::S3::Bucket', 'AWS::S3::BucketPolicy']);
    expect(Resources.CreateBucket!.Properties).toMatchObject({ BucketName: BUCKET.name, PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: false } });
    expect(template).toContain('--region=eu-central-1');
    const { status, calls } = run(script, '');

    expect(status).toBe(0);
    expect(calls.filter((line) => /^(s3api|iam) (put|create)/.test(line)).map((line) => line.split(' ')[1])).toEqual(['put-object', 'put-object', 'create-open-id-connect-provider']);
  });

  it('goes on in a bucket that is there without making another', () => {
    const half = planHostIssuer(SELF_MANAGED, hosting({ ...DONE, blocks: {}, ownership: undefined, policy: undefined, jwks: undefined, discovery: undefined }), KEYS);
    const { text } = toTerraform(half)!;

    expect(text).not.toContain('"aws_s3_bucket"');
    expect(text).toContain('  rule {\n    object_ownership = "BucketOwnerEnforced"\n  }');
    expect(exportsOf(half).map(({ id }) => id)).toEqual(['cli', 'terraform']);
  });
});
