import { accountOfArn, isElsewhere } from '../domain/aws/arn';
import { madeFor } from '../domain/aws/ownership';
import { irsaError } from '../domain/errors';
import type { InstalledApp, ObservedBinding, ObservedCluster, ObservedRole, Text } from '../domain/facts';
import { providerArn } from '../domain/issuer/issuer';
import { isObject } from '../domain/json/same';
import { text } from '../domain/text';
import { evaluateTrust, expectedSubject, removeBinding, type Binding, type TrustDocument } from '../domain/trust';
import { usualAudience, webhookSettings, type WebhookSettings } from '../domain/workload/settings';
import { annotationNames, forWebhook } from '../presets/annotations';
import { accountPath, appOf, presetFor } from './account-part';
import { hasValues, isUpgradable, upgradeApp } from './helm';
import type { Plan, Step, Value } from './plan';
import { roleRemoval } from './removal';
import { releasePart } from './restart-part';
import { foreignConsent, readTrust, rewriteTrust, trustDocument } from './trust';

/**
 * Takes the role away from an account: the account's whole statement out of the trust policy (never its condition alone:
 * CVE-2024-28056), the role out of the chart's values, the annotation off the account itself (operators never take it off), and the
 * workloads made anew without it. In this order, so that whatever stops on the way can be seen and gone on with: as long as the
 * role is annotated, the binding is in the list and the role is known. Where no credential of the role's account is at hand, the cluster lets go
 * of it all the same, and it is said what stays.
 *
 * @param deleteRole  delete the role, too, where it was made here for this cluster and lets nobody else in
 * @param signers  what signs with this role alone and names no key, in people's words: it stops working
 * @throws IrsaError ROLE_UNKNOWN where the account's role could not be read, TRUST_UNREADABLE
 */
export function planUnbind(observed: ObservedCluster, binding: ObservedBinding, deleteRole = false, signers: string[] = []): Plan {
  const { account, role } = binding;
  const names = { account: `${ account.namespace }/${ account.name }` };

  const roleName = account.roleArn?.split('/').at(-1) ?? '';
  const owner = accountOfArn(account.roleArn ?? '');
  // In another account, a role that is not to be seen may be there.
  const isBeyond = role.known ? !role.value && owner && isElsewhere(account.roleArn!, observed.account) : role.why.kind === 'no-credential' || role.why.text.key === 'irsa.obstacle.otherAccount';

  if (!role.known && !isBeyond) {
    throw irsaError('ROLE_UNKNOWN', names, undefined, role.why.text);
  }
  const values = valuesPart(observed, binding);
  const trust: TrustPart = role.known && role.value ? leavePart(observed, binding, role.value, deleteRole) : { steps: [], documents: [], warnings: isBeyond ? [text('irsa.warning.trustStays', { ...names, role: roleName, id: owner?.id ?? '' })] : [] };
  const annotation = annotationPart(observed, binding, values.steps.length > 0);
  const release = releasePart(observed, binding);
  const changes = [...values.steps, ...trust.steps, ...annotation, ...release.steps].length > 0;

  return {
    id:        'unbind',
    title:     text('irsa.plan.unbind.title', { ...names, role: roleName }),
    steps:     [...trust.steps, ...values.steps, ...annotation, ...release.steps],
    documents: trust.documents,
    warnings:  [...(changes ? [text('irsa.warning.unbindLoses', names), ...(signers.length ? [text('irsa.warning.unbindStops', { what: signers.slice(0, 5).join(', '), more: Math.max(0, signers.length - 5), count: signers.length })] : [])] : []), ...trust.warnings, ...values.warnings, ...release.warnings],
    ...(trust.choice ? { choice: trust.choice } : {}),
    ...(trust.consent ? { consent: trust.consent } : {}),
  };
}

/**
 * What is left to do once a chart's values name no role any more: operators keep an annotation that nobody asks for (operator-tools
 * pkg/reconciler MetaBase.Merge), pods keep what they were made with, and a role goes on letting the account in. Where somebody else made the
 * role, or it could not be read, it stays as it is, as nobody is asked by then.
 *
 * @param deleteRole  as `planUnbind` has it; undefined: nobody saw what becomes of the role, so it stays
 */
export function planRelease(observed: ObservedCluster, binding: ObservedBinding, deleteRole?: boolean): Plan {
  const { account, role: its } = binding;
  const release = releasePart(observed, binding);
  const role = (account.roleArn ?? '').split('/').at(-1)!;
  let trust: TrustPart = { steps: [], documents: [], warnings: its.known && !its.value ? [] : [text('irsa.warning.stillLetsIn', { role })] };

  try {
    if (deleteRole !== undefined && its.known && its.value && !foreignConsent(its.value).consent) {
      trust = leavePart(observed, binding, its.value, deleteRole);
    }
  } catch {
    // Its trust policy cannot be read.
  }

  return {
    ...trust,
    id:       'unbind',
    title:    text('irsa.plan.unbind.title', { account: `${ account.namespace }/${ account.name }`, role }),
    steps:    [...trust.steps, ...annotationPart(observed, binding, false), ...release.steps],
    warnings: [...trust.warnings, ...release.warnings],
  };
}

/** Out of the values of the release that writes the account; where that cannot be done from here, it is said. */
function valuesPart(observed: ObservedCluster, target: ObservedBinding): { steps: Step[]; warnings: Text[] } {
  const { owner, account } = target;
  const app = appOf(target);
  const known = app && presetFor({ permissions: { kind: 'none' }, target }, app);

  if (app && known && app.chart === known.preset.chart.name && isUpgradable(app)) {
    const settings = webhookSettings(observed);
    const removal = annotationsOut(forWebhook(known.preset.values({ ...known.parameters, roleArn: '', audience: account.audience }), account.audience, settings), app.values, settings);

    return { steps: hasValues(app.values, removal) ? [] : [upgradeApp(observed, app, known.preset, removal)], warnings: [] };
  }
  if (owner.kind === 'controller') {
    return { steps: [], warnings: [text('irsa.warning.controllerKeeps', { account: account.name, controller: `${ owner.controllerKind } ${ owner.name }` })] };
  }
  // What a release's values are is only known of Rancher's own Apps.
  const mayHold = owner.kind === 'helm' || (owner.kind === 'app' && holdsAnnotation(owner, webhookSettings(observed)));

  return { steps: [], warnings: mayHold ? [text('irsa.warning.valuesKeep', { account: account.name, release: owner.release })] : [] };
}

function holdsAnnotation({ values }: InstalledApp, settings: WebhookSettings): boolean {
  return JSON.stringify(values).includes(annotationNames(settings).role);
}

/** `null` for each annotation of a binding that stands in the admin's values where the preset writes it. */
export function annotationsOut(ours: Record<string, unknown>, present: Record<string, unknown>, settings: WebhookSettings = {}): Record<string, unknown> {
  const names = annotationNames(settings);
  const here = names.role in ours ? [names.role, names.audience].filter((annotation) => annotation in present) : [];
  const removal: Record<string, unknown> = Object.fromEntries(here.map((annotation) => [annotation, null]));

  for (const [key, value] of Object.entries(ours)) {
    const before = present[key];
    const inner = isObject(value) && isObject(before) ? annotationsOut(value, before, settings) : {};

    if (Object.keys(inner).length > 0) {
      removal[key] = inner;
    }
  }

  return removal;
}

/** Lets nobody in: a trust policy has one statement at least. */
const NOBODY: TrustDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' }] };

type TrustPart = Pick<Plan, 'steps' | 'documents' | 'warnings' | 'choice' | 'consent'>;

/**
 * What a role loses with the account: its statement, or all of it where it was made here: for this account, or for another of the cluster that left it before.
 * @throws IrsaError TRUST_UNREADABLE
 */
export function leavePart(observed: ObservedCluster, { account }: Pick<ObservedBinding, 'account'>, role: ObservedRole, deleteRole: boolean): TrustPart {
  const before = readTrust(role);
  const subject = expectedSubject(account.namespace, account.name);
  const trusted = bindingIn(observed, account);
  const left = trusted ? removeBinding(before, trusted) : before;
  const isEmpty = [left.Statement].flat().length === 0;
  const removal = trusted && isEmpty && madeFor(role.tags, trusted.issuer) ? removalOf(role) : undefined;
  const choice = removal && { id: 'delete-role' as const, text: text('irsa.choice.delete-role', { role: role.name }), on: deleteRole };

  if (removal && deleteRole) {
    return { steps: removal, documents: [], warnings: [sessionsLast(role)], choice };
  }
  const after = isEmpty ? { ...before, Statement: NOBODY.Statement } : left;
  const verdict = trusted && evaluateTrust(after, { ...trusted, audience: trusted.audience ?? usualAudience(observed), subject });
  const place = { role: role.name, statement: (verdict?.statement ?? 0) + 1 };
  const still = verdict?.allowed ? [text('irsa.warning.trustStillAllows', place)] : verdict?.cause === 'undetermined' ? [text('irsa.warning.trustMayAllow', { ...place, key: verdict.key ?? '' })] : [];

  if (left === before) {
    return { steps: [], documents: [], warnings: still };
  }

  return {
    steps:     [rewriteTrust(role, after, isEmpty ? text('irsa.step.update-trust.closes', { subject }) : text('irsa.step.update-trust.removes', { subject }))],
    documents: [trustDocument(observed, after, role.trustPolicy)],
    warnings:  [...still, sessionsLast(role)],
    ...(choice ? { choice } : {}),
    ...foreignConsent(role),
  };
}

/** Credentials that were handed out live on: IAM takes them back by no change of a trust policy. */
function sessionsLast({ maxSessionDuration = 3600 }: ObservedRole): Text {
  return text('irsa.warning.sessionsLast', { hours: Math.ceil(maxSessionDuration / 3600) });
}

/** The binding as its statement would name it; undefined where the cluster's issuer or the account is not known. */
function bindingIn({ issuer, provider, account: owner }: ObservedCluster, { namespace, name, audience }: ObservedBinding['account']): Binding | undefined {
  const arn = provider.known && provider.value ? provider.value.arn : issuer.known && owner.known ? providerArn(owner.value, issuer.value) : undefined;

  return issuer.known && arn ? { providerArn: arn, issuer: issuer.value, audience, namespace, serviceAccount: name } : undefined;
}

/** The role with all that hangs on it; undefined where its policies were not read. */
function removalOf(role: ObservedRole): Step[] | undefined {
  const { name, inlinePolicies, managedPolicies } = role;

  if (!inlinePolicies || !managedPolicies?.known) {
    return undefined;
  }
  // Before each: somebody else may have been let in, or have taken it over, between two of them.
  const step = roleRemoval(role, { role: { roleName: name, trustPolicy: role.trustPolicy, tags: role.tags ?? {} } });

  return [
    ...managedPolicies.value.map((policy, index) => step(`detach-policy-${ index + 1 }`, 'DetachRolePolicy', { PolicyArn: policy }, text('irsa.step.detach-policy.title', { policy: policy.split('/').at(-1) ?? policy }))),
    ...Object.keys(inlinePolicies).map((policy, index) => step(`delete-policy-${ index + 1 }`, 'DeleteRolePolicy', { PolicyName: policy }, text('irsa.step.delete-policy.title', { policy }))),
    step('delete-role', 'DeleteRole', {}, text('irsa.step.delete-role.title', { role: name })),
  ];
}

/** Off the account itself. A release that was upgraded before has changed the account: then its version is another. */
function annotationPart({ cluster, webhook }: ObservedCluster, { account }: ObservedBinding, afterUpgrade: boolean): Step[] {
  const names = annotationNames(webhookSettings({ webhook }));
  const present = [names.role, names.audience].filter((annotation) => annotation in account.annotations);

  if (!account.exists || present.length === 0) {
    return [];
  }
  const metadata: Record<string, Value> = { annotations: Object.fromEntries(present.map((annotation) => [annotation, null])) };

  if (account.resourceVersion && !afterUpgrade) {
    metadata.resourceVersion = account.resourceVersion;
  }

  return [{
    id:     'remove-annotation',
    target: 'kubernetes',
    title:  text('irsa.step.remove-annotation.title', { account: `${ account.namespace }/${ account.name }` }),
    detail: text('irsa.step.annotate.detail', { annotation: names.role }),
    change: 'remove',
    call:   {
      kubernetes: {
        clusterId:   cluster.id,
        verb:        'PATCH',
        path:        accountPath(account),
        contentType: 'application/merge-patch+json',
        body:        { metadata },
      },
    },
    seen:  { annotations: account.annotations },
    needs: {
      right: {
        clusterId: cluster.id, verb: 'patch', group: '', resource: 'serviceaccounts', namespace: account.namespace, name: account.name
      }
    },
  }];
}
