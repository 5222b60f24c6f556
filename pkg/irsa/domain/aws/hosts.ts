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
 * The narrowest entry of Rancher's allow list that covers a service's host in every region: `sts.%.amazonaws.com` (`%` is exactly one
 * label); a global name stays as it is. Undefined for a host that AWS does not run: that is never opened.
 */
export function allowPattern(host: string): string | undefined {
  const known = awsHost(host);

  return known && (known.global ? host : `${ known.service }.%.${ partitionFacts(known.partition).dnsSuffix }`);
}

function isService(value: string): value is Service {
  return (SERVICES as readonly string[]).includes(value);
}
