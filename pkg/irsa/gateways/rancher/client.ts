import { explainRancher, IrsaError } from '../../domain/errors';
import type { Transport, TransportAnswer, TransportRequest } from '../transport';

/**
 * Asks Rancher's own API (Steve), of Rancher itself or of a cluster behind it.
 * @throws IrsaError with what Rancher said; TransportError when nobody answered
 */
export async function rancher<T>(transport: Transport, request: { method?: TransportRequest['method']; path: string; body?: unknown; contentType?: string; signal?: AbortSignal }): Promise<T> {
  const method = request.method ?? 'GET';
  const answer = await transport.request({
    method,
    url:     request.path,
    headers: { accept: 'application/json', ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }) },
    body:    request.body === undefined ? undefined : JSON.stringify(request.body),
    signal:  request.signal,
  });

  if (answer.status >= 400) {
    throw rancherError(answer, `${ method } ${ request.path.split('?')[0] }`);
  }

  return JSON.parse(answer.body || '{}') as T;
}

/** A refusal of Rancher's API, typed. */
export function rancherError(answer: TransportAnswer, action: string): IrsaError {
  const explained = explainRancher({ httpStatus: answer.status, body: answer.body });

  return new IrsaError(explained.code ?? 'RANCHER_OTHER', explained, { service: 'rancher', action, httpStatus: answer.status });
}
