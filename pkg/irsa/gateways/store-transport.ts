import { tooLarge } from './fetch-transport';
import { LARGEST_ANSWER, TransportError, type Transport, type TransportAnswer, type TransportRequest } from './transport';

const DEFAULT_TIMEOUT = 30_000;

/** The dashboard's `store.dispatch`. */
export type Dispatch = (action: string, payload: unknown) => Promise<unknown>;

/** What axios answers when a response type is asked for. */
interface RawAnswer {
  status: number;
  headers: Record<string, unknown>;
  data: unknown;
}

/**
 * A transport over the dashboard's own request action, which adds the CSRF token and the session
 * (shell plugins/steve/actions.js `request`):
 * - `responseType: 'text'` hands over axios' answer as it is, unparsed;
 * - an error's body is wrapped with non-enumerable `_status` and `_headers`;
 * - a 401 from AWS or from a cluster must not log the person out of Rancher: `redirectUnauthorized: false`;
 * - GETs with equal headers and URL share one answer, which for reads is welcome.
 */
export function storeTransport(dispatch: Dispatch): Transport {
  return {
    async request({ method, url, headers, body, signal, timeout = DEFAULT_TIMEOUT }: TransportRequest): Promise<TransportAnswer> {
      const size = new AbortController();

      try {
        const answer = await dispatch('management/request', {
          url,
          method,
          headers:              { accept: 'application/json', ...headers },
          data:                 body,
          responseType:         'text',
          // Bodies are text already: neither side may parse or stringify them again.
          transformRequest:     [(data: unknown) => data],
          transformResponse:    [(data: unknown) => data],
          redirectUnauthorized: false,
          signal:               signal ? AbortSignal.any([signal, size.signal]) : size.signal,
          timeout,
          // Called while the answer comes in; the count is of what has come.
          onDownloadProgress:   ({ loaded }: { loaded: number }) => loaded > LARGEST_ANSWER && size.abort(),
        }) as RawAnswer;

        return { status: answer.status, headers: lowerCased(answer.headers), body: asText(answer.data) };
      } catch (error) {
        if (size.signal.aborted) {
          throw tooLarge();
        }

        return answerOfError(error, signal);
      }
    },
  };
}

function answerOfError(error: unknown, signal: AbortSignal | undefined): TransportAnswer {
  const wrapped = error as { _status?: number; _headers?: Record<string, unknown>; data?: unknown; code?: string; message?: string };

  if (typeof wrapped?._status === 'number') {
    return { status: wrapped._status, headers: lowerCased(wrapped._headers ?? {}), body: asText(wrapped.data ?? (Object.keys(wrapped).length ? wrapped : '')) };
  }
  const reason = signal?.aborted || wrapped?.code === 'ERR_CANCELED' ? 'aborted' : wrapped?.code === 'ECONNABORTED' || wrapped?.code === 'ETIMEDOUT' ? 'timeout' : 'network';

  throw new TransportError(reason, wrapped?.message ?? String(error));
}

function asText(data: unknown): string {
  return typeof data === 'string' ? data : data === undefined || data === null ? '' : JSON.stringify(data);
}

function lowerCased(headers: Record<string, unknown>): Record<string, string> {
  // axios' own header object lists its names like any other
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
