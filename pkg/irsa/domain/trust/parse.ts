import { isObject } from '../json/same';
import { LocatedError, parseLocated, type Json, type Locate, type Path, type Range } from '../json/located';
import type { TrustDocument } from './document';

/**
 * Reads a trust policy in every shape that IAM accepts: a lone statement or a list, a lone value or a list, `"*"` or an object as
 * principal, numbers and booleans as condition values. Nothing is normalised and unknown keys are kept, so that writing it again
 * loses nothing.
 * @param text  JSON, or JSON percent-encoded as GetRole and ListRoles answer it (RFC 3986: a `+` is a plus)
 * @throws LocatedError  with line and column (in the decoded text), when it is no JSON or no policy
 */
export function parseTrust(text: string): TrustDocument {
  return parseTrustSource(text).document;
}

/** A document with the text it was read from. */
export interface TrustSource {
  document: TrustDocument;
  /** The text itself, decoded where it came percent-encoded; places count in it. */
  source: string;
  /** Where a value stands, by keys and indices from the root: `['Statement', 0, 'Condition']`. */
  range: (path: Path) => Range;
}

/**
 * The same, for editors that show things beside the line they are about.
 * @throws LocatedError
 */
export function parseTrustSource(text: string): TrustSource {
  const source = decoded(text);
  const { value, locate, range } = parseLocated(source);

  check(value, locate);

  return { document: value as unknown as TrustDocument, source, range };
}

/** JSON cannot begin with a percent sign, so what does is encoded. */
function decoded(text: string): string {
  if (!text.startsWith('%')) {
    return text;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    throw new LocatedError(`percent-encoded text that does not decode to UTF-8: ${ text.slice(0, 40) }`, { line: 1, column: 1 });
  }
}

function check(document: Json, locate: Locate): void {
  const fail = (path: Path, complaint: string): never => {
    throw new LocatedError(complaint, locate(path));
  };

  if (!isObject(document)) {
    return fail([], 'a policy is an object');
  }
  if (document.Version !== undefined && document.Version !== '2012-10-17' && document.Version !== '2008-10-17') {
    fail(['Version'], 'Version is "2012-10-17" (or the older "2008-10-17")');
  }
  if (document.Statement === undefined) {
    fail([], 'a policy has a Statement');
  }
  if (Array.isArray(document.Statement)) {
    document.Statement.forEach((statement, index) => checkStatement(statement, ['Statement', index], fail));
  } else {
    checkStatement(document.Statement, ['Statement'], fail);
  }
}

function checkStatement(statement: unknown, path: Path, fail: (path: Path, complaint: string) => never): void {
  if (!isObject(statement)) {
    return fail(path, 'a statement is an object');
  }
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    fail('Effect' in statement ? [...path, 'Effect'] : path, 'Effect is "Allow" or "Deny"');
  }
  for (const [key, value] of Object.entries(statement)) {
    const at = [...path, key];

    if (key === 'Principal' || key === 'NotPrincipal') {
      if (value !== '*' && !(isObject(value) && Object.values(value).every((item) => isOneOrMany(item, isName)))) {
        fail(at, `${ key } is "*" or an object of strings or lists of strings`);
      }
    } else if (key === 'Action' || key === 'NotAction') {
      if (!isOneOrMany(value, (item) => typeof item === 'string')) {
        fail(at, `${ key } is a string or a list of strings`);
      }
    } else if (key === 'Condition') {
      checkCondition(value, at, fail);
    }
  }
}

/** The conditions of a statement, in any policy: `fail` is called for each that IAM would not take. */
export function checkCondition(condition: unknown, path: Path, fail: (path: Path, complaint: string) => never): void {
  if (!isObject(condition)) {
    return fail(path, 'Condition is an object of operators');
  }
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isObject(keys)) {
      fail([...path, operator], `${ operator } is an object of condition keys`);
      continue;
    }
    for (const [key, value] of Object.entries(keys)) {
      if (!isOneOrMany(value, (item) => ['string', 'number', 'boolean'].includes(typeof item))) {
        fail([...path, operator, key], `${ key } has a value or a list of values`);
      }
    }
  }
}

/** Account ids are sometimes written as numbers. */
function isName(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** A value that may stand alone or in a list. */
export function isOneOrMany(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) ? value.every(is) : is(value);
}
