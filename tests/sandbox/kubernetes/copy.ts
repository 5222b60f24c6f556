/** A deep copy of JSON-like data; several times faster than structuredClone for the small objects of an API server. */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => copy(item)) as T;
  }
  if (isFields(value)) {
    const result: Record<string, unknown> = {};

    for (const key of Object.keys(value)) {
      if (value[key] !== undefined) {
        result[key] = copy(value[key]);
      }
    }

    return result as T;
  }

  return value;
}

/** An object of fields, as opposed to a list, a scalar or nothing. */
export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of a value, or none. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The members of a list, or none. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The members of a list that are objects. */
export function fieldsIn(value: unknown): Fields[] {
  return listOf(value).filter(isFields);
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A number, or the fallback. */
export function numberOf(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

/** What stands at a path of field names. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((here, name) => (isFields(here) ? here[name] : undefined), value);
}

/** Whether two JSON-like values say the same; the order of fields does not matter, absent and undefined are one. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) {
    return true;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (!isFields(a) || !isFields(b)) {
    return false;
  }

  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]));
}
