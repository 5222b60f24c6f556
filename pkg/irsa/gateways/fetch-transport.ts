import { LARGEST_ANSWER, TransportError, type Transport, type TransportAnswer, type TransportRequest } from './transport';

const DEFAULT_TIMEOUT = 30_000;

export interface FetchTransportOptions {
  /** Put before relative URLs, e.g. `https://rancher.example`; none in a browser that asks hosts directly. */
  base?: string;
  /** Sent with each request: a session cookie or an API token in tests. */
  headers?: Record<string, string>;
  fetch?: typeof fetch;
  /** `omit` where no cookie may go along: hosts that are not Rancher's. */
  credentials?: RequestCredentials;
  /** `no-store` where what a browser kept from before is of no use. */
  cache?: RequestCache;
}

/** A transport over fetch: for Node, and for hosts that a browser asks directly (STS). */
export function fetchTransport(options: FetchTransportOptions = {}): Transport {
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));

  return {
    async request({ method, url, headers, body, signal, timeout = DEFAULT_TIMEOUT }: TransportRequest): Promise<TransportAnswer> {
      const clock = AbortSignal.timeout(timeout);

      try {
        const answer = await send(url.startsWith('/') ? `${ options.base ?? '' }${ url }` : url, {
          method,
          body,
          headers:     { ...options.headers, ...headers },
          signal:      signal ? AbortSignal.any([signal, clock]) : clock,
          credentials: options.credentials,
          ...(options.cache ? { cache: options.cache } : {}),
        });

        return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await textOf(answer) };
      } catch (error) {
        throw error instanceof TransportError ? error : transportError(error, signal?.aborted === true, clock.aborted);
      }
    },
  };
}

/** The body, unless it grows beyond what is read of one. */
async function textOf(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';

  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    text += decoder.decode(part.value as Uint8Array, { stream: true });
    if (text.length > LARGEST_ANSWER) {
      await reader?.cancel();
      throw tooLarge();
    }
  }

  return text + decoder.decode();
}

/** The answer was under way, so the request was done. */
export function tooLarge(): TransportError {
  return new TransportError('too-large', `the answer has more than ${ LARGEST_ANSWER } characters`);
}

function transportError(error: unknown, aborted: boolean, timedOut: boolean): TransportError {
  const reason = aborted ? 'aborted' : timedOut ? 'timeout' : 'network';

  return new TransportError(reason, error instanceof Error ? error.message : String(error));
}
