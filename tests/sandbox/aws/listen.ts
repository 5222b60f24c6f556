import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsAccount } from './account.ts';

/** An address that answers as AWS, for programs that are told so (`AWS_ENDPOINT_URL`). */
export interface AwsListener {
  /** e.g. `http://127.0.0.1:40123` */
  url: string;
  stop(): Promise<void>;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];

  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }

  return Buffer.concat(chunks);
}

/**
 * Serves an account's AWS at an address of the loopback. Requests are signed for that address and verified as strictly as at AWS'
 * own hosts; which service is meant, the signature says.
 * @param account  asked at every request, so that a world can be put back under a running address
 */
export async function listenAws(account: () => AwsAccount): Promise<AwsListener> {
  const server = createServer((incoming, outgoing) => {
    void (async() => {
      const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value ?? '']));
      const answer = await account().sendDirect({ method: incoming.method ?? 'GET', host: headers.host ?? '', url: incoming.url ?? '/', headers, body: await bodyOf(incoming) });

      // A fault that swallows the answer.
      if (answer.status === 0) {
        incoming.socket.destroy();

        return;
      }
      const { body = '' } = answer;

      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body));
    })().catch((error: unknown) => {
      // A defect of the sandbox itself must never pass for an answer of AWS.
      outgoing.writeHead(599, { 'content-type': 'text/plain' });
      outgoing.end(`sandbox defect: ${ error instanceof Error ? error.stack : String(error) }`);
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    url:  `http://127.0.0.1:${ (server.address() as AddressInfo).port }`,
    stop: async() => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
