import { createHash } from 'node:crypto';
import { copy, fieldsOf, isSame } from '../copy.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Labels that controllers put on the pods of a template; two templates that differ in these only are one. */
const MARKS = ['pod-template-hash', 'controller-revision-hash', 'pod-template-generation'];

/** A short name for a template, as `pod-template-hash` is one. */
export function templateHash(template: unknown, salt = ''): string {
  const digest = createHash('sha256').update(JSON.stringify(template) + salt).digest();

  return Array.from(digest.subarray(0, 10), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** Whether two templates make the same pods (deployment/util EqualIgnoreHash). */
export function isSameTemplate(a: unknown, b: unknown): boolean {
  return isSame(unmarked(a), unmarked(b));
}

function unmarked(template: unknown): unknown {
  const result = copy(fieldsOf(template));
  const metadata = fieldsOf(result.metadata);
  const labels = fieldsOf(metadata.labels);

  MARKS.forEach((mark) => delete labels[mark]);
  result.metadata = { ...metadata, labels };

  return result;
}
