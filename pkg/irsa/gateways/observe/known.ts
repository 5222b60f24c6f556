import { IrsaError } from '../../domain/errors';
import type { Known, Obstacle, Right, Text } from '../../domain/facts';
import { TransportError } from '../transport';

/** A fact, or the reason why it could not be read. An aborted look is neither: it ends as a whole. */
export async function look<T>(read: () => Promise<T>): Promise<Known<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    return { known: false, why: obstacle(error) };
  }
}

export function unknown<T>(kind: Obstacle['kind'], key: string, more: { args?: Text['args']; right?: Right } = {}): Known<T> {
  return { known: false, why: { kind, text: { key, ...(more.args ? { args: more.args } : {}) }, ...(more.right ? { right: more.right } : {}) } };
}

function obstacle(error: unknown): Obstacle {
  if (error instanceof IrsaError) {
    const { kind, what, why, facts } = error;

    return {
      kind: kind === 'denied' ? (facts.service === 'kubernetes' ? 'forbidden' : 'refused') : kind === 'unreachable' || kind === 'retry' ? 'unreachable' : 'refused',
      text: kind === 'denied' || kind === 'credential' ? why : what,
      ...(facts.service === 'iam' && facts.action ? { aws: { action: facts.action, resource: facts.resource } } : {}),
    };
  }
  if (error instanceof TransportError && error.reason !== 'aborted') {
    return { kind: 'unreachable', text: { key: error.reason === 'timeout' ? 'irsa.obstacle.timeout' : 'irsa.obstacle.network' } };
  }
  throw error;
}
