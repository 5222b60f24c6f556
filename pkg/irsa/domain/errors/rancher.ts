import { text } from '../text';
import type { Explanation } from './irsa-error';

/** An answer of Rancher itself (its API or its meta proxy) that is not what was asked for. */
export interface RancherFailure {
  httpStatus: number;
  body?: string;
  /** The host behind `/meta/proxy/`, when the call went there. */
  proxiedHost?: string;
}

/** Says what a failure of Rancher's API or proxy means. */
export function explainRancher(failure: RancherFailure): Explanation {
  const args = { status: failure.httpStatus, host: failure.proxiedHost ?? '' };

  return { kind: 'unknown', what: text('irsa.error.rancher-unknown.what', args), why: text('irsa.error.rancher-unknown.why', args), remedy: text('irsa.error.rancher-unknown.remedy', args) };
}
