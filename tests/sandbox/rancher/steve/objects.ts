import type { HttpAnswer, KubeObject, ResourceType } from '../../contracts.ts';
import { ApiError, empty, json } from '../answers.ts';
import { fieldsOf, isFields, randomName, stringOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { forbidden, notFound, steveHeaders } from './errors.ts';
import type { HookTable, SteveCall } from './hooks.ts';
import { decoratorOf } from './list.ts';
import { objectFromSteve, steveResource } from './resource.ts';
import { disallowedMethods } from './schemas.ts';
import { schemaId } from './type-ids.ts';
import { maySee } from './visible.ts';

/** Body of a request as an object; Steve's words where it is none. */
export function bodyOf(call: SteveCall): Fields {
  const text = call.request.body.toString();

  if (!text.trim()) {
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(text);

    return fieldsOf(parsed);
  } catch {
    throw new ApiError(422, 'InvalidBodyContent', 'failed to parse body: invalid JSON');
  }
}

/** Refuses a method that Rancher blocks for the type, or that the asker has nowhere. */
export function checkMethod(call: SteveCall, type: ResourceType, method: string, verb: string): void {
  if (disallowedMethods(type).includes(method) || !(call.access.any(verb, type) || (verb === 'patch' && call.access.any('update', type)))) {
    throw new ApiError(403, 'PermissionDenied', `Method ${ method } not supported`);
  }
}

/** The object, if it is there and the asker may do this to it. */
export function findObject(call: SteveCall, type: ResourceType, verb: string, name: string, namespace?: string): KubeObject {
  const object = call.cluster.kube.store.get(type, type.namespaced ? namespace : undefined, name);
  const granted = verb === 'get' && object ? maySee(type, object, call.access) : call.access.grants(verb, type, namespace, name);

  if (!granted) {
    throw forbidden(call.user, verb, type, namespace, name);
  }
  if (!object) {
    throw notFound(type, name);
  }

  return object;
}

/** One object as Steve answers it. */
export function showObject(call: SteveCall, hooks: HookTable, type: ResourceType, object: KubeObject, written = false): Fields {
  const resource = steveResource(type, object, {
    base:          call.base,
    access:        call.access,
    decorate:      decoratorOf(call, hooks),
    withoutFields: written,
    exclude:       call.request.query.getAll('exclude'),
    include:       call.request.query.getAll('include'),
  });
  const permissions = call.request.query.get('checkPermissions');

  if (permissions) {
    resource.resourcePermissions = Object.fromEntries(permissions.split(',').map((id) => [id, {}]));
  }

  return hooks.get(schemaId(type))?.show?.({ ...call, type, object }, resource) ?? resource;
}

/** Kubernetes tells of fields it does not know; `type` is Steve's own, so it always complains of that one. */
function warnings(body: Fields): Record<string, string> {
  return body.type === undefined ? {} : { warning: '299 - unknown field "type"' };
}

/** POST of a collection. */
export function createAnswer(call: SteveCall, hooks: HookTable, type: ResourceType, namespace?: string): HttpAnswer {
  const body = bodyOf(call);
  const own = hooks.get(schemaId(type))?.create?.({ ...call, type }, body);

  checkMethod(call, type, 'POST', 'create');
  if (own) {
    return own;
  }
  const object = objectFromSteve(type, body);

  if (type.namespaced) {
    object.metadata.namespace ??= namespace ?? 'default';
  } else {
    delete object.metadata.namespace;
  }
  if (!object.metadata.name && object.metadata.generateName) {
    object.metadata.name = object.metadata.generateName + randomName();
  }
  if (!call.access.grants('create', type, object.metadata.namespace)) {
    throw forbidden(call.user, 'create', type, object.metadata.namespace);
  }
  const created = call.cluster.kube.store.create(type, object, call.user);

  return json(201, showObject(call, hooks, type, created, true), { ...steveHeaders(call.base), ...warnings(body) });
}

/** PUT of one object. */
export function updateAnswer(call: SteveCall, hooks: HookTable, type: ResourceType, name: string, namespace?: string): HttpAnswer {
  checkMethod(call, type, 'PUT', 'update');
  const body = bodyOf(call);
  const before = findObject(call, type, 'update', name, namespace);
  const object = objectFromSteve(type, body);

  if (!stringOf(object.metadata.resourceVersion)) {
    throw new ApiError(500, 'ServerError', 'metadata.resourceVersion is required for update');
  }
  object.metadata = { ...object.metadata, name, ...namespace ? { namespace } : {} };
  if (isFields(before.status) && object.status === undefined) {
    object.status = before.status;
  }
  const updated = call.cluster.kube.store.update(type, object);

  return json(200, showObject(call, hooks, type, updated, true), { ...steveHeaders(call.base), ...warnings(body) });
}

/** PATCH of one object; the content type selects the kind of patch, strategic by default. */
export function patchAnswer(call: SteveCall, hooks: HookTable, type: ResourceType, name: string, namespace?: string): HttpAnswer {
  checkMethod(call, type, 'PATCH', 'patch');
  const sent = (call.request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const contentType = sent === '' || sent === 'application/json' ? 'application/strategic-merge-patch+json' : sent;

  findObject(call, type, 'patch', name, namespace);
  const patch: unknown = JSON.parse(call.request.body.toString() || '{}');
  const patched = call.cluster.kube.store.patch(type, type.namespaced ? namespace : undefined, name, contentType, patch);

  return json(200, showObject(call, hooks, type, patched, true), steveHeaders(call.base));
}

/** DELETE of one object. */
export function removeAnswer(call: SteveCall, hooks: HookTable, type: ResourceType, name: string, namespace?: string): HttpAnswer {
  checkMethod(call, type, 'DELETE', 'delete');
  findObject(call, type, 'delete', name, namespace);
  const { store } = call.cluster.kube;

  store.delete(type, type.namespaced ? namespace : undefined, name);
  const remaining = store.get(type, type.namespaced ? namespace : undefined, name);

  return remaining ? json(200, showObject(call, hooks, type, remaining, true), steveHeaders(call.base)) : empty(204, steveHeaders(call.base));
}
