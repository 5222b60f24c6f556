import type { HttpAnswer, ResourceType } from '../../contracts.ts';
import { json } from '../answers.ts';
import { stringOf, valueAt } from '../values.ts';
import type { Fields } from '../values.ts';
import { steveHeaders } from './errors.ts';
import type { HookTable, SteveCall } from './hooks.ts';
import { parseListQuery } from './query.ts';
import type { ListQuery } from './query.ts';
import { steveResource } from './resource.ts';
import type { Decorator } from './resource.ts';
import { disallowedMethods, steveUrl } from './schemas.ts';
import { summarize } from './summary.ts';
import { pluralName, schemaId } from './type-ids.ts';
import { visibleObjects } from './visible.ts';

/** Lets the hooks of a type decorate its objects. */
export function decoratorOf(call: SteveCall, hooks: HookTable): Decorator {
  const { access, base, cluster, user } = call;

  return (type, object) => hooks.get(schemaId(type))?.decorate?.({ cluster, user, access, base, type, object });
}

/** GET of a collection, whole or of one namespace. */
export function listAnswer(call: SteveCall, hooks: HookTable, type: ResourceType, namespace?: string): HttpAnswer {
  const { access, base, cluster, request } = call;
  const query = parseListQuery(request.query);
  const decorate = decoratorOf(call, hooks);
  const objects = visibleObjects(cluster.kube, type, access, namespace);
  const places = query.places && namespacesOf(call, query.places);
  const plain = objects
    .filter((object) => !places || places.wanted.has(object.metadata.namespace ?? object.metadata.name) !== places.negated)
    .map((object) => steveResource(type, object, { base, access, decorate }))
    .filter(query.matches);

  if (query.compare) {
    plain.sort(query.compare);
  }
  const end = query.pageSize ? query.offset + query.pageSize : plain.length;
  const page = plain.slice(query.offset, end);
  const url = steveUrl(base, pluralName(type), ...namespace ? [namespace] : []);
  const more = query.pageSize !== undefined && plain.length > query.pageSize;
  const mayCreate = access.any('create', type) && !disallowedMethods(type).includes('POST');
  const exists = objects.length > 0 || cluster.kube.store.list(type).length > 0;

  return json(200, {
    type:         'collection',
    links:        { self: url },
    ...mayCreate ? { createTypes: { [schemaId(type)]: steveUrl(base, pluralName(type)) } } : {},
    actions:      {},
    resourceType: schemaId(type),
    ...more ? { pagination: pagination(call, url, end < plain.length ? end : undefined) } : {},
    ...exists ? { revision: cluster.kube.store.revision() } : {},
    ...more && end < plain.length ? { continue: String(end) } : {},
    ...plain.length ? { count: plain.length } : {},
    ...query.summary.length ? { summary: summarize(plain, query) } : {},
    data: query.summaryOnly ? [] : page.map((resource) => trim(resource, query)),
  }, steveHeaders(base));
}

function pagination(call: SteveCall, url: string, next: number | undefined): Fields {
  if (next === undefined) {
    return { first: url, partial: true };
  }
  const parameters = [...call.request.query.entries()].filter(([key]) => key !== 'continue');

  parameters.push(['continue', String(next)]);
  parameters.sort(([a], [b]) => (a < b ? -1 : 1));

  return { first: url, next: `${ url }?${ new URLSearchParams(parameters).toString() }`, partial: true };
}

function trim(resource: Fields, query: ListQuery): Fields {
  if (!query.exclude.length && !query.include.length) {
    return resource;
  }
  const trimmed = structuredClone(resource);

  for (const path of query.exclude) {
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    const parent = steps.length ? valueAt(trimmed, steps.join('.')) : trimmed;

    if (typeof parent === 'object' && parent !== null) {
      delete (parent as Fields)[last];
    }
  }
  if (query.include.length) {
    for (const key of Object.keys(trimmed)) {
      if (!['id', 'type', 'links'].includes(key) && !query.include.some((path) => path.split('.')[0] === key)) {
        delete trimmed[key];
      }
    }
  }

  return trimmed;
}

/** The namespaces that belong to the named projects, and the named namespaces themselves. */
function namespacesOf(call: SteveCall, places: { wanted: string[]; negated: boolean }): { wanted: Set<string>; negated: boolean } {
  const { store } = call.cluster.kube;
  const type = store.findType('', 'namespaces');
  const wanted = new Set(places.wanted);

  for (const namespace of type ? store.list(type) : []) {
    const project = stringOf(namespace.metadata.annotations?.['field.cattle.io/projectId']).split(':').pop() ?? '';

    if (project && places.wanted.includes(project)) {
      wanted.add(namespace.metadata.name);
    }
  }

  return { wanted, negated: places.negated };
}
