import { partitionFacts, serviceHost } from '../domain/aws/partitions';
import type { Partition } from '../domain/facts';
import { createIam, type Iam } from './aws/iam';
import { createS3, type S3 } from './aws/s3';
import type { Sign } from './aws/signer';
import { callerIdentity } from './aws/sts';
import { isForwarded } from './rancher/proxy-hosts';
import type { Transport } from './transport';

/** The world outside, as the engine reaches it: Rancher, the clusters behind it, and one AWS account. */
export interface Gateways {
  /** To Rancher. */
  transport: Transport;
  /** To any host, with nothing of Rancher's in it. */
  direct: Transport;
  /** Undefined when no credential is chosen. */
  iam?: Iam;
  /** Of temporary credentials: the ARN of who signs; undefined where Rancher does not forward to STS, or nobody may see whether. */
  session?(signal?: AbortSignal): Promise<string | undefined>;
  /** S3 in a region, with the same credential. */
  s3?(region: string): S3;
}

export interface GatewayOptions {
  transport: Transport;
  direct: Transport;
  /** e.g. `cattle-global-data:cc-abc` */
  credentialId?: string;
  /** Signs in the browser instead, with temporary credentials. */
  sign?: Sign;
  /** Called when AWS says that they have expired. */
  onExpired?(): void;
  /** Decides IAM's host; default `aws`. */
  partition?: Partition;
}

/** The gateways of one person, one credential and one partition. */
export function createGateways({ transport, direct, credentialId, sign, onExpired, partition = 'aws' }: GatewayOptions): Gateways {
  const route = { transport, credentialId, sign, onExpired };
  const isSigned = Boolean(credentialId ?? sign);
  const sts = serviceHost('sts', partitionFacts(partition).iamRegion);
  const session = async(signal?: AbortSignal) => await isForwarded(transport, sts, signal) ? callerIdentity({ ...route, signal }, sts) : undefined;

  return { transport, direct, ...(sign ? { session } : {}), ...(isSigned ? { iam: createIam(route, partition), s3: (region) => createS3(route, region) } : {}) };
}
