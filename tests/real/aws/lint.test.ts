import { describe, expect, it } from 'vitest';
import { hasCfnLint, lintTemplate } from './programs';

describe.skipIf(!hasCfnLint())('cfn-lint', () => {
  it('takes a right template, and says what is wrong with others', async() => {
    const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } } };

    expect(await lintTemplate(JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: { Role: role } }))).toEqual([]);
    expect(await lintTemplate(JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: { Role: { ...role, Properties: { RolName: 'x' } } } }))).toEqual(expect.arrayContaining([
      expect.objectContaining({ level: 'Error', path: expect.arrayContaining(['Resources', 'Role']) as (string | number)[] }),
    ]));
    await expect(lintTemplate('{')).resolves.toMatchObject([{ level: 'Error' }]);
  });
});
