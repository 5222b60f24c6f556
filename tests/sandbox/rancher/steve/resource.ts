import type { KubeObject, ResourceType } from '../../contracts.ts';
import type { AccessSet } from '../access-set.ts';
import { dropAt, fieldsOf, isFields, listOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { columnsOf } from './columns.ts';
import { disallowedMethods, steveUrl } from './schemas.ts';
import type { SteveBase } from './schemas.ts';
import { decorateConditions, stateOf } from './state.ts';
import { objectId, pluralName, schemaId } from './type-ids.ts';

/** What a type adds to its objects' Steve form. */
export interface Decoration {
  links?: Record<string, string>;
  actions?: Record<string, string>;
  relationships?: Fields[];
  /** Further members of `metadata`. */
  metadata?: Fields;
}

/** Asked for every object; made by the rooms that own a type (catalog, clusters). */
export type Decorator = (type: ResourceType, object: KubeObject, base: SteveBase, access: AccessSet) => Decoration | undefined;

export interface FormatOptions {
  base: SteveBase;
  access: AccessSet;
  decorate?: Decorator;
  /** Answers to a write carry no printed columns. */
  withoutFields?: boolean;
  /** Paths to leave out, and paths to keep (all when empty). */
  exclude?: string[];
  include?: string[];
}

const RESERVED = ['id', 'type', 'links', 'actions'];

/** The object as Steve answers it. */
export function steveResource(type: ResourceType, object: KubeObject, options: FormatOptions): Fields {
  const { base, access } = options;
  const { namespace, name } = object.metadata;
  const id = objectId(object.metadata);
  const self = steveUrl(base, pluralName(type), id);
  const extra = options.decorate?.(type, object, base, access);
  const blocked = disallowedMethods(type);
  const link = (verb: string, method: string): string | undefined => {
    if (!access.grants(verb, type, namespace, name)) {
      return undefined;
    }

    return blocked.includes(method) ? 'blocked' : self;
  };
  const links = defined({
    ...extra?.links,
    patch:  link('patch', 'PATCH') ?? link('update', 'PATCH'),
    remove: link('delete', 'DELETE'),
    self,
    update: link('update', 'PUT'),
    view:   viewLink(type, object, base),
  });
  const rest: Fields = {};

  for (const [key, value] of Object.entries(object)) {
    if (key !== 'metadata') {
      rest[RESERVED.includes(key) ? `_${ key }` : key] = value;
    }
  }
  if (isFields(rest.status) && Array.isArray(rest.status.conditions)) {
    rest.status = { ...rest.status, conditions: decorateConditions(rest.status.conditions) };
  }
  const relationships = [...extra?.relationships ?? [], ...owners(object)];
  const resource: Fields = {
    id,
    type:  schemaId(type),
    links: Object.fromEntries(Object.entries(links).sort(([a], [b]) => (a < b ? -1 : 1))),
    ...extra?.actions ? { actions: extra.actions } : {},
    ...rest,
    metadata: {
      ...object.metadata,
      ...extra?.metadata,
      ...options.withoutFields ? {} : { fields: columnsOf(type).map((column) => column.value(object) ?? null) },
      relationships: relationships.length ? relationships : null,
      state:         stateOf(type, object),
    }
  };

  (options.exclude ?? []).forEach((path) => dropAt(resource, path));

  return options.include?.length ? keepOnly(resource, options.include) : resource;
}

function defined(links: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(links).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Rancher's own API group is not reachable raw, so its view is Steve's. */
function viewLink(type: ResourceType, object: KubeObject, base: SteveBase): string {
  const { namespace, name } = object.metadata;

  if (type.group === 'management.cattle.io') {
    return steveUrl(base, pluralName(type), objectId(object.metadata));
  }
  const root = type.group ? `/apis/${ type.group }/${ type.version }` : `/api/${ type.version }`;

  return `${ base.origin }${ base.prefix }${ root }${ namespace ? `/namespaces/${ namespace }` : '' }/${ type.resource }${ name ? `/${ name }` : '' }`;
}

function owners(object: KubeObject): Fields[] {
  return listOf(object.metadata.ownerReferences).map(fieldsOf).map((owner) => {
    const group = String(owner.apiVersion ?? '').includes('/') ? String(owner.apiVersion).split('/')[0] ?? '' : '';
    const clusterScoped = ['ClusterRole', 'Namespace', 'ClusterRepo', 'Logging', 'Node'].includes(String(owner.kind)) || group === 'management.cattle.io';

    return {
      fromId:   clusterScoped ? String(owner.name) : objectId({ namespace: object.metadata.namespace, name: String(owner.name) }),
      fromType: schemaId({ group, kind: String(owner.kind) }),
      rel:      'owner', state: 'active', message: 'Resource is current'
    };
  });
}

function keepOnly(resource: Fields, include: string[]): Fields {
  const kept: Fields = { id: resource.id, type: resource.type, links: resource.links };

  for (const path of include) {
    const steps = path.split('.');
    let from: unknown = resource;
    let to: Fields = kept;

    steps.forEach((step, index) => {
      from = fieldsOf(from)[step];
      if (from === undefined) {
        return;
      }
      if (index === steps.length - 1) {
        to[step] = from;
      } else {
        to[step] = isFields(to[step]) ? to[step] : {};
        to = fieldsOf(to[step]);
      }
    });
  }

  return kept;
}

/** The Kubernetes object inside what a client sent to Steve. */
export function objectFromSteve(type: ResourceType, body: unknown): KubeObject {
  const sent = fieldsOf(body);
  const metadata = { ...fieldsOf(sent.metadata) };
  const object: Fields = {};

  ['fields', 'relationships', 'state'].forEach((key) => delete metadata[key]);
  for (const [key, value] of Object.entries(sent)) {
    if (RESERVED.includes(key) || key === 'metadata' || key === '__clone') {
      continue;
    }
    object[RESERVED.includes(key.slice(1)) && key.startsWith('_') ? key.slice(1) : key] = value;
  }

  return {
    ...object,
    apiVersion: type.group ? `${ type.group }/${ type.version }` : type.version,
    kind:       type.kind,
    metadata:   metadata as unknown as KubeObject['metadata']
  };
}
