import { canonicalJson } from '../../json/canonical';
import type { TrustDocument } from '../document';
import type { LintContext } from './context';
import { lintTrust, type LintFinding } from './index';
import { tightenTrust, type TightenWish } from './tighten';

/** More changes than a policy of AWS has room for. */
const MOST = 200;

/**
 * Mends one finding after the other, worst first, until none is left that a change of the document mends: each changes what the next one is about.
 * @param wishFor  what is known of the cluster that a finding is about, in the document as it then is
 */
export function tightenAll(document: TrustDocument, context: LintContext, wishFor: (finding: LintFinding, document: TrustDocument) => TightenWish): { document: TrustDocument; mended: LintFinding[] } {
  const mended: LintFinding[] = [];
  let now = document;

  while (mended.length < MOST) {
    const before = canonicalJson(now);
    const next = lintTrust(now, { ...context, range: undefined }).filter(({ remedy }) => remedy?.id === 'tighten-trust').flatMap((finding) => {
      const changed = tightenTrust(now, finding, wishFor(finding, now));

      return changed && canonicalJson(changed) !== before ? [{ finding, changed }] : [];
    })[0];

    if (!next) {
      break;
    }
    now = next.changed;
    mended.push(next.finding);
  }

  return { document: now, mended };
}
