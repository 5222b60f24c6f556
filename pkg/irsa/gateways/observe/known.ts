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

const WORDS = { timeout: 'irsa.obstacle.timeout', network: 'irsa.obstacle.network', 'too-large': 'irsa.obstacle.tooLarge' } as const;

function obstacle(error: unknown): Obstacle {
  if (error instanceof IrsaError) {
    const { code, kind, what, why, facts } = error;

    return {
      kind: kind === 'denied' ? (facts.service === 'kubernetes' ? 'forbidden' : 'refused') : kind === 'unreachable' || kind === 'retry' ? 'unreachable' : 'refused',
      // Where an answer is wrong, or which right is missing, is what helps.
      text: kind === 'denied' || kind === 'credential' || code === 'ANSWER_UNREADABLE' ? why : what,
      ...((facts.service === 'iam' || facts.service === 's3') && facts.action && kind === 'denied' ? { aws: { action: facts.action, resource: facts.resource } } : {}),
    };
  }
  if (error instanceof TransportError && error.reason !== 'aborted') {
    return { kind: 'unreachable', text: { key: WORDS[error.reason] } };
  }
  throw error;
}
