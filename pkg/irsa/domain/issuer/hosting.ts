import { partitionOfRegion, serviceHost } from '../aws/partitions';
import type { Known, StsReach } from '../facts';
import { sha256 } from '../names/sha256';
import { discoveryDocument } from './discovery';
import type { KeySet } from './jwks';

/** Keys under which a bucket has the two documents that STS fetches (charts-and-clusters.md §5.6); nothing else in it is public. */
export const DISCOVERY_KEY = '.well-known/openid-configuration';
export const JWKS_KEY = 'openid/v1/jwks';

/** A bucket that a cluster's documents are, or shall be, published from. */
export interface IssuerBucket {
  name: string;
  region: string;
}

/** What a look at a bucket found; `undefined` inside: S3 says that there is none. */
export interface ObservedBucket {
  /** `taken`: of another account, or nobody here may look; `elsewhere`: in another region. */
  state: 'absent' | 'here' | 'taken' | 'elsewhere';
  /** Where it is, when it is elsewhere. */
  region?: string;
  tags?: Record<string, string>;
  /** The four settings against what is public; a bucket without them has none. */
  blocks?: Record<string, boolean>;
  /** `Enabled` or `Suspended`; undefined where nobody ever said. Read of buckets for backups alone. */
  versioning?: string;
  ownership?: string;
  /** As JSON text. */
  policy?: string;
  /** The documents, as text. */
  discovery?: string;
  jwks?: string;
  /** Names of objects beside the two. */
  others: string[];
  /** Its documents are refused to who signs nothing, as STS does: whatever its policy says. */
  closed?: boolean;
  /** It keeps, or kept, old versions: they are left to who wants them. */
  versioned?: boolean;
}

/** Everything that a plan about hosting goes by. */
export interface ObservedHosting {
  bucket: IssuerBucket;
  reach: Known<StsReach>;
  seen: Known<ObservedBucket>;
  /** The provider of the bucket's issuer, when IAM could be asked. */
  provider: Known<{ arn: string; audiences?: string[]; tags?: Record<string, string> } | null>;
}

/** The same of a bucket for backups. */
export interface ObservedBackupBucket extends Pick<ObservedHosting, 'bucket' | 'reach' | 'seen'> {
  /** Requests are signed in the browser: then every region can be signed for. */
  signsItself?: boolean;
}

/** The address of a bucket as an issuer, never with a dot in the bucket's name: its certificate would not fit. */
export function bucketIssuer({ name, region }: IssuerBucket): string {
  return `https://${ name }.${ serviceHost('s3', region) }`;
}

/** The bucket that an issuer is in, when it is one of ours by its form. */
export function bucketOfIssuer(issuer: string): IssuerBucket | undefined {
  const [, name = '', region = ''] = /^https:\/\/([a-z0-9-]+)\.s3\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(issuer) ?? [];

  return name && bucketIssuer({ name, region }) === issuer ? { name, region } : undefined;
}

/**
 * A name for a cluster's bucket: `irsa-<cluster>-<tail>`. The tail is drawn from the cluster's signing key, which nobody outside knows
 * before it is published here, so nobody can have the name first; and a plan that stopped half way finds its bucket again.
 * @param kid  of the key that signs
 */
export function bucketName(cluster: { id: string; name: string }, kid: string): string {
  const plain = cluster.name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40)
    .replace(/-+$/, '');
  const tail = [...sha256(JSON.stringify([cluster.id, kid])).subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

  return ['irsa', ...(plain ? [plain] : []), tail].join('-');
}

/** Why a bucket's name cannot be an issuer's (S3 User Guide, «General purpose bucket naming rules»); undefined when it can. */
export function bucketNameProblem(name: string): 'dots' | 'form' | undefined {
  if (name.includes('.')) {
    return 'dots';
  }

  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name) && !/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$/.test(name) ? undefined : 'form';
}

/** No access lists, and a policy may be public: the least that publishing takes. */
export const OPENED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false };

/** Nothing public at all: what a new bucket has by itself (since April 2023). */
export const CLOSED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

/** Lets anybody read the two documents and nothing else; over TLS, as STS does. */
export function bucketPolicy({ name, region }: IssuerBucket) {
  const arn = `arn:${ partitionOfRegion(region) }:s3:::${ name }`;

  return {
    Version:   '2012-10-17',
    Statement: [{ Sid: 'RancherIrsaIssuer', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: [DISCOVERY_KEY, JWKS_KEY].map((key) => `${ arn }/${ key }`) }],
  } as const;
}

/** The two documents of an issuer, as they are published: texts to upload anywhere under its address. */
export function issuerDocuments(issuer: string, keys: KeySet): { key: string; contentType: string; body: string }[] {
  return [
    { key: DISCOVERY_KEY, contentType: 'application/json', body: JSON.stringify(discoveryDocument(issuer, `${ issuer }/${ JWKS_KEY }`, keys.keys.map(({ alg }) => alg))) },
    { key: JWKS_KEY, contentType: 'application/json', body: JSON.stringify(keys) },
  ];
}
