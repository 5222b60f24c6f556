/** Says what a value must be; throws `Misshapen` where it is not. */
export type Shape = (value: unknown, path: readonly (string | number)[]) => void;

/** A value that is not what it should be, with its place. */
export class Misshapen extends Error {
  constructor(path: readonly (string | number)[], expected: string, value: unknown) {
    super(`${ placeOf(path) } is ${ kindOf(value) }, not ${ expected }`);
    this.name = 'Misshapen';
  }
}

/** `items[3].metadata.annotations["a.b/c"]` */
function placeOf(path: readonly (string | number)[]): string {
  const words = path.map((part, index) => typeof part === 'number' ? `[${ part }]` : /^[\w-]{1,60}$/.test(part) ? `${ index ? '.' : '' }${ part }` : `[${ JSON.stringify(part.slice(0, 100)) }]`).join('');

  return words || 'the answer';
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : value === undefined ? 'missing' : typeof value === 'number' ? `the number ${ value }` : `a ${ typeof value }`;
}

function only(expected: string, is: (value: unknown) => boolean): Shape {
  return (value, path) => {
    if (!is(value)) {
      throw new Misshapen(path, expected, value);
    }
  };
}

export const string = only('a text', (value) => typeof value === 'string');
/** A name: there is no object without one. */
export const name = only('a name', (value) => typeof value === 'string' && value !== '');
export const boolean = only('true or false', (value) => typeof value === 'boolean');
/** How many there are of something. */
export const count = only('a count', (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
/** RFC 3339, as Kubernetes writes times. */
export const time = only('a time', (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)));

/** Not there, or null: Go writes both for nothing. */
export function optional(shape: Shape): Shape {
  return (value, path) => {
    if (value !== undefined && value !== null) {
      shape(value, path);
    }
  };
}

export function list(shape: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) {
      throw new Misshapen(path, 'a list', value);
    }
    value.forEach((item, index) => shape(item, [...path, index]));
  };
}

/** Any keys, values of one shape. */
export function record(shape: Shape): Shape {
  return (value, path) => {
    mustBeObject(value, path);
    Object.entries(value as object).forEach(([key, item]) => shape(item, [...path, key]));
  };
}

/** The keys that are read; others do not matter. */
export function object(fields: Record<string, Shape>): Shape {
  const entries = Object.entries(fields);

  return (value, path) => {
    mustBeObject(value, path);
    entries.forEach(([key, shape]) => shape(Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined, [...path, key]));
  };
}

function mustBeObject(value: unknown, path: readonly (string | number)[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Misshapen(path, 'an object', value);
  }
}
