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
    const lets = (namespace: string, account: string) => meets(`${ PREFIX }${ namespace }:${ account }`, pattern, { wildcards: true, variables: false, lookup: () => ({ known: false }) }) === 'yes';

    if (lets('some-namespace', 'some-account')) {
      return 'any';
    }
    // The namespace may stand behind the first star, closed in by colons: then nobody who makes another one gets in.
    const [namespace = '', account = ''] = pattern.split(':').slice(-2);
    const isFixed = pattern.split(':').length > 2 && !/[*?]/.test(namespace) && !(namespace === 'serviceaccount' && /[*?]/.test(account));

    return !isFixed ? 'any-namespace' : !/[*?]/.test(account) ? lets(namespace, account) ? 'one' : undefined : 'accounts';
  }
  if (!front.startsWith(PREFIX)) {
    return undefined;
  }

  return star < 0 ? 'one' : front.includes(':', PREFIX.length) ? 'accounts' : 'open-namespace';
}
