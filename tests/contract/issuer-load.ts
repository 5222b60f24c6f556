import { readToken, requestToken } from '../../pkg/irsa/gateways/kubernetes/tokens';
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

/** Calls edge-rke2 without a pause, with every token that any of its servers ever made, until the work is done and a little longer. */
export async function underLoad({ transport }: Person, world: World, work: () => Promise<unknown>, pause = 0): Promise<Load> {
  const kube = world.kube('edge-rke2');
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
    for (const bearer of tokens.slice(0, 3).concat(tokens.slice(-12))) {
      seen.calls++;
      seen.refused += kube.authenticate(bearer) ? 0 : 1;
    }
    if (pause) {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  await done;

  return seen;
}
