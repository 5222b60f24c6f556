import type { Finding } from '../../facts';
import type { Path } from '../../json/located';
import type { TrustDocument } from '../document';
import { AUDIENCE_RULES } from './audiences';
import { CLUSTER_RULES } from './clusters';
import type { LintContext } from './context';
import { FORM_RULES } from './form';
import { HOSTING_RULES } from './hosting';
import { ISSUER_RULES } from './issuers';
import { OPERATOR_RULES } from './operators';
import { PRINCIPAL_RULES } from './principals';
import { ROLE_RULES } from './role';
import type { Hit, Rule, Severity } from './rule';
import { SUBJECT_RULES } from './subjects';
import { viewOf } from './view';

export type { LintCluster, LintContext, LintIssuer, LintRole } from './context';
export type { Rule } from './rule';

/** Every rule, family by family, in the order of peers-and-aws.md §6. docs/trust-policies.md holds the same table (a test compares). */
export const LINT_RULES = [...SUBJECT_RULES, ...AUDIENCE_RULES, ...OPERATOR_RULES, ...ISSUER_RULES, ...CLUSTER_RULES, ...FORM_RULES, ...PRINCIPAL_RULES, ...ROLE_RULES, ...HOSTING_RULES] as const;

export type LintCode = (typeof LINT_RULES)[number]['code'];

/** A finding about a trust policy, with what an editor needs to show it beside its line. */
export interface LintFinding extends Finding {
  code: LintCode;
  /** Keys and indices from the root to what it is about; empty: the document, or the role. */
  path: Path;
}

const ORDER: Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/**
 * What is wrong with a trust policy, or worth knowing, worst first. Codes are stable. Rules that judge live facts take them from the
 * context and say nothing without.
 *
 * Words of a finding: l10n `irsa.lint.<code>.{title,why,advice}`.
 */
export function lintTrust(document: TrustDocument, context: LintContext = {}): LintFinding[] {
  const view = viewOf(document);

  return (LINT_RULES as readonly Rule<LintCode>[])
    .filter(({ needs }) => needs === undefined || context[needs] !== undefined)
    .flatMap((rule) => rule.check(view, context).map((hit) => findingOf(rule, hit, context)))
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

function findingOf({ code, severity, remedy }: Rule<LintCode>, hit: Hit, { range }: LintContext): LintFinding {
  const args = { ...hit.args, ...(hit.statement === undefined ? {} : { statement: hit.statement + 1 }) };
  const words = (part: string) => ({ key: `irsa.lint.${ code }.${ part }`, args });

  return {
    code,
    severity: hit.severity ?? severity,
    title:    words('title'),
    why:      words('why'),
    advice:   words('advice'),
    path:     hit.path,
    pointer:  hit.path.map((part) => `/${ String(part).replace(/~/g, '~0').replace(/\//g, '~1') }`).join(''),
    ...(remedy && !hit.withoutRemedy ? { remedy: { id: remedy, label: { key: `irsa.remedy.${ remedy }` } } } : {}),
    ...(hit.statement === undefined ? {} : { statement: hit.statement }),
    ...(range ? { range: range(hit.path) } : {}),
  };
}
