import type { ObservedBinding, ObservedCluster, ObservedRole, RemedyId } from '../domain/facts';
import { accountOfArn, isElsewhere, parseRoleArn } from '../domain/aws/arn';
import { irsaError } from '../domain/errors';
import { keyUseId, parseKeyUseId, type KeyUse, type SecretRef } from '../domain/keys/key-use';
import { outputSpec, type LoggingOutput } from '../domain/keys/output';
import { predictRoleName } from '../domain/names/names';
import { text } from '../domain/text';
import { planCloseHost, planCreateBucket, planCreateOutput, planMove, planOpenS3, permissionsFor, type BindWish, type Moving } from '../plans/index';
import type { Plan } from '../plans/plan';
import { bindingOfAccount, filledIn, parameterProblems } from '../presets/index';
import { rancherLogging } from '../presets/rancher-logging';
import { accountId, accountOf, type Account } from './accounts';
import { planRemedy } from './remedies';
import { ANY } from './use-bind-form';
import type { Engine } from './use-engine';
import type { Place } from './use-place';

type MoveEngine = Pick<Engine, 'observeBinding' | 'observeRole' | 'caller' | 'keyUse' | 'keySecrets'>;

/** What the address says is to be moved, as it is now; undefined where it says nothing of the kind. */
export async function movingOf(place: Place, clusterId: string, engine: MoveEngine): Promise<Moving | undefined> {
  const what = parseKeyUseId(place.use);

  if (!what) {
    return undefined;
  }
  const use = await engine.keyUse(clusterId, what);
  // Once the reference is gone, only the address tells which secret was behind it.
  const named = (place.secrets ?? '').split(',').flatMap((one): SecretRef[] => {
    const { namespace, name } = accountOf(one) ?? {};

    return namespace && name ? [{ namespace, name }] : [];
  });
  const refs = [...new Map([...use?.secrets ?? [], ...named].map((secret) => [`${ secret.namespace }/${ secret.name }`, secret])).values()];

  return { what, use, secrets: refs.length ? await engine.keySecrets(clusterId, refs, what) : { removable: [], kept: [] }, deleteSecret: place.also === 'secret' };
}

/**
 * The plan that takes something off its key, without questions: the account keeps the role it has, or gets the one of its own; what the
 * role has to allow is read from the thing itself.
 * @throws IrsaError KEY_USE_GONE, ROLE_UNKNOWN where the account's role is in another AWS account, and what `planMove` throws
 */
export async function makeMove(observed: ObservedCluster, place: Place, engine: MoveEngine): Promise<Plan> {
  const moving = await movingOf(place, observed.cluster.id, engine);
  const account = accountOf(place.account);
  const accounts: Account[] = moving?.use?.accounts.length ? moving.use.accounts : account ? [account] : [];

  if (!moving || !accounts.length) {
    throw irsaError('KEY_USE_GONE', {});
  }
  const targets = await Promise.all(accounts.map((one) => engine.observeBinding(observed, one)));
  // One that has a role already has it for all of them; else it bears the name of the chart's own account.
  const rank = ({ account: one }: ObservedBinding) => Number(!one.roleArn) * 2 + Number(Object.keys(bindingOfAccount(one)?.parameters ?? one).length > 0);
  const [target] = [...targets].sort((a, b) => rank(a) - rank(b)) as [ObservedBinding];
  const beside = targets.filter((one) => one !== target);
  const { role, found } = await wishedRole(observed, target, engine);
  const permissions = moving.use && permissionsFor(moving.use, observed);

  return planMove(observed, { target: found ? { ...target, role: { known: true, value: found } } : target, permissions: permissions ?? { kind: 'none' }, role, ...(beside.length ? { beside } : {}), region: moving.use?.preset?.answers.region || observed.cluster.region || 'us-east-1', tidies: place.also === 'policy' }, moving);
}

/** The plan that an address names. */
export async function planOf(id: RemedyId, observed: ObservedCluster, place: Place, engine: Engine): Promise<Plan> {
  if (id === 'create-bucket' || (/-sts$/.test(id) && place.bucket)) {
    const seen = await engine.backupBucket(observed.cluster, { name: place.bucket ?? '', region: place.region ?? '' });

    return id === 'open-sts' ? planOpenS3(seen) : id === 'close-sts' ? planCloseHost(seen.reach) : planCreateBucket(observed, seen);
  }

  if (id === 'create-output') {
    return makeOutput(observed, outputIn(place), engine, place.also === 'policy');
  }

  return id === 'move' ? makeMove(observed, place, engine) : planRemedy(id, observed, accountOf(place.account), engine, place.also === 'role');
}

/**
 * The plan that makes an output, and gives the roles that send it what it needs.
 * @throws IrsaError what `planCreateOutput` throws
 */
export async function makeOutput(observed: ObservedCluster, output: LoggingOutput, engine: Pick<Engine, 'output' | 'observeRole'>, tidies = false): Promise<Plan> {
  const facts = await engine.output(observed.cluster.id, output);
  const arns = [...new Set(facts.senders.flatMap(({ roleArn }) => roleArn ?? []))];
  const roles = await Promise.all(arns.map(async(arn): Promise<[string, ObservedRole | null]> => {
    const name = parseRoleArn(arn)?.name;
    // One of that name may be another account's.
    const found = name ? await engine.observeRole(name).catch(() => null) : null;

    return [arn, found?.arn === arn ? found : null];
  }));

  return planCreateOutput(observed, output, facts, new Map(roles), tidies);
}

/** Where an output is made of answers: at its plan. */
export function linkToOutput(output: Pick<LoggingOutput, 'kind' | 'namespace' | 'name'>, answers: Record<string, string>): Place {
  return { plan: 'create-output', use: keyUseId(output), ...Object.fromEntries(Object.entries(answers).map(([id, value]) => [`p.${ id }`, value || undefined])) };
}

/** @throws IrsaError KEY_USE_GONE, PARAMETERS_UNUSABLE where the address says no such output */
function outputIn(place: Place): LoggingOutput {
  const what = parseKeyUseId(place.use);
  const answers = Object.fromEntries(Object.entries(place).flatMap(([key, value]) => key.startsWith('p.') && value ? [[key.slice(2), value]] : []));
  const [problem] = Object.keys(parameterProblems(rancherLogging, answers));

  if (!what?.namespace || (what.kind !== 'output' && what.kind !== 'clusteroutput')) {
    throw irsaError('KEY_USE_GONE', {});
  }
  if (problem) {
    throw irsaError('PARAMETERS_UNUSABLE', { parameter: problem });
  }

  return { kind: what.kind, namespace: what.namespace, name: what.name, spec: outputSpec(filledIn(rancherLogging, answers)) };
}

async function wishedRole(observed: ObservedCluster, { account }: ObservedBinding, engine: MoveEngine): Promise<{ role: BindWish['role']; found: ObservedRole | null }> {
  const today = account.roleArn ? parseRoleArn(account.roleArn) : undefined;
  const name = today?.name ?? predictRoleName(observed.cluster.name, account.namespace, account.name);
  const [found, caller] = await Promise.all([engine.observeRole(name), engine.caller()]);

  // One of that name may be another account's.
  if (today && isElsewhere(account.roleArn!, found ? { known: true, value: accountOfArn(found.arn)! } : observed.account)) {
    throw irsaError('ROLE_UNKNOWN', { account: accountId(account) }, undefined, text('irsa.obstacle.otherAccount', { account: today.id }));
  }
  const boundary = caller.known ? caller.value.boundary : undefined;

  return { role: found && account.roleArn ? { kind: 'existing', role: found } : { kind: 'new', name, found, ...(boundary ? { permissionsBoundary: boundary } : {}) }, found };
}

/** Where a move begins: at the plan where it can be read what the role has to allow, or the role is there; else at the questions. @param roleArn  of its account, if it has one */
export function linkToMove(use: KeyUse, roleArn?: string): Place {
  const [account] = use.accounts;

  // Its questions are answered by its values, and take the key out of them.
  if (use.kind === 'chart') {
    return { ...linkToBind(account!), role: roleArn?.split('/').at(-1) };
  }
  const common = { use: keyUseId(use), secrets: use.secrets.map(({ namespace, name }) => `${ namespace }/${ name }`).join(',') || undefined };

  return roleArn || (use.preset && (!use.fields.length || permissionsFor(use))) ? { ...common, plan: 'move', account: account && accountId(account) } : { ...common, bind: ANY, namespace: account?.namespace, name: account?.name };
}

/** Where an account gets its first role; what is known of a chart's own account is asked by its preset. */
export function linkToBind(account: Account, answers: Record<string, string> = {}): Place {
  const known = bindingOfAccount(account);
  const given = Object.entries({ ...known?.parameters, ...answers }).map(([id, value]) => [`p.${ id }`, value]);

  return known ? { bind: known.preset.id, ...Object.fromEntries(given) } : { bind: ANY, namespace: account.namespace, name: account.name };
}
