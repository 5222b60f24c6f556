import { randomBytes } from 'node:crypto';
import type { HttpAnswer, HttpRequest, KubeUser } from '../../contracts.ts';
import { RANCHER_HEADERS, json } from '../answers.ts';
import { fieldsOf, stringOf } from '../values.ts';
import type { Fields } from '../values.ts';
import type { Token, Tokens } from './tokens.ts';
import { kubeUser } from './users.ts';
import type { RancherUser, Users } from './users.ts';

/** Who a request comes from. */
export interface Identity {
  user: RancherUser;
  kube: KubeUser;
  token: Token;
  /** Known by the browser's cookie, so writes must carry the CSRF header. */
  byCookie: boolean;
}

/** The cookies of a request. */
export function cookiesOf(request: Pick<HttpRequest, 'headers'>): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split(/=(.*)/s));

  return new Map(pairs.filter(([name]) => name).map(([name = '', value = '']) => [name, decodeURIComponent(value)]));
}

/** Logging in and out, and recognising who asks. */
export class Authentication {
  private readonly users: Users;
  private readonly tokens: Tokens;

  constructor(users: Users, tokens: Tokens) {
    this.users = users;
    this.tokens = tokens;
  }

  /** Whoever sends this, by cookie, bearer token or basic authentication. */
  identify(request: Pick<HttpRequest, 'headers'>): Identity | undefined {
    const authorization = request.headers.authorization ?? '';
    const cookie = cookiesOf(request).get('R_SESS');
    const bearer = /^Bearer\s+(.+)$/i.exec(authorization)?.[1];
    const basic = /^Basic\s+(.+)$/i.exec(authorization)?.[1];
    const text = bearer ?? (basic ? Buffer.from(basic, 'base64').toString() : cookie);
    const token = text ? this.tokens.find(text) : undefined;
    const user = token && this.users.get(token.userId);

    return user && token ? { user, token, kube: kubeUser(user), byCookie: !bearer && !basic } : undefined;
  }

  /**
   * Rancher's check of browsers' writes: the first answer sets the CSRF cookie, every later write must repeat it in
   * `x-api-csrf`. Returns a refusal, or the cookie to set, or nothing.
   */
  checkCsrf(request: HttpRequest): { refusal?: HttpAnswer; cookie?: string } {
    if (!/mozilla/i.test(request.headers['user-agent'] ?? '')) {
      return {};
    }
    const expected = cookiesOf(request).get('CSRF');

    if (expected === undefined) {
      return { cookie: `CSRF=${ randomBytes(5).toString('hex') }; Path=/` };
    }
    if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method) && request.headers['x-api-csrf'] !== expected) {
      return { refusal: json(422, { type: 'error', links: {}, code: 'InvalidCSRFToken', message: 'Invalid CSRF token', status: 422 }) };
    }

    return {};
  }

  /** `POST /v1-public/login` and the older `/v3-public/localProviders/local?action=login`. */
  login(request: HttpRequest): HttpAnswer {
    const input = parse(request.body);
    const user = this.users.check(stringOf(input.username), stringOf(input.password));

    if (!user) {
      return json(401, { code: 'Unauthorized', status: 401, message: 'authentication failed', type: 'error', baseType: 'error' });
    }
    const token = this.tokens.create(user.id, { session: true, description: stringOf(input.description) });
    const text = `${ token.id }:${ token.secret }`;

    if (input.responseType === 'cookie' || input.responseType === 'saml') {
      const answer = json(200, {});

      return { ...answer, headers: { ...answer.headers, 'set-cookie': `R_SESS=${ text }; Path=/; HttpOnly` } };
    }

    return json(201, { baseType: 'token', expiresAt: token.expiresAt, id: token.id, token: text, type: 'token' });
  }

  /** `POST /v1/logout` and the older `/v3/tokens?action=logout`. */
  logout(identity: Identity | undefined): HttpAnswer {
    if (identity) {
      this.tokens.remove(identity.token.id);
    }

    return { status: 200, headers: { ...RANCHER_HEADERS, 'set-cookie': 'R_SESS=; Path=/; HttpOnly; Max-Age=0' } };
  }

  /** `GET /v1-public/authproviders` */
  providers(): HttpAnswer {
    return json(200, { data: [{ id: 'local', logoutAllEnabled: false, logoutAllForced: false, logoutAllSupported: false, type: 'localProvider' }] });
  }

  /** `GET /v3-public/authProviders` */
  providersV3(request: HttpRequest): HttpAnswer {
    const base = `${ request.origin }/v3-public`;
    const url = `${ base }/authProviders`;

    return json(200, {
      type:       'collection', links: { self: url }, actions: {}, pagination: { limit: 1000, total: 1 },
      sort:       { order: 'asc', reverse: `${ url }?order=desc`, links: { type: `${ url }?sort=type`, uuid: `${ url }?sort=uuid` } },
      filters:    Object.fromEntries(['created', 'creatorId', 'logoutAllEnabled', 'logoutAllForced', 'logoutAllSupported', 'name', 'removed', 'type', 'uuid'].map((name) => [name, null])),
      resourceType: 'authProvider',
      data:       [{
        actions: { login: `${ base }/localProviders/local?action=login` }, baseType: 'authProvider', creatorId: null, id: 'local', links: { self: `${ base }/localProviders/local` },
        logoutAllEnabled: false, logoutAllForced: false, logoutAllSupported: false, type: 'localProvider'
      }]
    }, { 'x-api-schemas': `${ base }/schemas` });
  }
}

function parse(body: Buffer): Fields {
  try {
    return fieldsOf(JSON.parse(body.toString() || '{}') as unknown);
  } catch {
    return {};
  }
}
