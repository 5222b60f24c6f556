import { describe, expect, it } from 'vitest';
import { policyNameOf } from './policy-name';
import { rancherBackup } from './rancher-backup';

const name = (answers: Record<string, string>) => policyNameOf(rancherBackup, answers);
const policy = (answers: Record<string, string>) => JSON.stringify(rancherBackup.policy({ ...answers, partition: 'aws-cn', region: 'cn-north-1' }));

describe('the places of Backups', () => {
  it('have a policy each, so that a second bucket takes nothing from the first', () => {
    const names = [{ bucket: 'acme' }, { bucket: 'acme', folder: 'prod' }, { bucket: 'acme', folder: 'prod/eks' }, { bucket: 'acme-prod' }, { bucket: 'other', folder: 'prod' }].map((answers) => name(answers as Record<string, string>));

    expect(new Set(names).size).toBe(5);
    expect(names.slice(0, 2)).toEqual(['backup-to-s3-acme', 'backup-to-s3-acme+prod']);
    expect(name({ bucket: 'acme', folder: 'prod/' })).toBe(names[1]);
    expect(name({})).toBe('backup-to-s3');
  });

  it.each([{ bucket: 'acme', folder: '' }, { bucket: 'acme', folder: 'prod/eks' }])('are read from the policy that was made for them: $folder', (answers) => {
    expect(rancherBackup.answersInPolicy!(policy(answers))).toEqual([answers]);
  });

  it.each(['null', '{"Statement":[null,3]}', '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::acme/*"}}'])('are not read from %s', (json) => {
    expect(rancherBackup.answersInPolicy!(json)).toEqual([]);
  });
});

describe('the endpoint of Rancher Backups', () => {
  it.each([
    ['s3-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', true],
    ['https://bucket.vpce-1a2b-x.s3.eu-central-1.vpce.amazonaws.com', 'eu-central-1', true],
    ['s3.amazonaws.com', 'eu-central-1', true],
    ['s3-fips.dualstack.us-east-1.amazonaws.com', 'us-east-1', true],
    ['s3-fips.dualstack.us-east-1.amazonaws.com', 'us-west-2', false],
    ['s3.cn-north-1.amazonaws.com.cn', 'cn-north-1', true],
    ['bucket.vpce-1a2b-x.s3.eu-central-1.vpce.amazonaws.com', 'eu-west-1', false],
    ['s3.eu-central-1.amazonaws.com', 'eu-west-1', false],
    ['s3.cn-north-1.amazonaws.com', 'cn-north-1', false],
    ['minio.acme.example:9000', 'eu-central-1', false],
    ['amazonaws.com.acme.example', 'eu-central-1', false],
    ['', 'eu-central-1', false],
  ])('%s in %s stays as the admin has it: %s', (endpoint, region, stays) => {
    const { s3 } = rancherBackup.values({ ...rancherBackup.keeps!({ s3: { endpoint } }), roleArn: '', audience: '', bucket: 'acme', region }) as { s3: { endpoint: string } };

    expect(s3.endpoint).toBe(stays ? endpoint : `s3.${ region }.amazonaws.com${ region.startsWith('cn-') ? '.cn' : '' }`);
  });
});
