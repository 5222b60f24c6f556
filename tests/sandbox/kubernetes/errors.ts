import type { AccessQuestion, KubeStatus, KubeUser, ResourceType } from '../contracts.ts';

/** Kubernetes' refusal of a request; `status` is the body it answers with. */
export class KubeError extends Error {
  readonly status: KubeStatus;
  /** Seconds for the Retry-After header. */
  readonly retryAfter?: number;

  constructor(status: KubeStatus, retryAfter?: number) {
    super(status.message);
    this.name = 'KubeError';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** One finding of validation: `details.causes` of a 422. */
export interface Cause {
  reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueNotSupported' | 'FieldValueDuplicate' | 'FieldValueNotFound' | 'FieldValueTooLong';
  message: string;
  field: string;
}

function refusal(code: number, reason: string, message: string, details?: object, retryAfter?: number): KubeError {
  return new KubeError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...details ? { details } : {}, code }, retryAfter);
}

type Named = Pick<ResourceType, 'group' | 'resource'>;

/** A resource as Kubernetes names it in messages: `deployments.apps`, `serviceaccounts`. */
export function qualified(type: Named): string {
  return type.group ? `${ type.resource }.${ type.group }` : type.resource;
}

function about(type: Named, name?: string): object {
  return { ...name ? { name } : {}, ...type.group ? { group: type.group } : {}, kind: type.resource };
}

/** apimachinery errors.NewBadRequest. */
export function badRequest(message: string): KubeError {
  return refusal(400, 'BadRequest', message);
}

/** apiserver endpoints/filters/authentication.go: nobody could be made out. */
export function unauthorized(): KubeError {
  return refusal(401, 'Unauthorized', 'Unauthorized');
}

/** apiserver responsewriters.forbiddenMessage, as recorded ("as user: …" in rancher-answers.json). */
export function forbidden(user: KubeUser, question: AccessQuestion): KubeError {
  if (question.nonResourcePath !== undefined) {
    return refusal(403, 'Forbidden', `forbidden: User "${ user.name }" cannot ${ question.verb } path "${ question.nonResourcePath }"`, {});
  }
  const type = { group: question.group ?? '', resource: question.resource ?? '' };
  const where = question.namespace ? `in the namespace "${ question.namespace }"` : 'at the cluster scope';
  const asked = question.subresource ? `${ type.resource }/${ question.subresource }` : type.resource;

  return refusedBecause(type, question.name, `User "${ user.name }" cannot ${ question.verb } resource "${ asked }" in API group "${ type.group }" ${ where }`);
}

/** apimachinery errors.NewForbidden: what admission says. */
export function refusedBecause(type: Named, name: string | undefined, why: string, causes?: { reason: string; message: string; field: string }[]): KubeError {
  return refusal(403, 'Forbidden', `${ qualified(type) }${ name ? ` "${ name }"` : '' } is forbidden: ${ why }`, { ...about(type, name), ...causes ? { causes } : {} });
}

export function notFound(type: Named, name: string): KubeError {
  return refusal(404, 'NotFound', `${ qualified(type) } "${ name }" not found`, about(type, name));
}

export function methodNotAllowed(type: Named, method: string): KubeError {
  return refusal(405, 'MethodNotAllowed', `${ method } is not supported on resources of kind "${ qualified(type) }"`, about(type));
}

/** Paths that are served, though not to this method: go-restful finds no route. */
export function noRouteForMethod(): KubeError {
  return refusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function notAcceptable(): KubeError {
  return refusal(406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/cbor');
}

export function alreadyExists(type: Named, name: string): KubeError {
  return refusal(409, 'AlreadyExists', `${ qualified(type) } "${ name }" already exists`, about(type, name));
}

/** apimachinery errors.NewConflict with registry.OptimisticLockErrorMsg, or another reason. */
export function conflict(type: Named, name: string, why = 'the object has been modified; please apply your changes to the latest version and try again'): KubeError {
  return refusal(409, 'Conflict', `Operation cannot be fulfilled on ${ qualified(type) } "${ name }": ${ why }`, about(type, name));
}

/**
 * apiserver storage/etcd3/errors.go: a revision that was compacted away.
 * @param continues  a token to go on with, in whatever the list is now
 */
export function expired(message: string, continues?: string): KubeError {
  const error = refusal(410, 'Expired', message);

  return continues === undefined ? error : new KubeError({ ...error.status, metadata: { continue: continues } });
}

/** Built-in types: go-restful finds no route that consumes the type (recorded "wrong patch type"). */
export function noRouteForMediaType(): KubeError {
  return refusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** Custom resources: apiserver negotiation.NewUnsupportedMediaTypeError. */
export function unsupportedMediaType(accepted: string[]): KubeError {
  return refusal(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${ accepted.join(', ') }`);
}

/** apimachinery errors.NewInvalid; several causes are joined as field.ErrorList.ToAggregate does. */
export function invalid(type: Pick<ResourceType, 'group' | 'kind'>, name: string, causes: Cause[]): KubeError {
  const texts = [...new Set(causes.map((cause) => `${ cause.field }: ${ cause.message }`))];
  const said = texts.length === 1 ? texts[0] : `[${ texts.join(', ') }]`;
  const kind = type.group ? `${ type.kind }.${ type.group }` : type.kind;

  return refusal(422, 'Invalid', `${ kind } "${ name }" is invalid: ${ said }`, {
    ...name ? { name } : {}, ...type.group ? { group: type.group } : {}, ...type.kind ? { kind: type.kind } : {}, causes
  });
}

/** A JSON patch that does not apply: apimachinery errors.NewGenericServerResponse for 422 (recorded "json patch test fails"). */
export function unprocessable(): KubeError {
  return refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

export function tooManyRequests(seconds = 1): KubeError {
  return refusal(429, 'TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds: seconds }, seconds);
}

/** apimachinery errors.NewInternalError. */
export function internalError(message: string): KubeError {
  return refusal(500, 'InternalError', `Internal error occurred: ${ message }`, { causes: [{ message }] });
}

export function serviceUnavailable(message = 'the server is currently unable to handle the request'): KubeError {
  return refusal(503, 'ServiceUnavailable', message);
}

/** field.Invalid. */
export function invalidValue(field: string, value: unknown, why: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${ JSON.stringify(value) ?? 'null' }: ${ why }`, field };
}

/** field.Required. */
export function requiredValue(field: string, why = ''): Cause {
  return { reason: 'FieldValueRequired', message: `Required value${ why ? `: ${ why }` : '' }`, field };
}

/** field.NotSupported. */
export function notSupported(field: string, value: unknown, supported: string[]): Cause {
  return { reason: 'FieldValueNotSupported', message: `Unsupported value: ${ JSON.stringify(value) }: supported values: ${ supported.map((one) => JSON.stringify(one)).join(', ') }`, field };
}

/** field.Forbidden. */
export function forbiddenValue(field: string, why: string): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${ why }`, field };
}
