import type { Finding } from '../../facts';
import type { Path } from '../../json/located';
import { bySeverity } from '../../severity';
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
import type { Hit, Rule } from './rule';
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

/**
 * What is wrong with a trust policy, or worth knowing, worst first. Codes are stable. Rules that judge live facts take them from the
 * context and say nothing without.
 *
 * Words of a finding: l10n `irsa.lint.<code>.{title,why,advice}`.
 */
export function lintTrust(document: TrustDocument, context: LintContext = {}): LintFinding[] {
  const view = viewOf(document);
  const findings: LintFinding[] = [];

  for (const rule of LINT_RULES as readonly Rule<LintCode>[]) {
    if (rule.needs === undefined || context[rule.needs] !== undefined) {
      for (const hit of rule.check(view, context)) {
        findings.push(findingOf(rule, hit, context));
      }
    }
  }

  return findings.sort(bySeverity);
}

/** Whether it is about what serves an issuer, and thus the same for every role that trusts it. */
export function isAboutIssuer({ code, title }: Finding): boolean {
  return title.args?.state === 'claimable' || (LINT_RULES as readonly Rule<LintCode>[]).some((rule) => rule.code === code && rule.needs === 'issuers');
}

function findingOf({ code, severity, remedy }: Rule<LintCode>, hit: Hit, { range }: LintContext): LintFinding {
  const args = hit.statement === undefined ? { ...hit.args } : { ...hit.args, statement: hit.statement + 1 };
  const words = (part: string) => ({ key: `irsa.lint.${ code }.${ part }`, args });
  const finding: LintFinding = {
    code,
    severity: hit.severity ?? severity,
    title:    words('title'),
    why:      words('why'),
    advice:   words('advice'),
    path:     hit.path,
    pointer:  pointerOf(hit.path),
  };

  // Added one by one: an account has hundreds of roles, and spreading a piece for each of these takes as long as finding it.
  const plan = hit.remedy ?? remedy;

  if (plan && !hit.withoutRemedy) {
    finding.remedy = { id: plan, label: { key: `irsa.remedy.${ plan }` } };
  }
  if (hit.statement !== undefined) {
    finding.statement = hit.statement;
  }
  if (range) {
    finding.range = range(hit.path);
  }

  return finding;
}

/** RFC 6901. */
function pointerOf(path: Path): string {
  let pointer = '';

  for (const part of path) {
    pointer += `/${ typeof part === 'number' ? part : part.replaceAll('~', '~0').replaceAll('/', '~1') }`;
  }

  return pointer;
}
