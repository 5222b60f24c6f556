import { POLICY_NAME_LENGTH, ROLE_NAME_LENGTH, SESSION_NAME_LENGTH } from '../aws/quotas';
import { sha256 } from './sha256';

const SEPARATOR = '_';
const HASH_LENGTH = 12;

/**
 * The name of the role made for a service account: `<cluster>_<namespace>_<account>`, or, where that would be too long or could be
 * read in two ways, the same cut short with a hash: `<cluster>_<namespace>_<account>_<hash>`.
 *
 * Names of roles are unique in an AWS account without regard to case. `_` stands in no Kubernetes name, so three plain parts are
 * read in one way only; a name with a hash has four parts and is never the plain name of another account. (ccoctl cuts without a
 * hash, and two accounts come to share a role: peers-and-aws.md §3.3.)
 * @param cluster  shown name or id; any characters
 * @returns at most 64 characters of `[\w+=,.@-]`
 */
export function predictRoleName(cluster: string, namespace: string, serviceAccount: string): string {
  const parts = [cluster, namespace, serviceAccount];
  const plain = parts.join(SEPARATOR);

  if (plain.length <= ROLE_NAME_LENGTH && parts.every((part) => /^[a-z0-9.-]+$/.test(part))) {
    return plain;
  }
  const room = ROLE_NAME_LENGTH - HASH_LENGTH - parts.length;

  return [...shorten(parts.map((part) => cleaned(part, /[^a-zA-Z0-9.-]/g)), room), hash(parts)].join(SEPARATOR);
}

/**
 * The session name of a check, shown in CloudTrail.
 * @returns 2 to 64 characters of `[\w+=,.@-]`
 */
export function sessionName(namespace: string, serviceAccount: string): string {
  return cleaned(`irsa-check-${ namespace }-${ serviceAccount }`, /[^\w+=,.@-]/g).slice(0, SESSION_NAME_LENGTH);
}

/** A usable name for an inline policy, made from what a person typed; never empty. */
export function policyName(wish: string): string {
  return cleaned(wish.trim(), /[^\w+=,.@-]/g).slice(0, POLICY_NAME_LENGTH) || 'permissions';
}

/**
 * The name of the inline policy for one of several places that a role serves. Two places never share a name, or one would take the other's
 * permissions away: `/` and `#`, which IAM takes in no name, become `+` and `=`, and a place that could be read in two ways then, or that is
 * too long, gets a hash.
 */
export function placedPolicyName(kind: string, place: string): string {
  const plain = `${ kind }-${ place }`.replace(/\//g, '+').replace(/#/g, '=');

  return /^[\w./#@-]*$/.test(place) && plain.length <= POLICY_NAME_LENGTH ? plain : `${ cleaned(plain, /[^\w+=,.@-]/g).slice(0, POLICY_NAME_LENGTH - HASH_LENGTH - 1) }_${ hash([kind, place]) }`;
}

/** Why a role's name is not usable; undefined when it is. */
export function roleNameProblem(name: string): 'empty' | 'too-long' | 'characters' | undefined {
  if (!name) {
    return 'empty';
  }
  if (name.length > ROLE_NAME_LENGTH) {
    return 'too-long';
  }

  return /^[\w+=,.@-]+$/.test(name) ? undefined : 'characters';
}

function cleaned(value: string, unwanted: RegExp): string {
  return value.replace(unwanted, '-');
}

/** Cuts the longest parts first, so that short ones stay whole. */
function shorten(parts: string[], room: number): string[] {
  const lengths = parts.map((part) => part.length);

  while (lengths.reduce((sum, length) => sum + length, 0) > room) {
    lengths[lengths.indexOf(Math.max(...lengths))]!--;
  }

  return parts.map((part, index) => part.slice(0, lengths[index]));
}

/** 60 bits in lower-case base 32; JSON keeps the parts apart. */
function hash(parts: string[]): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  const digest = sha256(JSON.stringify(parts));
  let bits = '';

  digest.subarray(0, 8).forEach((byte) => {
    bits += byte.toString(2).padStart(8, '0');
  });

  return Array.from({ length: HASH_LENGTH }, (_, index) => alphabet[parseInt(bits.slice(index * 5, index * 5 + 5), 2)]).join('');
}
