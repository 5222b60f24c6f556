/**
 * The one way out: every gateway function takes a `Transport`. In the dashboard it is Rancher's own request action, in Node it is
 * fetch; the gateways know neither.
 */

export interface TransportRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Relative to Rancher's root, e.g. `/k8s/clusters/local/api/v1/namespaces`; or absolute for a host that is asked directly. */
  url: string;
  headers?: Record<string, string>;
  /** Sent as it is; objects are for the caller to stringify. */
  body?: string;
  signal?: AbortSignal;
  /** Milliseconds; default 30 000. */
  timeout?: number;
}

/** An answer of whatever status: 4xx and 5xx are answers, not exceptions. */
export interface TransportAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/**
 * Characters of an answer that are read: a page of five hundred pods is about ten million; a browser that goes on reading stands still.
 */
export const LARGEST_ANSWER = 64_000_000;

/** No answer came: network, time-out, abort, or one that would not end. `sent` tells whether the request may have reached the other side. */
export class TransportError extends Error {
  readonly reason: 'timeout' | 'network' | 'aborted' | 'too-large';
  readonly sent: boolean;

  constructor(reason: TransportError['reason'], message: string, sent = true) {
    super(message);
    this.name = 'TransportError';
    this.reason = reason;
    this.sent = sent;
  }
}

export interface Transport {
  request(request: TransportRequest): Promise<TransportAnswer>;
}
