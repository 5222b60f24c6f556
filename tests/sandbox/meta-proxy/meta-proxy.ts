import type { AwsRequest, HttpAnswer, HttpRequest, Internet } from '../contracts.ts';
import { isAllowed } from './allow-list.ts';
import { escape, signAsRancher } from './sign.ts';
import type { AwsKey } from './sign.ts';

export interface MetaProxyOptions<Asker> {
  internet: Internet;
  /** Patterns of hosts: the routes of all ProxyEndpoints and the `whitelist-domain` setting, read at every request. */
  allowed(): string[];
  /** The keys of a credential (`cattle-global-data:cc-x`) that the asker may use; undefined when there is none or they may not. */
  credential(id: string, asker: Asker): AwsKey | undefined;
  clock?: () => number;
}

/** What is not the client's to say to the other host, or belongs to the connection (pkg/httpproxy/proxy.go badHeaders; net/http/httputil). */
const DROPPED = new Set([
  'host', 'transfer-encoding', 'content-length', 'x-api-auth-header', 'x-api-cattleauth-header', 'x-api-cookie-header', 'user-agent', 'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization',
  'proxy-connection', 'te', 'trailer', 'upgrade', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'
]);
const ANSWER_HEADERS = { 'cache-control': 'no-cache, no-store, must-revalidate', 'x-content-type-options': 'nosniff' };
const CONTENT_POLICY = { 'content-security-policy': 'default-src \'none\'; style-src \'unsafe-inline\'; sandbox' };

/** `/meta/proxy/<host>/<path>`: forwards to hosts on the list, signed with a cloud credential if one is named (rancher pkg/httpproxy). */
export function createMetaProxy<Asker>(options: MetaProxyOptions<Asker>): (request: HttpRequest, asker: Asker) => Promise<HttpAnswer> {
  return async(request, asker) => {
    const [, scheme, host = '', path = '/'] = /^\/meta\/proxy\/(?:(https?):\/{1,2})?([^/]+)(\/.*)?$/.exec(request.path) ?? [];

    // All three look the same from outside: not on the list, not there, a bad certificate (recorded "meta sts refused").
    if (!isAllowed(host, options.allowed()) || scheme === 'http') {
      return refusal();
    }
    const answer = await options.internet.send(outgoing(request, { host, path }, asker, options));

    if (!answer || answer.status === 0) {
      return refusal();
    }
    const { 'set-cookie': cookie, ...headers } = answer.headers ?? {};

    return { ...answer, headers: { ...ANSWER_HEADERS, ...CONTENT_POLICY, ...headers, ...cookie ? { 'x-api-set-cookie-header': cookie } : {} } };
  };
}

function refusal(): HttpAnswer {
  return { status: 502, headers: ANSWER_HEADERS, body: '' };
}

function outgoing<Asker>(request: HttpRequest, to: { host: string; path: string }, asker: Asker, options: MetaProxyOptions<Asker>): AwsRequest {
  const query = [...request.query].map(([name, value]) => `${ escape(name) }=${ escape(value) }`).join('&');
  const forward: AwsRequest = { method: request.method, host: to.host, url: to.path + (query ? `?${ query }` : ''), headers: forwarded(request), body: request.body };
  const own = request.headers['x-api-auth-header'];
  const rancher = request.headers['x-api-cattleauth-header'];

  if (own || !rancher) {
    // The cookie is taken off on these ways only; on the others the session goes along (recorded "cookie+cred", "cookie no cred").
    const { cookie: _cookie, ...headers } = forward.headers;

    return { ...forward, headers: { ...headers, ...own ? { authorization: own } : {} } };
  }
  const [kind = '', ...rest] = rancher.split(' ');
  const id = rest.map((part) => /^credID=(.+)$/.exec(part)?.[1]).find((found) => found !== undefined) ?? '';
  const key = kind.toLowerCase() === 'awsv4' ? options.credential(id, asker) : undefined;

  // Without a usable key it goes out all the same, unsigned (recorded "cookie unknown cred", "meta unknown credential").
  return key ? signAsRancher(forward, key, (options.clock ?? Date.now)()) : forward;
}

function forwarded(request: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = {};

  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !DROPPED.has(name)) {
      headers[name] = value.replace(/^rancher:/, '');
    }
  }
  if (request.body.length) {
    headers['content-length'] = String(request.body.length);
  }

  return { ...headers, ...request.origin.startsWith('https:') ? { 'x-forwarded-proto': 'https' } : {} };
}
