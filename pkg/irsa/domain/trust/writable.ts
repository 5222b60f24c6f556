import { LocatedError, type Path } from '../json/located';
import { parseOperator } from './conditions';
import { many, type OneOrMany, type TrustStatement } from './document';
import { parseTrustSource, type TrustSource } from './parse';

const DOCUMENT_ELEMENTS = ['version', 'id', 'statement'];
const STATEMENT_ELEMENTS = ['sid', 'effect', 'principal', 'notprincipal', 'action', 'notaction', 'condition'];
/** Kinds of principals (IAM User Guide, JSON policy elements: Principal). */
const PRINCIPALS = ['AWS', 'Federated', 'Service', 'CanonicalUser'];
/** Characters that IAM does not take in a policy document (API reference, UpdateAssumeRolePolicy and PutRolePolicy, PolicyDocument). */
const NO_TEXT = /[^\t\n\r -ÿ]/;

/** An action is everything, or a service and a name. */
export const ACTION = /^(\*|[a-z0-9-]+:[\w*?]+)$/i;
/** Condition operators, in small letters and without quantifier and IfExists (IAM User Guide, condition operators). */
const OPERATOR = /^(string(not)?(equals(ignorecase)?|like)|(numeric|date)((not)?equals|(less|greater)than(equals)?)|bool|binaryequals|(not)?ipaddress|arn(not)?(equals|like)|null)$/;

type Fail = (path: Path, complaint: string) => never;

/**
 * Reads a policy's text for writing it. IAM keeps documents which it would not take (again), and those are read; what somebody is writing
 * has to be one that it takes (else: MalformedPolicyDocument). It has a statement, no element or principal or operator that IAM does not
 * know, none twice or beside its opposite, and no character of another script.
 * @throws LocatedError
 */
export function parseWritableTrust(text: string): TrustSource {
  const source = parseTrustSource(text);
  const { document, range } = source;
  const fail: Fail = (path, complaint) => {
    throw new LocatedError(complaint, range(path).start);
  };
  const statements = many<TrustStatement>(document.Statement);
  const sids = new Set<unknown>();

  refuseCharacters(source.source);
  refuseEscapes(document, [], fail);
  onlyKnown(document, DOCUMENT_ELEMENTS, [], 'a policy', fail);
  if (statements.length === 0) {
    fail(['Statement'], 'a policy has one statement at least');
  }
  statements.forEach((statement, index) => {
    const path = Array.isArray(document.Statement) ? ['Statement', index] : ['Statement'];

    checkWritable(statement, path, fail);
    checkSid(statement.Sid, sids, [...path, 'Sid'], fail);
  });

  return source;
}

/** @throws LocatedError where a character stands that IAM does not take in a policy of any kind */
export function refuseCharacters(source: string): void {
  if (NO_TEXT.test(source)) {
    const before = source.slice(0, source.search(NO_TEXT)).split('\n');

    throw new LocatedError('a character that IAM does not take in a policy', { line: before.length, column: before[before.length - 1]!.length + 1 });
  }
}

/** The same where they are written as `\u540d`: in a policy that is sent, they are themselves again. */
function refuseEscapes(value: unknown, path: Path, fail: Fail): void {
  if (typeof value === 'string' && NO_TEXT.test(value)) {
    fail(path, 'a character that IAM does not take in a policy');
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      refuseEscapes(key, path, fail);
      refuseEscapes(inner, [...path, Array.isArray(value) ? Number(key) : key], fail);
    }
  }
}

/** A Sid has letters and digits only, and stands once. */
function checkSid(sid: unknown, sids: Set<unknown>, path: Path, fail: Fail): void {
  if (sid !== undefined && (typeof sid !== 'string' || !/^[A-Za-z0-9]*$/.test(sid))) {
    fail(path, 'a Sid has letters and digits only');
  }
  if (sid && sids.has(sid)) {
    fail(path, `the Sid "${ String(sid) }" stands twice`);
  }
  sids.add(sid);
}

function checkWritable(statement: TrustStatement, path: Path, fail: Fail): void {
  onlyKnown(statement, STATEMENT_ELEMENTS, path, 'a statement of a trust policy', fail);
  const principal = oneOf(statement, 'Principal', path, 'a statement of a trust policy has a Principal', fail);
  const action = oneOf(statement, 'Action', path, 'a statement has an Action', fail);

  if (typeof principal.value === 'object' && principal.value !== null) {
    const kinds = Object.entries(principal.value as Record<string, OneOrMany<string>>);

    if (kinds.length === 0 || kinds.some(([, names]) => many(names).length === 0)) {
      fail(principal.path, `${ principal.key } names nobody`);
    }
    kinds.filter(([kind]) => !PRINCIPALS.includes(kind)).forEach(([kind]) => fail([...principal.path, kind], `IAM knows no principals of kind ${ kind }`));
  }
  const actions = many(action.value as OneOrMany<string>);

  if (actions.length === 0) {
    fail(action.path, `${ action.key } names nothing`);
  }
  actions.forEach((name, index) => {
    if (!ACTION.test(name)) {
      fail(Array.isArray(action.value) ? [...action.path, index] : action.path, 'an action is "*" or a service and a name, such as "sts:AssumeRoleWithWebIdentity"');
    }
  });
  Object.keys(statement.Condition ?? {}).filter((operator) => !OPERATOR.test(parseOperator(operator).name)).forEach((operator) => fail([...path, 'Condition', operator], `IAM knows no operator ${ operator }`));
}

function onlyKnown(object: object, known: string[], path: Path, what: string, fail: Fail): void {
  Object.keys(object).filter((key) => !known.includes(key.toLowerCase())).forEach((key) => fail([...path, key], `${ what } has no element ${ key }`));
}

/** The one of an element and its opposite that a statement has; IAM does not look at the case of their names. */
function oneOf(statement: TrustStatement, name: string, path: Path, complaint: string, fail: Fail): { key: string; path: Path; value: unknown } {
  const [key, second] = Object.keys(statement).filter((one) => [name, `Not${ name }`].some((wanted) => wanted.toLowerCase() === one.toLowerCase()));

  if (key === undefined) {
    return fail(path, complaint);
  }
  if (second !== undefined) {
    fail([...path, second], `a statement has one of ${ name } and Not${ name }`);
  }

  return { key, path: [...path, key], value: statement[key] };
}
