import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRequest, KubeUser } from '../contracts.ts';
import type { SandboxCluster } from './cluster.ts';

/** A cluster's API at an address of its own, which is asked as an API server is: with a bearer token. */
export interface Listening {
  url: string;
  close(): Promise<void>;
}

/**
 * Puts the API of one cluster behind an address: who asks is told by the token, and 401 says that no server takes it.
 * @param users  further tokens, and who has them
 */
export async function listenTo(cluster: SandboxCluster, users: Record<string, KubeUser> = {}): Promise<Listening> {
  let url = '';
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => outgoing.writeHead(500).end(String(error)));
  });

  /** Reads whole requests, finds out who asks, writes answers and streams. */
  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];

    for await (const chunk of incoming) {
      chunks.push(chunk as Buffer);
    }
    const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
    const token = (incoming.headers.authorization ?? '').replace(/^Bearer /, '');
    const user = users[token] ?? cluster.authenticate(token);
    const request: HttpRequest = { method: incoming.method ?? 'GET', path, query: new URLSearchParams(query), headers: incoming.headers as HttpRequest['headers'], body: Buffer.concat(chunks), origin: url };

    if (!user) {
      outgoing.writeHead(401).end();

      return;
    }
    const { status, headers = {}, body, stream } = await cluster.handle(request, user);

    outgoing.writeHead(status, headers);
    if (stream) {
      outgoing.on('close', stream((chunk) => outgoing.write(chunk), () => outgoing.end()));
      outgoing.flushHeaders();
    } else {
      outgoing.end(typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${ (server.address() as AddressInfo).port }`;

  return {
    url,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
