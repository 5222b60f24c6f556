import type { ObjectStore, ResourceType } from '../../contracts.ts';

/** Steve's id of a type: `serviceaccount`, `apps.deployment`, `provisioning.cattle.io.cluster`. */
export function schemaId(type: Pick<ResourceType, 'group' | 'kind'>): string {
  const kind = type.kind.toLowerCase();

  return type.group ? `${ type.group }.${ kind }` : kind;
}

/** The plural that Steve's URLs carry: `serviceaccounts`, `apps.deployments`. */
export function pluralName(type: Pick<ResourceType, 'group' | 'resource'>): string {
  return type.group ? `${ type.group }.${ type.resource }` : type.resource;
}

/** The types Steve shows: one row a resource, no subresources. */
export function steveTypes(store: ObjectStore): ResourceType[] {
  return store.types.filter((type) => !type.resource.includes('/'));
}

/** Finds a type by what stands in a URL or a websocket message: schema id or plural, any case. */
export function typeOf(store: ObjectStore, name: string): ResourceType | undefined {
  const wanted = name.toLowerCase();

  return steveTypes(store).find((type) => pluralName(type) === wanted || schemaId(type) === wanted);
}

/** `namespace/name`, or the name alone. */
export function objectId(metadata: { namespace?: string; name: string }): string {
  return metadata.namespace ? `${ metadata.namespace }/${ metadata.name }` : metadata.name;
}
