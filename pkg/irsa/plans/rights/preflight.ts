import type { Known, Obstacle, Right } from '../../domain/facts';
import type { Gateways } from '../../gateways';
import { simulate, within, type AwsAsk, type Caller } from '../../gateways/aws/caller';
import { hasRight } from '../../gateways/kubernetes/rights';
import { look, unknown } from '../../gateways/observe/known';
import type { Plan } from '../plan';
import { planNeeds } from './needs';

/** An AWS action and the resource it is needed on. */
export type AwsNeeded = Pick<AwsAsk, 'action' | 'resource'>;

/** What was found out before a plan is applied. */
export interface Preflight {
  /** Rights that the person lacks. */
  rights: Right[];
  /** Actions that IAM says it would refuse. */
  aws: AwsNeeded[];
  /** Actions of which IAM cannot say it beforehand: the policy depends on what only the call brings along. */
  unsure: AwsNeeded[];
  /** Why something could not be asked at all; the call itself will tell then. */
  unchecked: Obstacle[];
}

export interface PreflightOptions {
  /** Whose keys the credential holds. */
  caller(): Promise<Known<Caller>>;
  signal?: AbortSignal;
}

/** Whether a plan is held back. */
export function isHeldBack({ rights, aws }: Preflight): boolean {
  return rights.length + aws.length > 0;
}

/**
 * Asks for everything that a plan needs, all at once, and changes nothing. Each right is asked once, whatever the number of steps that
 * need it. What cannot be asked does not hold a plan back: the runner names it when it comes to it.
 */
export async function preflight(plan: Pick<Plan, 'steps'>, { transport, iam }: Gateways, { caller, signal }: PreflightOptions): Promise<Preflight> {
  const needs = planNeeds(plan);
  const [kubernetes, aws] = await Promise.all([
    Promise.all(needs.rights.map(async(right) => ({ right, answer: await look(() => hasRight(transport, right, signal)) }))),
    askAws(needs.aws),
  ]);
  const unchecked = [...kubernetes.flatMap(({ answer }) => answer.known ? [] : [answer.why]), ...(aws.known ? [] : [aws.why])];
  const verdicts = aws.known ? aws.value : [];

  return {
    rights:    kubernetes.filter(({ answer }) => answer.known && !answer.value).map(({ right }) => right),
    aws:       verdicts.filter(({ verdict }) => verdict === 'denied').map(({ ask }) => ask),
    unsure:    verdicts.filter(({ verdict }) => verdict === 'unsure').map(({ ask }) => ask),
    unchecked: unchecked.filter((one, index) => unchecked.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index),
  };

  async function askAws(asks: AwsAsk[]): Promise<Known<{ ask: AwsNeeded; verdict: string }[]>> {
    if (asks.length === 0) {
      return { known: true, value: [] };
    }
    if (!iam) {
      return unknown('no-credential', 'irsa.obstacle.noCredential');
    }
    const who = await caller();

    if (!who.known) {
      return who;
    }
    if (!who.value.arn.includes(':user/')) {
      return unknown('not-asked', 'irsa.obstacle.notAUser');
    }
    const answers = await look(() => simulate(iam, who.value, asks, signal));

    return answers.known ? {
      known: true,
      value: asks.map(({ action, resource }, index) => ({ ask: { action, resource: within(resource, who.value.account) }, verdict: answers.value[index]! })),
    } : answers;
  }
}
