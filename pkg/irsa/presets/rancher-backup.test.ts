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
