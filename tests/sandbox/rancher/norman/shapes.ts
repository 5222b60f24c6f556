import type { HttpAnswer, HttpRequest, KubeObject } from '../../contracts.ts';
import { json } from '../answers.ts';
import { fieldsOf, isFields, listOf } from '../values.ts';
import type { Fields } from '../values.ts';
import type { NormanType } from './types.ts';
import { NORMAN_TYPES } from './types.ts';

/** Norman's answers name where its schemas are; clusters name the cluster's. */
export function normanHeaders(request: HttpRequest, type?: NormanType): Record<string, string> {
  return { 'x-api-schemas': `${ request.origin }/v3/${ type?.id === 'cluster' ? 'cluster/' : '' }schemas` };
}

export function normanError(request: HttpRequest, status: number, code: string, message: string): HttpAnswer {
  return json(status, { baseType: 'error', code, message, status, type: 'error' }, normanHeaders(request));
}

/** A collection in Norman's form. */
export function normanCollection(request: HttpRequest, type: NormanType, data: Fields[], actions: Fields = {}): HttpAnswer {
  const url = `${ request.origin }${ request.path }`;
  const own = [...request.query.entries()].filter(([key]) => !['sort', 'order'].includes(key)).map(([key, value]) => `${ key }=${ value }&`).join('');
  const mayCreate = type.collectionMethods.includes('POST');
  const filters = Object.fromEntries([...type.sort, 'created', 'creatorId', 'id', 'removed'].map((name): [string, unknown] => [name, null]));

  for (const [key, value] of request.query) {
    filters[key] = [{ modifier: 'eq', value }];
  }

  return json(200, {
    type:  'collection',
    links: { self: url },
    ...mayCreate ? { createTypes: { [type.id]: url } } : {},
    actions,
    pagination: { limit: 1000, ...type.id === 'principal' ? {} : { total: data.length } },
    sort:       { order: 'asc', reverse: `${ url }?${ own }order=desc`, links: Object.fromEntries(type.sort.map((name) => [name, `${ url }?${ own }sort=${ name }`])) },
    filters,
    resourceType: type.id,
    data
  }, normanHeaders(request, type));
}

function rename(type: NormanType, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [type.renames?.[key] ?? key, value]));
}

function plainConditions(conditions: unknown): unknown[] {
  return listOf(conditions).map(fieldsOf).map(({ type, status, lastUpdateTime, message, reason }) => ({
    status, type, ...lastUpdateTime ? { lastUpdateTime } : {}, ...message ? { message } : {}, ...reason ? { reason } : {}
  }));
}

/** `namespace:name`, or the name alone. */
export function normanId(object: KubeObject): string {
  return object.metadata.namespace ? `${ object.metadata.namespace }:${ object.metadata.name }` : object.metadata.name;
}

/** A management object flattened into Norman's form. */
export function normanResource(request: HttpRequest, type: NormanType, object: KubeObject): Fields {
  const { apiVersion: _version, kind: _kind, metadata, spec, status, ...rest } = object;
  const id = normanId(object);
  const self = `${ request.origin }/v3/${ type.id === 'cluster' ? 'clusters' : type.plural }/${ id }`;
  const created = metadata.creationTimestamp ?? '';
  const flatStatus = fieldsOf(status);

  return {
    ...rename(type, rest),
    ...rename(type, fieldsOf(spec)),
    ...flatStatus,
    ...Array.isArray(flatStatus.conditions) ? { conditions: plainConditions(flatStatus.conditions) } : {},
    ...metadata.annotations ? { annotations: metadata.annotations } : {},
    ...metadata.labels ? { labels: metadata.labels } : {},
    ...metadata.ownerReferences ? { ownerReferences: metadata.ownerReferences.map((owner) => ({ ...owner, type: '/v3/schemas/ownerReference' })) } : {},
    ...metadata.namespace ? { namespaceId: null } : {},
    baseType:  type.id,
    created,
    createdTS: Date.parse(created) || 0,
    creatorId: metadata.annotations?.['field.cattle.io/creatorId'] ?? null,
    id,
    links:     { remove: self, self, update: self, ...linksOf(type, self) },
    name:      nameOf(type, object),
    ...type.resource && ['clusters', 'nodes', 'projects', 'nodedrivers', 'kontainerdrivers'].includes(type.resource) ? { state: 'active', transitioning: 'no', transitioningMessage: '' } : {},
    type:      type.id,
    uuid:      metadata.uid ?? '',
    ...actionsOf(type, self),
  };
}

function nameOf(type: NormanType, object: KubeObject): unknown {
  const spec = fieldsOf(object.spec);

  return type.renames?.displayName ? (isFields(object.spec) && spec.displayName) || object.displayName || object.metadata.name : object.metadata.name;
}

function linksOf(type: NormanType, self: string): Fields {
  if (type.id !== 'cluster') {
    return {};
  }
  const names = ['apiServices', 'clusterRegistrationTokens', 'clusterRoleTemplateBindings', 'namespaces', 'nodes', 'persistentVolumes', 'projects', 'storageClasses', 'subscribe', 'tokens'];

  return { ...Object.fromEntries(names.map((name) => [name, `${ self }/${ name.toLowerCase() }`])), shell: `${ self.replace(/^http/, 'ws') }?shell=true` };
}

function actionsOf(type: NormanType, self: string): Fields {
  switch (type.id) {
  case 'cluster':
    return { actions: { generateKubeconfig: `${ self }?action=generateKubeconfig`, importYaml: `${ self }?action=importYaml` } };
  case 'nodeDriver':
  case 'kontainerDriver':
    return { actions: { activate: `${ self }?action=activate`, deactivate: `${ self }?action=deactivate` } };
  default:
    return {};
  }
}

/** `/v3/schemas/<id>` */
export function normanSchema(request: HttpRequest, type: NormanType): Fields {
  const write = (fieldType: string): Fields => ({ create: true, nullable: true, type: fieldType, update: true });
  const read = (fieldType: string): Fields => ({ create: false, nullable: true, type: fieldType, update: false });

  return {
    baseType:          'schema',
    collectionFilters: Object.fromEntries([...type.sort, 'created', 'creatorId', 'id', 'removed'].map((name) => [name, { modifiers: ['eq', 'ne', 'in', 'notin'] }])),
    ...type.collectionMethods.length ? { collectionMethods: type.collectionMethods } : {},
    id:                type.id,
    links:             { ...type.collectionMethods.length ? { collection: `${ request.origin }/v3/${ type.plural.toLowerCase() }` } : {}, self: `${ request.origin }/v3/schemas/${ type.id }` },
    pluralName:        type.plural,
    resourceFields:    {
      ...Object.fromEntries(Object.entries(type.fields).map(([name, fieldType]) => [name, write(fieldType)])),
      created: read('date'), creatorId: read('reference[/v3/schemas/user]'), id: read('dnsLabel'), ownerReferences: read('array[ownerReference]'), removed: read('date'), uuid: read('string')
    },
    resourceMethods:   type.resourceMethods,
    type:              'schema',
    version:           { group: 'management.cattle.io', path: '/v3', version: 'v3' }
  };
}

/** `/v3/schemas` */
export function normanSchemas(request: HttpRequest): HttpAnswer {
  const url = `${ request.origin }/v3/schemas`;

  return json(200, {
    type:         'collection', links: { self: url }, actions: {}, pagination: { limit: 1000, total: NORMAN_TYPES.length }, sort: { order: 'asc', reverse: `${ url }?order=desc` }, resourceType: 'schema',
    data:         NORMAN_TYPES.map((type) => normanSchema(request, type))
  }, normanHeaders(request));
}
