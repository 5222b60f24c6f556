import type { HttpAnswer, HttpRequest, KubeObject, ResourceType } from '../../contracts.ts';
import { ApiError, empty, json } from '../answers.ts';
import type { Identity } from '../auth/auth.ts';
import type { ManagedCluster } from '../clusters.ts';
import { fieldsOf, isFields, randomName, stringOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { normanCollection, normanHeaders } from './shapes.ts';
import type { NormanType } from './types.ts';

/** Where Rancher keeps cloud credentials. */
export const CREDENTIAL_NAMESPACE = 'cattle-global-data';
/** Fields that are never shown again. */
const SECRET_FIELDS = /secret|password|token|privateKey/i;
const CONFIG = /^([a-z0-9]+credentialConfig)-(.+)$/i;

interface Call {
  request: HttpRequest;
  identity: Identity;
  local: ManagedCluster;
  type: NormanType;
}

function secretType(local: ManagedCluster): ResourceType {
  const type = local.kube.store.findType('', 'secrets');

  if (!type) {
    throw new Error('no secrets in the local cluster');
  }

  return type;
}

function nameOf(id: string): string {
  return id.replace(`${ CREDENTIAL_NAMESPACE }:`, '');
}

/** `/v3/cloudcredentials[/<id>]`: Secrets of cattle-global-data, their secret fields write-only. */
export function cloudCredentials(call: Call, id?: string): HttpAnswer {
  const { identity, local, request, type } = call;
  const secrets = secretType(local);
  const access = local.accessOf(identity.kube);
  const may = (verb: string, name?: string): boolean => access.grants(verb, secrets, CREDENTIAL_NAMESPACE, name);

  if (!id) {
    if (request.method === 'POST') {
      if (!may('create')) {
        throw new ApiError(403, 'Forbidden', 'cloudCredentials is forbidden: cannot create');
      }

      return json(201, show(request, create(call, body(request))), normanHeaders(request));
    }
    const visible = local.kube.store.list(secrets, { namespace: CREDENTIAL_NAMESPACE })
      .filter((secret) => configsOf(secret).size > 0 && (may('list', secret.metadata.name) || may('get', secret.metadata.name)));

    return normanCollection(request, type, visible.map((secret) => show(request, secret)));
  }
  const secret = local.kube.store.get(secrets, CREDENTIAL_NAMESPACE, nameOf(id));

  if (!secret || !configsOf(secret).size || !may('get', secret.metadata.name)) {
    throw new ApiError(404, 'NotFound', `cloudCredentials "${ id }" not found`);
  }
  if (request.method === 'PUT') {
    if (!may('update', secret.metadata.name)) {
      throw new ApiError(403, 'Forbidden', `cloudCredentials "${ id }" is forbidden`);
    }

    return json(200, show(request, local.kube.store.update(secrets, merge(secret, body(request)))), normanHeaders(request));
  }
  if (request.method === 'DELETE') {
    if (!may('delete', secret.metadata.name)) {
      throw new ApiError(403, 'Forbidden', `cloudCredentials "${ id }" is forbidden`);
    }
    local.kube.store.delete(secrets, CREDENTIAL_NAMESPACE, secret.metadata.name);

    return empty(204, normanHeaders(request));
  }

  return json(200, show(request, secret), normanHeaders(request));
}

function body(request: HttpRequest): Fields {
  return fieldsOf(JSON.parse(request.body.toString() || '{}') as unknown);
}

function configsOf(secret: KubeObject): Map<string, Fields> {
  const configs = new Map<string, Fields>();

  for (const [key, value] of Object.entries(fieldsOf(secret.data))) {
    const [, config, field] = CONFIG.exec(key) ?? [];

    if (config && field) {
      configs.set(config, { ...configs.get(config), [field]: Buffer.from(stringOf(value), 'base64').toString() });
    }
  }

  return configs;
}

function show(request: HttpRequest, secret: KubeObject): Fields {
  const { metadata } = secret;
  const id = `${ CREDENTIAL_NAMESPACE }:${ metadata.name }`;
  const self = `${ request.origin }/v3/cloudCredentials/${ id }`;
  const annotations = Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !key.startsWith('field.cattle.io/')));
  const open = (config: Fields): Fields => ({ defaultRegion: '', ...Object.fromEntries(Object.entries(config).filter(([key]) => !SECRET_FIELDS.test(key))) });

  return {
    ...Object.fromEntries([...configsOf(secret)].map(([name, config]) => [name, open(config)])),
    annotations,
    baseType:  'cloudCredential',
    created:   metadata.creationTimestamp,
    createdTS: Date.parse(metadata.creationTimestamp ?? ''),
    creatorId: metadata.annotations?.['field.cattle.io/creatorId'] ?? null,
    id,
    ...metadata.labels ? { labels: metadata.labels } : {},
    links:     { remove: self, self, update: self },
    name:      metadata.annotations?.['field.cattle.io/name'] ?? metadata.name,
    type:      'cloudCredential',
    uuid:      metadata.uid
  };
}

function encoded(input: Fields): Record<string, string> {
  const data: Record<string, string> = {};

  for (const [config, fields] of Object.entries(input)) {
    if (/credentialConfig$/i.test(config) && isFields(fields)) {
      for (const [field, value] of Object.entries(fields)) {
        if (typeof value === 'string' && value !== '') {
          data[`${ config }-${ field }`] = Buffer.from(value).toString('base64');
        }
      }
    }
  }

  return data;
}

function merge(secret: KubeObject, input: Fields): KubeObject {
  return {
    ...secret,
    data:     { ...fieldsOf(secret.data), ...encoded(input) },
    metadata: {
      ...secret.metadata,
      annotations: { ...secret.metadata.annotations, ...fieldsOf(input.annotations) as Record<string, string>, ...input.name ? { 'field.cattle.io/name': stringOf(input.name) } : {} }
    }
  };
}

function create(call: Call, input: Fields): KubeObject {
  const { identity, local } = call;
  const data = encoded(input);

  if (!Object.keys(data).length) {
    throw new ApiError(422, 'MissingRequired', 'a credential config is required');
  }

  return createCredential(local, {
    name: stringOf(input._name) || stringOf(input.name), owner: identity.user.id, annotations: fieldsOf(input.annotations) as Record<string, string>, data
  });
}

export interface NewCredential {
  id?: string;
  name: string;
  owner: string;
  annotations?: Record<string, string>;
  /** As the Secret holds it: `<config>-<field>`, base64. */
  data: Record<string, string>;
}

/** Stores a credential and the Role that lets its maker use it, as Rancher does. */
export function createCredential(local: ManagedCluster, credential: NewCredential): KubeObject {
  const { store } = local.kube;
  const name = credential.id ?? `cc-${ randomName() }`;
  const secret = store.create(secretType(local), {
    apiVersion: 'v1',
    kind:       'Secret',
    metadata:   {
      name, generateName: 'cc-', namespace: CREDENTIAL_NAMESPACE, labels: { 'cattle.io/creator': 'norman' },
      annotations: { ...credential.annotations, 'field.cattle.io/creatorId': credential.owner, 'field.cattle.io/name': credential.name }
    },
    type: 'Opaque',
    data: credential.data
  });
  const owned = {
    name:            `${ name }-secrets-a`,
    namespace:       CREDENTIAL_NAMESPACE,
    ownerReferences: [{ apiVersion: 'v1', kind: 'Secret', name, uid: secret.metadata.uid ?? '' }]
  };
  const roles = store.findType('rbac.authorization.k8s.io', 'roles');
  const bindings = store.findType('rbac.authorization.k8s.io', 'rolebindings');

  if (roles && bindings) {
    store.create(roles, {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: owned, rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['*'] }]
    });
    store.create(bindings, {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: owned,
      roleRef:    { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: owned.name },
      subjects:   [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: credential.owner }]
    });
  }

  return secret;
}
