import { IrsaError } from '../domain/errors';
import { text } from '../domain/text';
import { TransportError } from '../gateways/transport';
import { rest, type Clock, type RunContext } from './run-context';

const TRIES = 7;
/** A server's error that nobody has a word for is rarely a passing one. */
const TRIES_UNKNOWN = 3;
/** Milliseconds: 1, 2, 4 … 20 s, with some chance in it so that many do not come back at once. */
const pause = (attempt: number, clock: Clock): number => Math.round(Math.min(1000 * 2 ** attempt, 20_000) * (0.75 + clock.random() / 2));

/** Whether what failed may go well another time. `attempt` counts from 0. */
export function isWorthRepeating(error: unknown, attempt: number, { lastIamWrite }: Pick<RunContext, 'lastIamWrite'>): boolean {
  if (attempt + 1 >= TRIES) {
    return false;
  }
  if (error instanceof TransportError) {
    return error.reason !== 'aborted';
  }
  if (!(error instanceof IrsaError)) {
    return false;
  }
  // A role made a moment ago may not be known everywhere in IAM.
  const notYet = error.kind === 'gone' && error.facts.service === 'iam' && lastIamWrite !== undefined;
  const unknown = error.kind === 'unknown' && isServersTrouble(error) && attempt + 1 < TRIES_UNKNOWN;

  return notYet || unknown || ['retry', 'unreachable'].includes(error.kind) || error.code === 'BUSY';
}

/** Nobody knows whether the request did its work: no answer came, or the server's trouble may have come after it. */
export function isUncertain(error: unknown): boolean {
  return error instanceof TransportError ? error.sent : isServersTrouble(error);
}

function isServersTrouble(error: unknown): boolean {
  return error instanceof IrsaError && (error.facts.httpStatus ?? 0) >= 500;
}

/** Says why it waits, and waits. */
export async function backOff(error: unknown, attempt: number, context: RunContext): Promise<void> {
  const duration = pause(attempt, context.clock);
  const args = { seconds: Math.max(1, Math.round(duration / 1000)) };

  context.note('retrying', error instanceof IrsaError && error.code.endsWith('THROTTLED') ? text('irsa.run.throttled', args) : text('irsa.run.again', args));
  await rest(context, duration);
}

/** Does what may be done any number of times (a look) until it goes well or is not worth repeating. */
export async function insist<T>(work: () => Promise<T>, context: RunContext): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isWorthRepeating(error, attempt, context)) {
        throw error;
      }
      await backOff(error, attempt, context);
    }
  }
}
