import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import hcl from 'hcl2-parser';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BUCKET, KEYS } from '../test-issuer-facts';
import { cloudFrontExports, cloudFrontPublish, cloudFrontRemoval, isCloudFront } from './cloudfront';

const folder = mkdtempSync(path.join(tmpdir(), 'irsa-cloudfront-'));
const HOST = 'd111111abcdef8.cloudfront.net';
const ARN = 'arn:aws:cloudfront::111122223333:distribution/EDFDVBD6EXAMPLE';

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = Object.fromEntries(cloudFrontExports({ cluster: { name: 'edge' }, bucket: BUCKET, keys: KEYS }).flatMap(({ id, files }) => files.map(({ name, text }) => [`${ id }/${ name }`, text])));

/** Runs a script with an AWS CLI that keeps what it made in a folder, one file for each object. */
function run(script: string, there: string[] = [], owner = 'edge'): { status: number | null; said: string; errors: string; calls: string[]; objects: Record<string, string> } {
  const room = mkdtempSync(path.join(folder, 'run-'));
  const program = path.join(room, 'aws');
  const log = path.join(room, 'calls');

  there.forEach((what) => writeFileSync(path.join(room, what), ''));
  writeFileSync(log, '');
  writeFileSync(program, `#!/bin/sh
cd '${ room }'
printf '%s\\n' "$*" | tr '\\n' ' ' >> calls; echo >> calls
all="$*"
case "$1 $2" in
  's3api head-bucket') [ -e bucket ] || exit 254 ;;
  's3api create-bucket') : > bucket ;;
  's3api get-bucket-tagging') echo ${ owner } ;;
  'cloudfront list-origin-access-controls') [ -e control ] && echo E2CONTROL || echo None ;;
  'cloudfront create-origin-access-control') : > control; echo E2CONTROL ;;
  'cloudfront list-distributions') [ -e distribution ] || { echo None; exit 0; }; case "$all" in *OriginAccessControlId*) echo E2CONTROL ;; *Origins*) echo '${ BUCKET.name }.s3.${ BUCKET.region }.amazonaws.com' ;; *.Id\\ *) echo EDFDVBD6EXAMPLE ;; *.ARN\\ *) echo '${ ARN }' ;; *) echo '${ HOST }' ;; esac ;;
  'cloudfront list-tags-for-resource') echo ${ owner } ;;
  'cloudfront get-distribution-config') case "$all" in *ETag*) echo E1 ;; *) printf '{\\n    "Enabled": true,\\n    "Logging": {\\n        "Enabled": true\\n    }\\n}\\n' ;; esac ;;
  'cloudfront get-distribution' | 'cloudfront get-origin-access-control') echo E2 ;;
  'cloudfront update-distribution') for word; do case $word in file://*) cp "\${word#file://}" objectconfig ;; esac; done ;;
  'cloudfront delete-distribution') rm distribution ;;
  's3api delete-bucket') rm bucket ;;
  'cloudfront create-distribution-with-tags') : > distribution ;;
  'cloudformation describe-stacks') echo '${ HOST }' ;;
  'iam list-open-id-connect-providers') [ -e provider ] && echo 'arn:aws:iam::111122223333:oidc-provider/${ HOST }' ;;
  's3api put-object') for word; do case $last in --body) cp "$word" "object$(printf '%s' "$all" | sed 's/.*--key=//; s/ .*//' | tr / _)" ;; esac; last=$word; done ;;
esac
exit 0
`);
  chmodSync(program, 0o755);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { env: { PATH: `${ room }:${ process.env.PATH }` }, encoding: 'utf8' });
  const object = (key: string) => {
    try {
      return readFileSync(path.join(room, `object${ key.replaceAll('/', '_') }`), 'utf8');
    } catch {
      return '';
    }
  };

  return { status, said: stdout, errors: stderr, calls: readFileSync(log, 'utf8').split('\n').filter(Boolean), objects: { config: object('config'), discovery: object('.well-known/openid-configuration'), jwks: object('openid/v1/jwks') } };
}

const named = (calls: string[]) => calls.map((line) => line.split(' ').slice(0, 2).join(' ')).filter((line) => !/ (list|head|wait|describe|get)-?/.test(line));

describe('an issuer behind CloudFront, as a script', () => {
  it('makes everything in order, keeps the bucket shut, and publishes documents that name the distribution’s host', () => {
    const { status, said, errors, calls, objects } = run(files['cli/cloudfront.sh']!);

    expect([status, errors]).toEqual([0, '']);
    expect(named(calls)).toEqual([
      's3api create-bucket', 's3api put-public-access-block', 'cloudfront create-origin-access-control', 'cloudfront create-distribution-with-tags', 's3api put-bucket-policy', 's3api put-object', 's3api put-object', 'iam create-open-id-connect-provider',
    ]);
    expect(calls.find((line) => line.includes('put-public-access-block'))).not.toContain('false');
    expect(calls.find((line) => line.includes('create-distribution'))).toContain('"OriginAccessControlId": "E2CONTROL"');
    const policy = calls.find((line) => line.includes('put-bucket-policy'))!;

    expect(policy).toContain(`\\"AWS:SourceArn\\": \\"${ ARN }\\"`);
    expect(policy).not.toContain('"*');
    expect(JSON.parse(objects.discovery!)).toMatchObject({ issuer: `https://${ HOST }`, jwks_uri: `https://${ HOST }/openid/v1/jwks` });
    expect(JSON.parse(objects.jwks!)).toEqual(KEYS);
    expect(calls.find((line) => line.includes('create-open-id'))).toContain(`"Url": "https://${ HOST }"`);
    expect(said).toBe(`The issuer: https://${ HOST }\n`);
  });

  it('makes nothing twice, and publishes again: after a rotation that is all there is to do', () => {
    expect(named(run(files['cli/cloudfront.sh']!, ['bucket', 'control', 'distribution', 'provider']).calls)).toEqual(['s3api put-public-access-block', 's3api put-bucket-policy', 's3api put-object', 's3api put-object']);
  });
});

describe('a bucket of somebody else', () => {
  it('stops the script before anything in it is changed', () => {
    const { status, errors, calls } = run(files['cli/cloudfront.sh']!, ['bucket'], 'other');

    expect([status, errors.trim(), named(calls)]).toEqual([1, `the bucket ${ BUCKET.name } exists and was not made for this cluster`, []]);
  });
});

describe('an issuer behind CloudFront, as a template', () => {
  it('is whole in Terraform: HCL that parses, documents with the host put in, the provider after them', () => {
    const [json] = hcl.parseToString(files['terraform/main.tf']!);
    const { resource, output } = JSON.parse(json) as { resource: Record<string, Record<string, Record<string, unknown>[]>>; output: object };

    expect(Object.keys(resource).sort()).toEqual(['aws_cloudfront_distribution', 'aws_cloudfront_origin_access_control', 'aws_iam_openid_connect_provider', 'aws_s3_bucket', 'aws_s3_bucket_policy', 'aws_s3_bucket_public_access_block', 'aws_s3_object']);
    expect(resource.aws_s3_bucket_public_access_block!.issuer![0]).toMatchObject({ block_public_acls: true, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: true });
    expect(resource.aws_s3_bucket_policy!.issuer![0]!.policy).toMatch(/^\$\{replace\(".*@ARN@.*", "@ARN@", aws_cloudfront_distribution\.issuer\.arn\)\}$/);
    expect(resource.aws_s3_object!.discovery![0]!.content).toMatch(/^\$\{replace\(".*https:\/\/@HOST@.*", "@HOST@", aws_cloudfront_distribution\.issuer\.domain_name\)\}$/);
    expect(JSON.stringify(resource.aws_iam_openid_connect_provider!.issuer![0]!.depends_on)).toContain('aws_s3_object.discovery');
    expect(output).toHaveProperty('issuer');
  });

  it('ends in CloudFormation with a script that publishes and registers', () => {
    const { Resources, Outputs } = parse(files['cloudformation/template.yaml']!) as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>; Outputs: object };

    expect(Object.values(Resources).map(({ Type }) => Type)).toEqual(['AWS::S3::Bucket', 'AWS::CloudFront::OriginAccessControl', 'AWS::CloudFront::Distribution', 'AWS::S3::BucketPolicy']);
    expect(JSON.stringify(Resources.Policy)).toContain('distribution/${Distribution}');
    expect(Outputs).toHaveProperty('Host');
    const { status, calls, said } = run(files['cloudformation/then.sh']!);

    expect(status).toBe(0);
    expect(named(calls)).toEqual(['s3api put-object', 's3api put-object', 'iam create-open-id-connect-provider']);
    expect(said).toContain(HOST);
  });

  it('names no bucket of a public policy anywhere', () => {
    expect(Object.values(files).join('\n')).not.toMatch(/Principal"?:\s*\\?"?\*/);
  });
});

describe('an issuer that is behind CloudFront already', () => {
  const ISSUER = `https://${ HOST }`;
  const KEY = { ...KEYS.keys[0]!, kid: 'next' };
  const there = ['bucket', 'control', 'distribution'];

  it('is told from other hosts', () => {
    expect([ISSUER, `${ ISSUER }/edge`, 'https://d1.cloudfront.net.example.com', 'https://oidc.example.com'].map(isCloudFront)).toEqual([true, false, false, false]);
  });

  it('gets other documents into the bucket that its distribution reads, whoever made it', () => {
    const { status, errors, calls, objects } = run(cloudFrontPublish(ISSUER, { keys: [KEY, ...KEYS.keys] }), there);

    expect([status, errors]).toEqual([0, '']);
    expect(named(calls)).toEqual(['s3api put-object', 's3api put-object']);
    expect(calls.filter((line) => line.includes('put-object')).every((line) => line.includes(`--region=${ BUCKET.region } --bucket=${ BUCKET.name } `))).toBe(true);
    expect((JSON.parse(objects.jwks!) as typeof KEYS).keys.map(({ kid }) => kid)).toEqual(['next', 'k']);
    expect(run(cloudFrontPublish(ISSUER, KEYS))).toMatchObject({ status: 1, errors: `no distribution of this account is ${ HOST }\n` });
  });

  it('goes when its provider is gone: documents, bucket, and the distribution switched off before it is deleted', () => {
    const { status, errors, calls, objects } = run(cloudFrontRemoval(ISSUER, { name: 'edge' }), there);

    expect([status, errors]).toEqual([0, '']);
    expect(named(calls)).toEqual(['s3api delete-object', 's3api delete-object', 's3api delete-bucket', 'cloudfront update-distribution', 'cloudfront delete-distribution', 'cloudfront delete-origin-access-control']);
    expect(JSON.parse(objects.config!)).toEqual({ Enabled: false, Logging: { Enabled: true } });
    // Stopped behind its bucket, and run again.
    expect(named(run(cloudFrontRemoval(ISSUER, { name: 'edge' }), ['control', 'distribution']).calls)).toEqual(['cloudfront update-distribution', 'cloudfront delete-distribution', 'cloudfront delete-origin-access-control']);
  });

  it.each([
    ['its provider is still there', [...there, 'provider'], 'edge', 'delete the IAM provider first'],
    ['it was made for another cluster', there, 'other', 'was not made for this cluster'],
  ])('does not go while %s', (_what, world, owner, said) => {
    const { status, errors, calls } = run(cloudFrontRemoval(ISSUER, { name: 'edge' }), world, owner);

    expect([status, named(calls)]).toEqual([1, []]);
    expect(errors).toContain(said);
  });
});
