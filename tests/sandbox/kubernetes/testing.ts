import type { HttpAnswer, HttpRequest, KubeObject, KubeUser, ResourceType } from '../contracts.ts';
import { createCluster } from './cluster.ts';
import type { ClusterOptions, SandboxCluster } from './cluster.ts';
import { KubeError } from './errors.ts';
import type { MemoryStore } from './store.ts';
import { KeyPool } from './tokens/keys.ts';

/** Helpers of this room's tests. */

export const ADMIN: KubeUser = { name: 'admin', groups: ['system:masters'] };

/** A cluster at once ready for a test; its key is one of a few. */
export function testCluster(keys: KeyPool, options: Partial<ClusterOptions> = {}): SandboxCluster {
  return createCluster({ id: 'test', version: 'v1.34.2', issuers: ['https://oidc.example.com/id/TEST'], pace: 0, rsaKey: keys.take(), ...options });
}

/** A request as the server would hand it over. */
export function requestOf(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): HttpRequest {
  const [path = '/', query = ''] = url.split(/\?(.*)/s);
  const bytes = Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));

  return { method, path, query: new URLSearchParams(query), headers: { ...body === undefined ? {} : { 'content-type': 'application/json' }, ...headers }, body: bytes, origin: 'http://sandbox' };
}

interface AskOptions { body?: unknown; headers?: Record<string, string>; user?: KubeUser }

/** Asks a cluster; an admin unless somebody else is named. */
export async function ask(cluster: SandboxCluster, method: string, url: string, options: AskOptions = {}): Promise<HttpAnswer & { body: object }> {
  const answer = await cluster.handle(requestOf(method, url, options.body, options.headers), options.user ?? ADMIN);

  return { ...answer, body: answer.body as object };
}

export function typeOf(store: MemoryStore, resource: string, group = ''): ResourceType {
  const type = store.findType(group, resource);

  if (!type) {
    throw new Error(`no ${ resource }`);
  }

  return type;
}

/** The Status a write is refused with; fails when it is not. */
export function refusal(write: () => unknown): { code: number; reason: string; message: string } {
  try {
    write();
  } catch (error) {
    if (error instanceof KubeError) {
      const { code, reason, message } = error.status;

      return { code, reason, message };
    }
    throw error;
  }
  throw new Error('nothing was refused');
}

export function configMap(name: string, fields: Partial<KubeObject> = {}, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...metadata }, ...fields };
}

/** A Deployment (or, by kind, a StatefulSet or DaemonSet) of one container. */
export function workload(kind: string, name: string, spec: Record<string, unknown> = {}, pod: Record<string, unknown> = {}): KubeObject {
  const labels = { app: name };

  return {
    apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'default' },
    spec: { ...spec, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'example.com/app:1' }], ...pod } } }
  };
}
