import {
  computed, onBeforeUnmount, onMounted, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef
} from 'vue';
import { useRouter } from 'vue-router';
import type { IdentityCheck } from '../domain/facts';
import type { Plan, StepState } from '../plans/plan';
import { isHeldBack, type Preflight } from '../plans/rights/preflight';
import { failureOf, type Failure } from './failure';
import type { Engine } from './use-engine';

/** Milliseconds for which an answer about rights holds. */
const RIGHTS_HOLD = 60_000;

export interface PlanRun {
  status: 'idle' | 'running' | 'stopping' | 'done' | 'failed' | 'stopped';
  steps: Record<string, StepState>;
  failure?: Failure;
  /** What the plan's own check at STS found. */
  check?: IdentityCheck;
}

export interface RunPlan {
  plan: ShallowRef<Plan | undefined>;
  run: ComputedRef<PlanRun>;
  making: Ref<boolean>;
  /** No plan could be made. */
  failure: ShallowRef<Failure | undefined>;
  /** Somebody changed something meanwhile: the plan shown is a new one. */
  moved: Ref<boolean>;
  /** What is missing for the plan shown; undefined while it is being asked. */
  preflight: ShallowRef<Preflight | undefined>;
  make(): Promise<void>;
  apply(): Promise<void>;
  /** Asks anew what is missing. */
  askAgain(): Promise<void>;
  stop(): void;
}

/**
 * One plan from its making to its end. `make` looks at the world and plans; it is called again before every further attempt, as the
 * truth is what is there and not what an earlier run remembers.
 */
export function usePlanRun(make: () => Promise<Plan>, engine: () => Promise<Engine>, warning: () => string): RunPlan {
  const plan = shallowRef<Plan>();
  const status = ref<PlanRun['status']>('idle');
  const steps = ref<Record<string, StepState>>({});
  const runFailure = shallowRef<Failure>();
  const failure = shallowRef<Failure>();
  const making = ref(false);
  const moved = ref(false);
  const preflight = shallowRef<Preflight>();
  let asked: { plan: Plan; at: number; answer: Promise<Preflight | undefined> } | undefined;
  /** The page is gone: the step under way is finished, no other is begun. */
  let left = false;
  const router = useRouter();

  const running = computed(() => status.value === 'running' || status.value === 'stopping');
  const check = computed(() => {
    const step = plan.value?.steps.find(({ call }) => 'verify' in call);

    return step && steps.value[step.id]?.output as IdentityCheck | undefined;
  });

  async function freshPlan(): Promise<Plan | undefined> {
    making.value = true;
    failure.value = undefined;
    try {
      return await make();
    } catch (error) {
      failure.value = failureOf(error);

      return undefined;
    } finally {
      making.value = false;
    }
  }

  /** What is missing, asked once for a plan while the answer is fresh. A question that fails says nothing: the run itself will tell. */
  function ask(subject: Plan): Promise<Preflight | undefined> {
    if (asked?.plan !== subject || Date.now() - asked.at > RIGHTS_HOLD) {
      const answer = engine().then((one) => one.preflight(subject)).catch(() => undefined);

      asked = { plan: subject, at: Date.now(), answer };
      preflight.value = undefined;
      void answer.then((found) => {
        if (asked?.plan === subject) {
          preflight.value = found;
        }
      });
    }

    return asked.answer;
  }

  async function makeFirst(): Promise<void> {
    plan.value = await freshPlan();
    if (plan.value) {
      void ask(plan.value);
    }
    steps.value = {};
    status.value = 'idle';
    runFailure.value = undefined;
  }

  /**
   * Before a further attempt. True: go on at once, as everything that is left to do was seen and agreed to before. What was done
   * stays in the list.
   */
  async function goOn(): Promise<boolean> {
    const seen = plan.value!;
    const fresh = await freshPlan();

    if (!fresh) {
      return false;
    }
    if (fresh.steps.some(({ id }) => !seen.steps.some((step) => step.id === id))) {
      moved.value = true;
      plan.value = fresh;
      void ask(fresh);
      steps.value = {};
      status.value = 'idle';

      return false;
    }
    const left = new Set(fresh.steps.map(({ id }) => id));
    const done = seen.steps.filter(({ id }) => !left.has(id));

    steps.value = Object.fromEntries(done.map(({ id }) => [id, steps.value[id] ?? { id, status: 'done', attempts: 0 }] as const)
      .map(([id, state]) => [id, { ...state, status: 'done' }]));
    plan.value = { ...fresh, steps: [...done, ...fresh.steps], documents: fresh.documents.length ? fresh.documents : seen.documents };
    toRun = fresh;

    return true;
  }

  let toRun: Plan | undefined;

  async function apply(): Promise<void> {
    if (running.value || !plan.value) {
      return;
    }
    const again = status.value !== 'idle';

    toRun = plan.value;
    status.value = 'running';
    runFailure.value = undefined;
    moved.value = false;
    if (again && !await goOn()) {
      status.value = failure.value ? 'failed' : 'idle';
      runFailure.value = failure.value;
      failure.value = undefined;

      return;
    }
    const found = await ask(toRun);

    if (found && isHeldBack(found)) {
      status.value = again ? 'stopped' : 'idle';

      return;
    }
    try {
      const result = await (await engine()).run(toRun, {
        onStep:  (state) => (steps.value = { ...steps.value, [state.id]: state }),
        stopped: () => status.value === 'stopping' || left,
      });

      if (result.status === 'changed') {
        await makeFirst();
        moved.value = true;
      } else {
        runFailure.value = result.status === 'failed' ? failureOf(result.error) : undefined;
        status.value = result.status;
      }
    } catch (error) {
      runFailure.value = failureOf(error);
      status.value = 'failed';
    }
    if (status.value === 'failed') {
      // What was missing when it was begun may be another thing now.
      asked = undefined;
      void ask(plan.value);
    }
  }

  /** Both ways out: the address bar's and the dashboard's own links. */
  const beforeUnload = (event: BeforeUnloadEvent): void => {
    if (running.value) {
      event.preventDefault();
    }
  };
  let removeGuard: (() => void) | undefined;

  onMounted(() => {
    window.addEventListener('beforeunload', beforeUnload);
    removeGuard = router?.beforeEach(() => !running.value || window.confirm(warning()));
  });
  onBeforeUnmount(() => {
    window.removeEventListener('beforeunload', beforeUnload);
    removeGuard?.();
    left = true;
  });

  return {
    plan,
    run:  computed(() => ({ status: status.value, steps: steps.value, failure: runFailure.value, check: check.value })),
    making,
    failure,
    moved,
    preflight,
    make: makeFirst,
    apply,
    async askAgain() {
      asked = undefined;
      await (plan.value && ask(plan.value));
    },
    stop: () => {
      if (status.value === 'running') {
        status.value = 'stopping';
      }
    },
  };
}
