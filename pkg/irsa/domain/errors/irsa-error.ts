import type { Text } from '../facts';

/** What is known about the call that failed; never a credential, a token or a request body. */
export interface ErrorFacts {
  /** `iam`, `sts`, `s3`, `kubernetes`, `rancher` */
  service?: string;
  /** AWS action (`iam:CreateRole`) or Kubernetes verb and path. */
  action?: string;
  /** ARN or Kubernetes object the call was about. */
  resource?: string;
  httpStatus?: number;
  /** AWS' request id, for a support case. */
  requestId?: string;
  /** AWS' own error code, or the reason of a Kubernetes Status. */
  awsCode?: string;
}

/** How an error is to be treated, whoever reported it. */
export type ErrorKind =
  /** Worth trying again soon: throttling, service trouble. */
  | 'retry'
  /** The object is there already: look at it before going on. */
  | 'exists'
  /** What was referred to is not there (any more). */
  | 'gone'
  /** Someone else changed it at the same time: observe again. */
  | 'conflict'
  /** A right is missing. */
  | 'denied'
  | 'quota'
  /** What we sent cannot be accepted; repeating is useless. */
  | 'input'
  /** A recent change of ours may not be everywhere yet; else it is a real refusal. */
  | 'propagation'
  /** The token or the trust policy does not fit. */
  | 'identity'
  /** The issuer's documents could not be fetched or do not fit the token. */
  | 'issuer'
  /** Nobody answered, or Rancher may not forward to the host. */
  | 'unreachable'
  /** The credential itself is missing, wrong or expired. */
  | 'credential'
  | 'unknown';

/** What failed, why, and what to do: the three lines of every error (design §9). */
export interface Explanation {
  /** Code of the catalogue, e.g. `DENIED_BY_SCP`. */
  code?: string;
  kind: ErrorKind;
  what: Text;
  why: Text;
  remedy: Text;
  /** The refused AWS action, e.g. `iam:CreateRole`. */
  action?: string;
  /** The refused resource, as AWS names it. */
  resource?: string;
}

/** The one error type of the engine. `message` is for logs; people read what, why and remedy. */
export class IrsaError extends Error {
  /** Stable, e.g. `ISSUER_UNKNOWN`, `DENIED_BY_SCP` (see the catalogue). */
  readonly code: string;
  readonly kind: ErrorKind;
  readonly what: Text;
  readonly why: Text;
  readonly remedy: Text;
  readonly facts: ErrorFacts;

  constructor(code: string, explanation: Explanation, facts: ErrorFacts = {}) {
    super([code, facts.action, facts.resource, facts.awsCode].filter(Boolean).join(' '));
    this.name = 'IrsaError';
    this.code = code;
    this.kind = explanation.kind;
    this.what = explanation.what;
    this.why = explanation.why;
    this.remedy = explanation.remedy;
    this.facts = { action: explanation.action, resource: explanation.resource, ...facts };
  }
}
