/**
 * Whether two policies say the same, as far as their form goes: the order of keys does not matter, and a lone value is the same as
 * a list of one. The order of lists does.
 */
export function samePolicy(one: unknown, other: unknown): boolean {
  const [a, b] = [alone(one), alone(other)];

  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => samePolicy(item, b[index]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);

    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && samePolicy(a[key], b[key]));
  }

  return a === b;
}

/** The same for texts; texts that are no JSON are the same only when they are equal. */
export function samePolicyText(one: string, other: string): boolean {
  try {
    return samePolicy(JSON.parse(one), JSON.parse(other));
  } catch {
    return one === other;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function alone(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}
