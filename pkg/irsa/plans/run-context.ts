import type { Text } from '../domain/facts';
import type { Gateways } from '../gateways';
import type { Step, StepStatus } from './plan';
import type { Outputs } from './resolve';

/** Time, so that tests need not wait. Milliseconds. */
export interface Clock {
  now(): number;
  sleep(duration: number): Promise<void>;
  /** Between 0 and 1. */
  random(): number;
}

export const systemClock: Clock = {
  now:    () => Date.now(),
  sleep:  (duration) => new Promise((resolve) => setTimeout(resolve, duration)),
  random: () => Math.random(),
};

/** What running one step needs. */
export interface RunContext {
  gateways: Gateways;
  clock: Clock;
  signal?: AbortSignal;
  /** Somebody asked for the run to end; it does where nothing is under way: between steps and in pauses. */
  stopped?(): boolean;
  outputs: Outputs;
  /** When this run last changed something in IAM; its changes need a moment to be everywhere. */
  lastIamWrite?: number;
  /** This run had Rancher allow a host; its proxy takes a moment to notice. */
  opened?: boolean;
  /** Says how the step is doing. */
  note(status: StepStatus, note?: Text): void;
  /** Shows what Helm has written so far. */
  log(lines: string): void;
  /** What of it was shown last. */
  shown(): string;
  /** Counts a request that was sent. */
  attempt(): void;
}

/** The run was asked to end while it paused. What was sent stays; running the plan anew looks at what came of it. */
export class StoppedError extends Error {
  constructor() {
    super('stopped');
    this.name = 'StoppedError';
  }
}

/**
 * Pauses, and no longer than the run is wanted.
 * @throws StoppedError when it is not any more
 */
export async function rest({ clock, signal, stopped }: RunContext, duration: number): Promise<void> {
  const left = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));

  if (!signal?.aborted) {
    await Promise.race([clock.sleep(duration), ...(signal ? [left] : [])]);
  }
  if (signal?.aborted || stopped?.()) {
    throw new StoppedError();
  }
}

/** The plan stops here: something is not as the plan found it. The page looks again and plans anew. */
export class ChangedError extends Error {
  readonly step: Step['id'];

  constructor(step: Step['id']) {
    super(`${ step }: not as it was when the plan was made`);
    this.name = 'ChangedError';
    this.step = step;
  }
}
