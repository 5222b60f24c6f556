import type { HttpAnswer, HttpRequest, KubeUser } from '../../contracts.ts';
import { empty, json } from '../answers.ts';
import type { ManagedCluster } from '../clusters.ts';
import { countsResource } from './counts.ts';
import { steveError, steveErrorOf, steveHeaders } from './errors.ts';
import type { HookTable, SteveCall } from './hooks.ts';
import { listAnswer } from './list.ts';
import { bodyOf, createAnswer, findObject, patchAnswer, removeAnswer, showObject, updateAnswer } from './objects.ts';
import type { Preferences } from './preferences.ts';
import { isCreateOnly, schemaDefinition, schemasOf, steveUrl } from './schemas.ts';
import { schemaId, typeOf } from './type-ids.ts';

export interface SteveOptions {
  hooks: HookTable;
  preferences: Preferences;
}

/** Rancher's generic API over one cluster's objects: `/v1/…` and `/k8s/clusters/<id>/v1/…`. */
export class Steve {
  private readonly hooks: HookTable;
  private readonly preferences: Preferences;

  constructor(options: SteveOptions) {
    this.hooks = options.hooks;
    this.preferences = options.preferences;
  }

  /** `path` is what follows `/v1/`, still percent-encoded. */
  async handle(request: HttpRequest, cluster: ManagedCluster, user: KubeUser, path: string): Promise<HttpAnswer> {
    const base = { origin: request.origin, prefix: cluster.id === 'local' ? '' : `/k8s/clusters/${ cluster.id }` };
    const call: SteveCall = { request, cluster, user, access: cluster.accessOf(user), base };

    try {
      return await this.route(call, path.split('/').filter((part) => part).map(decodeURIComponent));
    } catch (error) {
      return steveErrorOf(base, error);
    }
  }

  private async route(call: SteveCall, parts: string[]): Promise<HttpAnswer> {
    const { access, base, cluster, request } = call;
    const [name = '', first, second] = parts;

    switch (name) {
    case 'schemas':
      return this.schemas(call, first);
    case 'schemaDefinitions': {
      const type = typeOf(cluster.kube.store, first ?? '');

      return type ? json(200, schemaDefinition(type, base), steveHeaders(base)) : steveError(base, 404, 'NotFound', 'no such schema');
    }
    case 'counts':
      return json(200, {
        type: 'collection', links: { self: steveUrl(base, 'counts') }, actions: {}, resourceType: 'count', data: [countsResource(cluster.kube, access, base)]
      }, steveHeaders(base));
    case 'userpreferences':
      return this.preferences.answer(call);
    default:
    }
    const type = typeOf(cluster.kube.store, name);
    const visible = type && ['get', 'list', 'create', 'update', 'patch', 'delete', 'watch'].some((verb) => access.any(verb, type));

    if (!type || !visible) {
      return empty(404);
    }
    const namespace = type.namespaced ? first : undefined;
    const objectName = type.namespaced ? second : first;

    if (!objectName) {
      return this.collection(call, type, namespace);
    }
    switch (request.method) {
    case 'PUT':
      return updateAnswer(call, this.hooks, type, objectName, namespace);
    case 'PATCH':
      return patchAnswer(call, this.hooks, type, objectName, namespace);
    case 'DELETE':
      return removeAnswer(call, this.hooks, type, objectName, namespace);
    default:
    }
    const object = findObject(call, type, 'get', objectName, namespace);
    const hooks = this.hooks.get(schemaId(type));
    const action = request.query.get('action');
    const link = request.query.get('link');

    if (request.method === 'POST') {
      const run = action ? hooks?.actions?.[action] : undefined;

      return run ? await run({ ...call, type, object }, bodyOf(call)) : steveError(base, 404, 'NotFound', 'not found');
    }
    if (link) {
      const follow = hooks?.links?.[link];

      return follow ? await follow({ ...call, type, object }) : steveError(base, 404, 'NotFound', 'not found');
    }

    return json(200, showObject(call, this.hooks, type, object), steveHeaders(base));
  }

  private collection(call: SteveCall, type: NonNullable<ReturnType<typeof typeOf>>, namespace?: string): HttpAnswer {
    if (call.request.method === 'POST') {
      return createAnswer(call, this.hooks, type, namespace);
    }
    if (call.request.method !== 'GET' || isCreateOnly(type)) {
      return steveError(call.base, 403, 'PermissionDenied', `Method ${ call.request.method } not supported`);
    }

    return listAnswer(call, this.hooks, type, namespace);
  }

  private schemas(call: SteveCall, id?: string): HttpAnswer {
    const schemas = schemasOf(call.cluster.kube, call.access, call.base);

    if (id === undefined) {
      return json(200, { type: 'collection', links: { self: steveUrl(call.base, 'schemas') }, actions: {}, resourceType: 'schema', data: schemas }, steveHeaders(call.base));
    }
    const schema = schemas.find((one) => one.id === id) ?? schemas.find((one) => one.pluralName === id);

    return schema ? json(200, schema, steveHeaders(call.base)) : steveError(call.base, 404, 'NotFound', 'no such schema');
  }
}
