import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An address that adds a bearer token to all it passes on. */
export interface Front {
  url: string;
  stop(): Promise<void>;
}

/** kubectl sends no token over plain HTTP, and the sandbox speaks nothing else: this front sends it instead. */
export async function withToken(target: string, token: string): Promise<Front> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const forward = request({ hostname, port, method: incoming.method, path: incoming.url, headers: { ...incoming.headers, authorization: `Bearer ${ token }` } }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      // A watch may have nothing to say for long; that it began is known by its head.
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });

    forward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forward.destroy());
    incoming.pipe(forward);
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url:  `http://127.0.0.1:${ (server.address() as AddressInfo).port }`,
    stop: async() => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
