/** Signs that stand for themselves once a variable gave them; none of them occurs in a policy (which ends at U+00FF). */
const LITERAL: Record<string, string> = { '*': '\uE000', '?': '\uE001', $: '\uE002' };
const SIGN: Record<string, string> = Object.fromEntries(Object.entries(LITERAL).map(([sign, stands]) => [stands, sign]));

function literally(text: string): string {
  return text.replace(/[*?$]/g, (sign) => LITERAL[sign] ?? sign);
}

/** Back to what was meant. */
export function plain(text: string): string {
  return text.replace(/[\uE000-\uE002]/g, (stands) => SIGN[stands] ?? stands);
}

/**
 * Puts values in place of `${key}` and `${key, 'default'}`; `${*}`, `${?}`, `${$}` are the signs themselves (IAM User Guide, «IAM policy
 * elements: Variables and tags»). Undefined: a key has no value, so that nothing fits.
 */
export function expand(text: string, known: Map<string, string[]>): string | undefined {
  let unknown = false;
  const expanded = text.replace(/\$\{([^}]*)\}/g, (_whole, inner: string) => {
    const [, key = '', otherwise] = /^([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inner) ?? [];
    const value = LITERAL[inner] === undefined ? known.get(key.trim().toLowerCase())?.[0] ?? otherwise : inner;

    unknown ||= value === undefined;

    return literally(value ?? '');
  });

  return unknown ? undefined : expanded;
}
