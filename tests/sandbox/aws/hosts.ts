import type { AwsCall } from '../contracts.ts';

export interface Endpoint {
  service: AwsCall['service'];
  partition: string;
  region: string;
  /** The bucket that the host names (virtual-hosted style). */
  bucket?: string;
}

/** Regions there are, by partition (AWS General Reference, «Regional endpoints», 2026). */
export const REGIONS: Record<string, string[]> = {
  aws: [
    'af-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4',
    'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-central-1', 'ca-west-1', 'eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'il-central-1',
    'me-central-1', 'me-south-1', 'mx-central-1', 'sa-east-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'
  ],
  'aws-cn':     ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-east-1', 'us-gov-west-1'],
};

const GLOBAL: Record<string, Endpoint> = {
  'iam.amazonaws.com':               { service: 'iam', partition: 'aws', region: 'us-east-1' },
  'iam.global.api.aws':              { service: 'iam', partition: 'aws', region: 'us-east-1' },
  'iam.us-gov.amazonaws.com':        { service: 'iam', partition: 'aws-us-gov', region: 'us-gov-west-1' },
  'iam.us-gov.api.aws':              { service: 'iam', partition: 'aws-us-gov', region: 'us-gov-west-1' },
  'iam.cn-north-1.amazonaws.com.cn': { service: 'iam', partition: 'aws-cn', region: 'cn-north-1' },
  'sts.amazonaws.com':               { service: 'sts', partition: 'aws', region: 'us-east-1' },
  's3.amazonaws.com':                { service: 's3', partition: 'aws', region: 'us-east-1' },
};

/** The partition of a region that exists. */
export function partitionOf(region: string): string | undefined {
  return Object.keys(REGIONS).find((partition) => REGIONS[partition]?.includes(region));
}

/** Which service answers at a host; undefined when nothing does. */
export function endpointOf(host: string): Endpoint | undefined {
  const known = GLOBAL[host];
  const [, bucket, service, region = '', suffix] = /^(?:([a-z0-9.-]+)\.)?(sts|eks|s3)(?:\.dualstack)?\.([a-z0-9-]+)\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.exec(host) ?? [];
  const partition = partitionOf(region);

  if (known || !partition || (bucket && service !== 's3') || (suffix === 'amazonaws.com.cn') !== (partition === 'aws-cn')) {
    return known;
  }

  return { service: service as Endpoint['service'], partition, region, ...bucket ? { bucket } : {} };
}

/** Where EKS publishes the clusters' documents. */
export function isIssuerHost(host: string): boolean {
  const region = /^oidc\.eks\.([a-z0-9-]+)\.(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.exec(host)?.[1];

  return region !== undefined && partitionOf(region) !== undefined;
}
