import type { AccessQuestion, HttpRequest } from '../../contracts.ts';

/** A request for a resource, as apiserver's RequestInfo describes it (endpoints/request/requestinfo.go). */
export interface ResourceRequest {
  verb: string;
  group: string;
  version: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** Reads the path of a resource; undefined for any other path. */
export function resourceRequest(request: Pick<HttpRequest, 'method' | 'path' | 'query'>): ResourceRequest | undefined {
  const parts = request.path.split('/').filter((part) => part !== '').map(decoded);
  const isCore = parts[0] === 'api';
  const [group = '', version = ''] = isCore ? ['', parts[1]] : parts.slice(1);
  const rest = parts.slice(isCore ? 2 : 3);

  if (!['api', 'apis'].includes(parts[0] ?? '') || !rest.length) {
    return undefined;
  }
  const place = placeOf(rest);
  const byField = /(?:^|,)metadata\.name==?([^,]+)/.exec(request.query.get('fieldSelector') ?? '')?.[1];
  const verb = verbOf(request, place.name !== undefined);
  // A list of one name is asked about by that name.
  const name = place.name ?? (['list', 'watch', 'deletecollection'].includes(verb) ? byField : undefined);

  return { verb, group, version, ...place, ...name === undefined ? {} : { name } };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `namespaces/x` is a namespace, whose own requests count as asked inside it; `namespaces/x/pods` are pods. */
function placeOf(parts: string[]): Pick<ResourceRequest, 'resource' | 'subresource' | 'namespace' | 'name'> {
  const [first = '', second, third] = parts;
  const isInside = first === 'namespaces' && third !== undefined && !['status', 'finalize'].includes(third);
  const [resource = '', name, subresource] = isInside ? parts.slice(2) : parts;
  const namespace = first === 'namespaces' ? second : undefined;

  return { resource, ...subresource === undefined ? {} : { subresource }, ...namespace === undefined ? {} : { namespace }, ...name === undefined ? {} : { name } };
}

function verbOf(request: Pick<HttpRequest, 'method' | 'query'>, hasName: boolean): string {
  switch (request.method) {
  case 'GET':
  case 'HEAD':
    return isTrue(request.query.get('watch')) ? 'watch' : hasName ? 'get' : 'list';
  case 'POST': return 'create';
  case 'PUT': return 'update';
  case 'PATCH': return 'patch';
  case 'DELETE': return hasName ? 'delete' : 'deletecollection';
  default: return request.method.toLowerCase();
  }
}

/** Query parameters that are flags. */
export function isTrue(value: string | null): boolean {
  return value !== null && !['0', 'false', 'False', 'FALSE', 'f', 'F'].includes(value);
}

/** What authorization asks about the request. */
export function questionOf(info: ResourceRequest): AccessQuestion {
  const { verb, group, resource, subresource, namespace, name } = info;

  return { verb, group, resource, subresource, namespace, name };
}
