import type { HttpAnswer, HttpRequest, KubeUser } from '../contracts.ts';
import { RANCHER_HEADERS, empty, pageNotFound, text, unauthorized } from './answers.ts';
import { Authentication } from './auth/auth.ts';
import type { Identity } from './auth/auth.ts';
import { Tokens } from './auth/tokens.ts';
import { Users } from './auth/users.ts';
import type { Clusters } from './clusters.ts';
import { downstreamPath, rawAnswer, reachCluster } from './downstream.ts';
import { Norman } from './norman/norman.ts';
import { releasesAnswer } from './releases.ts';
import type { HookTable } from './steve/hooks.ts';
import { Preferences } from './steve/preferences.ts';
import { Steve } from './steve/steve.ts';
import { NEWS_PATH, dashboardAnswer } from './ui/static-files.ts';
import { UiPlugins } from './ui/ui-plugins.ts';

/** Whom Kubernetes sees when nobody is logged in; may read the settings that the login page needs. */
const NOBODY: KubeUser = { name: 'system:unauthenticated', groups: ['system:unauthenticated', 'system:cattle:unauthenticated'] };

/** Answers `/meta/proxy/…` for whoever asks. */
export type MetaProxyHandler = (request: HttpRequest, identity: Identity) => Promise<HttpAnswer>;

export interface RancherOptions {
  clusters: Clusters;
  hooks: HookTable;
  metaProxy: MetaProxyHandler;
  version: { Version: string; GitCommit: string; RancherPrime: string };
  /** The built dashboard, and the built extension. */
  dashboard?: string;
  extension?: string;
  /** Sessions to keep from before. */
  tokens?: Tokens;
}

/** The stand-in Rancher: everything its one host answers. */
export class Rancher {
  readonly clusters: Clusters;
  readonly users: Users;
  readonly tokens: Tokens;
  readonly preferences = new Preferences();
  readonly authentication: Authentication;
  readonly hooks: HookTable;
  private readonly options: RancherOptions;
  private readonly steve: Steve;
  private readonly norman: Norman;
  private readonly plugins: UiPlugins;

  constructor(options: RancherOptions) {
    this.options = options;
    this.clusters = options.clusters;
    this.tokens = options.tokens ?? new Tokens();
    this.hooks = options.hooks;
    this.users = new Users(options.clusters.local.kube.store);
    this.authentication = new Authentication(this.users, this.tokens);
    this.steve = new Steve({ hooks: options.hooks, preferences: this.preferences });
    this.norman = new Norman({ local: options.clusters.local, users: this.users, tokens: this.tokens });
    this.plugins = new UiPlugins(options.extension, options.clusters.local.kube);
  }

  /** Answers a request; every answer tells whether Rancher knew the asker. */
  async handle(request: HttpRequest): Promise<HttpAnswer> {
    const identity = this.authentication.identify(request);
    const answer = await this.open(request, identity) ?? (identity ? await this.closed(request, identity) : unauthorized());

    return { ...answer, headers: { 'x-api-cattle-auth': String(!!identity && !request.path.includes('-public/')), ...answer.headers } };
  }

  /** What anybody may ask. */
  private async open(request: HttpRequest, identity: Identity | undefined): Promise<HttpAnswer | undefined> {
    const { method, path } = request;

    if (path === '/') {
      return empty(302, { location: '/dashboard/' });
    }
    if (path === '/dashboard' || path.startsWith('/dashboard/')) {
      return await dashboardAnswer(this.options.dashboard, path);
    }
    if (path.startsWith(NEWS_PATH)) {
      return text(200, '{}\n');
    }
    if (path === '/v1/uiplugins' || path.startsWith('/v1/uiplugins/')) {
      return await this.plugins.handle(path.slice('/v1/uiplugins'.length), request.origin, !!identity);
    }
    switch (path.replace(/\/$/, '').toLowerCase()) {
    case '/healthz':
    case '/ping':
      return text(200, path.startsWith('/ping') ? 'pong' : 'ok');
    case '/rancherversion':
      return { status: 200, headers: { ...RANCHER_HEADERS, 'content-type': 'text/plain; charset=utf-8' }, body: JSON.stringify(this.options.version) };
    case '/v1-public/authproviders':
      return this.authentication.providers();
    case '/v3-public/authproviders':
      return this.authentication.providersV3(request);
    case '/v1-public/login':
    case '/v3-public/localproviders/local':
      return method === 'POST' ? this.authentication.login(request) : pageNotFound();
    case '/v1/logout':
      return this.authentication.logout(identity);
    case '/v3/tokens':
      return request.query.get('action') === 'logout' ? this.authentication.logout(identity) : undefined;
    default:
    }
    if (!identity && method === 'GET' && path.startsWith('/v1/management.cattle.io.settings')) {
      return await this.steve.handle(request, this.clusters.local, NOBODY, path.slice('/v1/'.length));
    }

    return path.startsWith('/api-ui') ? pageNotFound() : undefined;
  }

  /** What one must be known for. */
  private async closed(request: HttpRequest, identity: Identity): Promise<HttpAnswer> {
    const below = downstreamPath(request.path);

    if (below?.id === 'local') {
      if (below.rest === '/api' || below.rest === '/apis') {
        return { ...empty(307, { location: `${ below.rest }/` }), headers: { location: `${ below.rest }/`, 'content-type': 'text/html; charset=utf-8' }, body: `<a href="${ below.rest }/">Temporary Redirect</a>.\n\n` };
      }

      return this.own({ ...request, path: below.rest }, identity);
    }
    if (!below) {
      return this.own(request, identity);
    }
    const cluster = reachCluster(this.clusters, identity.kube, below);

    if ('status' in cluster) {
      return cluster;
    }
    if (below.rest === '/v1' || below.rest.startsWith('/v1/')) {
      return await this.checked(request, identity, () => this.steve.handle(request, cluster, identity.kube, below.rest.slice('/v1/'.length)));
    }

    return await rawAnswer(cluster, request, identity.kube, below.rest);
  }

  /** Rancher's own paths, and those of the cluster it runs in. */
  private async own(request: HttpRequest, identity: Identity): Promise<HttpAnswer> {
    const { path } = request;
    const { local } = this.clusters;

    if (path.startsWith('/v1/')) {
      return await this.checked(request, identity, () => this.steve.handle(request, local, identity.kube, path.slice('/v1/'.length)));
    }
    if (path === '/v3' || path.startsWith('/v3/')) {
      return await this.checked(request, identity, () => Promise.resolve(this.norman.handle(request, identity, path.slice('/v3/'.length))));
    }
    const release = /^\/v1-(rke2|k3s)-release\/(\w+)$/.exec(path);

    if (release) {
      return releasesAnswer(release[1] === 'k3s' ? 'k3s' : 'rke2', release[2] ?? '') ?? pageNotFound();
    }
    if (path.startsWith('/meta/proxy/')) {
      return await this.options.metaProxy(request, identity);
    }
    if (/^\/(api|apis|openapi|version)(\/|$)/.test(path)) {
      return await rawAnswer(local, request, identity.kube, path.length > 1 ? path.replace(/\/$/, '') : path);
    }

    return pageNotFound();
  }

  /** Guards Rancher's own APIs against forged browser writes. */
  private async checked(request: HttpRequest, identity: Identity, answer: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const csrf = identity.byCookie ? this.authentication.checkCsrf(request) : {};

    if (csrf.refusal) {
      return csrf.refusal;
    }
    const given = await answer();

    return csrf.cookie ? { ...given, headers: { ...given.headers, 'set-cookie': csrf.cookie } } : given;
  }
}
