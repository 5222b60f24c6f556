import type { Partition } from '../facts';

/** What differs between AWS' partitions (botocore partitions.json; charts-and-clusters.md §5.8). */
export interface PartitionFacts {
  id: Partition;
  /** Suffix of the regional hosts: `sts.<region>.<dnsSuffix>`. */
  dnsSuffix: string;
  /** Which region ids belong to it. */
  regions: RegExp;
  /** Region that IAM's requests are signed for. */
  iamRegion: string;
}

/** `aws` last: its pattern is the widest. */
const PARTITIONS: readonly PartitionFacts[] = [
  { id: 'aws-cn', dnsSuffix: 'amazonaws.com.cn', regions: /^cn-\w+-\d+$/, iamRegion: 'cn-north-1' },
  { id: 'aws-us-gov', dnsSuffix: 'amazonaws.com', regions: /^us-gov-\w+-\d+$/, iamRegion: 'us-gov-west-1' },
  { id: 'aws-iso', dnsSuffix: 'c2s.ic.gov', regions: /^us-iso-\w+-\d+$/, iamRegion: 'us-iso-east-1' },
  { id: 'aws-iso-b', dnsSuffix: 'sc2s.sgov.gov', regions: /^us-isob-\w+-\d+$/, iamRegion: 'us-isob-east-1' },
  { id: 'aws-iso-e', dnsSuffix: 'cloud.adc-e.uk', regions: /^eu-isoe-\w+-\d+$/, iamRegion: 'eu-isoe-west-1' },
  { id: 'aws-iso-f', dnsSuffix: 'csp.hci.ic.gov', regions: /^us-isof-\w+-\d+$/, iamRegion: 'us-isof-south-1' },
  { id: 'aws-eusc', dnsSuffix: 'amazonaws.eu', regions: /^eusc-[\w-]+-\d+$/, iamRegion: 'eusc-de-east-1' },
  { id: 'aws', dnsSuffix: 'amazonaws.com', regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/, iamRegion: 'us-east-1' },
];

/** All of them. */
export function partitions(): readonly PartitionFacts[] {
  return PARTITIONS;
}

/** The facts of one partition. */
export function partitionFacts(partition: Partition): PartitionFacts {
  return PARTITIONS.find(({ id }) => id === partition) ?? PARTITIONS[PARTITIONS.length - 1]!;
}

/** True for the ids that ARNs carry: `aws`, `aws-cn`, … */
export function isPartition(value: string): value is Partition {
  return PARTITIONS.some(({ id }) => id === value);
}

/**
 * The partition a region belongs to; regions newer than this list count as `aws`, like in the SDKs.
 * @param region  e.g. `cn-north-1`
 */
export function partitionOfRegion(region: string): Partition {
  return PARTITIONS.find(({ regions }) => regions.test(region))?.id ?? 'aws';
}

/** `eu-central-1`, `us-gov-west-1`, `us-isob-east-1`: the form of a region id, whether it exists or not. */
export function isRegion(value: string): boolean {
  return /^[a-z]{2,4}(-[a-z]+){1,2}-[a-z]+-\d{1,2}$|^[a-z]{2}-[a-z]+-\d{1,2}$/.test(value);
}

/** The regional host of a service: `sts.eu-central-1.amazonaws.com`, `s3.cn-north-1.amazonaws.com.cn`. */
export function serviceHost(service: string, region: string): string {
  return `${ service }.${ region }.${ partitionFacts(partitionOfRegion(region)).dnsSuffix }`;
}
