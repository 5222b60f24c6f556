import { irsaError } from '../errors/catalogue';
import { LocatedError, parseLocated, type Json, type Locate } from '../json/located';
import { isObject } from '../json/same';
import { keyId } from './key-id';

/** A public key as it is published. */
export interface PublishedKey {
  use: 'sig';
  kty: 'RSA' | 'EC';
  kid: string;
  alg: string;
  n?: string;
  e?: string;
  crv?: string;
  x?: string;
  y?: string;
}

export interface KeySet {
  keys: PublishedKey[];
}

/** AWS reads this many keys of each type (IAM quotas; peers-and-aws.md §3.4). */
export const MOST_KEYS = 100;

const CURVES: Record<string, string> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * The JWKS to publish for a cluster's keys: public members only, with the ids and algorithms that kube-apiserver gives them
 * (kubernetes pkg/serviceaccount/openidmetadata.go), each key once, in the order given.
 * @param keys  RSA, or EC on P-256, P-384 or P-521
 * @throws TypeError  when a key is of another type
 * @throws IrsaError KEYS_UNREADABLE  when its numbers are no key
 */
export async function keySet(keys: JsonWebKey[]): Promise<KeySet> {
  const published = await Promise.all(keys.map(async(key): Promise<PublishedKey> => {
    const kid = await ownId(key);

    return key.kty === 'RSA' ? { use: 'sig', kty: 'RSA', kid, alg: 'RS256', n: key.n, e: key.e } : { use: 'sig', kty: 'EC', kid, alg: CURVES[key.crv ?? '']!, crv: key.crv, x: key.x, y: key.y };
  }));

  return { keys: published.filter(({ kid }, index) => published.findIndex((other) => other.kid === kid) === index) };
}

/**
 * Reads a JWKS that was fetched or pasted.
 * @returns its keys as they stand, usable ones only; what cannot sign service account tokens (another use or type) is left out
 * @throws IrsaError KEYS_UNREADABLE  with line and column in its words: no JSON, no key set, a private key among them, none usable, or
 *   more than AWS reads
 */
export function parseKeySet(text: string): JsonWebKey[] {
  try {
    const { value, locate } = parseLocated(text);
    const keys = checkedKeys(value, locate).filter(({ kty, crv, use }) => (use === undefined || use === 'sig') && (kty === 'RSA' || (kty === 'EC' && Object.hasOwn(CURVES, crv ?? ''))));

    if (!keys.length) {
      throw new LocatedError('no RSA or EC key for signatures in it', locate(['keys']));
    }

    return keys;
  } catch (error) {
    if (error instanceof LocatedError) {
      throw irsaError('KEYS_UNREADABLE', { problem: error.message });
    }
    throw error;
  }
}

function checkedKeys(value: Json, locate: Locate): JsonWebKey[] {
  const keys = isObject(value) ? value.keys : undefined;

  if (!Array.isArray(keys)) {
    throw new LocatedError('a JWKS is an object with a list called keys', locate([]));
  }
  if (keys.length > 2 * MOST_KEYS) {
    throw new LocatedError(`AWS reads up to ${ MOST_KEYS } keys of a type, these are ${ keys.length }`, locate(['keys']));
  }

  return keys.map((key, index): JsonWebKey => {
    if (!isObject(key)) {
      throw new LocatedError('a key is an object', locate(['keys', index]));
    }
    const secret = PRIVATE_MEMBERS.find((member) => Object.hasOwn(key, member));

    if (secret) {
      throw new LocatedError(`this is a private key (it has "${ secret }"): consider it known to others, and never publish it`, locate(['keys', index]));
    }
    const members = key.kty === 'RSA' ? ['n', 'e'] : key.kty === 'EC' ? ['crv', 'x', 'y'] : ['kty'];
    const missing = members.find((member) => typeof key[member] !== 'string');

    if (missing) {
      throw new LocatedError(`a key of type ${ typeof key.kty === 'string' ? key.kty : 'unknown' } has a text called ${ missing }`, locate(['keys', index]));
    }

    return key as JsonWebKey;
  });
}

/** What a cluster's live keys and the published ones have in common. Ids are those that kube-apiserver gives. */
export interface KeyComparison {
  /** Live, not published: AWS refuses every token signed with it. */
  missing: string[];
  /** Published and expected, not live: a key on its way in or out of a rotation. */
  extra: string[];
  /**
   * Published, neither live nor expected: whoever holds it can make tokens of every service account. An alarm. One whose numbers are no key
   * goes by the name that it was given: nobody of ours put it there.
   */
  unknown: string[];
  /** Published under another id than the API server puts into its tokens: AWS does not find it. */
  renamed: { published: string; live: string }[];
}

/**
 * Compares by the keys themselves, not by what they are called.
 * @param expected  ids of keys that are known to come or go: the next one of a rotation, the last one
 * @throws IrsaError KEYS_UNREADABLE  when the numbers of a live one are no key; of the published ones that is told, beside all others
 */
export async function compareKeys(live: JsonWebKey[], published: (JsonWebKey & { kid?: unknown })[], expected: string[] = []): Promise<KeyComparison> {
  const liveIds = await Promise.all(live.map(ownId));
  const all = await Promise.all(published.map(async(key, index) => ({ id: await keyId(key).catch(() => undefined), kid: typeof key.kid === 'string' ? key.kid : undefined, index })));
  const found = all.flatMap(({ id, kid }) => id === undefined ? [] : [{ id, kid }]);
  const broken = all.filter(({ id }) => id === undefined).map(({ kid, index }) => kid ?? `keys[${ index }]`);
  const notLive = unique(found.map(({ id }) => id)).filter((id) => !liveIds.includes(id));

  return {
    missing: unique(liveIds).filter((id) => !found.some((one) => one.id === id)),
    extra:   notLive.filter((id) => expected.includes(id)),
    unknown: unique([...notLive.filter((id) => !expected.includes(id)), ...broken]),
    renamed: found.flatMap(({ id, kid }) => kid !== undefined && kid !== id && liveIds.includes(id) && !found.some((one) => one.kid === id) ? [{ published: kid, live: id }] : []),
  };
}

/** The id of a key of the cluster's own. */
async function ownId(key: JsonWebKey): Promise<string> {
  try {
    return await keyId(key);
  } catch (error) {
    // Of another type is another matter: that is said before it comes here.
    if (error instanceof TypeError) {
      throw error;
    }
    throw irsaError('KEYS_UNREADABLE', { problem: `the numbers of a key of type ${ key.kty ?? '' } are no key` });
  }
}

function unique(ids: string[]): string[] {
  return [...new Set(ids)];
}
