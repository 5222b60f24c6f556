import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Fault, HttpAnswer, HttpRequest } from './contracts.ts';
import { controlAnswer } from './control.ts';
import { KeyPool } from './kubernetes/tokens/keys.ts';
import { openStream } from './rancher/streams.ts';
import type { Accept } from './rancher/streams.ts';
import { buildWorld } from './scenario/world.ts';
import type { World, WorldOptions } from './scenario/world.ts';
import { strike } from './strike.ts';

export interface SandboxOptions extends Omit<WorldOptions, 'url' | 'tokens' | 'keys'> {
  /** 0 takes any free port. */
  port?: number;
  host?: string;
}

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  /** The modelled world; another one after `reset`. */
  readonly world: World;
  /** Puts everything back to what the scenario says; who is logged in stays so. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the stand-in Rancher with its clusters and its AWS account in this process. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', ...scenario } = options;
  const sandbox = new RunningSandbox(scenario);

  await sandbox.listen(port, host);

  return sandbox;
}

class RunningSandbox implements Sandbox {
  url = '';
  private readonly scenario: Omit<WorldOptions, 'url' | 'tokens' | 'keys'>;
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: (protocols) => [...protocols][0] ?? false });
  private readonly keys = new KeyPool();
  private current: World | undefined;

  constructor(scenario: Omit<WorldOptions, 'url' | 'tokens' | 'keys'>) {
    this.scenario = scenario;
    this.server = createServer((incoming, outgoing) => {
      this.serve(incoming, outgoing).catch((error: unknown) => fail(outgoing, error));
    });
    this.server.on('upgrade', (incoming, socket, head) => this.upgrade(incoming, socket, head));
    this.server.keepAliveTimeout = 60_000;
  }

  get world(): World {
    if (!this.current) {
      throw new Error('the sandbox is not running');
    }

    return this.current;
  }

  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    const { port: taken } = this.server.address() as AddressInfo;

    this.url = `http://${ host }:${ taken }`;
    this.current = await buildWorld({ ...this.scenario, url: this.url, keys: this.keys });
  }

  async reset(): Promise<void> {
    const before = this.world;

    before.stop();
    this.current = await buildWorld({ ...this.scenario, url: this.url, keys: this.keys, tokens: before.rancher.tokens });
    this.sockets.clients.forEach((socket) => socket.terminate());
  }

  async stop(): Promise<void> {
    this.current?.stop();
    this.sockets.clients.forEach((socket) => socket.terminate());
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await read(incoming);

    if (!this.current) {
      send(outgoing, { status: 503, headers: { 'retry-after': '1' }, body: 'The sandbox is starting.' });

      return;
    }

    if (request.path === '/sandbox' || request.path.startsWith('/sandbox/')) {
      send(outgoing, await controlAnswer(this, request, incoming.socket.remoteAddress ?? ''));

      return;
    }
    const fault = request.path.startsWith('/dashboard') ? undefined : this.world.faults.take({ method: request.method, path: request.path });

    if (fault && await this.strikes(fault, request, incoming.socket, outgoing)) {
      return;
    }
    send(outgoing, await this.world.rancher.handle(request));
  }

  /** Lets a fault act; false when the request is to be served all the same. */
  private async strikes(fault: Fault, request: HttpRequest, socket: NetSocket, outgoing: ServerResponse): Promise<boolean> {
    const answer = strike(fault, request);

    if (answer) {
      send(outgoing, answer);

      return true;
    }
    if (fault.kind === 'timeout') {
      await new Promise((resolve) => setTimeout(resolve, fault.delay ?? 1000).unref());
      socket.destroy();

      return true;
    }
    if (fault.kind === 'lost-answer') {
      await this.world.rancher.handle(request);
      socket.destroy();

      return true;
    }

    return false;
  }

  private upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const request = describe(incoming, Buffer.alloc(0));
    const accept: Accept = (serve) => this.sockets.handleUpgrade(incoming, socket, head, (websocket) => serve(websocket));
    const refused = openStream(this.world.rancher, request, accept, (namespace, name) => this.world.catalog.log(namespace, name));

    if (refused !== undefined) {
      socket.end(`HTTP/1.1 ${ refused } Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
  }
}

async function read(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];

  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }

  return describe(incoming, Buffer.concat(chunks));
}

function describe(incoming: IncomingMessage, body: Buffer): HttpRequest {
  const url = incoming.url ?? '/';
  const [path = '/', query = ''] = url.split(/\?(.*)/s);
  const headers: Record<string, string | undefined> = {};

  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const scheme = headers['x-forwarded-proto'] ?? 'http';

  return { method: incoming.method ?? 'GET', path, query: new URLSearchParams(query), headers, body, origin: `${ scheme }://${ headers['x-api-host'] ?? headers.host ?? 'localhost' }` };
}

function send(outgoing: ServerResponse, answer: HttpAnswer): void {
  if (answer.stream) {
    stream(outgoing, answer, answer.stream);

    return;
  }
  const { body } = answer;
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

  outgoing.statusCode = answer.status;
  if (typeof body === 'object' && !Buffer.isBuffer(body)) {
    outgoing.setHeader('content-type', 'application/json');
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    outgoing.setHeader(name, value);
  }
  outgoing.setHeader('content-length', bytes.length);
  outgoing.end(bytes);
}

function stream(outgoing: ServerResponse, answer: HttpAnswer, run: NonNullable<HttpAnswer['stream']>): void {
  outgoing.writeHead(answer.status, answer.headers);
  outgoing.flushHeaders();
  const stop = run((chunk) => outgoing.write(chunk), () => outgoing.end());

  outgoing.on('close', stop);
}

/** A defect of the sandbox itself: say so loudly, it must never pass for an answer of Rancher's. */
function fail(outgoing: ServerResponse, error: unknown): void {
  console.error('sandbox defect:', error); // eslint-disable-line no-console
  if (!outgoing.headersSent) {
    outgoing.statusCode = 500;
    outgoing.setHeader('content-type', 'text/plain; charset=utf-8');
  }
  outgoing.end(`sandbox defect: ${ error instanceof Error ? error.stack ?? error.message : String(error) }`);
}
