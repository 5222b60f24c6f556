import { describe, expect, it } from 'vitest';
import { allowPattern, awsHost, iamHost } from './hosts';
import { partitions } from './partitions';

describe('hosts that AWS runs', () => {
  it.each([
    ['iam.amazonaws.com', 'iam', 'us-east-1', 'aws', 'iam.amazonaws.com'],
    ['iam.us-gov.amazonaws.com', 'iam', 'us-gov-west-1', 'aws-us-gov', 'iam.us-gov.amazonaws.com'],
    ['iam.cn-north-1.amazonaws.com.cn', 'iam', 'cn-north-1', 'aws-cn', 'iam.cn-north-1.amazonaws.com.cn'],
    ['iam.us-isob-east-1.sc2s.sgov.gov', 'iam', 'us-isob-east-1', 'aws-iso-b', 'iam.us-isob-east-1.sc2s.sgov.gov'],
    ['sts.amazonaws.com', 'sts', 'us-east-1', 'aws', 'sts.amazonaws.com'],
    ['sts.eu-central-1.amazonaws.com', 'sts', 'eu-central-1', 'aws', 'sts.%.amazonaws.com'],
    // A region newer than our list.
    ['s3.mx-central-1.amazonaws.com', 's3', 'mx-central-1', 'aws', 's3.mx-central-1.amazonaws.com'],
    ['s3.us-gov-east-1.amazonaws.com', 's3', 'us-gov-east-1', 'aws-us-gov', 's3.us-gov-east-1.amazonaws.com'],
    ['eks.cn-northwest-1.amazonaws.com.cn', 'eks', 'cn-northwest-1', 'aws-cn', 'eks.%.amazonaws.com.cn'],
    ['sts.eusc-de-east-1.amazonaws.eu', 'sts', 'eusc-de-east-1', 'aws-eusc', 'sts.%.amazonaws.eu'],
  ])('%s is signed for %s in %s', (host, service, region, partition, pattern) => {
    expect(awsHost(host)).toMatchObject({ service, region, partition });
    expect(allowPattern(host)).toBe(pattern);
  });

  it.each(partitions().map(({ id }) => id))('knows IAM of %s', (partition) => {
    expect(awsHost(iamHost(partition))).toMatchObject({ service: 'iam', partition, region: partitions().find(({ id }) => id === partition)!.iamRegion });
  });
});

describe('hosts that are never asked and never opened', () => {
  it.each([
    // somebody else's
    'evil.example', 'evil-amazonaws.com', 'sts.evil-amazonaws.com', 'sts.eu-central-1.evil-amazonaws.com', 'sts.eu-central-1.amazonaws.com.evil.example', 'sts.eu-central-1.amazonaws.co',
    'sts.eu-central-1.amazonaws.com.evil', 'sts.eu-central-1xamazonaws.com', 'sts.eu-central-1.amazonaws.com.cn.evil.example', 'amazonaws.com', 'sts.com',
    // customers' names under AWS' domains
    'acme.s3.amazonaws.com', 'acme.s3.eu-central-1.amazonaws.com', 'sts.s3.amazonaws.com', 'sts.s3-eu-west-1.amazonaws.com', 'lb-1.eu-central-1.elb.amazonaws.com', 'abc.execute-api.eu-central-1.amazonaws.com',
    'ec2-1-2-3-4.eu-central-1.compute.amazonaws.com', 'eks.elb.amazonaws.com', 'oidc.eks.eu-central-1.amazonaws.com',
    // a partition's region under another's domain
    'sts.cn-north-1.amazonaws.com', 'sts.eu-central-1.amazonaws.com.cn', 'iam.eu-central-1.amazonaws.com',
    // written otherwise
    'STS.eu-central-1.amazonaws.com', 'sts.EU-CENTRAL-1.amazonaws.com', 'sts.eu-central-1.Amazonaws.com', 'sts.eu-central-1.amazonaws.com.', 'sts..amazonaws.com', '.sts.eu-central-1.amazonaws.com',
    'sts.eu-central-1.amazonaws.com:443', 'sts.eu-central-1.amazonaws.com:8443', 'me@sts.eu-central-1.amazonaws.com', 'sts.eu-central-1.amazonaws.com@evil.example', 'https://sts.eu-central-1.amazonaws.com',
    'sts.eu-central-1.amazonaws.com/', 'sts.evil.example/.amazonaws.com', 'sts.evil.example#.amazonaws.com', 'sts.evil.example?.amazonaws.com', 'sts.evil.com%2f.amazonaws.com', 'sts.evil.com%252f.amazonaws.com',
    'sts.eu-central-1%2eamazonaws.com', 'sts.eu-central-1\u3002amazonaws.com', 'sts.eu-central-1\uFF0Eamazonaws.com', 'sts.eu-central-1\uFF61amazonaws.com', 'sts.eu-central-1.amazon\u0430ws.com', 'st\u017F.eu-central-1.amazonaws.com',
    'xn--sts-.eu-central-1.amazonaws.com', ' sts.eu-central-1.amazonaws.com', 'sts.eu-central-1.amazonaws.com ', 'sts.eu-central-1.amazonaws.com\n', 'sts.eu-central-1.amazonaws.com\u0000', 'sts\\.eu-central-1.amazonaws.com',
    // patterns
    'sts.%.amazonaws.com', 'sts.%.%.amazonaws.com', '%.amazonaws.com', '*.amazonaws.com', '*', 'sts.*.amazonaws.com', 's3.eu-*-1.amazonaws.com',
    // nothing, and what objects inherit
    '', '.', 'constructor', '__proto__', 'toString',
  ])('%j', (host) => {
    expect(awsHost(host)).toBeUndefined();
    expect(allowPattern(host)).toBeUndefined();
  });
});
