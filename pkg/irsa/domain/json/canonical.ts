/** The same text for policies, or parts of them, that say the same: keys in order, a list of one as its only value. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length === 1 ? canonicalJson(value[0]) : `[${ value.map(canonicalJson).join() }]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = value as Record<string, unknown>;

    return `{${ Object.keys(fields).sort().map((key) => `${ JSON.stringify(key) }:${ canonicalJson(fields[key]) }`).join() }}`;
  }

  return JSON.stringify(value) ?? '';
}
