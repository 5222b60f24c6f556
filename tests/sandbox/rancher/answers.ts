import type { HttpAnswer, KubeStatus } from '../contracts.ts';
import { isFields } from './values.ts';

/** Headers Rancher's own handlers set on every answer. */
export const RANCHER_HEADERS = {
  'cache-control':          'no-cache, no-store, must-revalidate',
  'x-content-type-options': 'nosniff',
};

/** A JSON answer of one of Rancher's own handlers. */
export function json(status: number, body: object, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { ...RANCHER_HEADERS, 'content-type': 'application/json', ...headers }, body };
}

/** A plain-text answer of one of Rancher's own handlers. */
export function text(status: number, body: string): HttpAnswer {
  return { status, headers: { ...RANCHER_HEADERS, 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** An answer without a body. */
export function empty(status: number, headers: Record<string, string | string[]> = {}): HttpAnswer {
  return { status, headers: { ...RANCHER_HEADERS, ...headers } };
}

/** What authentication answers when there is nobody. */
export function unauthorized(): HttpAnswer {
  return json(401, { type: 'error', status: '401', message: 'Unauthorized 401: must authenticate' });
}

/** Go's default answer for a path nobody serves. */
export function pageNotFound(): HttpAnswer {
  return text(404, '404 page not found\n');
}

/** Kubernetes' refusal inside a thrown error, if that is what it carries. */
export function kubeStatusOf(error: unknown): KubeStatus | undefined {
  if (isFields(error) || error instanceof Error) {
    const status: unknown = (error as { status?: unknown }).status;

    if (isFields(status) && status.kind === 'Status') {
      return status as unknown as KubeStatus;
    }
  }

  return undefined;
}

/** A refusal that a handler throws and its router answers. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
