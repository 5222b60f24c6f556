import type { HttpAnswer, HttpRequest, KubeUser } from '../contracts.ts';
import { text } from './answers.ts';
import type { Clusters, ManagedCluster } from './clusters.ts';

/** Answers of Rancher's cluster router are JSON sent as text. */
function routerError(status: number, code: string, message: string): HttpAnswer {
  return text(status, JSON.stringify({ Code: { Code: code, Status: status }, Message: message, Cause: null, FieldName: '' }));
}

/** What Rancher says when the agent's tunnel is not there. */
export function lostConnection(id: string): HttpAnswer {
  return text(500, `lost connection to cluster: failed to find Session for client stv-cluster-${ id }`);
}

/** A path of another cluster: `/k8s/clusters/<id>/<rest>`. */
export interface DownstreamPath {
  id: string;
  /** Begins with a slash. */
  rest: string;
}

export function downstreamPath(path: string): DownstreamPath | undefined {
  const match = /^\/k8s\/clusters\/([^/]+)(\/.*)?$/.exec(path);

  return match ? { id: decodeURIComponent(match[1] ?? ''), rest: match[2] ?? '/' } : undefined;
}

/** The connected cluster behind a downstream path, or Rancher's refusal, each kind of path with its own. */
export function reachCluster(clusters: Clusters, user: KubeUser, { id, rest }: DownstreamPath): ManagedCluster | HttpAnswer {
  const cluster = clusters.get(id);
  const steve = rest === '/v1' || rest.startsWith('/v1/');

  if (!cluster) {
    return steve ? lostConnection(id) : routerError(404, 'NotFound', `clusters.management.cattle.io "${ id }" not found`);
  }
  if (!mayReach(clusters, user, id)) {
    return routerError(403, 'Forbidden', `clusters.management.cattle.io "${ id }" is forbidden: User "${ user.name }" cannot get resource "clusters" in API group "management.cattle.io" at the cluster scope`);
  }
  if (!cluster.provisioned || !cluster.connected) {
    return steve ? lostConnection(id) : routerError(503, 'ClusterUnavailable', `ClusterUnavailable 503: cluster not found`);
  }

  return cluster;
}

function mayReach(clusters: Clusters, user: KubeUser, id: string): boolean {
  return clusters.local.accessOf(user).grants('get', { group: 'management.cattle.io', resource: 'clusters' }, undefined, id);
}

/** A raw Kubernetes path: the API server answers for the impersonated user. */
export async function rawAnswer(cluster: ManagedCluster, request: HttpRequest, user: KubeUser, path: string): Promise<HttpAnswer> {
  const answer = await cluster.kube.handle({ ...request, path }, user);

  return { ...answer, headers: { 'cache-control': 'no-cache, private', 'x-content-type-options': 'nosniff', 'content-type': 'application/json', ...answer.headers } };
}
