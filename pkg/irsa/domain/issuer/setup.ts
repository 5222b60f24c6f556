import type { Known, ObservedCluster } from '../facts';
import { issuersOf } from './arguments';
import type { Drift } from './drift';
import { bucketIssuer, bucketName, bucketOfIssuer, type IssuerBucket, type ObservedHosting } from './hosting';
import { issuerOfProviderArn, issuerProblem } from './issuer';
import { leastUse, reaches, type IssuerUse, type ObservedServers } from './servers';

/** Where a cluster's documents are, or shall be. Without a bucket, on a host of the admin's own. */
export interface IssuerTarget {
  issuer: string;
  bucket?: IssuerBucket;
  /** Nothing of it is there as far as can be seen; it is what we would choose. */
  suggested?: true;
}

/** How far a cluster that runs itself is on its way to an issuer of its own. */
export interface ObservedIssuer {
  target: IssuerTarget;
  /** The cluster's public keys, as the API server gives them out, or as they were pasted. */
  jwks: Known<string>;
  /** Absent where the cluster has no servers of its own that anybody here could change. */
  servers?: Known<ObservedServers>;
  /** Of a bucket. */
  hosting?: ObservedHosting;
  /** The two documents of a host of one's own, read as STS reads them. */
  documents?: Known<{ discovery?: string; jwks?: string }>;
  /** The provider of an issuer on a host of one's own; a bucket's is in `hosting`. */
  provider?: ObservedHosting['provider'];
  /** What is published against what is live, as far as either is known, where anything is to be seen there. */
  drift?: Drift;
}

/** What comes next: publish, have the servers switched, wait or take the old issuers away; or nothing. */
export type IssuerStage = 'publish' | 'switch' | 'retire' | 'done';

/** Whether Rancher gives this cluster's API servers their arguments; else somebody does it on the machines. */
export function isSwitchedByRancher({ cluster }: Pick<ObservedCluster, 'cluster'>): boolean {
  return cluster.origin === 'rancher' && cluster.provisioningId !== undefined && ['rke2', 'k3s'].includes(cluster.distribution);
}

/**
 * Everything is there for STS: both documents as they should be, and (for a bucket) the provider. Where the cluster does not give its keys out,
 * it is as much as can be seen: the documents are there and name the issuer.
 */
export function isPublished({ hosting, documents, drift, jwks, target }: ObservedIssuer): boolean {
  const found = hosting ? (hosting.seen.known ? hosting.seen.value : undefined) : documents?.known ? documents.value : undefined;
  const provider = !hosting || (hosting.provider.known && hosting.provider.value !== null);

  if (!found || !provider || drift?.bucket) {
    return false;
  }
  if (!jwks.known) {
    return !drift?.missing.length && Boolean(found.jwks) && found.discovery?.includes(`"${ target.issuer }"`) === true;
  }

  return drift?.discovery === 'same' && !drift.unreadable && !drift.missing.length && !drift.renamed.length;
}

/** What the target is to the servers; where nobody can see these, by what a token says. */
export function usedBy(observed: ObservedCluster, { servers, target: { issuer } }: ObservedIssuer): IssuerUse {
  const seen = servers?.known ? servers.value.servers : [];

  if (seen.length && seen.every(({ args }) => args)) {
    return leastUse(seen.map(({ args = [] }) => args), issuer);
  }

  return observed.issuer.known && observed.issuer.value === issuer ? 'signs' : 'none';
}

/** Its bucket is not there (any more); of a host of one's own, neither documents nor provider. */
export function isTakenAway({ hosting, documents, provider }: Pick<ObservedIssuer, 'hosting' | 'documents' | 'provider'>): boolean {
  return hosting ? hosting.seen.known && hosting.seen.value.state === 'absent' : documents?.known === true && documents.value.discovery === undefined && provider?.known === true && !provider.value;
}

/**
 * Nobody here sees the documents (a host that lets no page read them, a bucket that Rancher does not forward to), and IAM has no provider: it is
 * gone, or not registered yet. Only a person can tell which.
 */
export function isOutOfSight({ hosting, documents, provider }: Pick<ObservedIssuer, 'hosting' | 'documents' | 'provider'>): boolean {
  const [seen, registered] = hosting ? [hosting.seen, hosting.provider] : [documents, provider];

  return seen?.known === false && registered?.known === true && !registered.value;
}

/** How far it is. What was switched already stays switched when the documents need mending: that is a finding, not a stage. */
export function stageOf(observed: ObservedCluster, setup: ObservedIssuer): IssuerStage {
  const use = usedBy(observed, setup);
  const rolling = setup.servers?.known && setup.servers.value.rollout.state === 'rolling';

  const isGone = isTakenAway(setup);
  // Also where nobody can see the bucket, as before Rancher forwards to S3.
  const isUnregistered = setup.hosting?.provider.known && !setup.hosting.provider.value;

  // A cluster that signs with it from its first start has no documents before somebody publishes them.
  if ((use === 'none' && !isPublished(setup)) || ((isGone || isUnregistered) && reaches(use, 'signs'))) {
    return 'publish';
  }
  if (!reaches(use, 'signs')) {
    // Torn down: what is left is to accept it no more. Nobody is told to sign with what cannot be seen and is not registered.
    return isGone || isOutOfSight(setup) ? 'retire' : 'switch';
  }

  return use === 'only' && !rolling ? 'done' : 'retire';
}

/**
 * The issuer that a cluster is on the way to, from what can be seen: the one of its tokens, one that its servers are given, one of its
 * providers; else a bucket with a name that nobody else can have.
 */
export function targetOf(observed: ObservedCluster, servers?: ObservedServers): IssuerTarget {
  const { cluster, issuer, keys, providers = [] } = observed;
  const lists = [...servers?.lists ?? [], ...servers?.servers ?? []].flatMap(({ args = [] }) => issuersOf(args)).filter((one) => typeof one === 'string');
  const [known] = [...issuer.known ? [issuer.value] : [], ...lists].filter((one) => !issuerProblem(one));
  const kid = keys.known ? keys.value.ids[0] ?? '' : '';
  const suggested = bucketName(cluster, kid);
  const ofProvider = providers.flatMap((arn) => bucketOfIssuer(issuerOfProviderArn(arn) ?? '') ?? []).find(({ name }) => name === suggested);
  const bucket = known === undefined ? ofProvider ?? { name: suggested, region: cluster.region ?? 'us-east-1' } : bucketOfIssuer(known);

  return { ...(bucket ? targetBucket(bucket) : { issuer: known ?? '' }), ...(known === undefined && !ofProvider ? { suggested: true } : {}) };
}

/** A bucket as what a cluster is on the way to. */
export function targetBucket(bucket: IssuerBucket): IssuerTarget {
  return { issuer: bucketIssuer(bucket), bucket };
}
