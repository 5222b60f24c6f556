import { describe, expect, it } from 'vitest';
import { rancherBackup } from './rancher-backup';
import { rancherLogging } from './rancher-logging';
import { foundIn } from './found-in';

const ARN = 'arn:aws:iam::111122223333:role/rancher-irsa/a';

describe('what a chart’s values say', () => {
  it.each([
    ['nothing yet', rancherBackup, {}, { roleArn: undefined, usesKey: false }],
    ['a role', rancherBackup, rancherBackup.values({ roleArn: ARN, audience: '' }), { roleArn: ARN, usesKey: false }],
    ['a role that was emptied', rancherBackup, rancherBackup.values({ roleArn: '', audience: '' }), { roleArn: undefined, usesKey: false }],
    ['a key', rancherBackup, { s3: { enabled: true, credentialSecretName: 'keys' } }, { roleArn: undefined, usesKey: true }],
    ['a role for a webhook with names of its own', rancherBackup, { serviceAccount: { annotations: { 'iam.acme.example/role-arn': ARN } } }, { roleArn: ARN, annotationPrefix: 'iam.acme.example', usesKey: false }],
    ['another annotation', rancherBackup, { serviceAccount: { annotations: { a: 'b' } } }, { roleArn: undefined, usesKey: false }],
    ['something odd', rancherBackup, { serviceAccount: 'x', s3: [] }, { roleArn: undefined, usesKey: false }],
    ['the role of fluentd', rancherLogging, rancherLogging.values({ roleArn: ARN, audience: '' }), { roleArn: ARN, usesKey: false }],
  ])('%s', (_what, preset, values, expected) => {
    expect(foundIn(values, preset)).toEqual({ ...expected, answers: {} });
  });

  it('where backups go already', () => {
    expect(foundIn({ s3: { bucketName: 'acme', folder: 'prod', region: '', insecureTLSSkipVerify: true } }, rancherBackup).answers).toEqual({ bucket: 'acme', folder: 'prod' });
  });
});
