/** Reading of untyped JSON: every object in the sandbox's API rooms is read through these. */

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; anything else as an empty one. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The value as a list; anything else as an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a string; anything else as an empty one. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Splits `metadata.labels[a.b/c]` and `metadata.fields.2` into their steps. */
export function pathSteps(path: string): string[] {
  const steps: string[] = [];

  for (const match of path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
    steps.push(match[1] ?? match[2] ?? '');
  }

  return steps;
}

/** What stands at a path; steps into a list of objects gather every element's value. */
export function valueAt(object: unknown, path: string): unknown {
  let at: unknown[] = [object];

  for (const step of pathSteps(path)) {
    at = at.flatMap((value) => {
      if (Array.isArray(value)) {
        return /^\d+$/.test(step) ? [value[Number(step)]] : value.map((element) => fieldsOf(element)[step]);
      }

      return isFields(value) ? [value[step]] : [undefined];
    });
  }

  return at.length === 1 ? at[0] : at;
}

/** Removes what stands at a path, in place. */
export function dropAt(object: unknown, path: string): void {
  const steps = pathSteps(path);
  const last = steps.pop();
  let at: unknown = object;

  for (const step of steps) {
    at = Array.isArray(at) ? at[Number(step)] : fieldsOf(at)[step];
  }
  if (last !== undefined && isFields(at)) {
    delete at[last];
  }
}

/** A short random name as Kubernetes generates them (no vowels, no look-alikes). */
export function randomName(length = 5): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';

  return Array.from({ length }, () => letters[Math.floor(Math.random() * letters.length)]).join('');
}

/** A time as Kubernetes writes it: seconds, UTC. */
export function timestamp(at: Date = new Date()): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}
