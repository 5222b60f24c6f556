import { irsaError, IrsaError } from '../domain/errors';
import type { IdentityCheck } from '../domain/facts';
import { text } from '../domain/text';
import type { Gateways } from '../gateways';
import { TransportError } from '../gateways/transport';
import type { Plan, Step, StepState, StepStatus } from './plan';
import { adopt } from './run-adopt';
import { removes } from './removal';
import { checkExpectation, releaseBefore, send, whatCameOfIt, type ReleaseBefore } from './run-call';
import { ChangedError, StoppedError, systemClock, type Clock, type RunContext } from './run-context';
import { backOff, insist, isUncertain, isWorthRepeating } from './run-retry';
import { waitUntil } from './run-until';

export interface RunOptions {
  /** Each step's state, whole, at each change. */
  onStep(state: StepState): void;
  /** Asked between steps and in pauses: true ends the run there. */
  stopped?(): boolean;
  signal?: AbortSignal;
  clock?: Clock;
}

export type RunResult =
  | { status: 'done' | 'stopped'; identity?: IdentityCheck }
  | { status: 'failed'; error: IrsaError; identity?: IdentityCheck }
  /** A step did not find what the plan expected: somebody was faster. Observe, plan and ask again. */
  | { status: 'changed' };

/**
 * Walks a plan's steps in order. What is worth repeating is repeated, visibly; before a write is sent again after its answer got
 * lost, it is looked whether it went through. The rest ends the run with a typed error; running the plan anew goes on from there.
 * Tokens and credentials never reach a step's state.
 */
export async function runPlan(plan: Plan, gateways: Gateways, { onStep, stopped, signal, clock = systemClock }: RunOptions): Promise<RunResult> {
  const outputs = new Map<string, unknown>();
  let lastIamWrite: number | undefined;
  let opened = false;
  let identity: IdentityCheck | undefined;

  for (const step of plan.steps) {
    if (stopped?.() || signal?.aborted) {
      return { status: 'stopped', identity };
    }
    const reporter = report(step, onStep, clock);
    const context: RunContext = {
      gateways, clock, signal, stopped, outputs, lastIamWrite, opened, ...reporter
    };

    try {
      const output = await runStep(step, context);

      outputs.set(step.id, output);
      if ('aws' in step.call) {
        lastIamWrite = clock.now();
      }
      opened ||= step.change === 'allow';
      if ('verify' in step.call) {
        identity = output as IdentityCheck;
        refuseUnverified(step, identity);
      }
      reporter.note('done', undefined, kept(step, output));
    } catch (error) {
      if (error instanceof ChangedError) {
        reporter.note('stopped', text('irsa.run.changed'));

        return { status: 'changed' };
      }
      if (error instanceof StoppedError || signal?.aborted) {
        reporter.note('stopped');

        return { status: 'stopped', identity };
      }
      reporter.note('failed', await takeBack(step, error, context), 'verify' in step.call ? identity : undefined);

      return { status: 'failed', error: asIrsaError(error), identity };
    }
  }

  return { status: 'done', identity };
}

/** What a step's state keeps of its answer: objects of a cluster may hold what is nobody's business, and no page shows them. */
function kept({ call }: Step, output: unknown): unknown {
  return 'aws' in call || 'verify' in call ? output : undefined;
}

/** Notes that stay when the step is done: what was found, not what was waited for. */
const FINDINGS = ['irsa.run.alreadyThere', 'irsa.run.audienceAdded'];

function report({ id }: Step, onStep: RunOptions['onStep'], clock: Clock) {
  const state: StepState = { id, status: 'running', attempts: 0, startedAt: clock.now() };
  const ended: StepStatus[] = ['done', 'failed', 'stopped'];

  onStep({ ...state });

  return {
    attempt: () => {
      state.attempts++;
    },
    shown: () => state.log ?? '',
    log:   (lines: string) => {
      state.log = lines;
      onStep({ ...state });
    },
    note: (status: StepStatus, note?: StepState['note'], output?: unknown) => {
      const found = status === 'done' && FINDINGS.includes(state.note?.key ?? '') ? state.note : undefined;

      state.status = status;
      state.note = note ?? found;
      if (ended.includes(status)) {
        state.endedAt = clock.now();
        state.output = output;
      }
      onStep({ ...state });
    },
  };
}

async function runStep(step: Step, context: RunContext): Promise<unknown> {
  const before = await insist(() => releaseBefore(step, context), context);
  const output = await callStep(step, before, context);

  // A release that somebody has uninstalled has no operation of ours to be followed.
  if (step.until && !(step.helm?.removes && output === undefined)) {
    await waitUntil(step.until, output, context, before.revision);
  }

  return output;
}

/** Sends a step's call until it is answered. */
async function callStep(step: Step, before: ReleaseBefore, context: RunContext): Promise<unknown> {
  const { gateways: { iam } } = context;
  let answerLost = false;

  try {
    await insist(() => checkExpectation(step, before, context), context);
  } catch (error) {
    if (isGone(error) && removes(step)) {
      return undefined;
    }
    throw error;
  }
  for (let attempt = 0; ; attempt++) {
    try {
      return await send(step.call, context);
    } catch (error) {
      const refused = error instanceof IrsaError && !('aws' in step.call) ? error.kind : undefined;

      if (step.adopt && error instanceof IrsaError && error.kind === 'exists' && iam) {
        const { adopt: adoption } = step;

        // IAM has just said that it is there: a look that does not find it yet is early.
        return insist(() => adopt({ ...step, adopt: adoption }, iam, context), { ...context, lastIamWrite: context.clock.now() });
      }
      if (answerLost && (refused === 'exists' || refused === 'conflict')) {
        // Refused because the first one had come through; what the step answers then is not referred to by any other.
        return undefined;
      }
      if (isGone(error) && removes(step)) {
        // Somebody took it away, or an answer that got lost had been a good one.
        return undefined;
      }
      // Somebody changed it, or made what this step makes, since the plan was made.
      if (refused === 'conflict' || refused === 'exists') {
        throw new ChangedError(step.id);
      }
      if (!isWorthRepeating(error, attempt, context)) {
        throw error;
      }
      answerLost ||= isUncertain(error);
      await backOff(error, attempt, context);
      const done = answerLost ? await insist(() => whatCameOfIt(step, before.operations, context), context) : undefined;

      if (done) {
        return done.output;
      }
    }
  }
}

/** Undoes what was made for a step that is refused for good; says whether it is gone. */
async function takeBack({ undo, ...step }: Step, error: unknown, context: RunContext): Promise<StepState['note']> {
  if (!undo || !(error instanceof IrsaError) || error.kind !== 'denied') {
    return undefined;
  }
  try {
    await callStep({ ...step, ...undo }, { operations: [] }, context);

    return text('irsa.run.undone');
  } catch {
    // The refusal itself is what is told; that more is left than there should be is told beside it.
    return text('irsa.run.left');
  }
}

function isGone(error: unknown): boolean {
  return error instanceof IrsaError && error.kind === 'gone';
}

/** A refusal of STS ends the run. That STS could not be asked does not, unless a key would be taken away on the strength of it. */
function refuseUnverified({ id }: Step, { result, text: why, aws }: IdentityCheck): void {
  if (result === 'refused' || (result === 'not-checked' && id.startsWith('verify-first'))) {
    const error = irsaError('NOT_VERIFIED', { message: aws?.message ?? '' });

    throw why ? new IrsaError(error.code, { ...error, why }, error.facts) : error;
  }
}

function asIrsaError(error: unknown): IrsaError {
  if (error instanceof IrsaError) {
    return error;
  }
  if (error instanceof TransportError) {
    return irsaError('NO_ANSWER', { message: error.message });
  }
  throw error;
}
