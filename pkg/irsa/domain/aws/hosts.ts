import type { Partition } from '../facts';
import { isRegion, partitionFacts, partitionOfRegion, partitions } from './partitions';

/** What a host of AWS' own API is for; what a request to it must be signed for. */
export interface AwsHost {
  service: Service;
  partition: Partition;
  /** The region in the name; for global names the one that their requests are signed for. */
  region: string;
  /** The name has no region in it. */
  global: boolean;
}

/** Services that we speak to. Their names come first in a host, so that nobody's bucket or load balancer can look like one. */
const SERVICES = ['eks', 'iam', 's3', 'sts'] as const;

type Service = typeof SERVICES[number];

/** Names without a region, apart from IAM's, which have a rule of their own. */
const GLOBAL: Record<string, AwsHost> = {
  'sts.amazonaws.com': { service: 'sts', partition: 'aws', region: 'us-east-1', global: true },
  's3.amazonaws.com':  { service: 's3', partition: 'aws', region: 'us-east-1', global: true },
};

/** Host of IAM in a partition; dual-stack names are not used, as GovCloud's is not on Rancher's list (rancher.md §2.8). */
export function iamHost(partition: Partition): string {
  const { dnsSuffix, iamRegion } = partitionFacts(partition);

  switch (partition) {
  case 'aws': return `iam.${ dnsSuffix }`;
  case 'aws-us-gov': return `iam.us-gov.${ dnsSuffix }`;
  default: return `iam.${ iamRegion }.${ dnsSuffix }`;
  }
}

/**
 * Reads a host that AWS itself runs: `iam.amazonaws.com`, `sts.eu-central-1.amazonaws.com`, `s3.cn-north-1.amazonaws.com.cn`. Anything
 * else is undefined, be it one character: what Rancher signs for, the browser's session cookie goes along to (real-parts.md), so this
 * is the only gate to a request and to Rancher's allow list. A host is compared as it will be sent: no case folding, no trailing dot,
 * no port, no decoding.
 */
export function awsHost(host: string): AwsHost | undefined {
  const iam = partitions().find(({ id }) => iamHost(id) === host);

  if (iam) {
    return { service: 'iam', partition: iam.id, region: iam.iamRegion, global: true };
  }
  if (Object.hasOwn(GLOBAL, host)) {
    return GLOBAL[host];
  }
  const [, service = '', region = '', suffix] = /^([a-z0-9]+)\.([a-z0-9-]+)\.([a-z0-9.-]+)$/.exec(host) ?? [];
  const partition = partitionOfRegion(region);

  return isService(service) && service !== 'iam' && isRegion(region) && partitionFacts(partition).dnsSuffix === suffix ? {
    service, partition, region, global: false
  } : undefined;
}

/**
 * The entry of Rancher's allow list that a host takes: S3's is the one host of a bucket's region and no other. The others' cover every
 * region, as clusters of several ask: `sts.%.amazonaws.com` (`%` is exactly one label); a global name stays as it is. Undefined for a host
 * that AWS does not run: that is never opened.
 */
export function allowPattern(host: string): string | undefined {
  const known = awsHost(host);

  return known && (known.global || known.service === 's3' ? host : `${ known.service }.%.${ partitionFacts(known.partition).dnsSuffix }`);
}

/** Whether it is S3 that a host is of. */
export function isS3(host: string): boolean {
  return awsHost(host)?.service === 's3';
}

/** Regions that Rancher's signer has in its frozen table (rancher pkg/httpproxy, aws-sdk-go v1; real-parts.md). */
const SIGNED_BY_RANCHER = /^(af-south-1|ap-east-1|ap-northeast-[1-3]|ap-south-[12]|ap-southeast-[1-5]|ca-central-1|ca-west-1|eu-central-[12]|eu-north-1|eu-south-[12]|eu-west-[1-3]|il-central-1|me-central-1|me-south-1|sa-east-1|us-(east|west)-[12]|cn-north-1|cn-northwest-1|us-gov-(east|west)-1)$/;

/** Whether Rancher's proxy can sign for a service of a region. In a newer one it forgets region and service, and every call fails. */
export function isSignedByRancher(region: string): boolean {
  return SIGNED_BY_RANCHER.test(region);
}

function isService(value: string): value is Service {
  return (SERVICES as readonly string[]).includes(value);
}
