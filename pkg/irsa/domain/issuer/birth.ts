import { bucketOfIssuer, type IssuerBucket } from './hosting';
import { switchIssuer, issuerEntries, issuersOf, replaceEntries } from './arguments';
import { targetBucket } from './setup';

/** What of a cluster that is being written the issuer has to do with (Rancher's own form holds more). */
export interface UnbornCluster {
  metadata?: { name?: string; creationTimestamp?: string };
  spec?: { rkeConfig?: { machineGlobalConfig?: Record<string, unknown>; machineSelectorConfig?: { config?: Record<string, unknown> }[] } };
}

const KEY = 'kube-apiserver-arg';

/** The bucket that a cluster shall have its issuer in from its first start, or undefined. */
export function bucketAtBirth(cluster: UnbornCluster): IssuerBucket | undefined {
  const [first] = issuersOf(argumentsOf(cluster));

  return typeof first === 'string' ? bucketOfIssuer(first) : undefined;
}

/** Entries for other issuers than a bucket's, as somebody wrote them: they come back when the bucket goes. */
export function otherEntries(cluster: UnbornCluster, bucket?: IssuerBucket): string[] {
  return issuerEntries(argumentsOf(cluster)).filter((arg) => !bucket || !arg.endsWith(`=${ targetBucket(bucket).issuer }`));
}

/**
 * Has a cluster that is not made yet sign with a bucket's issuer from its first start: nothing was signed before, so nothing else need be
 * accepted, and no roll-out follows. Other arguments stay as they are.
 * @param found  without a bucket: the entries for issuers that stood there before
 */
export function giveBirthIssuer(cluster: UnbornCluster, bucket: IssuerBucket | undefined, found: string[] = []): void {
  const before = argumentsOf(cluster);
  const after = bucket ? switchIssuer(before, 'rke2', targetBucket(bucket).issuer, 'retire') : replaceEntries(before, found);
  const spec = cluster.spec ??= {};
  const config = (spec.rkeConfig ??= {}).machineGlobalConfig ??= {};

  if (after.length) {
    config[KEY] = after;
  } else {
    delete config[KEY];
  }
}

/** Some machines have arguments of their own, which replace those of all (rancher.md §2.11): they would sign as another issuer. */
export function isReplacedSomewhere({ spec }: UnbornCluster): boolean {
  return (spec?.rkeConfig?.machineSelectorConfig ?? []).some(({ config }) => config?.[KEY]);
}

function argumentsOf({ spec }: UnbornCluster): string[] {
  const list = spec?.rkeConfig?.machineGlobalConfig?.[KEY];

  return list === undefined || list === null ? [] : [list].flat().map(String);
}
