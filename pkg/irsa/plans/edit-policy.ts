import { irsaError } from '../domain/errors';
import type { ObservedCluster, ObservedRole } from '../domain/facts';
import { samePolicyText } from '../domain/json/same';
import { parsePermissions } from '../domain/permissions/parse';
import { text } from '../domain/text';
import { lintFacts, lintTrust, parseTrust, parseWritableTrust, type TrustDocument } from '../domain/trust';
import { permissionsDocument, permissionsWarning } from './permissions-part';
import type { Plan } from './plan';
import { foreignConsent, letIn, rewriteTrust, shutOut, sizeWarning, trustDocument } from './trust';
import { jsonText, withLater } from './value';

/** A policy as somebody wrote it. */
export interface Edit {
  /** The text; it is sent as JSON says it, without what lies between. */
  json: string;
  /** The policy that they began with. It must still be there. */
  from: string;
}

/**
 * A role's trust policy as somebody wrote it, whole. Nothing to do when it says that already.
 * @param others  further clusters that were looked at: who would be let in anew or shut out there is said, too
 * @throws IrsaError POLICY_UNREADABLE with line and column; POLICY_MOVED when it is no longer the one that was edited
 */
export function planEditTrust(observed: ObservedCluster, role: ObservedRole, edit: Edit, others: ObservedCluster[] = []): Plan {
  const after = read(edit.json, (json) => parseWritableTrust(json).document);
  const isThere = samePolicyText(role.trustPolicy, edit.json);

  if (!isThere) {
    stillThere(role.trustPolicy, edit, role);
  }
  const document = trustDocument(observed, after, role.trustPolicy);

  return {
    id:        'edit-trust',
    title:     text('irsa.plan.edit-trust.title', { role: role.name }),
    steps:     isThere ? [] : [rewriteTrust(role, after, text('irsa.step.update-trust.edits'))],
    documents: [document],
    warnings:  isThere ? [] : [...changes([observed, ...others], role, after), ...critical(observed, role, after, others), ...sizeWarning(document, role.name)],
    ...foreignConsent(role),
  };
}

/** Of a policy that cannot be read it is not known whom it lets in: IAM has it, and it lets somebody in. */
function changes(clusters: ObservedCluster[], role: ObservedRole, after: TrustDocument): Plan['warnings'] {
  try {
    const before = parseTrust(role.trustPolicy);

    return [...letIn(clusters, role, before, after), ...shutOut(clusters, role, before, after)];
  } catch {
    return [];
  }
}

/** A policy is written as somebody wants it, and not without a word where it lets in whoever comes: the finding says who that is. */
function critical(observed: ObservedCluster, role: ObservedRole, after: TrustDocument, others: ObservedCluster[]): Plan['warnings'] {
  const found = lintTrust(after, lintFacts(observed, role, others)).filter(({ severity }) => severity === 'critical').flatMap(({ why }) => why ?? []);

  return found.length > 0 ? [text('irsa.warning.trustCritical', { role: role.name, count: found.length }), ...found] : [];
}

/**
 * One of a role's inline policies as somebody wrote it, whole. Nothing to do when it says that already.
 * @throws IrsaError POLICY_UNREADABLE with line and column; POLICY_MOVED when it is no longer the one that was edited, or gone
 */
export function planEditPermissions(observed: ObservedCluster, role: ObservedRole, edit: Edit & { name: string }): Plan {
  const { name, json } = edit;
  const after = read(json, parsePermissions);
  const before = role.inlinePolicies?.[name];
  const isThere = before !== undefined && samePolicyText(before, json);

  if (!isThere) {
    stillThere(before, edit, role);
  }
  const document = permissionsDocument(observed, role.inlinePolicies, name, after);

  return {
    id:    'edit-permissions',
    title: text('irsa.plan.edit-permissions.title', { role: role.name, policy: name }),
    steps: isThere ? [] : [{
      id:      'put-policy',
      target:  'iam',
      title:   text('irsa.step.put-policy.title', { policy: name }),
      detail:  text('irsa.step.put-policy.own', { role: role.name }),
      change:  'change',
      call:    { aws: { service: 'iam', command: 'PutRolePolicy', input: { RoleName: role.name, PolicyName: name, PolicyDocument: jsonText(withLater(after) as object) } } },
      expects: { inlinePolicy: { roleName: role.name, policyName: name, is: before ?? '' } },
      needs:   { aws: { action: 'iam:PutRolePolicy', resource: role.arn, ...(role.permissionsBoundary ? { boundary: role.permissionsBoundary } : {}) } },
    }],
    documents: [document],
    warnings:  permissionsWarning(document, role.name),
    ...foreignConsent(role),
  };
}

function read<T>(json: string, parse: (json: string) => T): T {
  try {
    return parse(json);
  } catch (error) {
    throw irsaError('POLICY_UNREADABLE', { problem: error instanceof Error ? error.message : String(error) });
  }
}

function stillThere(now: string | undefined, { from }: Edit, role: ObservedRole): void {
  if (now === undefined || !samePolicyText(now, from)) {
    throw irsaError('POLICY_MOVED', { role: role.name }, { resource: role.arn });
  }
}
