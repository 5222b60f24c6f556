import type { Partition } from '../domain/facts';
import { createIam, type Iam } from './aws/iam';
import type { Sign } from './aws/signer';
import type { Transport } from './transport';

/** The world outside, as the engine reaches it: Rancher, the clusters behind it, and one AWS account. */
export interface Gateways {
  /** To Rancher. */
  transport: Transport;
  /** To any host, with nothing of Rancher's in it. */
  direct: Transport;
  /** Undefined when no credential is chosen. */
  iam?: Iam;
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
  return { transport, direct, iam: credentialId || sign ? createIam({ transport, credentialId, sign, onExpired }, partition) : undefined };
}
