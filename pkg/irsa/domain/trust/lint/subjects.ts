import type { Breadth } from './breadth';
import { rule, type Hit } from './rule';
import { comparesText, type TrustView } from './view';

function broad({ allows }: TrustView, breadth: Breadth): Hit[] {
  return allows.flatMap((one) => one.subjects
    .filter((subject) => subject.breadth === breadth)
    .map(({ text, path }) => ({ path, statement: one.index, args: { subject: text } })));
}

/**
 * `system:serviceaccount:<namespace>:default`, whatever stands for its front. Taken apart by hand: an expression that may begin anywhere
 * takes for ever on many stars.
 */
function isDefaultAccount(text: string): boolean {
  if (!text.endsWith(':default')) {
    return false;
  }
  const front = text.slice(0, -':default'.length);
  const colon = front.lastIndexOf(':');

  return colon < 0 ? /^[*?]+$/.test(front) : front.slice(0, colon) === 'system:serviceaccount' || /[*?]/.test(front.slice(0, colon));
}

/** Who is let in. */
export const SUBJECT_RULES = [
  rule({
    code:     'NO_SUB',
    severity: 'critical',
    remedy:   'tighten-trust',
    check:    ({ allows }) => allows
      .filter(({ providers, claims, isWebIdentity }) => isWebIdentity && providers.length > 0 && !claims.some((claim) => claim.claim === 'sub' && comparesText(claim)))
      .map(({ index, path, providers }) => ({ path, statement: index, args: { issuer: providers[0]!.host } })),
  }),
  rule({
    code: 'SUB_ANY', severity: 'critical', remedy: 'tighten-trust', check: (view) => broad(view, 'any'),
  }),
  rule({
    code: 'SUB_NS_WILDCARD', severity: 'high', remedy: 'tighten-trust', check: (view) => broad(view, 'any-namespace'),
  }),
  rule({
    code: 'SUB_NS_PREFIX_OPEN', severity: 'high', remedy: 'tighten-trust', check: (view) => broad(view, 'open-namespace'),
  }),
  rule({
    code: 'SUB_SA_WILDCARD', severity: 'medium', remedy: 'tighten-trust', check: (view) => broad(view, 'accounts'),
  }),
  rule({
    code:     'SUB_DEFAULT_SA',
    severity: 'high',
    check:    ({ allows }) => allows.flatMap((one) => one.subjects
      .filter(({ text }) => isDefaultAccount(text))
      .map(({ text, path }) => ({ path, statement: one.index, args: { subject: text } }))),
  }),
] as const;
