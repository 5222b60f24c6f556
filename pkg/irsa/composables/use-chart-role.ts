import {
  ref, shallowRef, type Ref, type ShallowRef
} from 'vue';
import { roleArn } from '../domain/aws/arn';
import { ROLE_PATH } from '../domain/aws/ownership';
import type { IdentityCheck, ObservedBinding, ObservedCluster, Text } from '../domain/facts';
import { IrsaError } from '../domain/errors';
import { TransportError } from '../gateways/transport';
import { appOf, planAccess, planRelease, planRestart } from '../plans/index';
import type { BindWish, WishedRole } from '../plans/bind-wish';
import type { Plan, StepState } from '../plans/plan';
import { isHeldBack, type Preflight } from '../plans/rights/preflight';
import type { RunResult } from '../plans/run';
import type { Account } from './accounts';
import { failureOf } from './failure';
import { withTags } from './remedies';
import type { Engine } from './use-engine';

/** Why a chart is not installed yet; its message is ready to be shown. */
export class HeldBack extends Error {}

export interface ChartRole {
  plan: ShallowRef<Plan | undefined>;
  /** The role that the plan ends with, as far as that is known before. */
  roleArn: Ref<string | undefined>;
  states: Ref<Record<string, StepState>>;
  preflight: ShallowRef<Preflight | undefined>;
  agreed: Ref<boolean>;
  /** Makes the plan and changes nothing. */
  preview(): Promise<void>;
  /**
   * Makes the role ready, and gives its ARN once IAM has it.
   * @throws HeldBack whatever stands in the way; the chart must not be installed then
   */
  prepare(): Promise<string>;
}

export interface ChartRoleParts {
  engine(): Promise<Engine>;
  observe(): Promise<ObservedCluster>;
  wish(observed: ObservedCluster, engine: Engine): Promise<BindWish>;
  say(text: Text | undefined): string;
  rest?(milliseconds: number): Promise<void>;
}

/** Times that somebody else may change the role while it is being made ready. */
const ATTEMPTS = 3;

/** Milliseconds between looks that did not go well, though the next may. */
const PAUSES = [300, 1000, 2000, 4000];

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Looks again where AWS is busy, nobody answered, or what was just made is not everywhere yet: the runner's own steps do so by themselves. */
async function patiently<T>(look: () => Promise<T>, rest: (milliseconds: number) => Promise<void>): Promise<T> {
  for (const milliseconds of PAUSES) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof TransportError) && !(error instanceof IrsaError && ['retry', 'gone', 'unreachable'].includes(error.kind))) {
        throw error;
      }
      await rest(milliseconds);
    }
  }

  return look();
}

function arnOf({ account }: ObservedCluster, role: WishedRole): string | undefined {
  const found = role.kind === 'new' ? role.found : role.role;

  return found?.arn ?? (account.known && role.kind === 'new' ? roleArn(account.value, role.path ?? ROLE_PATH, role.name) : undefined);
}

/** The role of a chart that is about to be installed by Rancher's own form: the part of it that is in IAM. */
export function useChartRole({ engine, observe, wish, say, rest = pause }: ChartRoleParts): ChartRole {
  const plan = shallowRef<Plan>();
  const arn = ref<string>();
  const states = ref<Record<string, StepState>>({});
  const preflight = shallowRef<Preflight>();
  const agreed = ref(false);

  async function make(): Promise<{ plan: Plan; wished: BindWish; ours: Engine }> {
    const ours = await engine();
    const { observed, wished } = await patiently(async() => {
      const seen = await observe();

      return { observed: seen, wished: await wish(seen, ours) };
    }, rest);
    const made = planAccess(observed, wished);

    plan.value = made;
    arn.value = arnOf(observed, wished.role);
    states.value = {};
    preflight.value = made.steps.length > 0 ? await ours.preflight(made).catch(() => undefined) : undefined;

    return { plan: made, wished, ours };
  }

  function heldBack(text: Text | undefined, ...more: (Text | undefined)[]): HeldBack {
    return new HeldBack([text, ...more].map(say).filter(Boolean).join(' '));
  }

  async function preparing(): Promise<string> {
    let result: RunResult | undefined;

    for (let attempt = 0; attempt < ATTEMPTS && (result === undefined || result.status === 'changed'); attempt++) {
      const { plan: made, wished, ours } = await make();

      if (made.consent && !agreed.value) {
        throw heldBack(made.consent.text, { key: 'irsa.chart.agreeFirst' });
      }
      if (preflight.value && isHeldBack(preflight.value)) {
        throw heldBack({ key: 'irsa.preflight.title' }, { key: 'irsa.chart.seeRights' });
      }
      result = await ours.run(made, { onStep: (state) => (states.value = { ...states.value, [state.id]: state }), stopped: () => false });
      if (result.status === 'failed') {
        const { what, why, todo } = failureOf(result.error);

        throw heldBack(what, why, todo);
      }
      if (result.status === 'done') {
        // What IAM has now, and not what was asked for: a chart with a role that is not there would run without any.
        const role = await patiently(() => ours.observeRole(wished.role.kind === 'new' ? wished.role.name : wished.role.role.name, { policies: [] }), rest);

        if (role) {
          return role.arn;
        }
      }
    }
    throw heldBack({ key: 'irsa.chart.moved' });
  }

  return {
    plan,
    roleArn: arn,
    states,
    preflight,
    agreed,
    preview: async() => {
      await make();
    },
    async prepare() {
      try {
        return await preparing();
      } catch (error) {
        if (error instanceof HeldBack) {
          throw error;
        }
        const { what, why, todo } = failureOf(error);

        throw heldBack(what, why, todo);
      }
    },
  };
}

/** Milliseconds between looks, and how many of them: charts take minutes to come up. */
const PACE = 3000;
const LOOKS = 200;

/**
 * After the installation has begun: waits until the account carries the role and its pods are there, restarts those that came too
 * early, and asks STS. Undefined where the chart did not come up in time.
 * @throws IrsaError what the plan throws
 */
export async function followUp({ engine, observe }: Pick<ChartRoleParts, 'engine' | 'observe'>, account: Account, roleArn: string, rest = pause): Promise<IdentityCheck | undefined> {
  const ours = await engine();

  for (let look = 0; look < LOOKS; look++) {
    await rest(PACE);
    // API servers answer late while a chart is being installed: the next look may go well.
    const observed = await observe().catch(() => undefined);
    const binding = observed && await ours.observeBinding(observed, account).catch(() => undefined);

    if (observed && binding?.account.roleArn === roleArn && binding.pods.length > 0 && binding.pods.every(({ ready }) => ready)) {
      const result = await ours.run(planRestart(observed, binding), { onStep: () => undefined, stopped: () => false });

      if (result.status === 'failed') {
        throw result.error;
      }
      if (result.status === 'done') {
        return result.identity;
      }
    }
  }

  return undefined;
}

/**
 * An account with the role as it has to be known to leave it, as far as that can be read.
 * @throws IrsaError
 */
export async function observeLeaving(engine: Engine, observed: ObservedCluster, account: Account): Promise<ObservedBinding> {
  const seen = await engine.observeBinding(observed, account);

  return withTags(seen, engine, { attached: true }).catch(() => seen);
}

/** Looks in a row that find nothing left to do: an operator that was slower than the first may write the annotation once more. */
const QUIET = 2;
/** Looks at a role that may go wrong once Helm is done: what is not read then stays as it is, for good, as nothing names it any more. */
const PATIENCE = 5;

/**
 * After an upgrade whose values name no role any more: takes the account out of the role, the annotation off the account itself, where operators
 * leave it, and makes the pods anew. Begun before, and left half way, it goes on.
 * `deletesRole`: false leaves the role there, closed; undefined leaves it untouched.
 * `release`: the chart's, which need not be in the account's namespace; undefined: the account tells.
 * @param isOut  whether the values of the release are as they were sent
 * @returns false where the upgrade did not come to an end in time; a text where it did, and the role lets the account in all the same
 * @throws IrsaError what the plan throws
 */
export async function followRelease({ engine, observe, release, deletesRole }: Pick<ChartRoleParts, 'engine' | 'observe'> & { release?: Account; deletesRole?(): boolean | undefined }, account: Account, isOut: (values: Record<string, unknown>) => boolean, rest = pause): Promise<boolean | Text> {
  // As it was said to whoever sent it: a look that ends later has told nobody.
  let deletes = deletesRole?.();
  const ours = await engine();
  let quiet = 0;
  let blind = 0;
  let at = '';
  let still: Text | undefined;

  for (let look = 0; look < LOOKS && quiet < QUIET; look++) {
    await rest(PACE);
    const observed = await observe().catch(() => undefined);
    const binding = observed && await observeLeaving(ours, observed, account).catch(() => undefined);
    const app = binding && (release ? await ours.appAt(observed.cluster.id, release).catch(() => undefined) : appOf(binding));

    // Helm may be at it still, or may have failed: then the release could be rolled back to values that name the role.
    if (!app || app.undone || !isOut(app.values)) {
      continue;
    }
    const { role } = binding!;

    if ((role.known ? role.value && !role.value.tags : role.why.kind !== 'no-credential') && blind++ < PATIENCE) {
      continue;
    }
    const plan = planRelease(observed, binding, deletes);
    const result = plan.steps.length ? await ours.run(plan, { onStep: ({ id }) => (at = id), stopped: () => false }) : undefined;

    if (result && binding!.account.roleArn) {
      still = plan.warnings.find(({ key }) => key === 'irsa.warning.stillLetsIn');
    }
    if (result?.status === 'failed') {
      if (plan.steps.find(({ id }) => id === at)?.target !== 'iam') {
        throw result.error;
      }
      // Whoever may only read there still has the cluster's part to be done.
      deletes = undefined;
    }
    quiet = result ? 0 : quiet + 1;
  }

  return quiet === QUIET && (still ?? true);
}
