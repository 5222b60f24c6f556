import type { Fault, HttpAnswer, HttpRequest } from './contracts.ts';

function status(code: number, reason: string, message: string, details: object = {}): HttpAnswer {
  return {
    status: code, headers: { 'content-type': 'application/json', 'x-api-cattle-auth': 'true', ...code === 429 ? { 'retry-after': '1' } : {} },
    body:   { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code }
  };
}

/** What a fault answers in Kubernetes' words; undefined for those that work on the connection. */
export function strike(fault: Fault, request: Pick<HttpRequest, 'path'>): HttpAnswer | undefined {
  // The meta proxy answers for AWS: what fails there fails without words.
  if (fault.kind === 'error' && request.path.startsWith('/meta/proxy/')) {
    return { status: 502, headers: { 'x-api-cattle-auth': 'true' } };
  }
  const name = request.path.split('/').pop() ?? '';

  switch (fault.kind) {
  case 'conflict':
    return status(409, 'Conflict', `Operation cannot be fulfilled on "${ name }": the object has been modified; please apply your changes to the latest version and try again`, { name });
  case 'deny':
    return status(403, 'Forbidden', `"${ name }" is forbidden: User cannot do this (fault ${ fault.id })`, { name });
  case 'throttle':
    return status(429, 'TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds: 1 });
  case 'error':
    return status(500, 'InternalError', `Internal error occurred: fault ${ fault.id }`);
  default:
    return undefined;
  }
}
