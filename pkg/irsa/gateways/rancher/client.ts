import { explainRancher, IrsaError } from '../../domain/errors';
import { jsonOf } from '../answer';
import type { Shape } from '../shape';
import type { Transport, TransportAnswer, TransportRequest } from '../transport';

/**
 * Asks Rancher's own API (Steve), of Rancher itself or of a cluster behind it.
 * @throws IrsaError with what Rancher said, or ANSWER_UNREADABLE; TransportError when nobody answered
 */
export async function rancher<T>(transport: Transport, request: { method?: TransportRequest['method']; path: string; body?: unknown; contentType?: string; shape?: Shape; signal?: AbortSignal }): Promise<T> {
  const method = request.method ?? 'GET';
  const answer = await transport.request({
    method,
    url:     request.path,
    headers: { accept: 'application/json', ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }) },
    body:    request.body === undefined ? undefined : JSON.stringify(request.body),
    signal:  request.signal,
  });

  const action = `${ method } ${ request.path.split('?')[0] }`;

  if (answer.status >= 400) {
    throw rancherError(answer, action);
  }

  return jsonOf<T>(answer, { service: 'rancher', action }, request.shape);
}

/** A refusal of Rancher's API, typed. */
export function rancherError(answer: TransportAnswer, action: string): IrsaError {
  const explained = explainRancher({ httpStatus: answer.status, body: answer.body });

  return new IrsaError(explained.code ?? 'RANCHER_OTHER', explained, { service: 'rancher', action, httpStatus: answer.status });
}
