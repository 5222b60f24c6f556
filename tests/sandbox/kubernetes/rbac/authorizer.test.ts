import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../store.ts';
import { typeOf } from '../testing.ts';
import { Authorizer } from './authorizer.ts';
import { bootstrapRoles } from './bootstrap.ts';

const GROUP = 'rbac.authorization.k8s.io';
const USER = { name: 'u-abc', groups: ['team'] };

let store: MemoryStore;
let authorizer: Authorizer;

beforeEach(() => {
  store = new MemoryStore();
  authorizer = new Authorizer(store);
  bootstrapRoles(store);
});

function role(name: string, rules: object[], namespace?: string): void {
  const kind = namespace ? 'Role' : 'ClusterRole';

  store.create(typeOf(store, `${ kind.toLowerCase() }s`, GROUP), { apiVersion: `${ GROUP }/v1`, kind, metadata: { name, ...namespace ? { namespace } : {} }, rules });
}

function bind(roleName: string, subject: object, namespace?: string, roleKind = 'ClusterRole'): void {
  const kind = namespace ? 'RoleBinding' : 'ClusterRoleBinding';

  store.create(typeOf(store, `${ kind.toLowerCase() }s`, GROUP), {
    apiVersion: `${ GROUP }/v1`, kind, metadata: { name: `bind-${ roleName }`, ...namespace ? { namespace } : {} }, roleRef: { apiGroup: GROUP, kind: roleKind, name: roleName }, subjects: [subject]
  });
}

const ME = { kind: 'User', name: 'u-abc' };
const may = (question: Parameters<Authorizer['decide']>[1], user = USER): boolean => authorizer.decide(user, question).allowed;

describe('RBAC', () => {
  it('lets masters do anything and strangers nothing', () => {
    expect(may({ verb: 'delete', resource: 'nodes', name: 'n' }, { name: 'x', groups: ['system:masters'] })).toBe(true);
    expect(may({ verb: 'get', resource: 'pods', namespace: 'shop' })).toBe(false);
  });

  it('grants verbs, groups and resources as written', () => {
    role('reader', [{ apiGroups: ['', 'apps'], resources: ['pods', 'deployments'], verbs: ['get', 'list'] }]);
    bind('reader', ME);
    expect(may({ verb: 'get', group: '', resource: 'pods' })).toBe(true);
    expect(may({ verb: 'list', group: 'apps', resource: 'deployments', namespace: 'shop' })).toBe(true);
    expect(may({ verb: 'watch', group: '', resource: 'pods' })).toBe(false);
    expect(may({ verb: 'get', group: 'batch', resource: 'pods' })).toBe(false);
    expect(may({ verb: 'get', group: '', resource: 'pods', subresource: 'log' })).toBe(false);
  });

  it('keeps a RoleBinding in its namespace, whatever role it names', () => {
    role('editor', [{ apiGroups: [''], resources: ['serviceaccounts', 'serviceaccounts/token'], verbs: ['*'] }]);
    bind('editor', { kind: 'Group', name: 'team' }, 'shop');
    expect(may({ verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace: 'shop', name: 'reader' })).toBe(true);
    expect(may({ verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace: 'other', name: 'reader' })).toBe(false);
    expect(may({ verb: 'list', resource: 'serviceaccounts' })).toBe(false);
    expect(authorizer.decide(USER, { verb: 'patch', resource: 'serviceaccounts', namespace: 'shop' }).reason).toBe('RBAC: allowed by RoleBinding "bind-editor/shop" of ClusterRole "editor" to Group "team"');
  });

  it('holds to resource names', () => {
    role('one', [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'], verbs: ['get'] }], 'shop');
    bind('one', ME, 'shop', 'Role');
    expect(may({ verb: 'get', resource: 'secrets', namespace: 'shop', name: 'mine' })).toBe(true);
    expect(may({ verb: 'get', resource: 'secrets', namespace: 'shop', name: 'yours' })).toBe(false);
    expect(may({ verb: 'list', resource: 'secrets', namespace: 'shop' })).toBe(false);
  });

  it('reads stars: all, all subresources, one subresource of all', () => {
    role('scaler', [{ apiGroups: ['*'], resources: ['*/scale'], verbs: ['update'] }]);
    bind('scaler', ME);
    expect(may({ verb: 'update', group: 'apps', resource: 'deployments', subresource: 'scale' })).toBe(true);
    expect(may({ verb: 'update', group: 'apps', resource: 'deployments' })).toBe(false);
    role('all', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);
    bind('all', ME);
    expect(may({ verb: 'patch', group: 'x.example.com', resource: 'things', subresource: 'status' })).toBe(true);
    expect(may({ verb: 'get', nonResourcePath: '/metrics' })).toBe(false);
  });

  it('grants paths cluster-wide only', () => {
    const rules = [{ nonResourceURLs: ['/openid/v1/jwks', '/logs/*'], verbs: ['get'] }];

    role('documents', rules);
    bind('documents', ME, 'shop');
    expect(may({ verb: 'get', nonResourcePath: '/openid/v1/jwks' })).toBe(false);
    bind('documents', ME);
    expect(may({ verb: 'get', nonResourcePath: '/openid/v1/jwks' })).toBe(true);
    expect(may({ verb: 'get', nonResourcePath: '/logs/a/b' })).toBe(true);
    expect(may({ verb: 'post', nonResourcePath: '/logs/a/b' })).toBe(false);
    expect(may({ verb: 'get', nonResourcePath: '/openid/v1' })).toBe(false);
  });

  it('knows service accounts as subjects', () => {
    role('reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
    bind('reader', { kind: 'ServiceAccount', name: 'bot', namespace: 'shop' });
    expect(may({ verb: 'get', resource: 'pods' }, { name: 'system:serviceaccount:shop:bot', groups: [] })).toBe(true);
    expect(may({ verb: 'get', resource: 'pods' }, { name: 'system:serviceaccount:other:bot', groups: [] })).toBe(false);
  });

  it('takes a grant back with its binding, and a rule with its role', () => {
    role('reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
    bind('reader', ME);
    expect(may({ verb: 'get', resource: 'pods' })).toBe(true);
    store.delete(typeOf(store, 'clusterroles', GROUP), undefined, 'reader');
    expect(may({ verb: 'get', resource: 'pods' })).toBe(false);
    role('reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
    expect(may({ verb: 'get', resource: 'pods' })).toBe(true);
    store.delete(typeOf(store, 'clusterrolebindings', GROUP), undefined, 'bind-reader');
    expect(may({ verb: 'get', resource: 'pods' })).toBe(false);
  });

  it('aggregates roles by label', () => {
    store.create(typeOf(store, 'clusterroles', GROUP), { apiVersion: `${ GROUP }/v1`, kind: 'ClusterRole', metadata: { name: 'sum' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] }, rules: [] });
    bind('sum', ME);
    expect(may({ verb: 'get', resource: 'pods' })).toBe(false);
    store.create(typeOf(store, 'clusterroles', GROUP), { apiVersion: `${ GROUP }/v1`, kind: 'ClusterRole', metadata: { name: 'part', labels: { part: 'yes' } }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] });
    expect(may({ verb: 'get', resource: 'pods' })).toBe(true);
  });
});

describe('default roles', () => {
  it('let service accounts read the issuer\'s documents, people not', () => {
    const path = { verb: 'get', nonResourcePath: '/.well-known/openid-configuration' };

    expect(may(path, { name: 'system:serviceaccount:a:b', groups: ['system:serviceaccounts'] })).toBe(true);
    expect(may(path)).toBe(false);
  });

  it('let them be opened to everybody', () => {
    const open = new MemoryStore();
    const opened = new Authorizer(open);

    bootstrapRoles(open, { discoveryAllowed: true });
    expect(opened.decide(USER, { verb: 'get', nonResourcePath: '/openid/v1/jwks' }).allowed).toBe(true);
    expect(opened.decide({ name: 'system:anonymous', groups: [] }, { verb: 'get', nonResourcePath: '/openid/v1/jwks' }).allowed).toBe(false);
  });

  it('give edit the tokens and admin the roles of a namespace', () => {
    bind('edit', ME, 'shop');
    expect(may({ verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace: 'shop' })).toBe(true);
    expect(may({ verb: 'create', group: GROUP, resource: 'rolebindings', namespace: 'shop' })).toBe(false);
    bind('admin', ME, 'shop');
    expect(may({ verb: 'create', group: GROUP, resource: 'rolebindings', namespace: 'shop' })).toBe(true);
  });
});
