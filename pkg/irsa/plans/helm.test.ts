import { describe, expect, it } from 'vitest';
import { planBind } from './bind';
import { valueChanges } from './helm';
import { backup, BACKUP_PERMISSIONS, cluster, wish } from './test-facts';

describe('what an upgrade changes in a chart’s values', () => {
  it('is said value by value, beside what is there', () => {
    const current = { s3: { enabled: true, bucketName: 'old', credentialSecretName: 'keys' }, persistence: { enabled: true }, list: [1] };

    expect(valueChanges(current, { s3: { enabled: true, bucketName: 'new', region: 'r', credentialSecretName: '', folder: '' }, persistence: { enabled: false }, list: [1, 2] })).toEqual([
      { path: 's3.bucketName', before: 'old', after: 'new' },
      { path: 's3.region', before: undefined, after: 'r' },
      { path: 's3.credentialSecretName', before: 'keys', after: '' },
      { path: 'persistence.enabled', before: 'true', after: 'false' },
      { path: 'list', before: '[1]', after: '[1,2]' },
    ]);
  });

  it('says what is taken out, and nothing of what is not there', () => {
    expect(valueChanges({ a: { 'eks.amazonaws.com/role-arn': 'x' } }, { a: { 'eks.amazonaws.com/role-arn': null, 'eks.amazonaws.com/audience': null } })).toEqual([{ path: 'a.eks.amazonaws.com/role-arn', before: 'x', after: undefined }]);
  });

  it.each([
    ['secretKey', 'wJalr'], ['accessKey', 'AKIA'], ['password', 'x'], ['token', 'x'], ['credentials', 'x'], ['secretContents', { cloud: 'x' }],
  ])('never says %s', (key, secret) => {
    expect(JSON.stringify(valueChanges({ aws: { [key]: secret } }, { aws: { [key]: 'SECRET' } }))).not.toMatch(/wJalr|AKIA|"x"|SECRET/);
  });

  it('goes with the plan, with the role as it is known', () => {
    const plan = planBind(cluster(), wish({ target: backup(), permissions: BACKUP_PERMISSIONS }));
    const changes = plan.steps.find(({ id }) => id === 'upgrade-app')!.helm!.changes!;

    expect(changes).toContainEqual({ path: 's3.bucketName', before: 'old', after: 'acme-backups' });
    expect(changes).toContainEqual({ path: 's3.credentialSecretName', before: 'keys', after: '' });
    expect(changes.find(({ path }) => path.endsWith('role-arn'))).toMatchObject({ before: undefined, after: expect.stringMatching(/^arn:aws:iam::.*reader-role$/) as string });
    expect(JSON.stringify(changes)).not.toContain('debug');
  });
});
