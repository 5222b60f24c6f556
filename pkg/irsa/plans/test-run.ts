/** A runner for tests: no time passes, and the world is what the test says. */
import type { Gateways } from '../gateways';
import type { Iam } from '../gateways/aws/iam';
import type { TransportAnswer, TransportRequest } from '../gateways/transport';
import type { Plan, Step, StepState } from './plan';
import { runPlan, type RunOptions, type RunResult } from './run';
import type { Clock } from './run-context';

export interface TestWorld {
  iam: object;
  /** Answers a request to Rancher or a cluster; an error is thrown. */
  reply(request: TransportRequest): TransportAnswer | Error;
  /** Filled: each state of each step, and each pause in milliseconds. */
  states: StepState[];
  slept: number[];
}

export function runInNoTime(steps: Step[], { iam, reply, states, slept }: TestWorld, more: Partial<RunOptions> = {}): Promise<RunResult> {
  let now = 0;
  const clock: Clock = {
    now:    () => now,
    random: () => 0.5,
    sleep:  async(duration) => {
      slept.push(duration);
      now += duration;
    },
  };
  const transport = {
    request: async(request: TransportRequest) => {
      const answer = reply(request);

      if (answer instanceof Error) {
        throw answer;
      }

      return answer;
    },
  };
  const plan: Plan = { id: 'bind', title: { key: 'x' }, steps, documents: [], warnings: [] };

  return runPlan(plan, { transport, direct: transport, iam: iam as Iam } satisfies Gateways, { clock, onStep: (state) => states.push(state), ...more });
}
