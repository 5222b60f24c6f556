import { bucketOfIssuer, type IssuerBucket } from './hosting';
import { switchIssuer, issuersOf, withIssuers, DEFAULT_ISSUER } from './arguments';
import { targetBucket } from './setup';

/** What of a cluster that is being written the issuer has to do with (Rancher's own form holds more). */
export interface UnbornCluster {
  metadata?: { name?: string; creationTimestamp?: string };
  spec?: { rkeConfig?: { machineGlobalConfig?: Record<string, unknown> } };
}

const KEY = 'kube-apiserver-arg';

/** The bucket that a cluster shall have its issuer in from its first start, or undefined. */
export function bucketAtBirth(cluster: UnbornCluster): IssuerBucket | undefined {
  const [first] = issuersOf(argumentsOf(cluster));

  return typeof first === 'string' ? bucketOfIssuer(first) : undefined;
}

/**
 * Has a cluster that is not made yet sign with a bucket's issuer from its first start: nothing was signed before, so nothing else need be
 * accepted, and no roll-out follows. Other arguments stay as they are. Without a bucket, the distribution's own again.
 */
export function giveBirthIssuer(cluster: UnbornCluster, bucket: IssuerBucket | undefined): void {
  const before = argumentsOf(cluster);
  const after = bucket ? switchIssuer(before, 'rke2', targetBucket(bucket).issuer, 'retire') : withIssuers(before, [DEFAULT_ISSUER]);
  const spec = cluster.spec ??= {};
  const config = (spec.rkeConfig ??= {}).machineGlobalConfig ??= {};

  if (after.length) {
    config[KEY] = after;
  } else {
    delete config[KEY];
  }
}

function argumentsOf({ spec }: UnbornCluster): string[] {
  const list = spec?.rkeConfig?.machineGlobalConfig?.[KEY];

  return list === undefined || list === null ? [] : [list].flat().map(String);
}
