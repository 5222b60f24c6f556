/** The proxy before a small stand-in for Rancher that tells what it was asked. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { root } from './paths.mjs';
import { addressOf, answerHeaders, createProxy, withExtension } from './proxy.mjs';

const certificate = {
  key:  readFileSync(`${ root }/node_modules/@rancher/shell/server/server.key`),
  cert: readFileSync(`${ root }/node_modules/@rancher/shell/server/server.crt`),
};
const extension = { name: 'irsa', version: '0.1.0', annotations: { 'catalog.cattle.io/ui-extensions-version': '>= 3.0.0 < 4.0.0' } };
const directory = mkdtempSync(path.join(tmpdir(), 'irsa-proxy-'));
const upstream = http.createServer((request, answer) => {
  if (request.url === '/v1/uiplugins') {
    return answer.end(JSON.stringify({ entries: { other: { name: 'other' } } }));
  }
  if (request.url === '/v3/logout') {
    return answer.writeHead(302, { location: `${ origin(upstream) }/dashboard/auth/login`, 'set-cookie': 'R_SESS=x; Domain=rancher.example.com; Path=/; Secure' }).end();
  }
  let body = '';

  request.on('data', (part) => {
    body += part;
  });

  return request.on('end', () => answer.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({
    method: request.method, url: request.url, headers: request.headers, body
  })));
});
const sockets = new WebSocketServer({ server: upstream });
let proxy: https.Server;

function origin(server: http.Server | https.Server): string {
  return `${ server instanceof https.Server ? 'https' : 'http' }://127.0.0.1:${ (server.address() as AddressInfo).port }`;
}

function listen(server: http.Server | https.Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

interface Answer {
  status: number | undefined;
  headers: http.IncomingHttpHeaders;
  text: string;
}

/** Paths go out exactly as given, which fetch would not do. */
function ask(path: string, { method = 'GET', body = '', headers = {}, server = proxy } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const request = https.request({ host: '127.0.0.1', port, path, method, headers, rejectUnauthorized: false }, (answer) => {
      let text = '';

      answer.on('data', (part) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });

    request.on('error', reject).end(body);
  });
}

beforeAll(async() => {
  mkdirSync(path.join(directory, 'dashboard/js'), { recursive: true });
  mkdirSync(path.join(directory, 'extension'));
  writeFileSync(path.join(directory, 'dashboard/index.html'), '<title>Rancher</title>');
  writeFileSync(path.join(directory, 'dashboard/js/app.js'), 'app()');
  writeFileSync(path.join(directory, 'extension/irsa-0.1.0.umd.min.js'), 'ours()');
  writeFileSync(path.join(directory, 'secret'), 'secret');
  await listen(upstream);
  proxy = createProxy({
    api: origin(upstream), dashboard: path.join(directory, 'dashboard'), directory: path.join(directory, 'extension'), extension, certificate
  });
  await listen(proxy);
});

afterAll(() => {
  sockets.close();
  upstream.close();
  proxy.close();
  rmSync(directory, { recursive: true });
});

describe('the dashboard comes from here', () => {
  it.each([
    ['/dashboard/js/app.js', 'app()', 'text/javascript; charset=utf-8'],
    ['/dashboard/', '<title>Rancher</title>', 'text/html; charset=utf-8'],
    ['/dashboard/c/_/manager/provisioning.cattle.io.cluster/fleet-default/prod.eks', '<title>Rancher</title>', 'text/html; charset=utf-8'],
  ])('%s', async(url, text, type) => {
    expect(await ask(url)).toMatchObject({ status: 200, text, headers: { 'content-type': type } });
  });

  it('a missing chunk is not a page', async() => expect((await ask('/dashboard/js/gone.js')).status).toBe(404));
  it('the root leads to it', async() => expect((await ask('/')).headers.location).toBe('/dashboard/'));

  it.each(['/dashboard/../secret', '/dashboard/%2e%2e/secret', '/dashboard/..%2fsecret'])('nothing outside of it: %s', async(url) => {
    expect((await ask(url)).text).not.toBe('secret');
  });
});

describe('the extension', () => {
  it('is served from here', async() => {
    expect((await ask('/v1/uiplugins/irsa/0.1.0/plugin/irsa-0.1.0.umd.min.js')).text).toBe('ours()');
  });

  it('stands in the list beside those of Rancher', async() => {
    const { entries } = JSON.parse((await ask('/v1/uiplugins')).text);

    expect(Object.keys(entries)).toEqual(['other', 'irsa']);
    expect(entries.irsa).toMatchObject({ version: '0.1.0', metadata: extension.annotations });
    expect(entries.irsa.endpoint).not.toBe('');
  });

  it('takes the place of a published one', () => {
    expect(JSON.parse(withExtension('{"entries":{"irsa":{"version":"0.0.9"}}}', extension)).entries.irsa.version).toBe('0.1.0');
  });
});

describe('everything else goes to Rancher', () => {
  it('with method, query and body, under its own name', async() => {
    const answer = await ask('/v3/clusters?action=x', { method: 'POST', body: '{"a":1}', headers: { origin: 'https://localhost:8005', 'x-api-csrf': 'c' } });
    const seen = JSON.parse(answer.text);

    expect(answer.status).toBe(201);
    expect(seen).toMatchObject({ method: 'POST', url: '/v3/clusters?action=x', body: '{"a":1}' });
    expect(seen.headers).toMatchObject({
      host: new URL(origin(upstream)).host, origin: origin(upstream), 'x-api-host': new URL(origin(proxy)).host, 'x-api-csrf': 'c'
    });
  });

  it('and its redirects and cookies come back usable', async() => {
    const { headers } = await ask('/v3/logout');

    expect(headers.location).toBe('/dashboard/auth/login');
    expect(headers['set-cookie']).toEqual(['R_SESS=x; Path=/; Secure']);
  });

  it('websockets too, both ways', async() => {
    sockets.once('connection', (socket) => socket.on('message', (message) => socket.send(`heard ${ message }`)));
    const socket = new WebSocket(`${ origin(proxy).replace('http', 'ws') }/v1/subscribe`, { rejectUnauthorized: false });

    await new Promise((resolve) => socket.once('open', resolve));
    const heard = new Promise((resolve) => socket.once('message', (message) => resolve(String(message))));

    socket.send('hello');
    expect(await heard).toBe('heard hello');
    socket.close();
  });

  it('says so when Rancher is not there', async() => {
    const lonely = createProxy({ api: 'http://127.0.0.1:1', dashboard: directory, directory, extension, certificate });

    await listen(lonely);
    expect(await ask('/v1/schemas', { server: lonely })).toMatchObject({ status: 502, text: expect.stringContaining('127.0.0.1:1') });
    lonely.close();
  });
});

describe('addressOf', () => {
  it.each([
    ['https://rancher.example.com/dashboard/home', 'https://rancher.example.com'],
    ['rancher.example.com', 'https://rancher.example.com'],
    ['localhost:8443', 'https://localhost:8443'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%s → %s', (text, address) => expect(addressOf(text).origin).toBe(address));

  it('refuses what is no address', () => expect(() => addressOf('https://')).toThrow('API is https://'));
});

it('leaves redirects to other places alone', () => {
  expect(answerHeaders({ location: 'https://github.com/login' }, new URL('https://rancher.example.com')).location).toBe('https://github.com/login');
});
