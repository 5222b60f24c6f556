import { ownership } from '../domain/aws/ownership';
import { irsaError } from '../domain/errors';
import type { ObservedCluster, ObservedRole, Text } from '../domain/facts';
import { issuerOfProviderArn } from '../domain/issuer/issuer';
import { text } from '../domain/text';
import { evaluateTrust, expectedSubject, tightenTrust, type LintFinding, type TrustDocument } from '../domain/trust';
import type { Plan, Step } from './plan';
import { readTrust, sizeWarning, trustDocument } from './trust';
import { jsonText, withLater } from './value';

interface Account { namespace: string; name: string; audience: string }

/**
 * Rewrites the statement that a finding of the linter is about, or takes it away, and leaves all others as they are. Patterns give way to
 * the accounts of this cluster that name the role in their annotation. Stops when the policy was changed since.
 * @param finding  of `lintTrust`, on the policy as it was observed
 * @throws IrsaError TRUST_UNREADABLE; TRUST_NOT_MENDABLE when nobody is known to be let in instead, or nothing would be left
 */
export function planTightenTrust(observed: ObservedCluster, role: ObservedRole, finding: LintFinding): Plan {
  const before = readTrust(role);
  const users = usersOf(observed, role);
  const after = tightenTrust(before, finding, { accounts: isOfCluster(observed, before, finding) ? users : [] });

  if (!after) {
    throw irsaError('TRUST_NOT_MENDABLE', { role: role.name }, { resource: role.arn });
  }
  const document = trustDocument(observed, after, role.trustPolicy);
  const consent = isOurs(role) ? undefined : text('irsa.consent.foreignRole', { role: role.name });

  return {
    id:        'tighten-trust',
    title:     text('irsa.plan.tighten-trust.title', { role: role.name }),
    steps:     [updateStep(role, after, finding)],
    documents: [document],
    warnings:  [...shutOut(observed, role, users, before, after), ...sizeWarning(document, role.name)],
    ...(consent ? { consent: { text: consent } } : {}),
  };
}

/** Accounts of this cluster whose annotation names the role. */
function usersOf({ bindings }: ObservedCluster, role: ObservedRole): Account[] {
  return bindings.known ? bindings.value.filter(({ account }) => account.roleArn === role.arn).map(({ account }) => account) : [];
}

/** Whether the flagged statement is about this cluster: accounts of another one are not known here. */
function isOfCluster({ issuer }: ObservedCluster, { Statement }: TrustDocument, { statement }: LintFinding): boolean {
  const principal = statement === undefined ? undefined : [Statement].flat()[statement]?.Principal;

  return issuer.known && typeof principal === 'object' && [principal.Federated ?? []].flat().some((arn) => issuerOfProviderArn(arn) === issuer.value);
}

function isOurs(role: ObservedRole): boolean {
  return ownership(role.tags, '', { namespace: '', name: '' }) !== 'foreign';
}

/** Whoever uses the role and would be let in no more. */
function shutOut({ issuer, provider }: ObservedCluster, role: ObservedRole, users: Account[], before: TrustDocument, after: TrustDocument): Text[] {
  if (!issuer.known || !provider.known || !provider.value) {
    return [];
  }
  const providerArn = provider.value.arn;
  const lost = users.filter(({ namespace, name, audience }) => {
    const request = { providerArn, issuer: issuer.value, audience, subject: expectedSubject(namespace, name) };

    return evaluateTrust(before, request).allowed && !evaluateTrust(after, request).allowed;
  });

  return lost.length > 0 ? [text('irsa.warning.trustShutsOut', { role: role.name, count: lost.length, accounts: lost.map(({ namespace, name }) => `${ namespace }/${ name }`).join(', ') })] : [];
}

function updateStep(role: ObservedRole, after: TrustDocument, { statement }: LintFinding): Step {
  return {
    id:      'update-trust',
    target:  'iam',
    title:   text('irsa.step.update-trust.title', { role: role.name }),
    detail:  statement === undefined ? text('irsa.step.update-trust.version') : text('irsa.step.update-trust.tightens', { statement: statement + 1 }),
    change:  'change',
    call:    { aws: { service: 'iam', command: 'UpdateAssumeRolePolicy', input: { RoleName: role.name, PolicyDocument: jsonText(withLater(after) as object) } } },
    expects: { roleTrustPolicy: { roleName: role.name, is: role.trustPolicy } },
    needs:   { aws: { action: 'iam:UpdateAssumeRolePolicy', resource: role.arn } },
  };
}
