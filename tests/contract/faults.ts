import type { Plan, Step, StepState } from '../../pkg/irsa/plans/plan';
import type { RunResult } from '../../pkg/irsa/plans/run';
import type { World } from '../sandbox/scenario/world.ts';
import { TransportError, type TransportRequest } from '../../pkg/irsa/gateways/transport';
import type { Person } from './target';

/** What may go wrong at a step. */
export const FAULTS = ['refused', 'throttled', '5xx', 'time-out before', 'answer lost after', 'conflict', 'not everywhere yet', 'browser closed', 'server stuck mid-roll'] as const;
export type FaultName = typeof FAULTS[number];

export const KINDS = { refused: 'deny', throttled: 'throttle', '5xx': 'error', 'time-out before': 'timeout', 'answer lost after': 'lost-answer', conflict: 'conflict', 'not everywhere yet': 'not-yet' } as const satisfies Partial<Record<FaultName, string>>;

/** What of the sandbox' requests a step sends: an action of AWS, or verb and path. */
export function requestOf({ call }: Step): string {
  if ('aws' in call) {
    return call.aws.command;
  }
  if ('kubernetes' in call) {
    return `${ call.kubernetes.verb } /k8s/clusters/${ call.kubernetes.clusterId }${ call.kubernetes.path.split('?')[0] }`;
  }
  if ('rancher' in call) {
    return `${ call.rancher.verb } ${ call.rancher.path.split('?')[0] }`;
  }
  if ('verify' in call) {
    return 'AssumeRoleWithWebIdentity';
  }

  // A wait only looks.
  return 'GET /k8s/clusters/';
}

/** Whether a request is the one that a step is there for. */
function isOf(step: Step, { method, url, body = '' }: TransportRequest): boolean {
  const wanted = requestOf(step);

  // S3 says by the verb what it is about.
  return wanted.includes(' ') ? `${ method } ${ url }`.startsWith(wanted) : new URLSearchParams(body).get('Action') === wanted || (url.includes('/meta/proxy/s3.') && method !== 'GET');
}

/** Whether a fault can come over a step: only what IAM writes takes its time to be everywhere, and only where servers are followed one can be stuck. */
export function canStrike(fault: FaultName, { call, until }: Step): boolean {
  const condition = 'wait' in call ? call.wait.until : until;

  return fault === 'server stuck mid-roll' ? condition !== undefined && 'serversIssuer' in condition : fault !== 'not everywhere yet' || 'aws' in call;
}

/** Milliseconds that a person looks at a server that does not come back. */
const STUCK = 150;

/**
 * Runs a plan with one fault at one step; it strikes when that step begins, and no other. A browser is closed just before that step's own
 * request, or, at every other step, once it was carried out and nobody has heard so.
 */
export async function runWith(fault: FaultName, step: Step, plan: Plan, person: Person, world: World): Promise<{ result: RunResult; struck: boolean }> {
  const leaving = new AbortController();
  const { servers } = world.kube('edge-rke2');
  const request = person.transport.request.bind(person.transport);
  const isSent = plan.steps.indexOf(step) % 2 === 1;
  let begun = false;
  let closed = false;

  person.transport.request = async(what) => {
    if (fault !== 'browser closed' || !begun || closed || !isOf(step, what)) {
      return request(what);
    }
    closed = true;
    if (isSent) {
      await request({ ...what, signal: undefined });
    }
    leaving.abort();
    throw new TransportError('aborted', 'the browser is closed', isSent);
  };

  const onStep = ({ id, status }: StepState) => {
    if (begun || id !== step.id || status !== 'running') {
      return;
    }
    begun = true;
    if (fault === 'server stuck mid-roll') {
      // The second one; whoever watches gives up after a while.
      servers.stuckAt = servers.servers[1]!.name;
      setTimeout(() => leaving.abort(), STUCK);
    } else if (fault !== 'browser closed') {
      world.faults.add({ id: fault, match: requestOf(step), kind: KINDS[fault], times: fault === 'refused' ? 99 : 1, delay: fault === 'not everywhere yet' ? 80 : 1 });
    }
  };
  const result = await person.run(plan, { onStep, signal: leaving.signal });

  const struck = fault === 'server stuck mid-roll' ? begun && result.status !== 'done' : closed || world.faults.struck() > 0;

  // Somebody mends the server; the roll-out goes on by itself.
  servers.stuckAt = undefined;

  world.faults.clear();

  return { result, struck };
}
