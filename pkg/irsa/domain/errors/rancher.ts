import { explanation, type ErrorCode } from './catalogue';
import type { Explanation } from './irsa-error';
import { received } from './received';

/** An answer of Rancher itself (its API or its meta proxy) that is not what was asked for. */
export interface RancherFailure {
  httpStatus: number;
  /** As received; only the beginning of its text is looked at. */
  body?: string;
  /** The host behind `/meta/proxy/`, when the call went there. */
  proxiedHost?: string;
}

/**
 * Says what a failure of Rancher's API or proxy means. The proxy answers 502 or 503 with an empty body alike for a host that is not
 * allowed, not reachable or has a bad certificate; and it sends requests on unsigned when the credential may not be used, so that
 * AWS itself complains (MissingAuthenticationToken: see explainAws). Source: rancher.md §2.8, real-parts.md.
 */
export function explainRancher(failure: RancherFailure): Explanation {
  return explanation(codeOf({ ...failure, body: failure.body?.slice(0, LOOKED_AT) }), { status: failure.httpStatus, host: failure.proxiedHost ?? '', message: messageOf(failure.body) });
}

function codeOf({ httpStatus, body = '', proxiedHost }: RancherFailure): ErrorCode {
  if (proxiedHost && (httpStatus === 502 || httpStatus === 503 || httpStatus === 504)) {
    return 'HOST_UNREACHABLE';
  }
  if (/ClusterUnavailable|lost connection to cluster|ClusterNotFound/i.test(body) || httpStatus === 502 || httpStatus === 503 || httpStatus === 504) {
    return 'CLUSTER_UNREACHABLE';
  }
  if (/no chart (name|version) found|chart .* not found/i.test(body)) {
    return 'HELM_REFUSED';
  }
  switch (httpStatus) {
  case 401: return 'RANCHER_LOGGED_OUT';
  case 403: return 'RANCHER_FORBIDDEN';
  case 404: return 'RANCHER_NOT_FOUND';
  case 409: return 'RANCHER_CONFLICT';
  case 422: return 'HELM_REFUSED';
  case 429: return 'RANCHER_BUSY';
  default: return 'RANCHER_OTHER';
  }
}

/** Characters of a body that tell what it is; a whole one may be megabytes. */
const LOOKED_AT = 10_000;

/** The message of Steve's and Norman's error objects, else the body's own text, cut short. */
function messageOf(body = ''): string {
  try {
    const { message, code } = JSON.parse(body) as { message?: unknown; code?: unknown };

    return received(message ?? code);
  } catch {
    return /^\s*</.test(body) ? '' : body.trim().slice(0, 300);
  }
}
