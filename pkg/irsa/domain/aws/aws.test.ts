import { describe, expect, it } from 'vitest';
import { accountOfArn, parseRoleArn, roleArn, roleNameOfSession } from './arn';
import { ownership, roleTags, TAG } from './ownership';
import { isRegion, partitionOfRegion, serviceHost } from './partitions';

describe('partitions', () => {
  it.each([
    ['eu-central-1', 'aws'], ['ap-southeast-5', 'aws'], ['cn-north-1', 'aws-cn'], ['us-gov-west-1', 'aws-us-gov'], ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'], ['eu-isoe-west-1', 'aws-iso-e'], ['us-isof-south-1', 'aws-iso-f'], ['eusc-de-east-1', 'aws-eusc'], ['xx-new-1', 'aws'],
  ])('%s is in %s', (region, partition) => {
    expect(partitionOfRegion(region)).toBe(partition);
  });

  it('names regional hosts', () => {
    expect(serviceHost('sts', 'eu-central-1')).toBe('sts.eu-central-1.amazonaws.com');
    expect(serviceHost('s3', 'cn-north-1')).toBe('s3.cn-north-1.amazonaws.com.cn');
    expect(serviceHost('sts', 'us-gov-west-1')).toBe('sts.us-gov-west-1.amazonaws.com');
  });

  it.each([['eu-central-1', true], ['us-gov-west-1', true], ['eusc-de-east-1', true], ['us-isob-east-1', true], ['frankfurt', false], ['eu-central-1a', false], ['', false]])('%s is a region: %s', (region, is) => {
    expect(isRegion(region)).toBe(is);
  });
});

describe('ARNs', () => {
  it('keeps the path of a role', () => {
    const arn = 'arn:aws-cn:iam::111122223333:role/rancher-irsa/team/backup';

    expect(parseRoleArn(arn)).toEqual({ id: '111122223333', partition: 'aws-cn', path: '/rancher-irsa/team/', name: 'backup' });
    expect(roleArn({ id: '111122223333', partition: 'aws-cn' }, '/rancher-irsa/team/', 'backup')).toBe(arn);
    expect(parseRoleArn('arn:aws:iam::111122223333:role/backup')?.path).toBe('/');
  });

  it.each([
    '', 'backup', 'arn:aws:iam::1:role/x', 'arn:aws:iam::111122223333:user/x', 'arn:aws:sts::111122223333:assumed-role/x/y',
    'arn:aws:iam::111122223333:role/', 'arn:aws:iam::111122223333:role/a b', 'arn:mars:iam::111122223333:role/x', ' arn:aws:iam::111122223333:role/x',
  ])('«%s» is no role', (value) => {
    expect(parseRoleArn(value)).toBeUndefined();
  });

  it('finds account and session role', () => {
    expect(accountOfArn('arn:aws:iam::111122223333:oidc-provider/x')).toEqual({ id: '111122223333', partition: 'aws' });
    expect(accountOfArn('arn:aws:s3:::bucket')).toBeUndefined();
    expect(roleNameOfSession('arn:aws:sts::111122223333:assumed-role/backup/irsa-check')).toBe('backup');
  });
});

describe('ownership', () => {
  const account = { namespace: 'shop', name: 'reader' };
  const tags = roleTags({ name: 'prod <eks>' }, 'https://i.example/A', account);

  it('knows its own again', () => {
    expect(tags[TAG.cluster]).toBe('prod _eks_');
    expect(ownership(tags, 'https://i.example/A', account)).toBe('binding');
    expect(ownership(tags, 'https://i.example/a', account)).toBe('ours');
    expect(ownership(tags, 'https://i.example/A', { namespace: 'shop', name: 'writer' })).toBe('ours');
  });

  it('takes unread or other tags for a stranger\'s', () => {
    expect(ownership(undefined, 'https://i.example/A', account)).toBe('foreign');
    expect(ownership({ [TAG.account]: 'shop/reader' }, 'https://i.example/A', account)).toBe('foreign');
  });
});
