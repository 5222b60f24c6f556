import { describe, expect, it } from 'vitest';
import { parameterProblems } from './index';
import { rancherBackup } from './rancher-backup';
import { rancherLogging } from './rancher-logging';
import { bucketProblem, keyPrefix, logGroupProblem, prefixProblem, regionProblem } from './validators';

describe('validators', () => {
  it.each(['acme-backups', 'a.b', '123', 'x'.repeat(63)])('bucket %s', (name) => expect(bucketProblem(name)).toBeUndefined());
  it.each(['ab', 'x'.repeat(64), 'Acme', 'a_b', '-ab', 'ab-', 'a..b', '10.0.0.1', 'xn--abc', 'a-s3alias', 'a b', 'a/*', 'a"b'])('no bucket: %s', (name) => expect(bucketProblem(name)).toBeDefined());
  it.each(['', 'prod', 'prod/', 'a/b_c-d.e', 'local/'])('prefix «%s»', (prefix) => expect(prefixProblem(prefix)).toBeUndefined());
  it.each(['/prod', 'prod*', 'a?', '${aws:username}', 'a//b', 'a\nb', 'a"b'])('no prefix: %j', (prefix) => expect(prefixProblem(prefix)).toBeDefined());
  it.each(['eu-central-1', 'cn-north-1', 'us-gov-west-1'])('region %s', (region) => expect(regionProblem(region)).toBeUndefined());
  it.each(['eu-central', 'Frankfurt', 'eu-central-1 '])('no region: %s', (region) => expect(regionProblem(region)).toBeDefined());
  it.each(['/rancher/prod', 'a#b_c.d-e'])('log group %s', (group) => expect(logGroupProblem(group)).toBeUndefined());
  it.each(['a b', 'a*', 'a:b', 'aws/x'])('no log group: %s', (group) => expect(logGroupProblem(group)).toBeDefined());

  it('ends folders at a slash', () => {
    expect([undefined, '', ' ', 'prod', 'prod/', 'a/b//'].map(keyPrefix)).toEqual(['', '', '', 'prod/', 'prod/', 'a/b/']);
  });
});

describe('parameters', () => {
  it('asks only for what plays a part', () => {
    expect(Object.keys(parameterProblems(rancherLogging, {}))).toEqual(['logGroup', 'region']);
    expect(Object.keys(parameterProblems(rancherLogging, { destination: 's3', region: 'eu-central-1', logGroup: '***' }))).toEqual(['bucket']);
    expect(parameterProblems(rancherBackup, { bucket: 'acme-backups', region: 'eu-central-1' })).toEqual({});
  });

  it.each([['eu-central-1', undefined], ['us-gov-west-1', undefined], ['cn-north-1', undefined], ['us-iso-east-1', 'aws-iso'], ['us-isob-east-1', 'aws-iso-b'], ['eu-isoe-west-1', 'aws-iso-e'], ['us-isof-south-1', 'aws-iso-f'], ['eusc-de-east-1', 'aws-eusc']])('refuses backups where their operator does not find STS: %s', (region, partition) => {
    expect(parameterProblems(rancherBackup, { bucket: 'acme-backups', region })).toEqual(partition ? { region: { key: 'irsa.preset.backup.isolated', args: { partition } } } : {});
    expect(parameterProblems(rancherLogging, { destination: 's3', bucket: 'acme-logs', region })).toEqual({});
  });
});

describe('rancher-backup', () => {
  it('allows exactly the bucket and the folder, in the right partition', () => {
    expect(rancherBackup.policy({ partition: 'aws-cn', region: 'cn-north-1', bucket: 'acme', folder: 'prod' })).toEqual({
      Version:   '2012-10-17',
      Statement: [
        { Sid: 'Bucket', Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: 'arn:aws-cn:s3:::acme' },
        { Sid: 'Objects', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], Resource: 'arn:aws-cn:s3:::acme/prod/*' },
      ],
    });
  });

  it('writes values without a secret', () => {
    expect(rancherBackup.values({ roleArn: 'ARN', bucket: 'acme', folder: 'prod/', region: 'cn-north-1' })).toEqual({
      serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'ARN' } },
      s3:             { enabled: true, bucketName: 'acme', region: 'cn-north-1', folder: 'prod', endpoint: 's3.cn-north-1.amazonaws.com.cn', credentialSecretName: '', credentialSecretNamespace: '' },
    });
    expect(rancherBackup.values({ roleArn: 'ARN', audience: 'other' })).toEqual({ serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'ARN', 'eks.amazonaws.com/audience': 'other' } } });
  });

  it('sees what stands in the way', () => {
    expect(rancherBackup.reconcile!({})).toEqual({ values: {}, warnings: [], dropsKeys: false });
    const { values, warnings, dropsKeys } = rancherBackup.reconcile!({ persistence: { enabled: true }, s3: { enabled: true, credentialSecretName: 'keys', endpointCA: 'LS0t', insecureTLSSkipVerify: true } });

    expect(values).toEqual({ persistence: { enabled: false }, s3: { endpointCA: '', insecureTLSSkipVerify: false } });
    expect([warnings.length, dropsKeys]).toEqual([3, true]);
  });
});

describe('rancher-logging', () => {
  it('binds fluentd, not the operator', () => {
    expect(rancherLogging.subject()).toEqual({ namespace: 'cattle-logging-system', serviceAccount: 'rancher-logging-root-fluentd' });
    expect(rancherLogging.values({ roleArn: 'ARN' })).toEqual({ loggingServiceAccountAnnotations: { root: { 'eks.amazonaws.com/role-arn': 'ARN' } } });
  });

  it('keeps CloudWatch to one group', () => {
    const policy = rancherLogging.policy({ partition: 'aws-us-gov', region: 'us-gov-west-1', accountId: '111122223333', destination: 'cloudwatch', logGroup: '/rancher/prod' });

    expect(policy.Statement[1]!.Resource).toEqual(['arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/rancher/prod', 'arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/rancher/prod:*']);
    expect(JSON.stringify(rancherLogging.policy({ partition: 'aws', region: 'eu-central-1', destination: 'cloudwatch', logGroup: 'x' }))).toContain('arn:aws:logs:eu-central-1:*:log-group:x');
  });

  it('writes to S3 under the folder', () => {
    expect(rancherLogging.policy({ partition: 'aws', region: 'eu-central-1', destination: 's3', bucket: 'acme-logs', folder: 'prod' }).Statement[1]).toEqual({ Sid: 'Objects', Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: 'arn:aws:s3:::acme-logs/prod/*' });
  });
});
