import type { HttpAnswer, ResourceType } from '../../contracts.ts';
import type { MemoryStore } from '../store.ts';
import { json } from './answers.ts';

/** `/api/v1`, `/apis/apps/v1` */
function pathOf({ group, version }: ResourceType): string {
  return group ? `/apis/${ group }/${ version }` : `/api/${ version }`;
}

/**
 * OpenAPI v3 as far as kubectl reads it: whether the server checks fields itself (`fieldValidation`, looked up by kind at the patch of a single
 * object, cli-runtime pkg/resource/query_param_verifier_v3.go). With that, kubectl asks for no schema.
 */
export function openApiAnswer({ types }: MemoryStore, path: string): HttpAnswer | undefined {
  const served = types.filter(({ resource }) => !resource.includes('/'));

  if (path === '/openapi/v3') {
    const groups = [...new Set(served.map(pathOf))];

    return json(200, { paths: Object.fromEntries(groups.map((group) => [group.slice(1), { serverRelativeURL: `/openapi/v3${ group }?hash=sandbox` }])) });
  }
  const group = path.slice('/openapi/v3'.length);
  const kinds = served.filter((type) => pathOf(type) === group);

  return kinds.length ? json(200, {
    openapi: '3.0.0',
    info:    { title: 'Kubernetes', version: 'unversioned' },
    paths:   Object.fromEntries(kinds.map(({ group: name, version, kind, resource, namespaced }) => [`${ group }/${ namespaced ? 'namespaces/{namespace}/' : '' }${ resource }/{name}`, {
      patch: {
        parameters:                        [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
        'x-kubernetes-group-version-kind': { group: name, version, kind },
        responses:                         { 200: { description: 'OK' } },
      },
    }])),
  }) : undefined;
}
