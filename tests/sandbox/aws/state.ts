import { createHash } from 'node:crypto';
import type { Statement } from './policy/document.ts';

/** IAM and STS quotas (User Guide, «IAM and AWS STS quotas»), as a fresh account has them. */
export interface Quotas {
  rolesPerAccount: number;
  providersPerAccount: number;
  clientIdsPerProvider: number;
  /** Characters other than white space. */
  trustPolicySize: number;
  inlinePolicySize: number;
  attachedPerRole: number;
  tags: number;
}

export const QUOTAS: Quotas = { rolesPerAccount: 1000, providersPerAccount: 100, clientIdsPerProvider: 100, trustPolicySize: 2048, inlinePolicySize: 10_240, attachedPerRole: 10, tags: 50 };

export interface AccessKey {
  id: string;
  secret: string;
  principalArn: string;
  /** The principal's own policy; absent: may all. */
  policy?: Statement[];
  /** The user's tags. */
  tags?: Record<string, string>;
  /** Temporary credentials: what every request must bear as `x-amz-security-token`, and until when they are good. */
  session?: { token: string; expires: number };
}

/** What was there before a change, and how long STS still goes by it. */
export interface Earlier<T> {
  value: T;
  until: number;
}

/** A value as STS sees it: the oldest one whose successor has not reached it yet. */
export function asStsSees<T>(current: T, earlier: Earlier<T>[], now: number): T {
  return earlier.find(({ until }) => until > now)?.value ?? current;
}

/** Notes what a change replaces. */
export function keepEarlier<T>(earlier: Earlier<T>[], replaced: T, at: { now: number; until: number }): Earlier<T>[] {
  return [...earlier, { value: replaced, until: at.until }].filter(({ until }) => until > at.now);
}

/** When what was written last is seen: by IAM's own reads, and by STS. */
export interface Sight {
  readableAt: number;
  usableAt: number;
}

export interface Role extends Sight {
  name: string;
  path: string;
  id: string;
  arn: string;
  trust: string;
  /** What STS goes by until the trust written last has reached it. */
  earlierTrust: Earlier<string>[];
  description?: string;
  maxSession: number;
  boundary?: string;
  created: number;
  tags: Map<string, string>;
  inline: Map<string, string>;
  attached: Map<string, string>;
}

export interface Provider extends Sight {
  arn: string;
  /** Without the scheme, as IAM keeps it. */
  url: string;
  clientIds: string[];
  earlierClientIds: Earlier<string[]>[];
  thumbprints: string[];
  created: number;
  tags: Map<string, string>;
}

export interface StoredObject {
  body: Buffer;
  contentType: string;
  modified: number;
}

/** One version of an object, or a delete marker. */
export interface ObjectVersion {
  /** `null` for what was written while no versions were kept. */
  id: string;
  modified: number;
  /** Absent: a delete marker. */
  object?: StoredObject;
}

export interface Bucket {
  name: string;
  region: string;
  created: number;
  /** Another account's number; absent: this account's own. */
  owner?: string;
  policy?: string;
  tags?: Map<string, string>;
  versioning?: 'Enabled' | 'Suspended';
  /** Whose objects are and whether access lists count; undefined after the controls were taken away. */
  ownership?: string;
  /** Default encryption of new objects; every bucket has one since January 2023. */
  encryption: { algorithm: string; keyId?: string; bucketKey: boolean };
  /** Names of the four settings that are on. */
  blocked: Set<string>;
  /** By key, the newest version first; never an empty list. */
  objects: Map<string, ObjectVersion[]>;
}

export interface EksCluster {
  name: string;
  region: string;
  version: string;
  issuer: string;
}

/** Everything one account holds. */
export interface AccountState {
  readonly id: string;
  readonly partition: string;
  readonly region: string;
  readonly quotas: Quotas;
  readonly keys: Map<string, AccessKey>;
  readonly roles: Map<string, Role>;
  readonly providers: Map<string, Provider>;
  /** Customer managed policies: what they say, by ARN. */
  readonly policies: Map<string, string>;
  readonly buckets: Map<string, Bucket>;
  readonly eksClusters: EksCluster[];
  /** The account's own Block Public Access, as far as policies go: it wins over every bucket's. */
  publicPoliciesBlocked?: boolean;
  /** The other half of it, RestrictPublicBuckets: public policies may be written, and let nobody in from outside. */
  publicBucketsRestricted?: boolean;
  now(): number;
  /** When something written now is seen. */
  sight(): Sight;
  /** Reads a public document, as IAM and STS read an issuer's; undefined when no host answers. */
  fetchPublic(url: string): Promise<{ status: number; body: string } | undefined>;
  hostAnswers(url: string): boolean;
}

/** An IAM unique id: the same for the same name. */
export function uniqueId(prefix: string, name: string): string {
  return prefix + createHash('sha256').update(name).digest('base64').replace(/[^A-Z2-7]/gi, '')
    .toUpperCase()
    .slice(0, 17);
}

/** A time as the Query APIs write it. */
export function isoTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
