import type { Partition } from '../../pkg/irsa/domain/facts';

/** Where an account of another partition than the first is, and what AWS is called there. */
export interface PartitionPlace { partition: Partition; region: string; suffix: string; iam: string }

export const PLACES: PartitionPlace[] = [
  { partition: 'aws-us-gov', region: 'us-gov-west-1', suffix: 'amazonaws.com', iam: 'iam.us-gov.amazonaws.com' },
  { partition: 'aws-cn', region: 'cn-north-1', suffix: 'amazonaws.com.cn', iam: 'iam.cn-north-1.amazonaws.com.cn' },
];

/** ARNs and hosts of other partitions, in what this one was given; the audience `sts.amazonaws.com` and the annotation are the same everywhere. */
export function foreignWords(text: string, partition: Partition): string[] {
  return text.match(new RegExp(`arn:aws:|${ partition === 'aws-cn' ? '(?<!sts)\\.amazonaws\\.com(?!\\.cn|/role-arn)' : 'amazonaws\\.com\\.cn' }`, 'g')) ?? [];
}
