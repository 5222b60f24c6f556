import type { ObservedBinding, ObservedCluster, Text } from '../domain/facts';
import { keyUseName, type KeyUse, type SecretRef } from '../domain/keys/key-use';
import { placedPolicyName } from '../domain/names/names';
import { segment } from '../domain/names/segment';
import { allows } from '../domain/permissions/allows';
import type { PermissionStatement } from '../domain/permissions/document';
import { text } from '../domain/text';
import { parseRoleArn } from '../domain/aws/arn';
import { partitionOfRegion } from '../domain/aws/partitions';
import { filledIn, parameterProblems, presets } from '../presets';
import { allow, policyOf, statementsOf } from '../presets/policy';
import { policyNameOf } from '../presets/policy-name';
import { planBind } from './bind';
import type { BindWish, WishedPermissions } from './bind-wish';
import type { Plan, Step, Value } from './plan';

/** What is known of the secrets behind a key, for whoever wants them gone with it. */
export interface KeySecrets {
  /** Secrets that nothing else refers to and nothing else made, by what tells them from later ones of the same name, and from themselves as somebody else made them since. */
  removable: (SecretRef & { uid: string; resourceVersion?: string })[];
  /** The others, and who needs them. */
  kept: (SecretRef & { users: string[] })[];
  /** Where users of secrets could not all be looked for, none is removable. */
  unseen?: true;
}

/** What shall be moved, as it is now. */
export interface Moving {
  what: Pick<KeyUse, 'kind' | 'namespace' | 'name'>;
  /** Undefined where it has no key any more. */
  use?: KeyUse;
  secrets: KeySecrets;
  deleteSecret?: boolean;
}

/** Warnings of a binding after which its pods may still be without the role: then they go on with the key. */
const WITHOUT_ROLE = ['irsa.warning.podsByHand', 'irsa.warning.noWebhook', 'irsa.warning.podsSkipped', 'irsa.warning.podsOverridden', 'irsa.warning.accountOfChart', 'irsa.warning.accountMissing'];

/**
 * Takes something off its access key: the role with what it uses, the annotation, the restart and a real exchange at STS come first, and
 * only when all of that went well is the reference to the key taken away. Whatever stops before leaves it working with the key, which
 * SDKs look for before they look for a role.
 * @throws IrsaError as `planBind`
 */
export function planMove(observed: ObservedCluster, wish: BindWish, { what, use, secrets, deleteSecret = false }: Moving): Plan {
  const { account } = wish.target;
  // One that has another role keeps it: what only that one sends needs it.
  const bind = planBind(observed, { ...wish, beside: wish.beside?.filter((one) => !ownRole(one, account)) });
  const together = [wish.target, ...wish.beside ?? []];
  const obstacles = [...use?.obstacles ?? [], ...apart(use, together), ...use?.fields.length && mayNothing(observed, wish, use) ? [use.assumes === undefined ? text('irsa.keyUse.blind') : text('irsa.output.chainFirst', { role: use.assumes })] : []];
  const names = { what: keyUseName(what) };
  const isCheckable = observed.sts.known && observed.sts.value.state !== 'closed';
  // Pods of a CronJob end by themselves; its next ones get the role.
  const isScheduled = what.kind === 'cronjob';
  const isSafe = isCheckable && obstacles.length === 0 && !bind.warnings.some(({ key }) => WITHOUT_ROLE.includes(key) && !(isScheduled && key === 'irsa.warning.podsByHand')) && bind.steps.filter(isLastCheck).length === together.length;
  const removal = isSafe && use ? removalSteps(observed, use) : [];
  // A run that stopped behind the reference finds it gone, and goes on with the secret.
  const mayDelete = isSafe && (removal.length > 0 || !use?.fields.length) && secrets.removable.length > 0;
  const deletion = mayDelete && deleteSecret ? secrets.removable.map((secret, index) => deleteStep(observed, secret, index)) : [];
  // Nothing is taken away on the strength of a check that could not be made.
  const checked = removal.length || deletion.length ? bind.steps.map((step): Step => isLastCheck(step) ? { ...step, id: step.id.replace('verify', 'verify-first'), detail: firstDetail(step, together.length > 1) } : step) : bind.steps;

  return {
    ...bind,
    id:       'move',
    title:    use && !use.fields.length ? text('irsa.plan.move.mend', { ...names, account: `${ account.namespace }/${ account.name }` }) : text('irsa.plan.move.title', { ...names, account: `${ account.namespace }/${ account.name }` }),
    steps:    [...checked, ...removal, ...deletion],
    warnings: [
      ...obstacles,
      ...(isSafe || !use?.fields.length ? [] : [isCheckable ? text('irsa.warning.keyStays', names) : text('irsa.warning.keyStaysUnchecked', names)]),
      ...bind.warnings,
      ...(removal.length ? use?.mends ?? [] : []),
      ...(removal.length && isScheduled ? [text('irsa.warning.nextRun', names)] : []),
      ...keptSecrets(secrets, removal.length > 0),
    ],
    ...(mayDelete ? { choice: { id: 'delete-secret' as const, text: text('irsa.choice.delete-secret', { secrets: secrets.removable.map(named).join(', '), count: secrets.removable.length }), on: deleteSecret } } : {}),
  };
}

/** Several checks say whose each is. */
function firstDetail({ call }: Step, isOneOfSeveral: boolean): Text {
  return isOneOfSeveral && 'verify' in call ? text('irsa.step.verify.detailFirstAs', { account: `${ call.verify.namespace }/${ call.verify.serviceAccount }` }) : text('irsa.step.verify.detailFirst');
}

const isLastCheck = ({ id }: Step): boolean => /^verify(-\d+)?$/.test(id);

/** Why not all accounts that a thing runs as can have one role: it would go on without the others. */
function apart(use: KeyUse | undefined, together: ObservedBinding[]): Text[] {
  const is = ({ namespace, name }: { namespace: string; name: string }) => ({ account }: ObservedBinding) => account.namespace === namespace && account.name === name;
  const left = use?.accounts.filter((account) => !together.some(is(account))) ?? [];
  const [{ account: first }, ...others] = together as [ObservedBinding, ...ObservedBinding[]];

  return [
    ...(left.length ? [text('irsa.output.several', { accounts: left.map(named).join(', ') })] : []),
    ...others.flatMap((one) => ownRole(one, first) ? [text('irsa.output.ownRole', { account: named(one.account), role: one.account.roleArn!.split('/').at(-1)! })] : []),
  ];
}

const ownRole = ({ account: { roleArn } }: ObservedBinding, main: ObservedBinding['account']): boolean => roleArn !== undefined && roleArn !== main.roleArn;

/**
 * What a role has to allow for one thing that is moved, as a policy of its own: the role may serve others already, whose policies
 * stay. Undefined where it cannot be read what it does; then the role's permissions are the admin's to see to.
 * @param all  what cannot be read may be anything
 */
export function permissionsFor({ preset: told, assumes }: Pick<KeyUse, 'preset' | 'assumes'>, { account, cluster }: Partial<Pick<ObservedCluster, 'account' | 'cluster'>> = {}, all = false): WishedPermissions & { kind: 'policy' } | undefined {
  const preset = presets.find(({ id }) => id === told?.id);

  if (!preset || !told) {
    return undefined;
  }
  if (assumes !== undefined) {
    const second = parseRoleArn(assumes);

    return second || all ? { kind: 'policy', name: placedPolicyName(preset.policyName, `assume-${ second?.id }-${ second?.name }`), json: JSON.stringify(policyOf(allow('Assume', 'sts AssumeRole', second ? assumes : '*'))) } : undefined;
  }
  // A bucket has one name in all regions, and its clients follow it to its own (fluent-plugin-s3: AWS_REGION, else us-east-1).
  const given = { ...told.answers, region: told.answers.region || (told.answers.bucket ? cluster?.region || 'us-east-1' : '') };
  const unread = Object.keys(parameterProblems(preset, given));

  if (unread.length && !all) {
    return undefined;
  }
  const answers = filledIn(preset, { ...given, ...Object.fromEntries(unread.map((id) => [id, '*'])) });
  const { region = '' } = answers;
  const known = account?.known ? account.value : undefined;
  const facts = { ...answers, partition: known?.partition ?? partitionOfRegion(region), accountId: known?.id, region };

  return { kind: 'policy', name: policyNameOf(preset, answers), json: JSON.stringify(preset.policy(facts)), allows: preset.allows(facts) };
}

/**
 * It is not known what it needs, nobody said it, and the role is not known to allow whatever that may be: with the key gone, it may stand
 * still. So may one that goes on to a second role, which trusted the key: where the role of its own may do so already, somebody saw to it.
 */
function mayNothing(observed: ObservedCluster, { permissions, role }: BindWish, use: KeyUse): boolean {
  const all = permissions.kind === 'none' || use.assumes !== undefined ? permissionsFor(use, observed, true) : undefined;
  const found = role.kind === 'existing' ? role.role : role.found;
  const own = Object.values(found?.inlinePolicies ?? {}).map((json) => ({ Version: '2012-10-17', Statement: statementsOf(json) as PermissionStatement[] }));

  return statementsOf(all?.json ?? '').some(({ Action, Resource }) => [Action!].flat().some((action) => [Resource!].flat().some((resource) => allows(own, action, resource).may !== 'yes')));
}

const named = ({ namespace, name }: Pick<SecretRef, 'namespace' | 'name'>): string => `${ namespace }/${ name }`;

function keptSecrets({ kept, unseen }: KeySecrets, removes: boolean): Text[] {
  if (!removes) {
    return [];
  }

  return [
    ...kept.map((secret) => text('irsa.warning.secretNeeded', { secret: named(secret), users: secret.users.slice(0, 5).join(', ') })),
    ...(unseen ? [text('irsa.warning.secretUnseen')] : []),
  ];
}

const WORKLOADS = { deployment: 'Deployment', statefulset: 'StatefulSet', daemonset: 'DaemonSet' } as const;

function removalSteps({ cluster: { id: clusterId } }: ObservedCluster, use: KeyUse): Step[] {
  if (!use.removal) {
    return [];
  }
  const {
    path, contentType, body, expects
  } = use.removal;
  const isWorkload = use.kind in WORKLOADS;

  return [{
    id:     'remove-key',
    target: 'kubernetes',
    title:  use.fields.length ? text('irsa.step.remove-key.title', { what: keyUseName(use) }) : text('irsa.step.remove-key.mend', { what: keyUseName(use) }),
    detail: use.fields.length ? text('irsa.step.remove-key.detail', { fields: use.fields.slice(0, 6).join(', ') }) : undefined,
    change: use.fields.length ? 'remove' : 'change',
    call:   {
      kubernetes: {
        clusterId, verb: 'PATCH', path, contentType, body: body as Value
      }
    },
    ...(expects ? { expects: { kubernetesObject: { clusterId, path, field: expects.field, is: expects.is as Value } } } : {}),
    ...(isWorkload ? { until: { rollout: { clusterId, kind: WORKLOADS[use.kind as keyof typeof WORKLOADS], namespace: use.namespace ?? '', name: use.name } } } : {}),
  }];
}

/** With what tells it from a later one of the same name, or from one that holds something else by now: that would be somebody else's. */
function deleteStep({ cluster: { id: clusterId } }: ObservedCluster, { namespace, name, uid, resourceVersion }: KeySecrets['removable'][number], index: number): Step {
  return {
    id:     `delete-secret-${ index + 1 }`,
    target: 'kubernetes',
    title:  text('irsa.step.delete-secret.title', { secret: `${ namespace }/${ name }` }),
    change: 'remove',
    call:   {
      kubernetes: {
        clusterId, verb: 'DELETE', path: `/api/v1/namespaces/${ segment(namespace) }/secrets/${ segment(name) }`, contentType: 'application/json', body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, ...(resourceVersion ? { resourceVersion } : {}) } }
      }
    },
  };
}
