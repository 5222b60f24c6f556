import { irsaError } from '../errors';

/**
 * A name as one segment of an address. `.` and `..` would lead the browser to another address, percent-encoded or not, and an empty
 * one to the list above; half of a surrogate pair cannot be encoded at all. No Kubernetes object has such a name, but who answers
 * may say so.
 * @throws IrsaError NAME_UNUSABLE
 */
export function segment(name: string): string {
  if (name === '' || /^(\.|%2e){1,2}$/i.test(name) || /\p{Surrogate}/u.test(name)) {
    throw irsaError('NAME_UNUSABLE', { name });
  }

  return encodeURIComponent(name);
}

/** A value in an address behind the question mark; half of a surrogate pair becomes U+FFFD, as it does in every answer. */
export function queryValue(value: string): string {
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\uFFFD'));
}
