import { readToken, requestToken } from '../../pkg/irsa/gateways/kubernetes/tokens';
import { listenTo } from '../sandbox/kubernetes/listen.ts';
import type { World } from '../sandbox/scenario/world.ts';
import type { Person } from './target';

/** What a cluster answered while something was done to it. */
export interface Load {
  calls: number;
  refused: number;
  /** Who signed the tokens that were used. */
  issuers: Set<string>;
}

const ACCOUNT = { namespace: 'plant', name: 'telemetry' };

/**
 * Calls the API servers of edge-rke2 without a pause, over HTTP as a pod does, with tokens that any of them ever made, the first and the
 * newest, until the work is done and a little longer.
 */
export async function underLoad({ transport }: Person, world: World, work: () => Promise<unknown>, pause = 0): Promise<Load> {
  const api = await listenTo(world.kube('edge-rke2'));
  const tokens: string[] = [];
  const seen: Load = { calls: 0, refused: 0, issuers: new Set<string>() };
  const state = { busy: true };
  const done = work().finally(() => {
    state.busy = false;
  });

  for (let left = 20; left > 0; left -= state.busy ? 0 : 1) {
    const token = await requestToken(transport, 'c-m-edge0001', ACCOUNT, 'rke2');

    tokens.push(token);
    seen.issuers.add(readToken(token)!.iss);
    const answers = await Promise.all([...new Set([...tokens.slice(0, 3), ...tokens.slice(-12)])].map((bearer) => call(api.url, bearer)));

    seen.calls += answers.length;
    seen.refused += answers.filter((status) => status !== 200).length;
    if (pause) {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  await done.finally(() => api.close());

  return seen;
}

/** What everybody may ask whose token is taken. */
async function call(url: string, bearer: string): Promise<number> {
  const answer = await fetch(`${ url }/api`, { headers: { authorization: `Bearer ${ bearer }` } });

  await answer.arrayBuffer();

  return answer.status;
}
