import { irsaError } from '../domain/errors';
import type { ObservedCluster, ObservedRole, Text } from '../domain/facts';
import { issuerOfProviderArn } from '../domain/issuer/issuer';
import { text } from '../domain/text';
import { lintTrust, tightenAll, tightenTrust, type LintContext, type LintFinding, type TrustDocument } from '../domain/trust';
import type { Plan } from './plan';
import { foreignConsent, letIn, readTrust, rewriteTrust, shutOut, sizeWarning, trustDocument, usersOf } from './trust';

/**
 * Rewrites the statement that a finding of the linter is about, or takes it away, and leaves all others as they are. Patterns give way to
 * the accounts of the statement's cluster that name the role in their annotation. Stops when the policy was changed since.
 * @param finding  of `lintTrust`, on the policy as it was observed
 * @param others  further clusters that were looked at: their accounts are known, too
 * @throws IrsaError TRUST_UNREADABLE; TRUST_NOT_MENDABLE when nobody is known to be let in instead, or nothing would be left
 */
export function planTightenTrust(observed: ObservedCluster, role: ObservedRole, finding: LintFinding, others: ObservedCluster[] = []): Plan {
  const before = readTrust(role);
  const after = tightenTrust(before, finding, { accounts: accountsFor([observed, ...others], role, finding, before) });

  if (!after) {
    throw irsaError('TRUST_NOT_MENDABLE', { role: role.name }, { resource: role.arn });
  }
  const { statement } = finding;

  return tightened([observed, ...others], role, before, after, statement === undefined ? text('irsa.step.update-trust.version') : text('irsa.step.update-trust.tightens', { statement: statement + 1 }));
}

/**
 * The same for all findings that can be mended, in one change: one after the other, worst first. Without any, there is nothing to do.
 * @param context  what the findings were judged by
 * @throws IrsaError TRUST_UNREADABLE
 */
export function planTightenAll(observed: ObservedCluster, role: ObservedRole, context: LintContext, others: ObservedCluster[] = []): Plan {
  const clusters: [ObservedCluster, ...ObservedCluster[]] = [observed, ...others];
  const { before, after, count } = tightenedAll(clusters, role, context);

  return tightened(clusters, role, before, after, text('irsa.step.update-trust.tightensAll', { count }));
}

/**
 * How many of the findings that a role's page shows that plan takes away. One mended may show another beneath it, which is mended too and
 * not counted: nobody saw it.
 * @throws IrsaError TRUST_UNREADABLE
 */
export function countTightened(observed: ObservedCluster, role: ObservedRole, context: LintContext, others: ObservedCluster[] = []): number {
  return tightenedAll([observed, ...others], role, context).count;
}

function tightenedAll(clusters: ObservedCluster[], role: ObservedRole, context: LintContext) {
  const before = readTrust(role);
  const { document: after } = tightenAll(before, context, (finding, now) => ({ accounts: accountsFor(clusters, role, finding, now) }));
  const left = (document: TrustDocument) => lintTrust(document, { ...context, range: undefined }).filter(({ remedy }) => remedy?.id === 'tighten-trust').length;

  return { before, after, count: Math.max(0, left(before) - left(after)) };
}

function tightened(clusters: [ObservedCluster, ...ObservedCluster[]], role: ObservedRole, before: TrustDocument, after: TrustDocument, detail: Text): Plan {
  const document = trustDocument(clusters[0], after, role.trustPolicy);

  return {
    id:        'tighten-trust',
    title:     text('irsa.plan.tighten-trust.title', { role: role.name }),
    steps:     after === before ? [] : [rewriteTrust(role, after, detail)],
    documents: [document],
    warnings:  [...letIn(clusters, role, before, after), ...shutOut(clusters, role, before, after), ...sizeWarning(document, role.name)],
    ...foreignConsent(role),
  };
}

/** Who takes the place of a pattern: accounts of the cluster that the flagged statement is about, where it was looked at. */
function accountsFor(clusters: ObservedCluster[], role: ObservedRole, { statement }: LintFinding, { Statement }: TrustDocument): { namespace: string; name: string }[] {
  const principal = statement === undefined ? undefined : [Statement].flat()[statement]?.Principal;
  const issuers = typeof principal === 'object' ? [principal.Federated ?? []].flat().map(issuerOfProviderArn) : [];

  return clusters.filter(({ issuer }) => issuer.known && issuers.includes(issuer.value)).flatMap((observed) => usersOf(observed, role));
}
