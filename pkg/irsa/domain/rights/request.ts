import type { Right } from '../facts';

/** Rancher's own cluster. */
export const MANAGEMENT_CLUSTER = 'local';

const VERBS: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/**
 * The right that a request needs, read from its method and path as an API server reads it (k8s.io/apiserver pkg/endpoints/request
 * requestinfo.go); paths of Steve name the same objects otherwise (`/v1/<group>.<resource>[/<namespace>[/<name>]]`). Undefined for what
 * everybody logged in may: discovery and reviews of one's own rights.
 * @param path  under Rancher: `/k8s/clusters/c-m-1/api/v1/…`, `/v1/…`, or within the cluster: `/api/v1/…`
 */
export function rightOfRequest(method: string, path: string, clusterId: string = MANAGEMENT_CLUSTER): Right | undefined {
  const [, cluster, inner] = /^\/k8s\/clusters\/([^/]+)(\/.*)$/.exec(path) ?? [];

  if (cluster && inner) {
    return rightOfRequest(method, inner, decodeURIComponent(cluster));
  }
  const [plain = '', query = ''] = path.split('?');
  const [root = '', ...parts] = plain.split('/').slice(1).map(decodeURIComponent);
  const found = root === 'v1' ? ofSteve(parts) : root === 'api' || root === 'apis' ? ofKubernetes(root, parts) : undefined;

  if (!found || /^self/.test(found.resource)) {
    return undefined;
  }
  // An action of Steve's is asked of an object; what it does is named by whoever plans it.
  const isRead = method === 'GET' || method === 'HEAD' || new URLSearchParams(query).has('action');
  const verb = isRead ? (found.name ? 'get' : 'list') : VERBS[method] ?? method.toLowerCase();

  return { clusterId, verb, ...found };
}

type Attributes = Omit<Right, 'clusterId' | 'verb'>;

function ofKubernetes(root: 'api' | 'apis', parts: string[]): Attributes | undefined {
  const [group, rest] = root === 'api' ? ['', parts.slice(1)] : [parts[0] ?? '', parts.slice(2)];
  const isNamespaced = rest[0] === 'namespaces' && rest.length > 2;
  const [resource, name, subresource] = isNamespaced ? rest.slice(2) : rest;

  return resource ? attributes({ group, resource, namespace: isNamespaced ? rest[1] : undefined, name, subresource }) : undefined;
}

/** Steve names a namespaced list by its namespace and a cluster-wide object by its name: only the group tells which it is. */
function ofSteve([type = '', ...rest]: string[]): Attributes | undefined {
  const dot = type.lastIndexOf('.');
  const [group, resource] = dot < 0 ? ['', type] : [type.slice(0, dot), type.slice(dot + 1)];
  const isClusterWide = group === 'management.cattle.io' || resource === 'clusterrepos';
  const [namespace, name] = isClusterWide ? [undefined, rest[0]] : rest;

  return resource && resource !== 'schemas' ? attributes({ group, resource, namespace, name }) : undefined;
}

function attributes({ group, resource, subresource, namespace, name }: Attributes): Attributes {
  return { group, resource, ...(subresource ? { subresource } : {}), ...(namespace ? { namespace } : {}), ...(name ? { name } : {}) };
}
