import type { Finding } from './facts';

const RANK: Record<Finding['severity'], number> = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

/** 0 is the worst. */
export function severityRank({ severity }: Pick<Finding, 'severity'>): number {
  return RANK[severity];
}

/** For sorting: worst first. */
export function bySeverity(a: Pick<Finding, 'severity'>, b: Pick<Finding, 'severity'>): number {
  return severityRank(a) - severityRank(b);
}
