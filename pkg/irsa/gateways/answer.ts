import { irsaError, type IrsaError } from '../domain/errors';
import { received } from '../domain/errors/received';
import { Misshapen, type Shape } from './shape';
import type { TransportAnswer } from './transport';

/** Who answered, for an error's facts. */
export interface Asked {
  service: 'kubernetes' | 'rancher' | 'iam' | 'sts' | 's3';
  /** `GET /api/v1/pods`, `iam:ListRoles` */
  action: string;
}

/**
 * The JSON of a successful answer. An answer may lie: a log-in page of a proxy with status 200, another kind of object, numbers where
 * names should be. What we read of it is checked here, once, so that nothing behind has to doubt it.
 * @param shape  what is read of it; nothing else is looked at
 * @throws IrsaError ANSWER_UNREADABLE, which says where it stops being what it should be
 */
export function jsonOf<T>(answer: TransportAnswer, asked: Asked, shape?: Shape): T {
  let value: unknown;

  try {
    value = JSON.parse(answer.body || '{}');
  } catch {
    throw unreadable(asked, `${ kindOfText(answer.body) }, not JSON: ${ beginning(answer.body) }`, answer.status);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(asked, `not an object: ${ beginning(answer.body) }`, answer.status);
  }
  checkShape(value, asked, shape, answer.status);

  return value as T;
}

/** @throws IrsaError ANSWER_UNREADABLE */
export function checkShape(value: unknown, asked: Asked, shape: Shape | undefined, httpStatus?: number): void {
  try {
    shape?.(value, []);
  } catch (error) {
    if (error instanceof Misshapen) {
      throw unreadable(asked, error.message, httpStatus);
    }
    throw error;
  }
}

/** An answer that is not what was asked for. */
export function unreadable({ service, action }: Asked, problem: string, httpStatus?: number): IrsaError {
  return irsaError('ANSWER_UNREADABLE', { action, problem }, { service, action, httpStatus });
}

/** A list that goes on and on, or in a circle. */
export function endless({ service, action }: Asked, pages: number): IrsaError {
  return irsaError('ANSWER_ENDLESS', { action, pages }, { service, action });
}

export function kindOfText(body: string): string {
  return !body.trim() ? 'nothing' : /^\s*<(!doctype html|html)/i.test(body) ? 'a web page' : /^\s*</.test(body) ? 'XML' : /^\s*[[{]/.test(body) ? 'JSON that is cut off or broken' : 'text';
}

/** Enough to see who answered. */
export function beginning(body: string): string {
  return received(body.trim().slice(0, 120).replace(/\s+/g, ' '));
}
