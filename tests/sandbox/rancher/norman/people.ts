import type { HttpAnswer, HttpRequest, KubeObject } from '../../contracts.ts';
import { ApiError, empty, json } from '../answers.ts';
import type { Identity } from '../auth/auth.ts';
import type { Token, Tokens } from '../auth/tokens.ts';
import type { RancherUser, Users } from '../auth/users.ts';
import type { ManagedCluster } from '../clusters.ts';
import { fieldsOf, stringOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { normanCollection, normanHeaders, normanResource } from './shapes.ts';
import { normanType } from './types.ts';
import type { NormanType } from './types.ts';

interface Call {
  request: HttpRequest;
  identity: Identity;
  local: ManagedCluster;
  users: Users;
  tokens: Tokens;
}

function typeNamed(name: string): NormanType {
  const type = normanType(name);

  if (!type) {
    throw new Error(`no Norman type ${ name }`);
  }

  return type;
}

function body(request: HttpRequest): Fields {
  return fieldsOf(JSON.parse(request.body.toString() || '{}') as unknown);
}

/** `/v3/principals[/<id>]` */
export function principals(call: Call, id?: string): HttpAnswer {
  const { identity, request, users } = call;
  const show = (user: RancherUser): Fields => ({
    baseType: 'principal', creatorId: null, id: `local://${ user.id }`, links: { self: `${ request.origin }/v3/principals/local:%2F%2F${ user.id }` },
    loginName: user.username, me: user.id === identity.user.id, memberOf: false, name: user.displayName, principalType: 'user', provider: 'local', type: 'principal'
  });

  if (request.method === 'POST' && request.query.get('action') === 'search') {
    const wanted = stringOf(body(request).name).toLowerCase();

    return normanCollection(request, typeNamed('principal'), users.all().filter((user) => `${ user.username } ${ user.displayName }`.toLowerCase().includes(wanted)).map(show));
  }
  if (id) {
    const user = users.get(id.replace('local://', ''));

    if (!user) {
      throw new ApiError(404, 'NotFound', `principal ${ id } not found`);
    }

    return json(200, show(user), normanHeaders(request));
  }

  return normanCollection(request, typeNamed('principal'), [show(identity.user)], { search: `${ request.origin }/v3/principals?action=search` });
}

/** `/v3/users[?me=true]`, and making one. */
export function usersAnswer(call: Call, id?: string): HttpAnswer {
  const { identity, local, request, users } = call;
  const type = typeNamed('user');
  const kubeType = local.kube.store.findType('management.cattle.io', 'users');

  if (!kubeType) {
    throw new Error('no users in the local cluster');
  }
  const access = local.accessOf(identity.kube);
  const show = (object: KubeObject): Fields => {
    const plain = normanResource(request, type, object);
    const self = `${ request.origin }/v3/users/${ object.metadata.name }`;
    const of = (name: string): string => `${ request.origin }/v3/${ name }?userId=${ object.metadata.name }`;

    return {
      ...plain,
      displayName:        undefined,
      status:             undefined,
      name:               object.displayName,
      me:                 object.metadata.name === identity.user.id,
      mustChangePassword: false,
      conditions:         plain.conditions ?? null,
      actions: { refreshauthprovideraccess: `${ self }?action=refreshauthprovideraccess`, setpassword: `${ self }?action=setpassword` },
      links:   {
        clusterRoleTemplateBindings: of('clusterRoleTemplateBindings'), globalRoleBindings: of('globalRoleBindings'), projectRoleTemplateBindings: of('projectRoleTemplateBindings'),
        remove: self, self, tokens: of('tokens'), update: self
      }
    };
  };

  if (request.method === 'POST' && !id) {
    if (request.query.get('action')) {
      return json(200, {}, normanHeaders(request));
    }
    if (!access.grants('create', kubeType)) {
      throw new ApiError(403, 'PermissionDenied', 'permission denied');
    }
    const input = body(request);
    const username = stringOf(input.username);
    const user = users.add({ username, displayName: stringOf(input.name) || username, password: stringOf(input.password) });
    const object = local.kube.store.get(kubeType, undefined, user.id);

    return json(201, object ? show(object) : {}, normanHeaders(request));
  }
  if (id) {
    const object = local.kube.store.get(kubeType, undefined, id);

    if (!object || !(access.grants('get', kubeType, undefined, id) || id === identity.user.id)) {
      throw new ApiError(404, 'NotFound', `users "${ id }" not found`);
    }

    return json(200, show(object), normanHeaders(request));
  }
  const mine = request.query.get('me') === 'true';
  const seen = local.kube.store.list(kubeType).filter((object) => (mine ? object.metadata.name === identity.user.id : access.grants('list', kubeType, undefined, object.metadata.name)));
  const actions = { changepassword: `${ request.origin }/v3/users?action=changepassword`, refreshauthprovideraccess: `${ request.origin }/v3/users?action=refreshauthprovideraccess` };

  return normanCollection(request, type, seen.map(show), actions);
}

/** `/v3/tokens[/<id>]`: one's own sessions and API keys. */
export function tokensAnswer(call: Call, id?: string): HttpAnswer {
  const { identity, request, tokens } = call;
  const show = (token: Token, withSecret = false): Fields => {
    const self = `${ request.origin }/v3/tokens/${ token.id }`;

    return {
      authProvider: 'local', baseType: 'token', created: token.created, createdTS: Date.parse(token.created), creatorId: null, current: token.id === identity.token.id, description: token.description,
      enabled: true, expired: false, expiresAt: token.expiresAt, id: token.id, isDerived: !token.session, labels: { 'authn.management.cattle.io/kind': token.session ? 'session' : '' },
      links: { remove: self, self, update: self }, name: token.id, ttl: 57600000, type: 'token', userId: token.userId, userPrincipal: `local://${ token.userId }`, uuid: token.id,
      ...withSecret ? { token: `${ token.id }:${ token.secret }` } : {}
    };
  };
  const mine = tokens.ofUser(identity.user.id);

  if (id) {
    const token = mine.find((one) => one.id === id);

    if (!token) {
      throw new ApiError(404, 'NotFound', `tokens "${ id }" not found`);
    }
    if (request.method === 'DELETE') {
      tokens.remove(id);

      return empty(204, normanHeaders(request));
    }

    return json(200, show(token), normanHeaders(request));
  }
  if (request.method === 'POST') {
    return json(201, show(tokens.create(identity.user.id, { session: false, description: stringOf(body(request).description) }), true), normanHeaders(request));
  }

  return normanCollection(request, typeNamed('token'), mine.map((token) => show(token)), { logout: `${ request.origin }/v3/tokens?action=logout` });
}
