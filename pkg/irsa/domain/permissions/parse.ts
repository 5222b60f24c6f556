import { LocatedError, parseLocated, type Json, type Locate } from '../json/located';
import { isObject } from '../json/same';
import { checkCondition, isOneOrMany } from '../trust/parse';
import { ACTION, refuseCharacters } from '../trust/writable';
import type { PermissionDocument } from './document';

type Path = (string | number)[];
type Fail = (path: Path, complaint: string) => never;

const DOCUMENT_KEYS = ['Version', 'Id', 'Statement'];
const STATEMENT_KEYS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

/**
 * Reads a permission policy in every shape that IAM accepts, and refuses what PutRolePolicy would refuse as MalformedPolicyDocument:
 * a principal, both or neither of Action and NotAction (Resource likewise), unknown keys, Sids that are not letters and digits or
 * stand twice, actions without a service, resources that are no ARNs. (IAM User Guide, JSON policy grammar.)
 * @param text  JSON as GetRolePolicy gives it, after decodeURIComponent
 * @throws LocatedError  with line and column
 */
export function parsePermissions(text: string): PermissionDocument {
  const { value, locate } = parseLocated(text);

  check(value, locate, text);

  return value as unknown as PermissionDocument;
}

function check(document: Json, locate: Locate, source: string): void {
  const fail: Fail = (path, complaint) => {
    throw new LocatedError(complaint, locate(path));
  };

  if (!isObject(document)) {
    return fail([], 'a policy is an object');
  }
  refuseCharacters(source);
  unknownKey(document, DOCUMENT_KEYS, [], fail);
  if (document.Version !== undefined && document.Version !== '2012-10-17' && document.Version !== '2008-10-17') {
    fail(['Version'], 'Version is "2012-10-17" (or the older "2008-10-17")');
  }
  if (document.Statement === undefined) {
    fail([], 'a policy has a Statement');
  }
  const sids = new Set<unknown>();
  const each = (statement: unknown, path: Path): void => {
    checkStatement(statement, path, fail);
    const sid = (statement as { Sid?: unknown }).Sid;

    if (sid && sids.has(sid)) {
      fail([...path, 'Sid'], `the Sid "${ sid }" stands twice`);
    }
    sids.add(sid);
  };

  if (!Array.isArray(document.Statement)) {
    each(document.Statement, ['Statement']);
  } else if (document.Statement.length) {
    document.Statement.forEach((statement, index) => each(statement, ['Statement', index]));
  } else {
    fail(['Statement'], 'a policy has at least one statement');
  }
}

function checkStatement(statement: unknown, path: Path, fail: Fail): void {
  if (!isObject(statement)) {
    return fail(path, 'a statement is an object');
  }
  if ('Principal' in statement || 'NotPrincipal' in statement) {
    fail([...path, 'Principal' in statement ? 'Principal' : 'NotPrincipal'], 'a permission policy has no principal: it is about the role it is attached to');
  }
  unknownKey(statement, STATEMENT_KEYS, path, fail);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    fail('Effect' in statement ? [...path, 'Effect'] : path, 'Effect is "Allow" or "Deny"');
  }
  if (statement.Sid !== undefined && (typeof statement.Sid !== 'string' || !/^[A-Za-z0-9]*$/.test(statement.Sid))) {
    fail([...path, 'Sid'], 'a Sid has letters and digits only');
  }
  oneOf(statement, 'Action', path, fail, (value) => ACTION.test(value), 'an action is "*" or a service and a name, such as "s3:GetObject"');
  oneOf(statement, 'Resource', path, fail, (value) => value === '*' || /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/s.test(value), 'a resource is "*" or an ARN');
  if (statement.Condition !== undefined) {
    checkCondition(statement.Condition, [...path, 'Condition'], fail);
  }
}

/** Exactly one of `Action` and `NotAction`, with at least one value that is right. */
function oneOf(statement: Record<string, unknown>, name: string, path: Path, fail: Fail, isRight: (value: string) => boolean, complaint: string): void {
  const keys = [name, `Not${ name }`].filter((key) => key in statement);

  if (keys.length !== 1) {
    return fail(path, `a statement has one of ${ name } and Not${ name }`);
  }
  const at = [...path, keys[0]!];
  const value = statement[keys[0]!];

  if (!isOneOrMany(value, (item) => typeof item === 'string') || (Array.isArray(value) && value.length === 0)) {
    return fail(at, `${ keys[0] } is a string or a list of strings`);
  }
  [value].flat().forEach((item, index) => {
    if (!isRight(item as string)) {
      fail(Array.isArray(value) ? [...at, index] : at, complaint);
    }
  });
}

function unknownKey(value: Record<string, unknown>, known: string[], path: Path, fail: Fail): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      fail([...path, key], `IAM knows no key "${ key }" here`);
    }
  }
}
