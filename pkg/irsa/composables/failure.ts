import type { Text } from '../domain/facts';
import { IrsaError, redact } from '../domain/errors';

/** An error in a person's words: what failed, why, what to do. */
export interface Failure {
  what: Text;
  why: Text;
  todo?: Text;
  /** Of the error catalogue. */
  code?: string;
}

/** Whatever was thrown, as something that can be shown. Anything that is not the engine's own is a fault of ours. */
export function failureOf(error: unknown): Failure {
  if (error instanceof IrsaError) {
    const { what, why, remedy, code } = error;

    return { what, why, todo: remedy, code };
  }

  return { what: { key: 'irsa.failure.unexpected' }, why: { key: 'irsa.failure.message', args: { message: redact((error as Error)?.message ?? String(error)) } } };
}
