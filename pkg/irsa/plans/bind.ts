import type { ObservedBinding, ObservedCluster, Text } from '../domain/facts';
import { text } from '../domain/text';
import { usualAudience } from '../domain/workload/settings';
import { accountPart, suffixed } from './account-part';
import type { BindWish } from './bind-wish';
import { bucketPart } from './create-bucket';
import { openSts, openStsWarnings } from './open-sts';
import { permissionsPart } from './permissions-part';
import type { Plan, Step } from './plan';
import { providerPart } from './provider';
import { restartPart } from './restart-part';
import { rolePart } from './role-part';
import type { Subject } from './trust';
import type { Later } from './value';
import { verify } from './verify';

/**
 * Everything between «this account shall have this role» and a verified identity. In order: IAM OIDC provider, role and trust,
 * permissions, annotation, restart, STS host, check. What is so already is left out: run again, only the check is left.
 *
 * Where a chart works with an access key today, STS is asked before its values lose the key, and once more at the end.
 * @throws IrsaError ISSUER_UNKNOWN, ISSUER_NOT_PUBLIC, ROLE_NAME_UNUSABLE, TRUST_UNREADABLE, PARAMETERS_UNUSABLE, POLICY_UNREADABLE
 */
export function planBind(observed: ObservedCluster, wish: BindWish): Plan {
  const { target } = wish;
  const { subject, provider, role, permissions } = inIam(observed, wish);
  const account = accountPart(observed, wish, subject, role.arn);
  const restart = account.exists ? restartPart(observed, target, role.arn, subject.audience, wish.permissions.kind === 'preset' ? wish.permissions.preset : undefined) : NOTHING;
  const others = (wish.beside ?? []).map((one, index) => besidePart(observed, wish, one, { ...subject, ...identityOf(one) }, role.arn, index + 1, account.covers?.includes(one) ?? false));
  const sts = account.exists ? openSts(observed) : [];
  const check = (id: 'verify' | 'verify-first') => verify(observed, subject, role.arn, wish.region, id);
  const hasChanges = [...provider.steps, ...role.steps, ...permissions.steps, ...account.steps, ...others.flatMap(({ writes }) => writes)].length > 0;
  const changesRole = role.found && (role.steps.length > 0 || permissions.steps.length > 0);

  return {
    id:    'bind',
    title: text('irsa.plan.bind.title', { account: `${ subject.namespace }/${ subject.name }`, role: role.name }),
    steps: [
      ...provider.steps,
      ...role.steps,
      ...permissions.steps,
      ...(account.dropsKeys ? [...sts, check('verify-first')] : []),
      ...account.steps,
      ...others.flatMap(({ writes }) => writes),
      ...restart.steps,
      ...others.flatMap(({ restarts }) => restarts),
      ...(account.dropsKeys ? [] : sts),
      ...(account.exists ? [check('verify')] : []),
      ...others.flatMap(({ checks }) => checks),
    ],
    documents: [role.document, ...(permissions.document ? [permissions.document] : [])],
    warnings:  unique([
      ...(hasChanges ? everyPod(subject) : []), ...role.warnings, ...permissions.warnings, ...account.warnings, ...restart.warnings, ...others.flatMap(({ warnings }) => warnings),
      ...(sts.length > 0 ? openStsWarnings(observed) : []),
      ...(hasChanges ? caveats(wish) : []),
    ]),
    ...(permissions.choice ? { choice: permissions.choice } : {}),
    ...(role.consent && changesRole ? { consent: { text: role.consent } } : {}),
  };
}

const NOTHING = { steps: [], warnings: [] };
const identityOf = ({ account: { namespace, name } }: ObservedBinding) => ({ namespace, name });

/** The same for an account that gets the role as well; `isWritten`: a release writes both. */
function besidePart(observed: ObservedCluster, { permissions: _main, beside: _others, ...wish }: BindWish, target: ObservedBinding, subject: Subject, role: Later, index: number, isWritten: boolean) {
  const { steps, warnings, exists } = isWritten ? { ...NOTHING, exists: true } : accountPart(observed, { ...wish, target, permissions: { kind: 'none' }, missingAccount: 'leave' }, subject, role);
  const restart = exists ? restartPart(observed, target, role, subject.audience) : NOTHING;
  const apart = (all: Step[]) => all.map((step) => suffixed(step, index));

  return { writes: apart(steps), restarts: apart(restart.steps), checks: exists ? apart([verify(observed, subject, role, wish.region)]) : [], warnings: [...warnings, ...restart.warnings] };
}

/**
 * What of that comes before the chart: provider, role, permissions, the way to STS, and the bucket where one is asked for. For a chart's own form, which writes the values and installs by itself
 * once the role is there.
 * @throws IrsaError as `planBind`
 */
export function planAccess(observed: ObservedCluster, wish: BindWish): Plan {
  const { subject, provider, role, permissions } = inIam(observed, wish);
  // The way to STS as well: what is installed is verified afterwards.
  const sts = openSts(observed);
  const bucket = wish.bucket ? bucketPart(observed.cluster, wish.bucket) : { steps: [], warnings: [] };
  const steps = [...provider.steps, ...role.steps, ...permissions.steps, ...sts, ...bucket.steps];

  return {
    id:        'bind',
    title:     text('irsa.plan.access.title', { account: `${ subject.namespace }/${ subject.name }`, role: role.name }),
    steps,
    documents: [role.document, ...(permissions.document ? [permissions.document] : [])],
    warnings:  unique([...role.warnings, ...permissions.warnings, ...bucket.warnings, ...(sts.length > 0 ? openStsWarnings(observed) : [])]),
    ...(role.consent && role.found && role.steps.length + permissions.steps.length > 0 ? { consent: { text: role.consent } } : {}),
  };
}

function inIam(observed: ObservedCluster, wish: BindWish) {
  const { account } = wish.target;
  const subject: Subject = { namespace: account.namespace, name: account.name, audience: wish.audience ?? usualAudience(observed) };
  const provider = providerPart(observed, subject.audience);
  const role = rolePart(observed, wish, subject, provider);

  return { subject, provider, role, permissions: permissionsPart(observed, wish, role) };
}

/** Pods that name no account run as this one (Kubernetes, «Configure Service Accounts for Pods»). */
function everyPod({ namespace, name }: Subject): Text[] {
  return name === 'default' ? [text('irsa.warning.defaultAccount', { account: `${ namespace }/${ name }` })] : [];
}

function caveats({ permissions }: BindWish): Text[] {
  return permissions.kind === 'preset' ? permissions.preset.caveats : [];
}

function unique(texts: Text[]): Text[] {
  return texts.filter((one, index) => texts.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index);
}
