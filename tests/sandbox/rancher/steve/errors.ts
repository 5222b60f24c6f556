import type { HttpAnswer, KubeUser, ResourceType } from '../../contracts.ts';
import { ApiError, json, kubeStatusOf } from '../answers.ts';
import type { SteveBase } from './schemas.ts';

/** Every Steve answer names where its schemas are. */
export function steveHeaders(base: SteveBase): Record<string, string> {
  return { 'x-api-schemas': `${ base.origin }${ base.prefix }/v1/schemas` };
}

/** A refusal in Steve's form. */
export function steveError(base: SteveBase, status: number, code: string, message: string): HttpAnswer {
  return json(status, { type: 'error', links: {}, code, message, status }, steveHeaders(base));
}

/** A thrown refusal in Steve's form; anything else is a defect and goes on up. */
export function steveErrorOf(base: SteveBase, error: unknown): HttpAnswer {
  const status = kubeStatusOf(error);

  if (status) {
    return steveError(base, status.code, status.reason, status.message);
  }
  if (error instanceof ApiError) {
    return steveError(base, error.status, error.code, error.message);
  }
  throw error;
}

/** Kubernetes' words when RBAC refuses. */
export function forbidden(user: KubeUser, verb: string, type: ResourceType, namespace?: string, name?: string): ApiError {
  const resource = type.group ? `${ type.resource }.${ type.group }` : type.resource;
  const where = namespace ? `in the namespace "${ namespace }"` : 'at the cluster scope';

  return new ApiError(403, 'Forbidden',
    `${ resource }${ name ? ` "${ name }"` : '' } is forbidden: User "${ user.name }" cannot ${ verb } resource "${ type.resource }" in API group "${ type.group }" ${ where }`);
}

/** Kubernetes' words when an object is not there. */
export function notFound(type: ResourceType, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${ type.group ? `${ type.resource }.${ type.group }` : type.resource } "${ name }" not found`);
}
