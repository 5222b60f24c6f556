import type { HttpAnswer, HttpRequest, KubeObject } from '../../contracts.ts';
import { ApiError, empty, json, kubeStatusOf } from '../answers.ts';
import type { Identity } from '../auth/auth.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Users } from '../auth/users.ts';
import type { ManagedCluster } from '../clusters.ts';
import { maySee } from '../steve/visible.ts';
import { fieldsOf, randomName, stringOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { cloudCredentials } from './cloud-credentials.ts';
import { principals, tokensAnswer, usersAnswer } from './people.ts';
import { normanCollection, normanError, normanHeaders, normanId, normanResource, normanSchema, normanSchemas } from './shapes.ts';
import { normanType } from './types.ts';
import type { NormanType } from './types.ts';

export interface NormanOptions {
  local: ManagedCluster;
  users: Users;
  tokens: Tokens;
}

/** Rancher's older API, `/v3/…`: credentials, people, and management objects in flat form. */
export class Norman {
  private readonly options: NormanOptions;

  constructor(options: NormanOptions) {
    this.options = options;
  }

  /** `path` is what follows `/v3/`. */
  handle(request: HttpRequest, identity: Identity, path: string): HttpAnswer {
    const [name = '', rawId, sub] = path.split('/').filter((part) => part);
    const id = rawId === undefined ? undefined : decodeURIComponent(rawId);

    try {
      return this.route(request, identity, name, id, sub);
    } catch (error) {
      const status = kubeStatusOf(error);

      if (status) {
        return normanError(request, status.code, status.reason, status.message);
      }
      if (error instanceof ApiError) {
        return normanError(request, error.status, error.code, error.message);
      }
      throw error;
    }
  }

  private route(request: HttpRequest, identity: Identity, name: string, id?: string, sub?: string): HttpAnswer {
    const call = { request, identity, ...this.options };

    if (name === '') {
      return json(200, { type: 'apiRoot', links: { self: `${ request.origin }/v3` } }, normanHeaders(request));
    }
    if (name === 'schemas') {
      return id ? this.schema(request, id) : normanSchemas(request);
    }
    const type = normanType(sub ?? name);

    if (!type) {
      return normanError(request, 404, 'NotFound', 'not found');
    }
    switch (type.id) {
    case 'cloudCredential':
      return cloudCredentials({ ...call, type }, id);
    case 'principal':
      return principals(call, id);
    case 'user':
      return usersAnswer(call, id);
    case 'token':
      return tokensAnswer(call, id);
    default:
      return this.management(request, identity, type, sub ? undefined : id, sub ? id : undefined);
    }
  }

  private schema(request: HttpRequest, id: string): HttpAnswer {
    const type = normanType(id);

    return type ? json(200, normanSchema(request, type), normanHeaders(request)) : normanError(request, 404, 'NotFound', 'not found');
  }

  private management(request: HttpRequest, identity: Identity, type: NormanType, id?: string, clusterId?: string): HttpAnswer {
    const { local } = this.options;
    const { store } = local.kube;
    const kubeType = store.findType('management.cattle.io', type.resource ?? '');
    const access = local.accessOf(identity.kube);

    if (!kubeType) {
      return normanError(request, 404, 'NotFound', 'not found');
    }
    if (!id) {
      if (request.method === 'POST') {
        return this.create(request, identity, type);
      }
      const wanted = [...request.query.entries()].filter(([key]) => !['limit', 'sort', 'order', 'action'].includes(key));
      const data = store.list(kubeType).filter((object) => maySee(kubeType, object, access) && (!clusterId || object.metadata.namespace === clusterId))
        .map((object) => this.show(request, type, object))
        .filter((resource) => wanted.every(([key, value]) => String(resource[key] ?? '') === value));

      return normanCollection(request, type, data, type.id === 'cluster' ? { createFromTemplate: `${ request.origin }/v3/clusters?action=createFromTemplate` } : {});
    }
    const [first = '', second] = id.split(':');
    const [namespace, objectName] = kubeType.namespaced ? [first, second ?? ''] : [undefined, id];
    const object = store.get(kubeType, namespace, objectName);

    if (!object || !maySee(kubeType, object, access)) {
      return normanError(request, 404, 'NotFound', `${ type.plural } "${ id }" not found`);
    }
    if (request.method === 'GET') {
      return json(200, this.show(request, type, object), normanHeaders(request, type));
    }
    const verb = request.method === 'DELETE' ? 'delete' : 'update';

    if (!access.grants(verb, kubeType, namespace, objectName)) {
      throw new ApiError(403, 'Forbidden', `${ type.plural } "${ id }" is forbidden: User "${ identity.kube.name }" cannot ${ verb } resource "${ kubeType.resource }" in API group "management.cattle.io"`);
    }
    if (request.method === 'DELETE') {
      store.delete(kubeType, namespace, objectName);

      return empty(204, normanHeaders(request));
    }
    if (request.method === 'POST') {
      return this.action(request, type, object);
    }
    const input = fieldsOf(JSON.parse(request.body.toString() || '{}') as unknown);
    const next = store.update(kubeType, {
      ...object,
      metadata: {
        ...object.metadata,
        annotations: { ...object.metadata.annotations, ...fieldsOf(input.annotations) as Record<string, string> },
        labels:      { ...object.metadata.labels, ...fieldsOf(input.labels) as Record<string, string> }
      },
      ...type.id === 'setting' ? { value: stringOf(input.value) } : {},
    });

    return json(200, this.show(request, type, next), normanHeaders(request, type));
  }

  private globalRoleOwner(name: string): { apiVersion: string; kind: string; name: string; uid: string }[] {
    const { store } = this.options.local.kube;
    const type = store.findType('management.cattle.io', 'globalroles');
    const role = type && store.get(type, undefined, name);

    if (!role) {
      throw new ApiError(404, 'NotFound', `globalroles.management.cattle.io "${ name }" not found`);
    }

    return [{ apiVersion: 'management.cattle.io/v3', kind: 'GlobalRole', name, uid: role.metadata.uid ?? '' }];
  }

  private show(request: HttpRequest, type: NormanType, object: KubeObject): Fields {
    return normanResource(request, type, object);
  }

  private action(request: HttpRequest, type: NormanType, object: KubeObject): HttpAnswer {
    const action = request.query.get('action');

    if (type.id === 'cluster' && action === 'generateKubeconfig') {
      const server = `${ request.origin }/k8s/clusters/${ object.metadata.name }`;

      return json(200, { baseType: 'generateKubeConfigOutput', type: 'generateKubeConfigOutput', config: `apiVersion: v1\nkind: Config\nclusters:\n- name: ${ object.metadata.name }\n  cluster:\n    server: ${ server }\n` }, normanHeaders(request));
    }

    return action ? json(200, {}, normanHeaders(request)) : normanError(request, 405, 'MethodNotAllowed', 'method not allowed');
  }

  private create(request: HttpRequest, identity: Identity, type: NormanType): HttpAnswer {
    const { local } = this.options;
    const kubeType = local.kube.store.findType('management.cattle.io', type.resource ?? '');
    const input = fieldsOf(JSON.parse(request.body.toString() || '{}') as unknown);

    if (!kubeType || !type.collectionMethods.includes('POST')) {
      return normanError(request, 405, 'MethodNotAllowed', 'method not allowed');
    }
    const back = Object.fromEntries(Object.entries(type.renames ?? {}).map(([from, to]) => [to, from]));
    const stored = Object.fromEntries(Object.entries(input).filter(([key]) => !['type', 'id', 'links', 'actions', 'metadata', 'annotations', 'labels'].includes(key)).map(([key, value]) => [back[key] ?? key, value]));
    const namespace = kubeType.namespaced ? stringOf(input.clusterId) || stringOf(input.projectId).split(':')[1] || undefined : undefined;

    if (!local.accessOf(identity.kube).grants('create', kubeType, namespace)) {
      throw new ApiError(403, 'Forbidden', `${ kubeType.resource }.management.cattle.io is forbidden: User "${ identity.kube.name }" cannot create resource "${ kubeType.resource }" in API group "management.cattle.io" at the cluster scope`);
    }
    const prefixes: Record<string, string> = { globalRoleBinding: 'grb-', clusterRoleTemplateBinding: 'crtb-', projectRoleTemplateBinding: 'prtb-', project: 'p-' };
    const created = local.kube.store.create(kubeType, {
      apiVersion: `management.cattle.io/${ kubeType.version }`,
      kind:       kubeType.kind,
      metadata:   {
        name: `${ prefixes[type.id] ?? `${ type.id.toLowerCase() }-` }${ randomName() }`, ...namespace ? { namespace } : {}, labels: { 'cattle.io/creator': 'norman' },
        annotations: { ...fieldsOf(input.annotations) as Record<string, string>, 'field.cattle.io/creatorId': identity.user.id },
        ...type.id === 'globalRoleBinding' ? { ownerReferences: this.globalRoleOwner(stringOf(input.globalRoleId)) } : {}
      },
      ...type.id === 'project' ? { spec: stored } : stored
    });

    return json(201, { ...this.show(request, type, created), id: normanId(created) }, normanHeaders(request, type));
  }
}
