import { explanation, type ErrorCode } from './catalogue';
import type { Explanation } from './irsa-error';
import { received } from './received';

/** A failed answer of a Kubernetes API: the Status body where there is one, else just the HTTP status. */
export interface KubernetesFailure {
  httpStatus: number;
  /** `Forbidden`, `AlreadyExists`, `Conflict`, … */
  reason?: string;
  message?: string;
}

/** The right that a 403 names. */
export interface MissingRight {
  verb: string;
  /** With subresource and group: `serviceaccounts/token`, `deployments.apps`; or a path such as `/openid/v1/jwks`. */
  resource: string;
  namespace?: string;
}

/**
 * Says what a refusal of a Kubernetes API means. A 403 names the missing right out of the API server's own text; `action` is then
 * `verb resource`, `resource` the namespace.
 */
export function explainKubernetes(failure: KubernetesFailure): Explanation {
  const { httpStatus } = failure;
  const [reason, message] = [received(failure.reason), received(failure.message)];
  const args = { status: httpStatus, reason, message };

  if (httpStatus === 403) {
    const right = parseForbidden(message);

    return explanation('KUBERNETES_FORBIDDEN', { ...args, right: right ? rightText(right) : message, scope: right && RANCHERS_OWN.test(right.resource) ? 'rancher' : 'cluster' }, right ? { action: `${ right.verb } ${ right.resource }`, ...(right.namespace ? { resource: right.namespace } : {}) } : {});
  }

  return explanation(codeOf(httpStatus, reason), args);
}

/**
 * Reads `<resource> "x" is forbidden: User "u" cannot patch resource "serviceaccounts" in API group "" in the namespace "shop"` and
 * `forbidden: User "u" cannot get path "/openid/v1/jwks"` (k8s.io/apiserver responsewriters/errors.go forbiddenMessage).
 */
export function parseForbidden(message: string): MissingRight | undefined {
  const path = /cannot (\w+) path "([^"]*)"/.exec(message);

  if (path) {
    return { verb: path[1]!, resource: path[2]! };
  }
  const match = /cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/.exec(message);

  return match ? { verb: match[1]!, resource: match[3] ? `${ match[2] }.${ match[3] }` : match[2]!, ...(match[4] ? { namespace: match[4] } : {}) } : undefined;
}

/** Kept in Rancher's own cluster, to which a global role lets in. */
const RANCHERS_OWN = /\.(management|fleet)\.cattle\.io$/;

function rightText({ verb, resource, namespace }: MissingRight): string {
  return `${ verb } ${ resource }${ namespace ? ` in namespace ${ namespace }` : '' }`;
}

function codeOf(status: number, reason: string): ErrorCode {
  switch (status) {
  case 401: return 'KUBERNETES_UNAUTHORIZED';
  case 404: return 'KUBERNETES_NOT_FOUND';
  case 409: return reason === 'AlreadyExists' ? 'KUBERNETES_EXISTS' : 'KUBERNETES_CONFLICT';
  case 400:
  case 415:
  case 422: return 'KUBERNETES_INVALID';
  case 429: return 'KUBERNETES_THROTTLED';
  case 502:
  case 503:
  case 504: return 'KUBERNETES_UNAVAILABLE';
  default: return 'KUBERNETES_OTHER';
  }
}
