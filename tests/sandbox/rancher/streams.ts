import type { HttpRequest } from '../contracts.ts';
import { downstreamPath, reachCluster } from './downstream.ts';
import { normanSubscription } from './norman/subscribe.ts';
import type { Rancher } from './rancher.ts';
import type { Socket } from './socket.ts';
import { SteveSubscription } from './steve/subscribe.ts';

/** Accepts the websocket once it is clear who serves it. */
export type Accept = (serve: (socket: Socket) => void, protocol?: string) => void;

/** Lines of an operation's log; the catalog knows them. */
export type OperationLog = (namespace: string, name: string) => string[];

const LOG_PROTOCOL = 'base64.binary.k8s.io';

/**
 * Everything Rancher serves over websockets. Returns the HTTP status to refuse with, or undefined when it accepted.
 */
export function openStream(rancher: Rancher, request: HttpRequest, accept: Accept, operationLog: OperationLog): number | undefined {
  const identity = rancher.authentication.identify(request);

  if (!identity) {
    return 401;
  }
  const below = downstreamPath(request.path);
  const cluster = below && below.id !== 'local' ? reachCluster(rancher.clusters, identity.kube, below) : rancher.clusters.local;
  const path = below ? below.rest : request.path;

  if ('status' in cluster) {
    return cluster.status;
  }
  if (path === '/v3/subscribe') {
    accept((socket) => normanSubscription(socket, request, identity, rancher.clusters.local));

    return undefined;
  }
  if (path === '/v1/subscribe') {
    const base = { origin: request.origin, prefix: cluster.id === 'local' ? '' : `/k8s/clusters/${ cluster.id }` };

    accept((socket) => new SteveSubscription({ socket, cluster, user: identity.kube, base, hooks: rancher.hooks }));

    return undefined;
  }
  if (/^\/v1\/management\.cattle\.io\.clusters\/[^/]+$/.test(path) && request.query.get('link') === 'log') {
    accept(() => undefined, LOG_PROTOCOL); // a finished provisioning has nothing more to say

    return undefined;
  }
  const operation = /^\/v1\/catalog\.cattle\.io\.operations\/([^/]+)\/([^/]+)$/.exec(path);

  if (operation && request.query.get('link') === 'logs') {
    accept((socket) => sendLog(socket, () => operationLog(operation[1] ?? '', operation[2] ?? '')), LOG_PROTOCOL);

    return undefined;
  }
  const pod = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(path);

  if (pod) {
    if (!cluster.kube.authorize(identity.kube, { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace: pod[1], name: pod[2] })) {
      return 403;
    }
    accept((socket) => sendLog(socket, async() => {
      const { body, status } = await cluster.kube.handle({ ...request, path, query: withoutFollow(request.query) }, identity.kube);

      return status === 200 ? String(body ?? '').split('\n').filter((line) => line) : [];
    }), LOG_PROTOCOL);

    return undefined;
  }

  return 404;
}

/** A followed log is read again and again here. */
function withoutFollow(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query.entries()].filter(([key]) => key === 'container'));
}

/** Sends lines as they come, base64 in text frames as Kubernetes does. */
function sendLog(socket: Socket, read: () => string[] | Promise<string[]>): void {
  let sent = 0;
  const send = async(): Promise<void> => {
    const lines = await read();

    if (lines.length > sent) {
      const text = `${ lines.slice(sent).map((line) => `${ new Date().toISOString() } ${ line }`).join('\n') }\n`;

      sent = lines.length;
      socket.send(Buffer.from(text).toString('base64'));
    }
  };
  const timer = setInterval(() => {
    send().catch(() => socket.close());
  }, 200);

  timer.unref();
  socket.on('close', () => clearInterval(timer));
  send().catch(() => socket.close());
}
