import { meets } from '../pattern';

const PREFIX = 'system:serviceaccount:';

/** How much of a cluster a subject pattern lets in. */
export type Breadth = 'any' | 'any-namespace' | 'open-namespace' | 'accounts' | 'one';

/**
 * How much a pattern lets in; undefined for what is no service account at all.
 * @param pattern  without policy variables
 */
export function breadthOf(pattern: string): Breadth | undefined {
  const star = pattern.search(/[*?]/);
  const front = star < 0 ? pattern : pattern.slice(0, star);

  if (star >= 0 && PREFIX.startsWith(front)) {
    const everybody = meets(`${ PREFIX }some-namespace:some-account`, pattern, { wildcards: true, variables: false, lookup: () => ({ known: false }) });

    return everybody === 'yes' ? 'any' : 'any-namespace';
  }
  if (!front.startsWith(PREFIX)) {
    return undefined;
  }

  return star < 0 ? 'one' : front.includes(':', PREFIX.length) ? 'accounts' : 'open-namespace';
}
