import type { Data, JsonText, Ref, Value } from './plan';

/** A value of an earlier step's output. */
export function ref(step: string, ...path: string[]): Ref {
  return { $ref: { step, path } };
}

/** JSON text of what is inside. */
export function jsonText(inside: object): JsonText {
  return { $json: inside as Value };
}

export function isRef(value: unknown): value is Ref {
  return has(value, '$ref');
}

export function isJsonText(value: unknown): value is JsonText {
  return has(value, '$json');
}

export function isData(value: unknown): value is Data {
  return has(value, '$data');
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

/** What is known only while the plan runs, and what stands for it in documents until then. */
export interface Later {
  value: Value;
  /** The text itself when it is known already, else a placeholder: `${create-role.Role.Arn}`. */
  shown: string;
}

export function known(text: string): Later {
  return { value: text, shown: text };
}

/** @param guess  what it will be, where that can be told */
export function later(step: string, path: string[], guess?: string): Later {
  return { value: ref(step, ...path), shown: guess ?? placeholder(step, path) };
}

export function placeholder(step: string, path: string[]): string {
  return `\${${ [step, ...path].join('.') }}`;
}

/** Somebody's data as a value of a plan: nothing in it is taken for a reference, each `what.shown` is replaced by `what.value`. Keys stay. */
export function withLater(data: unknown, ...what: Later[]): Value {
  if (typeof data === 'string') {
    const found = what.find(({ shown }) => shown === data);

    return found ? found.value : data;
  }
  if (Array.isArray(data)) {
    return data.map((item) => withLater(item, ...what));
  }
  if (typeof data === 'object' && data !== null) {
    const kept = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined).map(([key, value]) => [key, withLater(value, ...what)]));

    return isRef(kept) || isJsonText(kept) || isData(kept) ? { $data: kept as Record<string, Value> } : kept;
  }

  return (data ?? null) as Value;
}

/** Indented, for people. */
export function pretty(data: unknown): string {
  return JSON.stringify(data, null, 2);
}

/** What a text says as JSON; one that is none is itself: equal to nothing but the same text, and AWS' to refuse. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/** The same text indented, when it is JSON. */
export function prettyText(json: string): string {
  const value = parsed(json);

  return value === json ? json : pretty(value);
}
