import { text } from '../text';
import type { Explanation } from './irsa-error';

/** A failed answer of a Kubernetes API: the Status body where there is one, else just the HTTP status. */
export interface KubernetesFailure {
  httpStatus: number;
  reason?: string;
  message?: string;
}

/** Says what a refusal of a Kubernetes API means; a 403 names the missing right. */
export function explainKubernetes(failure: KubernetesFailure): Explanation {
  const args = { status: failure.httpStatus, message: failure.message ?? '' };

  return { kind: 'unknown', what: text('irsa.error.kubernetes-unknown.what', args), why: text('irsa.error.kubernetes-unknown.why', args), remedy: text('irsa.error.kubernetes-unknown.remedy', args) };
}
