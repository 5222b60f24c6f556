import {
  computed, reactive, watch, type ComputedRef, type Ref
} from 'vue';
import { accountId, type Account } from './accounts';
import { parsePermissions } from '../domain/permissions/parse';
import { predictRoleName, roleNameProblem } from '../domain/names/names';
import type { ObservedBinding, ObservedCluster, ObservedRole, Partition, Text } from '../domain/facts';
import { appOf, policyThere, type BindWish, type WishedPermissions } from '../plans/index';
import {
  filledIn, isAskedFor, parameterProblems, presets
} from '../presets/index';
import { policyNameOf } from '../presets/policy-name';
import type { Preset, PresetParameter } from '../presets/preset';
import type { Place } from './use-place';
import type { Engine } from './use-engine';

/** What a person has chosen and typed so far. */
export interface BindForm {
  /** A preset's id, `any`, or nothing yet. */
  what: string;
  namespace: string;
  account: string;
  parameters: Record<string, string>;
  /** Empty: the predicted one. */
  role: string;
  permissions: 'none' | 'policy';
  policyJson: string;
}

export const ANY = 'any';
const FALLBACK_REGION = 'us-east-1';
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

export interface BindFormState {
  form: BindForm;
  offered: ComputedRef<Preset[]>;
  preset: ComputedRef<Preset | undefined>;
  /** The questions that play a part, given the answers so far. */
  asked: ComputedRef<PresetParameter[]>;
  account: ComputedRef<Account | undefined>;
  /** The account of an installation that changes no names, when a chart was chosen. */
  usual: ComputedRef<Account | undefined>;
  predictedRole: ComputedRef<string>;
  role: ComputedRef<string>;
  region: ComputedRef<string>;
  /** Reasons why a field is not usable yet, by field. */
  problems: ComputedRef<Record<string, Text | undefined>>;
  ready: ComputedRef<boolean>;
  policy: ComputedRef<string | undefined>;
  allows: ComputedRef<Text | undefined>;
  /** What a role has in place of that policy, as JSON text. */
  policyIn(role: ObservedRole): string | undefined;
  /** Fills in what an account's chart says already, where nobody has answered yet; once for each account. */
  adopt(target: ObservedBinding): void;
  /** The form's part of the address. */
  toPlace(): Place;
  wish(observed: ObservedCluster, engine: Engine): Promise<BindWish>;
}

/** An empty list of statements is what the field begins with: that one is not called malformed. */
function policyProblem(json: string): Text | undefined {
  if (/"Statement"\s*:\s*\[\s*\]/.test(json)) {
    return { key: 'irsa.bind.emptyPolicy' };
  }
  try {
    parsePermissions(json);

    return undefined;
  } catch (error) {
    return { key: 'irsa.bind.badJson', args: { why: (error as Error).message } };
  }
}

/** The state of the bind wizard, its checks, and the wish that comes out of it. `start` is what the address says. */
export function useBindForm(observed: Ref<ObservedCluster>, start: Place): BindFormState {
  const form = reactive<BindForm>({
    what:        start.bind ?? '',
    namespace:   start.namespace ?? '',
    account:     start.name ?? '',
    parameters:  Object.fromEntries(Object.entries(start).filter(([key]) => key.startsWith('p.')).map(([key, value]) => [key.slice(2), value ?? ''])),
    role:        start.role ?? '',
    permissions: 'none',
    policyJson:  '{\n  "Version": "2012-10-17",\n  "Statement": []\n}',
  });
  const cluster = computed(() => observed.value.cluster);
  const offered = computed(() => presets.filter(({ localOnly }) => !localOnly || cluster.value.origin === 'local'));
  const preset = computed(() => offered.value.find(({ id }) => id === form.what));

  /** Typed or picked: always for any account, and for a preset whose chart has other names here. */
  const named = computed<Account | undefined>(() => form.namespace && form.account ? { namespace: form.namespace, name: form.account } : undefined);
  const isNamed = computed(() => form.what === ANY || (!!preset.value && !!(form.namespace || form.account)));
  const usual = computed<Account | undefined>(() => {
    const { namespace, serviceAccount = '' } = preset.value?.subject({ parameters: filledIn(preset.value, form.parameters) }) ?? {};

    return namespace ? { namespace, name: serviceAccount } : undefined;
  });
  const account = computed(() => isNamed.value ? named.value : usual.value);
  const predictedRole = computed(() => account.value ? predictRoleName(cluster.value.name, account.value.namespace, account.value.name) : '');
  const role = computed(() => form.role || predictedRole.value);
  const region = computed(() => form.parameters.region || cluster.value.region || FALLBACK_REGION);

  /** What the questions begin with; an answer that is another was given by somebody. */
  const begins: Record<string, string> = {};
  const adopted = new Set<string>();

  // Another preset has other questions; what was typed into one that has the same question stays.
  watch(preset, (chosen) => {
    for (const { id, default: value } of chosen?.parameters ?? []) {
      begins[id] ??= form.parameters[id] ?? value ?? (id === 'region' ? cluster.value.region ?? '' : '');
      form.parameters[id] ??= begins[id];
    }
    // At once: a question that is drawn before its answer is set would be drawn twice, and lose what was typed in between.
  }, { immediate: true, flush: 'sync' });

  const asked = computed(() => preset.value?.parameters.filter((parameter) => isAskedFor(parameter, form.parameters)) ?? []);
  const answers = computed(() => preset.value ? filledIn(preset.value, form.parameters) : {});

  const problems = computed(() => {
    const found: Record<string, Text | undefined> = {};

    if (isNamed.value) {
      found.namespace = NAME.test(form.namespace) ? undefined : { key: 'irsa.bind.badName' };
      found.account = NAME.test(form.account) ? undefined : { key: 'irsa.bind.badName' };
    }
    if (form.what === ANY) {
      found.policy = form.permissions === 'policy' ? policyProblem(form.policyJson) : undefined;
    }
    for (const [id, problem] of Object.entries(preset.value ? parameterProblems(preset.value, form.parameters) : {})) {
      found[`p.${ id }`] = problem;
    }
    found.role = role.value && roleNameProblem(role.value) ? { key: 'irsa.bind.badRole' } : undefined;

    return found;
  });
  const ready = computed(() => !!account.value && !!role.value && Object.values(problems.value).every((problem) => !problem));

  const facts = computed(() => {
    const known = observed.value.account.known ? observed.value.account.value : undefined;

    return { ...answers.value, partition: (known?.partition ?? 'aws') as Partition, accountId: known?.id, region: region.value };
  });
  /** Only of answers that hold: a policy for half a bucket name would be about another bucket. */
  const answered = computed(() => asked.value.every(({ id }) => !problems.value[`p.${ id }`]) ? preset.value : undefined);

  function permissions(): WishedPermissions {
    if (preset.value) {
      return { kind: 'preset', preset: preset.value, parameters: answers.value };
    }

    return form.permissions === 'policy' ? { kind: 'policy', name: `${ role.value }`.slice(0, 128), json: form.policyJson } : { kind: 'none' };
  }

  function adopt(target: ObservedBinding): void {
    const { account: of } = target;
    const app = appOf(target);

    if (!preset.value || app?.chart !== preset.value.chart.name || !account.value || accountId(of) !== accountId(account.value) || adopted.has(accountId(of))) {
      return;
    }
    adopted.add(accountId(of));
    for (const [id, answer] of Object.entries(preset.value.answersIn?.(app.values) ?? {})) {
      // What the address says was answered before: `begins` is empty only where nobody did.
      if (form.parameters[id] === begins[id] && start[`p.${ id }`] === undefined) {
        form.parameters[id] = answer;
      }
    }
  }

  async function wish(now: ObservedCluster, engine: Engine): Promise<BindWish> {
    const its = preset.value;
    const name = its && policyNameOf(its, answers.value);
    // Bound already, and for the place that the chart's values say: the preset's policy is there. Otherwise the names are read first, as asking for one that is not is an error.
    const bound = now.bindings.known ? now.bindings.value.find(({ account: one }) => accountId(one) === accountId(account.value!) && one.roleArn?.endsWith(`/${ role.value }`)) : undefined;
    const app = bound && appOf(bound);
    const isItsPlace = bound && its && (!its.place || (app && its.answersIn && policyNameOf(its, filledIn(its, its.answersIn(app.values))) === name));
    const wanted = isItsPlace && name ? [name] : undefined;
    const read = async(policies?: string[]) => engine.observeRole(role.value, { policies });
    const [target, seen, caller] = await Promise.all([engine.observeBinding(now, account.value!), read(wanted), engine.caller()]);
    // What is to be written counts with the others, and one of them may say the same.
    const found = name && wanted && its?.place && seen && !policyThere(seen.inlinePolicies, name, policy.value ?? '') ? await read() : seen;

    // Whoever was quicker than the look at the chart loses nothing of it.
    adopt(target);
    // Where the credential's user does not tell, IAM does when the role is made.
    const permissionsBoundary = caller.known ? caller.value.boundary : undefined;
    const chosen = form.role !== '' && form.role !== predictedRole.value;

    return {
      target,
      permissions: permissions(),
      role:        found && chosen ? { kind: 'existing', role: found } : { kind: 'new', name: role.value, found, ...(permissionsBoundary ? { permissionsBoundary } : {}) },
      region:      region.value,
    };
  }

  const policy = computed(() => answered.value ? JSON.stringify(answered.value.policy(facts.value)) : undefined);

  return {
    form,
    offered,
    preset,
    asked,
    account,
    usual,
    predictedRole,
    role,
    region,
    problems,
    ready,
    policy,
    policyIn({ inlinePolicies = {} }) {
      const name = preset.value && policyNameOf(preset.value, answers.value);

      return name && policy.value ? inlinePolicies[policyThere(inlinePolicies, name, policy.value) ?? name] : undefined;
    },
    allows: computed(() => answered.value?.allows(facts.value)),
    adopt,
    toPlace() {
      return {
        bind:      form.what,
        namespace: isNamed.value ? form.namespace || undefined : undefined,
        name:      isNamed.value ? form.account || undefined : undefined,
        role:      form.role || undefined,
        // Nothing is an answer where the chart's own one was there to be left.
        ...Object.fromEntries(asked.value.map(({ id }) => [`p.${ id }`, form.parameters[id] || (adopted.size || start[`p.${ id }`] ? '' : start[`p.${ id }`])])),
      };
    },
    wish,
  };
}

/** How a preset's chart stands in this cluster. */
export function presetState(preset: Preset, binding: ObservedBinding | undefined): Text {
  if (!binding) {
    return { key: 'irsa.bind.states.looking' };
  }
  const { account, owner } = binding;

  if (account.roleArn) {
    return { key: 'irsa.bind.states.bound', args: { role: account.roleArn.split('/').pop() ?? account.roleArn } };
  }
  if (owner.kind !== 'app' && !account.exists) {
    return { key: 'irsa.bind.states.notInstalled' };
  }
  const values = appOf(binding)?.values;
  const usesKey = values && preset.reconcile?.(values).dropsKeys;

  return { key: usesKey ? 'irsa.bind.states.usesKey' : 'irsa.bind.states.unbound' };
}
