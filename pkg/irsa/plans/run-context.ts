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
  outputs: Outputs;
  /** When this run last changed something in IAM; its changes need a moment to be everywhere. */
  lastIamWrite?: number;
  /** This run had Rancher allow a host; its proxy takes a moment to notice. */
  opened?: boolean;
  /** Says how the step is doing. */
  note(status: StepStatus, note?: Text): void;
  /** Counts a request that was sent. */
  attempt(): void;
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
