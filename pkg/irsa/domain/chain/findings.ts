import type { Finding, Obstacle, RemedyId, Right, Text } from '../facts';
import { needsFor, qualifiedName } from '../rights/covers';
import { bySeverity } from '../severity';

/**
 * Every finding with its severity and the plan that mends it. Codes are stable. Words: l10n `irsa.finding.<code>.{title,why}`; the
 * label of a remedy: `irsa.remedy.<id>`.
 */
export const FINDINGS = {
  // Cluster
  ISSUER_PRIVATE:          { severity: 'critical' },
  ISSUER_UNUSABLE:         { severity: 'critical' },
  KEYS_UNPUBLISHED:        { severity: 'high' },
  PROVIDER_MISSING:        { severity: 'critical', remedy: 'enable' },
  PROVIDER_NO_AUDIENCE:    { severity: 'high', remedy: 'add-audience' },
  WEBHOOK_ABSENT:          { severity: 'high', remedy: 'install-webhook' },
  WEBHOOK_PREFIX:          { severity: 'medium' },
  WEBHOOK_DOWN:            { severity: 'high' },
  WEBHOOK_CERTIFICATE_ENDED: { severity: 'high' },
  WEBHOOK_CERTIFICATE_ENDS: { severity: 'medium' },
  STS_SHUT:                { severity: 'info', remedy: 'open-sts' },
  STS_CLOSED:              { severity: 'info' },
  // What stands between us and a fact
  NO_CREDENTIAL:           { severity: 'medium' },
  RIGHT_MISSING:           { severity: 'medium' },
  AWS_RIGHT_MISSING:       { severity: 'medium' },
  NOT_REACHABLE:           { severity: 'medium' },
  // Binding
  ACCOUNT_MISSING:         { severity: 'high' },
  NOT_ANNOTATED:           { severity: 'high', remedy: 'bind' },
  ANNOTATION_MALFORMED:    { severity: 'high', remedy: 'bind' },
  ROLE_MISSING:            { severity: 'critical', remedy: 'bind' },
  ROLE_ARN_DIFFERS:        { severity: 'high', remedy: 'bind' },
  TRUST_SUBJECT_DIFFERS:   { severity: 'high', remedy: 'mend-trust' },
  TRUST_AUDIENCE_DIFFERS:  { severity: 'high', remedy: 'mend-trust' },
  TRUST_ISSUER_MISSING:    { severity: 'high', remedy: 'mend-trust' },
  TRUST_ACTION_DIFFERS:    { severity: 'high', remedy: 'mend-trust' },
  TRUST_CONDITION_DIFFERS: { severity: 'high', remedy: 'mend-trust' },
  TRUST_DENIED:            { severity: 'high' },
  TRUST_UNDETERMINED:      { severity: 'medium' },
  TRUST_UNREADABLE:        { severity: 'medium' },
  AUDIENCE_NOT_REGISTERED: { severity: 'high' },
  PODS_WITHOUT_IDENTITY:   { severity: 'high', remedy: 'restart' },
  PODS_BEFORE_WEBHOOK:     { severity: 'high', remedy: 'restart' },
  PODS_OLDER:              { severity: 'high', remedy: 'restart' },
  PODS_STALE_ROLE:         { severity: 'high', remedy: 'restart' },
  PODS_WRONG_AUDIENCE:     { severity: 'high', remedy: 'restart' },
  PODS_OVERRIDDEN:         { severity: 'high' },
  PODS_PARTLY:             { severity: 'medium' },
  PODS_SKIPPED:            { severity: 'info' },
  IDENTITY_REFUSED:        { severity: 'high' },
} as const satisfies Record<string, { severity: Finding['severity']; remedy?: RemedyId }>;

export type FindingCode = keyof typeof FINDINGS;

interface More {
  statement?: number;
  /** Instead of the catalogue's own words. */
  why?: Text;
  /** Set when the plan of the catalogue would not help here. */
  withoutRemedy?: boolean;
}

/** A finding of the catalogue. */
export function finding(code: FindingCode, args: NonNullable<Text['args']> = {}, { statement, why, withoutRemedy }: More = {}): Finding {
  const { severity, remedy }: { severity: Finding['severity']; remedy?: RemedyId } = FINDINGS[code];

  return {
    code,
    severity,
    title: { key: `irsa.finding.${ code }.title`, args },
    why:   why ?? { key: `irsa.finding.${ code }.why`, args },
    ...(remedy && !withoutRemedy ? { remedy: { id: remedy, label: { key: `irsa.remedy.${ remedy }` } } } : {}),
    ...(statement === undefined ? {} : { statement }),
  };
}

/** Why a fact could not be read, as a finding that names the missing right; none when it was simply not asked for. */
export function obstacleFinding(obstacle: Obstacle): Finding[] {
  if (obstacle.right) {
    // Rights in Rancher's own cluster come of a global role, whatever cluster the page is about.
    return [finding('RIGHT_MISSING', { right: rightName(obstacle.right), scope: needsFor(obstacle.right).some(({ scope }) => scope === 'management') ? 'rancher' : 'cluster' })];
  }
  if (obstacle.aws) {
    return [finding('AWS_RIGHT_MISSING', { action: obstacle.aws.action, resource: obstacle.aws.resource ?? '*' })];
  }
  switch (obstacle.kind) {
  case 'no-credential': return [finding('NO_CREDENTIAL')];
  case 'not-asked': return [];
  default: return [finding('NOT_REACHABLE', {}, { why: obstacle.text })];
  }
}

/** A right in kubectl's words: `create serviceaccounts/token in namespace shop`. */
export function rightName({
  verb, group, resource, subresource, namespace, name
}: Right): string {
  return `${ verb } ${ qualifiedName({ group, resource, subresource }) }${ name ? ` "${ name }"` : '' }${ namespace ? ` in namespace ${ namespace }` : '' }`;
}

/** Worst first, each once. */
export function sorted(findings: Finding[]): Finding[] {
  const seen = new Set<string>();

  return findings
    .filter((one) => {
      const key = JSON.stringify([one.code, one.title.args, one.statement]);

      return !seen.has(key) && seen.add(key);
    })
    .sort(bySeverity);
}
