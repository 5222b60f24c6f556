import { isNext, isPublicWrite } from './bucket-policy';
import { bucketIssuer, type ObservedHosting } from './hosting';
import { compareKeys, keySet, parseKeySet, type KeyComparison, type PublishedKey } from './jwks';
import type { Finding, Text } from '../facts';
import { isObject } from '../json/same';
import { text } from '../text';

/** What is published against what is live. Anything but `same` and empty lists is worth a word; `unknown` keys and `publicWrite` an alarm. */
export interface Drift extends KeyComparison {
  discovery: 'same' | 'changed' | 'missing';
  /** The published JWKS cannot be read at all. */
  unreadable: boolean;
  /** Others than the account's own may write, or access lists may come back. */
  publicWrite: boolean;
  /** Its documents are refused to who signs nothing, as STS does; or it is not this account's, or elsewhere. */
  bucket?: 'closed' | 'foreign';
}

/**
 * Compares what a bucket publishes with a cluster's own keys, key by key.
 * @param live      keys that the API server gives out, as text; where it gives none, ids that its tokens name: of others nothing is told then
 * @throws IrsaError KEYS_UNREADABLE when the live ones are none
 */
export async function driftOf(live: string | string[], { bucket, seen }: ObservedHosting): Promise<Drift> {
  const { state, discovery, jwks, policy, ownership, closed } = seen.known ? seen.value : {};

  return {
    ...await documentsDrift(live, bucketIssuer(bucket), { discovery, jwks }, (await nextKeys(seen)).map(({ kid }) => kid)),
    publicWrite: isPublicWrite(policy) || (ownership !== undefined && ownership !== 'BucketOwnerEnforced'),
    bucket:      state !== 'here' ? 'foreign' : closed ? 'closed' : undefined,
  };
}

/** Keys that a bucket publishes before the cluster signs with them, by the marks of the plan that did it. */
export async function nextKeys(seen: ObservedHosting['seen']): Promise<PublishedKey[]> {
  const { policy, jwks } = seen.known ? seen.value : {};
  // One that is malformed is none of ours.
  const sets = await Promise.all((readable(jwks) ?? []).map((key) => keySet([key]).catch(() => ({ keys: [] }))));

  return sets.flatMap(({ keys }) => keys).filter(({ kid }) => isNext(policy, kid));
}

/**
 * The same of two documents, wherever they are.
 * @param expected  ids of keys that come or go with a rotation
 * @throws IrsaError KEYS_UNREADABLE when the live keys are none
 */
export async function documentsDrift(live: string | string[], issuer: string, { discovery, jwks }: { discovery?: string; jwks?: string }, expected: string[] = []): Promise<Drift> {
  const keys = typeof live === 'string' ? parseKeySet(live) : [];
  const published = readable(jwks);
  const compared = await compareKeys(keys, published ?? [], expected);

  return {
    ...compared,
    ...(typeof live === 'string' ? {} : { missing: live.filter((id) => ![...compared.unknown, ...compared.extra].includes(id)), unknown: [] }),
    discovery:   discovery === undefined ? 'missing' : leadsToOwnKeys(discovery, issuer) ? 'same' : 'changed',
    unreadable:  jwks !== undefined && !published,
    publicWrite: false,
  };
}

/**
 * Whether a discovery document says what STS goes by: the issuer to the letter, and keys at its own host. The rest may be as whoever serves
 * it writes it: kube-apiserver's is another than the one that AWS' guide has.
 */
function leadsToOwnKeys(discovery: string, issuer: string): boolean {
  try {
    const document: unknown = JSON.parse(discovery);

    return isObject(document) && document.issuer === issuer && typeof document.jwks_uri === 'string' && isAtOwnHost(new URL(document.jwks_uri), new URL(issuer));
  } catch {
    // Not JSON, or no address.
    return false;
  }
}

/** `s3.<region>.amazonaws.com/<bucket>/…` is everybody's host: there, the bucket has to be the same, too. */
function isAtOwnHost(keys: URL, issuer: URL): boolean {
  const bucket = ({ pathname }: URL) => pathname.split('/')[1];

  return keys.protocol === 'https:' && keys.host === issuer.host && (!/^s3[.-]/.test(issuer.host) || bucket(keys) === bucket(issuer));
}

/**
 * Ids of the next keys that are not published yet: while there is one, the rotation must not begin, as tokens signed with it would be
 * refused by AWS until it is.
 * @param next       JWKS or its text, of the keys that the cluster will sign with
 * @param published  as text
 */
export async function missingBeforeRotation(next: string, published: string | undefined): Promise<string[]> {
  return (await compareKeys(parseKeySet(next), readable(published) ?? [])).missing;
}

function readable(jwks: string | undefined): JsonWebKey[] | undefined {
  try {
    return parseKeySet(jwks ?? '');
  } catch {
    // Whatever is there is no JWKS, and STS will say so too: the caller tells.
    return undefined;
  }
}

/** Each thing that does not fit, worst first, with the plan that publishes the live keys again where that mends it. */
export function driftFindings({ bucket, unknown, publicWrite, discovery, unreadable, missing, renamed }: Drift, where: string): Finding[] {
  // Into the bucket of somebody else, nothing is published from here.
  const remedy = bucket === 'foreign' ? undefined : { id: 'host-issuer', label: text('irsa.drift.republish') } as const;
  const told = (code: string, severity: Finding['severity'], title: Text, why: Text): Finding => ({ code, severity, title, why, remedy });

  return remedy === undefined ? [told('ISSUER_BUCKET_FOREIGN', 'critical', text('irsa.drift.ISSUER_BUCKET_FOREIGN.title'), text('irsa.drift.ISSUER_BUCKET_FOREIGN.why', { where }))] : [
    ...(bucket ? [told('ISSUER_CLOSED', 'high', text('irsa.drift.ISSUER_CLOSED.title'), text('irsa.drift.ISSUER_CLOSED.why', { where }))] : []),
    ...(unknown.length ? [told('ISSUER_KEY_FOREIGN', 'critical', text('irsa.drift.ISSUER_KEY_FOREIGN.title'), text('irsa.drift.ISSUER_KEY_FOREIGN.why', { kids: unknown.join(', '), where }))] : []),
    ...(publicWrite ? [told('ISSUER_PUBLIC_WRITE', 'critical', text('irsa.drift.ISSUER_PUBLIC_WRITE.title'), text('irsa.drift.ISSUER_PUBLIC_WRITE.why', { where }))] : []),
    ...(discovery === 'changed' ? [told('ISSUER_DISCOVERY_CHANGED', 'critical', text('irsa.drift.ISSUER_DISCOVERY_CHANGED.title'), text('irsa.drift.ISSUER_DISCOVERY_CHANGED.why', { where }))] : []),
    ...(discovery === 'missing' || unreadable ? [told('ISSUER_DOCUMENTS_MISSING', 'high', text('irsa.drift.ISSUER_DOCUMENTS_MISSING.title'), text('irsa.drift.ISSUER_DOCUMENTS_MISSING.why', { where }))] : []),
    ...(missing.length || renamed.length ? [told('ISSUER_KEY_MISSING', 'high', text('irsa.drift.ISSUER_KEY_MISSING.title'), text('irsa.drift.ISSUER_KEY_MISSING.why', { kids: [...missing, ...renamed.map(({ live }) => live)].join(', '), where }))] : []),
  ];
}
