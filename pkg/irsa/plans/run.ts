import { irsaError, IrsaError } from '../domain/errors';
import type { IdentityCheck } from '../domain/facts';
import { text } from '../domain/text';
import type { Gateways } from '../gateways';
import { TransportError } from '../gateways/transport';
import type { Plan, Step, StepState, StepStatus } from './plan';
import { adopt } from './run-adopt';
import { checkExpectation, operationsOf, send } from './run-call';
import { ChangedError, systemClock, type Clock, type RunContext } from './run-context';
import { waitUntil } from './run-until';

export interface RunOptions {
  /** Each step's state, whole, at each change. */
  onStep(state: StepState): void;
  /** Asked between steps: true ends the run there. */
  stopped?(): boolean;
  signal?: AbortSignal;
  clock?: Clock;
}

export type RunResult =
  | { status: 'done' | 'stopped'; identity?: IdentityCheck }
  | { status: 'failed'; error: IrsaError; identity?: IdentityCheck }
  /** A step did not find what the plan expected: somebody was faster. Observe, plan and ask again. */
  | { status: 'changed' };

const TRIES = 7;
/** Milliseconds: 1, 2, 4 … 20 s, with some chance in it so that many do not come back at once. */
const pause = (attempt: number, clock: Clock): number => Math.round(Math.min(1000 * 2 ** attempt, 20_000) * (0.75 + clock.random() / 2));

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
      gateways, clock, signal, outputs, lastIamWrite, opened, ...reporter
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
      reporter.note('done', undefined, output);
    } catch (error) {
      if (error instanceof ChangedError) {
        reporter.note('stopped', text('irsa.run.changed'));

        return { status: 'changed' };
      }
      if (signal?.aborted) {
        reporter.note('stopped');

        return { status: 'stopped', identity };
      }
      reporter.note('failed', undefined, 'verify' in step.call ? identity : undefined);

      return { status: 'failed', error: asIrsaError(error), identity };
    }
  }

  return { status: 'done', identity };
}

/** Only what later steps and the page need of a step is kept in its state. */
function report({ id }: Step, onStep: RunOptions['onStep'], clock: Clock) {
  const state: StepState = { id, status: 'running', attempts: 0, startedAt: clock.now() };
  const ended: StepStatus[] = ['done', 'failed', 'stopped'];

  onStep({ ...state });

  return {
    attempt: () => {
      state.attempts++;
    },
    note: (status: StepStatus, note?: StepState['note'], output?: unknown) => {
      state.status = status;
      // The last word about a step that is done stays: «already there».
      state.note = note ?? (status === 'done' && state.note?.key.startsWith('irsa.run.a') ? state.note : undefined);
      if (ended.includes(status)) {
        state.endedAt = clock.now();
        state.output = output;
      }
      onStep({ ...state });
    },
  };
}

async function runStep(step: Step, context: RunContext): Promise<unknown> {
  const output = await callStep(step, context);

  if (step.until) {
    await waitUntil(step.until, output, context);
  }

  return output;
}

/** Sends a step's call until it is answered. */
async function callStep(step: Step, context: RunContext): Promise<unknown> {
  const before = step.helm ? await operationsOf(step, context) : [];
  let answerLost = false;

  await checkExpectation(step, context);
  for (let attempt = 0; ; attempt++) {
    try {
      return await send(step.call, context);
    } catch (error) {
      if (step.adopt && error instanceof IrsaError && error.kind === 'exists' && context.gateways.iam) {
        return adopt({ ...step, adopt: step.adopt }, context.gateways.iam, context);
      }
      if (answerLost && error instanceof IrsaError && ['exists', 'conflict'].includes(error.kind) && !('aws' in step.call)) {
        // Refused because the first one had come through; what the step answers then is not referred to by any other.
        return undefined;
      }
      if (error instanceof IrsaError && error.kind === 'conflict' && !('aws' in step.call)) {
        throw new ChangedError(step.id);
      }
      if (attempt + 1 >= TRIES || !isWorthRepeating(error, context)) {
        throw error;
      }
      answerLost ||= error instanceof TransportError || isUncertain(error);
      await wait(error, attempt, context);
      if (answerLost && step.helm) {
        const begun = (await operationsOf(step, context)).find((name) => !before.includes(name));

        if (begun) {
          return { operationName: begun, operationNamespace: step.helm.namespace };
        }
      }
    }
  }
}

function isWorthRepeating(error: unknown, { lastIamWrite }: RunContext): boolean {
  if (error instanceof TransportError) {
    return error.reason !== 'aborted';
  }

  if (!(error instanceof IrsaError)) {
    return false;
  }
  // A role made a moment ago may not be known everywhere in IAM.
  const notYet = error.kind === 'gone' && error.facts.service === 'iam' && lastIamWrite !== undefined;

  return notYet || ['retry', 'unreachable'].includes(error.kind) || error.code === 'BUSY';
}

/** A server's trouble may have come after it did what was asked. */
function isUncertain(error: unknown): boolean {
  return error instanceof IrsaError && (error.facts.httpStatus ?? 0) >= 500;
}

async function wait(error: unknown, attempt: number, { clock, note }: RunContext): Promise<void> {
  const duration = pause(attempt, clock);
  const args = { seconds: Math.max(1, Math.round(duration / 1000)) };

  note('retrying', error instanceof IrsaError && error.code.endsWith('THROTTLED') ? text('irsa.run.throttled', args) : text('irsa.run.again', args));
  await clock.sleep(duration);
}

/** A refusal of STS ends the run. That STS could not be asked does not, unless a key would be taken away on the strength of it. */
function refuseUnverified({ id }: Step, { result, text: why, aws }: IdentityCheck): void {
  if (result === 'refused' || (result === 'not-checked' && id === 'verify-first')) {
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
