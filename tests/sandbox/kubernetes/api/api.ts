import type { HttpAnswer, HttpRequest, KubeUser, ResourceType } from '../../contracts.ts';
import { forbidden, methodNotAllowed, noRouteForMethod, notFound, serviceUnavailable, unauthorized } from '../errors.ts';
import type { Authorizer } from '../rbac/authorizer.ts';
import { authenticated } from '../rbac/authorizer.ts';
import { isReview, verbsOf } from '../registry.ts';
import type { MemoryStore } from '../store.ts';
import type { SigningKey } from '../tokens/keys.ts';
import { jwkOf } from '../tokens/keys.ts';
import type { ApiServer, RollingServers } from '../tokens/servers.ts';
import type { TokenAuthority } from '../tokens/tokens.ts';
import { json, objectOf, pageNotFound, plainText, refusalOf } from './answers.ts';
import { discoveryAnswer } from './discovery.ts';
import { logAnswer } from './logs.ts';
import type { Logs } from './logs.ts';
import { openApiAnswer } from './openapi.ts';
import { listAnswer, shown } from './reading.ts';
import { questionOf, resourceRequest } from './request-info.ts';
import type { ResourceRequest } from './request-info.ts';
import { reviewAnswer } from './reviews.ts';
import { watchAnswer } from './watching.ts';
import { createAnswer, deleteAnswer, deleteCollectionAnswer, patchAnswer, scaleAnswer, updateAnswer } from './writing.ts';
import type { Call } from './writing.ts';

export interface KubeApiOptions {
  version: string;
  store: MemoryStore;
  authorizer: Authorizer;
  servers: RollingServers;
  tokens: TokenAuthority;
  keys: () => SigningKey[];
  logs: Logs;
}

/** The HTTP API of a cluster's API servers. Whoever calls has found out who the user is. */
export class KubeApi {
  private readonly options: KubeApiOptions;

  constructor(options: KubeApiOptions) {
    this.options = options;
  }

  async handle(request: HttpRequest, asked: KubeUser | undefined): Promise<HttpAnswer> {
    const info = resourceRequest(request);

    try {
      if (!asked) {
        throw unauthorized();
      }
      const user = authenticated(asked);
      const server = this.options.servers.serving();

      if (!server) {
        throw serviceUnavailable();
      }

      return info ? await this.resource(request, info, user, server) : this.nonResource(request, user, server);
    } catch (error) {
      return refusalOf(error);
    }
  }

  private nonResource(request: HttpRequest, user: KubeUser, server: ApiServer): HttpAnswer {
    const { path } = request;
    const question = { verb: request.method.toLowerCase(), nonResourcePath: path };

    if (!this.options.authorizer.decide(user, question).allowed) {
      throw forbidden(user, question);
    }

    return discoveryAnswer(this.options.store, path) ?? this.document(path.replace(/(.)\/$/, '$1'), server, request.headers.accept) ?? pageNotFound();
  }

  private document(path: string, server: ApiServer, accept: string | undefined): HttpAnswer | undefined {
    switch (path) {
    case '/version': return json(200, versionInfo(this.options.version));
    case '/healthz':
    case '/livez':
    case '/readyz': return plainText(200, 'ok');
    case '/openapi/v2': return json(200, { swagger: '2.0', info: { title: 'Kubernetes', version: this.options.version }, paths: {} });
    case '/.well-known/openid-configuration': return discoveryDocument(server);
    case '/openid/v1/jwks': return isDiscoverable(server) ? keySet(accept) ?? json(200, { keys: this.options.keys().map(jwkOf) }, { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=3600' }) : undefined;
    default: return path.startsWith('/openapi/v3') ? openApiAnswer(this.options.store, path) : undefined;
    }
  }

  private async resource(request: HttpRequest, info: ResourceRequest, user: KubeUser, server: ApiServer): Promise<HttpAnswer> {
    const question = questionOf(info);

    if (!this.options.authorizer.decide(user, question).allowed) {
      throw forbidden(user, question);
    }
    const { store } = this.options;
    const type = store.findType(info.group, info.resource);

    if (!type || type.version !== info.version || (info.subresource && !type.subresources?.includes(info.subresource))) {
      return pageNotFound();
    }
    if (isReview(type)) {
      return this.review(request, type, info, user, server);
    }
    const call: Call = { store, type, request, info, user };

    return info.subresource && info.subresource !== 'status' ? this.subresource(call, info.subresource, server) : this.object(call);
  }

  private review(request: HttpRequest, type: ResourceType, info: ResourceRequest, user: KubeUser, server: ApiServer): HttpAnswer {
    if (info.verb !== 'create') {
      throw methodNotAllowed(type, request.method);
    }

    return reviewAnswer(type.kind, {
      authorizer: this.options.authorizer, user, namespace: info.namespace, body: objectOf(request),
      bearer:     (token, audiences) => this.options.tokens.verify(server.config, token, audiences.length ? audiences : undefined)
    });
  }

  private object(call: Call): HttpAnswer {
    const { store, type, request, info } = call;
    const isOne = ['get', 'create', 'update', 'patch', 'delete'].includes(info.verb);
    const needsNamespace = isOne && type.namespaced && info.namespace === undefined;

    if (needsNamespace || (info.verb === 'create' && info.name !== undefined)) {
      throw noRouteForMethod();
    }
    if (!verbsOf(type).includes(info.verb)) {
      throw methodNotAllowed(type, request.method);
    }
    switch (info.verb) {
    case 'get': {
      const object = store.peek(type, info.namespace, info.name ?? '');

      if (!object) {
        throw notFound(type, info.name ?? '');
      }

      return json(200, shown(store, type, object, request));
    }
    case 'list': return listAnswer(store, type, request, namespaceOf(call));
    case 'watch': return watchAnswer(store, type, request, namespaceOf(call));
    case 'create': return createAnswer(call);
    case 'update': return updateAnswer(call);
    case 'patch': return patchAnswer(call);
    case 'delete': return deleteAnswer(call);
    default: return deleteCollectionAnswer(call);
    }
  }

  private subresource(call: Call, subresource: string, server: ApiServer): HttpAnswer {
    const { store, type, info, request } = call;
    const [namespace = '', name = ''] = [info.namespace, info.name];
    const object = store.peek(type, namespace, name);

    if (subresource === 'token' && info.verb === 'create') {
      return json(201, this.options.tokens.request(server.config, namespace, name, objectOf(request)));
    }
    if (!object) {
      throw notFound(type, name);
    }
    if (subresource === 'log' && info.verb === 'get') {
      return logAnswer(this.options.logs, object, request.query);
    }
    if (subresource === 'scale' && ['get', 'update', 'patch'].includes(info.verb)) {
      return scaleAnswer(call);
    }
    if (subresource === 'eviction' && info.verb === 'create') {
      store.delete(type, namespace, name);

      return json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
    }
    throw methodNotAllowed(type, request.method);
  }
}

function namespaceOf({ type, info }: Call): string | undefined {
  return type.namespaced ? info.namespace : undefined;
}

/** version.Info, as recorded ("kube version"); the two emulation fields came with 1.33. */
function versionInfo(gitVersion: string): object {
  const [, major = '1', minor = '0'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  const compatibility = Number(minor) >= 33 ? { emulationMajor: major, emulationMinor: minor, minCompatibilityMajor: major, minCompatibilityMinor: String(Number(minor) - 1) } : {};

  return { major, minor, ...compatibility, gitVersion, gitCommit: 'unknown', gitTreeState: 'clean', buildDate: '2026-08-01T00:00:00Z', goVersion: 'go1.26.8', compiler: 'gc', platform: 'linux/amd64' };
}

/** openidmetadata.go: no documents for an issuer that is no https address. */
function isDiscoverable(server: ApiServer): boolean {
  return /^https:\/\//.test(server.config.issuers[0] ?? '');
}

function discoveryDocument(server: ApiServer): HttpAnswer | undefined {
  const { issuers, jwksUri } = server.config;

  return isDiscoverable(server) ? json(200, {
    issuer:                                issuers[0],
    jwks_uri:                              jwksUri ?? 'https://10.0.0.10:6443/openid/v1/jwks',
    response_types_supported:              ['id_token'],
    subject_types_supported:               ['public'],
    id_token_signing_alg_values_supported: ['RS256']
  }, { 'cache-control': 'public, max-age=3600' }) : undefined;
}

/** Whoever would take other types only gets none (asked of a real kube-apiserver 1.33 and 1.36: plain JSON is not enough). */
function keySet(accept: string | undefined): HttpAnswer | undefined {
  const takes = accept === undefined || accept.split(',').some((one) => ['*/*', 'application/*', 'application/jwk-set+json'].includes(one.split(';')[0]!.trim()));

  return takes ? undefined : plainText(406, '406: Not Acceptable\n\nAvailable representations: application/jwk-set+json');
}
