import type { Right } from '../../domain/facts';
import type { Transport } from '../transport';
import { boolean, object, optional } from '../shape';
import { kube } from './client';

const REVIEW = object({ status: optional(object({ allowed: optional(boolean) })) });

interface AccessReview { status?: { allowed?: boolean } }

/** Asks the cluster whether this person has a right (SelfSubjectAccessReview; it answers 201 either way). */
export async function hasRight(transport: Transport, right: Right, signal?: AbortSignal): Promise<boolean> {
  const { clusterId, ...attributes } = right;
  const review = await kube<AccessReview>(transport, clusterId, {
    method: 'POST',
    path:   '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body:   { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: attributes } },
    shape:  REVIEW,
    signal,
  });

  return review.status?.allowed === true;
}

/** All answers, in the order asked. */
export async function askRights(transport: Transport, rights: Right[], signal?: AbortSignal): Promise<{ right: Right; allowed: boolean }[]> {
  return Promise.all(rights.map(async(right) => ({ right, allowed: await hasRight(transport, right, signal) })));
}
