import { describe, expect, it } from 'vitest';
import { planBind, planEnable } from '../../../pkg/irsa/plans';
import { exportsOf } from '../../../pkg/irsa/plans/export';
import { backup, BACKUP_PERMISSIONS, cluster, logging, LOGGING_PERMISSIONS, value, wish } from '../../../pkg/irsa/plans/test-facts';
import { hasCfnLint, lintTemplates } from './programs';

describe.skipIf(!hasCfnLint())('cfn-lint', () => {
  it('takes a right template, and says what is wrong with others', async() => {
    const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } } };

    expect(await lintTemplates(JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: { Role: role } }))).toEqual([]);
    expect(await lintTemplates(JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: { Role: { ...role, Properties: { RolName: 'x' } } } }))).toEqual(expect.arrayContaining([
      expect.objectContaining({ level: 'Error', path: expect.arrayContaining(['Resources', 'Role']) as (string | number)[] }),
    ]));
    await expect(lintTemplates('{')).resolves.toMatchObject([{ level: 'Error' }]);
  });

  const bare = cluster({ provider: value(null) });

  it.each([
    ['enable', planEnable(bare)],
    ['bind an account', planBind(bare, wish({ permissions: { kind: 'policy', name: 'read', json: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}' } }))],
    ['bind Rancher Backups', planBind(bare, wish({ target: backup(), permissions: BACKUP_PERMISSIONS }))],
    ['bind Logging', planBind(bare, wish({ target: logging(), permissions: LOGGING_PERMISSIONS }))],
  ])('finds no fault with our own template: %s', async(_name, plan) => {
    const template = exportsOf(plan).find(({ id }) => id === 'cloudformation')!.files[0]!;

    expect(await lintTemplates(template.text)).toEqual([]);
  });
});
