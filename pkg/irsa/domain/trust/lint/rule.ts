import type { Finding, RemedyId, Text } from '../../facts';
import type { Path } from '../../json/located';
import type { LintContext } from './context';
import type { TrustView } from './view';

export type Severity = Finding['severity'];

/** One place where a rule applies. */
export interface Hit {
  /** Keys and indices from the root of the document to what it is about. */
  path: Path;
  /** Index of the statement; absent when it is about the document or the role. */
  statement?: number;
  /** Where it is not the rule's own. */
  severity?: Severity;
  /** For the words. */
  args?: NonNullable<Text['args']>;
  /** The plan that mends this one, where it is another than the rule's. */
  remedy?: RemedyId;
  /** Set where the rule's plan would not help. */
  withoutRemedy?: boolean;
}

/** A rule is data and one pure function. Why it matters stands in its words (`irsa.lint.<code>.why`), who says so in sources.ts. */
export interface Rule<Code extends string = string> {
  /** Stable; the id of peers-and-aws.md §6. */
  code: Code;
  severity: Severity;
  /** The plan that mends it. */
  remedy?: RemedyId;
  /** What must be known beside the document; without it the rule is silent. */
  needs?: keyof LintContext;
  check(view: TrustView, context: LintContext): Hit[];
}

/** Keeps the code's literal type. */
export function rule<Code extends string>(it: Rule<Code>): Rule<Code> {
  return it;
}
