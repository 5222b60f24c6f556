/**
 * A real Rancher, seen through our dashboard with our extension: the dashboard's files, the extension and its entry in the list of
 * extensions come from here, everything else, websockets included, goes to Rancher and back.
 */
import http from 'node:http';
import https from 'node:https';
import { fileFor, sendFile } from './static-files.mjs';

const BASE = '/dashboard/';
const EXTENSIONS = '/v1/uiplugins';

/** Headers about the one connection they came on. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/**
 * @typedef {object} Extension
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string>} annotations
 */

/**
 * @typedef {object} ProxyOptions
 * @property {string} api        address of Rancher
 * @property {string} dashboard  folder with the built dashboard
 * @property {string} directory  folder with the built extension
 * @property {Extension} extension
 * @property {{ key: string | Buffer, cert: string | Buffer }} certificate  what the browser is shown: Rancher's cookies and links want https
 */

/**
 * @param {string} text  as given by API
 * @returns {URL}
 */
export function addressOf(text) {
  const whole = /^https?:/.test(text) ? text : `https://${ text }`;

  if (!URL.canParse(whole)) {
    throw new Error(`API is ${ text }, which is no address. It looks like https://rancher.example.com`);
  }

  return new URL(new URL(whole).origin);
}

/**
 * @param {ProxyOptions} options
 * @returns {https.Server}  not listening yet
 */
export function createProxy(options) {
  const upstream = addressOf(options.api);
  const server = https.createServer(options.certificate, (request, answer) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';

    if (path === '/' || path === '/dashboard') {
      answer.writeHead(302, { location: BASE }).end();
    } else if (path.startsWith(BASE)) {
      sendDashboard(options.dashboard, path.slice(BASE.length), answer);
    } else if (path === '/favicon.png') {
      sendDashboard(options.dashboard, 'favicon.png', answer);
    } else if (path === EXTENSIONS || path === `${ EXTENSIONS }/`) {
      forward(upstream, request, answer, (body) => withExtension(body, options.extension));
    } else {
      const file = extensionFile(options, path);

      if (file) {
        sendFile(file, answer);
      } else {
        forward(upstream, request, answer);
      }
    }
  });

  return server.on('upgrade', (request, socket, head) => forwardUpgrade(upstream, request, /** @type {import('node:net').Socket} */ (socket), head));
}

/**
 * Rancher's list of extensions with ours in it (and not a published one of the same name).
 * @param {string} body
 * @param {Extension} extension
 */
export function withExtension(body, { name, version, annotations }) {
  const list = JSON.parse(body || '{}');

  // Without an endpoint, whatever it says, the dashboard skips an extension.
  const entry = { name, version, endpoint: `${ EXTENSIONS }/${ name }/${ version }`, noCache: true, noAuth: false, metadata: annotations };

  return JSON.stringify({ ...list, entries: { ...list.entries, [name]: entry } });
}

/**
 * The headers of a request as Rancher is to see them.
 * @param {http.IncomingHttpHeaders} headers
 * @param {URL} upstream
 */
export function requestHeaders(headers, upstream) {
  const result = withoutHopByHop(headers);

  result.host = upstream.host;
  // Links in Rancher's answers are built on these two.
  result['x-api-host'] = headers.host;
  result['x-forwarded-proto'] = 'https';
  if (headers.origin) {
    result.origin = upstream.origin;
  }
  if (headers.referer) {
    result.referer = headers.referer.replace(/^https?:\/\/[^/]+/, upstream.origin);
  }

  return result;
}

/**
 * The headers of an answer as the browser is to see them: about this address, not Rancher's.
 * @param {http.IncomingHttpHeaders} headers
 * @param {URL} upstream
 */
export function answerHeaders(headers, upstream) {
  const result = withoutHopByHop(headers);

  if (headers.location?.startsWith(`${ upstream.origin }/`)) {
    result.location = headers.location.slice(upstream.origin.length);
  }
  if (headers['set-cookie']) {
    result['set-cookie'] = headers['set-cookie'].map((cookie) => cookie.replace(/;\s*domain=[^;]*/gi, ''));
  }
  delete result['strict-transport-security'];

  return result;
}

/**
 * @param {string} directory
 * @param {string} path
 * @param {http.ServerResponse} answer
 */
function sendDashboard(directory, path, answer) {
  const index = fileFor(directory, 'index.html');
  // A path without a file is a page: the dashboard finds it by itself.
  const file = fileFor(directory, path) ?? (/\.\w+$/.test(path) && path.startsWith('js/') ? undefined : index);

  if (file) {
    sendFile(file, answer);
  } else {
    answer.writeHead(404).end();
  }
}

/**
 * @param {ProxyOptions} options
 * @param {string} path
 */
function extensionFile({ directory, extension: { name, version } }, path) {
  const prefix = `${ EXTENSIONS }/${ name }/${ version }/plugin/`;

  return path.startsWith(prefix) ? fileFor(directory, path.slice(prefix.length)) : undefined;
}

/**
 * @param {URL} upstream
 * @param {http.IncomingMessage} request
 * @param {http.ServerResponse} answer
 * @param {(body: string) => string} [change]  what becomes of a successful answer's body
 */
function forward(upstream, request, answer, change) {
  const headers = requestHeaders(request.headers, upstream);

  if (change) {
    delete headers['accept-encoding'];
    delete headers['if-none-match'];
  }
  const outgoing = open(upstream, request, headers, (incoming) => {
    const status = incoming.statusCode ?? 502;
    const received = answerHeaders(incoming.headers, upstream);

    if (!change || status !== 200) {
      answer.writeHead(status, received);
      incoming.pipe(answer);

      return;
    }
    /** @type {Buffer[]} */
    const parts = [];

    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => {
      const body = change(Buffer.concat(parts).toString());

      answer.writeHead(status, { ...received, 'content-length': Buffer.byteLength(body) }).end(body);
    });
  });

  outgoing.on('error', (error) => answer.headersSent ? answer.destroy() : answer.writeHead(502, { 'content-type': 'text/plain' }).end(`${ upstream.host }: ${ error.message }`));
  answer.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
}

/**
 * @param {URL} upstream
 * @param {http.IncomingMessage} request
 * @param {import('node:net').Socket} socket
 * @param {Buffer} head
 */
function forwardUpgrade(upstream, request, socket, head) {
  const headers = { ...requestHeaders(request.headers, upstream), connection: 'Upgrade', upgrade: request.headers.upgrade };
  const outgoing = open(upstream, request, headers, (refusal) => socket.end(rawHead(refusal)));

  outgoing.on('upgrade', (incoming, other, otherHead) => {
    socket.write(rawHead(incoming));
    socket.write(otherHead);
    other.write(head);
    socket.pipe(other).pipe(socket);
    other.on('error', () => socket.destroy());
    other.on('close', () => socket.destroy());
    socket.on('close', () => other.destroy());
  });
  outgoing.on('error', () => socket.destroy());
  socket.on('error', () => outgoing.destroy());
  outgoing.end();
}

/**
 * @param {URL} upstream
 * @param {http.IncomingMessage} request
 * @param {http.OutgoingHttpHeaders} headers
 * @param {(incoming: http.IncomingMessage) => void} listener
 */
function open(upstream, request, headers, listener) {
  const { request: send } = upstream.protocol === 'https:' ? https : http;

  // Most Ranchers that people try things on have a certificate of their own making; `npm start` says that it is not checked.
  return send(new URL(request.url ?? '/', upstream), { method: request.method, headers, rejectUnauthorized: false }, listener);
}

/** @param {http.IncomingMessage} message */
function rawHead({ statusCode, statusMessage, rawHeaders }) {
  const lines = Array.from({ length: rawHeaders.length / 2 }, (_, index) => `${ rawHeaders[2 * index] }: ${ rawHeaders[2 * index + 1] }`);

  return `${ [`HTTP/1.1 ${ statusCode } ${ statusMessage }`, ...lines].join('\r\n') }\r\n\r\n`;
}

/**
 * @param {http.IncomingHttpHeaders} headers
 * @returns {http.OutgoingHttpHeaders}
 */
function withoutHopByHop(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
