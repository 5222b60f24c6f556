import { ownership } from '../domain/aws/ownership';
import { quotasOf } from '../domain/aws/quotas';
import { irsaError } from '../domain/errors';
import type { ObservedCluster, ObservedRole, Text } from '../domain/facts';
import { text } from '../domain/text';
import { addBinding, evaluateTrust, expectedSubject, parseTrust, trustSize, type Binding, type TrustDocument } from '../domain/trust';
import { roleUsers, type RoleUser } from '../domain/trust/users';
import type { PlanDocument, Step } from './plan';
import type { ProviderPart } from './provider';
import { jsonText, pretty, prettyText, withLater, type Later } from './value';

/** What becomes of an existing role's trust policy. */
export interface TrustPart {
  steps: Step[];
  document: PlanDocument;
  warnings: Text[];
}

/** The account and audience that shall be trusted. */
export interface Subject {
  namespace: string;
  name: string;
  audience: string;
}

/** The binding as the domain takes it; the provider's ARN may be a placeholder. */
export function bindingOf(subject: Subject, provider: ProviderPart): Binding {
  return { providerArn: provider.arn.shown, issuer: provider.issuer, audience: subject.audience, namespace: subject.namespace, serviceAccount: subject.name };
}

/** As they stand in tokens, for people. */
export function subjectsOf(subjects: Subject[]): string {
  return subjects.map(({ namespace, name }) => expectedSubject(namespace, name)).join(', ');
}

/**
 * Adds the one statement where the role does not let an account in yet; keeps everything else.
 * @throws IrsaError TRUST_UNREADABLE
 */
export function trustPart(observed: ObservedCluster, role: ObservedRole, subjects: Subject[], provider: ProviderPart): TrustPart {
  const before = readTrust(role);
  const warnings: Text[] = [];
  const added: Subject[] = [];
  let after = before;

  for (const subject of subjects) {
    const binding = bindingOf(subject, provider);
    const request = { providerArn: binding.providerArn, issuer: binding.issuer, audience: subject.audience, subject: expectedSubject(subject.namespace, subject.name) };

    if (!evaluateTrust(after, request).allowed) {
      after = addBinding(after, binding);
      added.push(subject);
    }
    const verdict = evaluateTrust(after, request);

    if (verdict.cause === 'denied') {
      warnings.push(text('irsa.warning.trustDenied', { role: role.name, statement: (verdict.statement ?? 0) + 1 }));
    } else if (verdict.cause === 'undetermined') {
      warnings.push(text('irsa.warning.trustUndetermined', { role: role.name, key: verdict.key ?? '' }));
    }
  }
  const document = trustDocument(observed, after, role.trustPolicy);

  return { steps: after === before ? [] : [rewriteTrust(role, after, text('irsa.step.update-trust.detail', { subject: subjectsOf(added) }), provider.arn)], document, warnings: [...warnings, ...sizeWarning(document, role.name)] };
}

/** The trust policy as it will be, with its size. */
export function trustDocument(observed: ObservedCluster, after: TrustDocument, before?: string): PlanDocument {
  return { id: 'trust', ...(before === undefined ? {} : { before: prettyText(before) }), after: pretty(after), size: trustSize(after), quota: quotasOf(observed.account).trustPolicySize };
}

export function sizeWarning({ size, quota }: PlanDocument, role: string): Text[] {
  return size > quota ? [text('irsa.warning.trustTooLong', { role, size, quota })] : [];
}

/** Whether changing this role needs a «yes», and the words for it; `undefined` for a role made for this very binding. */
export function consentFor(role: ObservedRole, issuer: string, subject: Subject, wasChosen: boolean): Text | undefined {
  const whose = ownership(role.tags, issuer, subject);

  if (whose === 'foreign') {
    return text('irsa.consent.foreignRole', { role: role.name });
  }

  return whose === 'ours' && !wasChosen ? text('irsa.consent.otherBinding', { role: role.name }) : undefined;
}

/** @throws IrsaError TRUST_UNREADABLE */
export function readTrust(role: ObservedRole): TrustDocument {
  try {
    return parseTrust(role.trustPolicy);
  } catch (error) {
    throw irsaError('TRUST_UNREADABLE', { role: role.name, problem: error instanceof Error ? error.message : String(error) }, { resource: role.arn });
  }
}

/** «Yes» to changing a role that somebody else made, whoever it lets in; `undefined` for one of ours. */
export function foreignConsent(role: ObservedRole): { consent?: { text: Text } } {
  return ownership(role.tags, '', { namespace: '', name: '' }) === 'foreign' ? { consent: { text: text('irsa.consent.foreignRole', { role: role.name }) } } : {};
}

/** Accounts of this cluster whose annotation names the role. */
export function usersOf({ bindings }: ObservedCluster, role: ObservedRole): Subject[] {
  return bindings.known ? bindings.value.filter(({ account }) => account.roleArn === role.arn).map(({ account }) => account) : [];
}

/** Whoever uses the role, in any of these clusters, and would be let in no more. */
export function shutOut(clusters: ObservedCluster[], role: ObservedRole, before: TrustDocument, after: TrustDocument): Text[] {
  const lost = clusters.flatMap((observed) => {
    const { issuer, provider } = observed;

    return issuer.known && provider.known && provider.value ? usersOf(observed, role).filter(({ namespace, name, audience }) => {
      const request = { providerArn: provider.value!.arn, issuer: issuer.value, audience, subject: expectedSubject(namespace, name) };

      return evaluateTrust(before, request).allowed && !evaluateTrust(after, request).allowed;
    }) : [];
  });

  return lost.length > 0 ? [text('irsa.warning.trustShutsOut', { role: role.name, count: lost.length, accounts: lost.map(({ namespace, name }) => `${ namespace }/${ name }`).join(', ') })] : [];
}

/** Whoever uses the role, in any of these clusters, or is named by its policy, and is not let in today but would be. */
export function letIn(clusters: ObservedCluster[], role: ObservedRole, before: TrustDocument, after: TrustDocument): Text[] {
  const name = (user: RoleUser) => `${ user.cluster?.name ?? user.issuer }: ${ user.namespace }/${ user.name }`;
  const users = (document: TrustDocument) => roleUsers(document, role.arn, clusters).filter((user) => user.letIn).map(name);
  const old = new Set(users(before));
  const found = users(after).filter((user) => !old.has(user));

  return found.length > 0 ? [text('irsa.warning.trustLetsIn', { role: role.name, count: found.length, accounts: found.join(', ') })] : [];
}

/** Rewrites a role's trust policy, as long as it is still what was observed. */
export function rewriteTrust(role: ObservedRole, after: TrustDocument, detail: Text, ...later: Later[]): Step {
  return {
    id:      'update-trust',
    target:  'iam',
    title:   text('irsa.step.update-trust.title', { role: role.name }),
    detail,
    change:  'change',
    call:    { aws: { service: 'iam', command: 'UpdateAssumeRolePolicy', input: { RoleName: role.name, PolicyDocument: jsonText(withLater(after, ...later) as object) } } },
    expects: { roleTrustPolicy: { roleName: role.name, is: role.trustPolicy } },
    needs:   { aws: { action: 'iam:UpdateAssumeRolePolicy', resource: role.arn } },
  };
}
