import { beforeAll, describe, expect, it } from 'vitest';
import { KUBERNETES_NEEDS, type NeedScope } from '../../../pkg/irsa/domain/rights/table';
import { askRights } from '../../../pkg/irsa/gateways/kubernetes/rights';
import { roleObject } from '../../../pkg/irsa/plans/rights/roles';
import { CLUSTER, transportOf, type Comparison, type KubeAsked } from './target';

/** Every right of the table, as Settings and the plans ask for it. */
function everyRight(namespace: string, scopes: NeedScope[] = ['cluster', 'owner']) {
  const needs = KUBERNETES_NEEDS.filter(({ scope }) => scopes.includes(scope));

  return needs.flatMap(({ verbs, group, resources, names }) => verbs.flatMap((verb) => resources.flatMap((full) => (names ?? [undefined]).map((name) => {
    const [resource = '', subresource] = full.split('/');

    return { clusterId: CLUSTER, verb, group, resource, ...subresource ? { subresource } : {}, ...name ? { name } : {}, namespace };
  }))));
}

/** SelfSubjectAccessReview, for the rights that pages and plans ask about. */
export function rightCases(comparison: () => Comparison): void {
  describe('SelfSubjectAccessReview', () => {
    let see: Comparison;
    let namespace: string;
    const asks = async(as: KubeAsked['as'], where = namespace) => (await askRights(transportOf(see.target, as), everyRight(where))).map(({ right: { clusterId: _same, namespace: _where, ...right }, allowed }) => [JSON.stringify(right), allowed]);
    const named = (right: ReturnType<typeof everyRight>[number]) => {
      const { clusterId: _same, namespace: _where, ...rest } = right;

      return JSON.stringify(rest);
    };
    const review = (resourceAttributes: object | undefined, as: KubeAsked['as'] = 'olivia', more: object = {}) => see.target.ask({
      method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', as, body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes, ...more } }
    });

    beforeAll(async() => {
      see = comparison();
      namespace = await see.namespace();
    });

    it('allows an admin everything and somebody without rights nothing', async() => {
      see.gives('admin', await asks('admin'), everyRight(namespace).map((right) => [named(right), true]));
      see.gives('olivia', await asks('olivia'), everyRight(namespace).map((right) => [named(right), false]));
    });

    it('allows a user with one Role exactly that, there', async() => {
      const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${ namespace }`;
      const elsewhere = await see.namespace();

      for (const right of everyRight(namespace)) {
        const resource = right.subresource ? `${ right.resource }/${ right.subresource }` : right.resource;

        await see.post(`${ rbac }/roles`, { metadata: { name: 'one' }, rules: [{ apiGroups: [right.group], resources: [resource], verbs: [right.verb] }] });
        await see.post(`${ rbac }/rolebindings`, { metadata: { name: 'one' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'one' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'olivia' }] });
        const covers = ({ verb, group, resource: other, subresource }: ReturnType<typeof everyRight>[number]) => right.verb === '*' ||
          (verb === right.verb && group === right.group && other === right.resource && subresource === right.subresource);

        await settled(async() => (await review({ ...right, clusterId: undefined })).json?.status.allowed === true);
        see.gives(`olivia with ${ named(right) }`, await asks('olivia'), everyRight(namespace).map((one) => [named(one), covers(one)]));
        see.gives('olivia elsewhere', (await asks('olivia', elsewhere)).filter(([, allowed]) => allowed), []);
        await see.done({ method: 'DELETE', path: `${ rbac }/rolebindings/one` });
        await settled(async() => (await review({ ...right, clusterId: undefined })).json?.status.allowed === false);
        await see.done({ method: 'DELETE', path: `${ rbac }/roles/one` });
      }
    });

    it('allows whoever has the cluster role that we ship what its rows say, and no more', async() => {
      const rbac = '/apis/rbac.authorization.k8s.io/v1';
      const role = roleObject('clusterRole');

      await see.post(`${ rbac }/clusterroles`, role);
      await see.post(`${ rbac }/clusterrolebindings`, { metadata: { name: 'irsa' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'irsa-cluster' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'olivia' }] });
      await settled(async() => (await review({ verb: 'list', resource: 'serviceaccounts' })).json?.status.allowed === true);
      see.gives('olivia with our role', (await asks('olivia')).filter(([, allowed]) => !allowed).map(([right]) => right), everyRight(namespace, ['owner']).map(named));
      see.gives('reason', (await review({ verb: 'list', resource: 'serviceaccounts' })).json?.status, { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "irsa" of ClusterRole "irsa-cluster" to User "olivia"' });
      see.gives('what it does not give', (await review({ verb: 'list', resource: 'secrets' })).json?.status, { allowed: false });
      await see.done({ method: 'DELETE', path: `${ rbac }/clusterrolebindings/irsa` });
      await settled(async() => (await review({ verb: 'list', resource: 'serviceaccounts' })).json?.status.allowed === false);
      await see.done({ method: 'DELETE', path: `${ rbac }/clusterroles/irsa-cluster` });
    });

    it('repeats the question, and refuses one that asks nothing or two things', async() => {
      const { status, json } = await review({ verb: 'list', resource: 'pods', namespace });

      see.gives('answer', [status, json?.kind, json?.apiVersion, json?.spec, json?.status], [201, 'SelfSubjectAccessReview', 'authorization.k8s.io/v1', { resourceAttributes: { verb: 'list', resource: 'pods', namespace } }, { allowed: false }]);
      for (const [what, field, resource, more] of [['nothing', 'spec.resourceAttributes', undefined, {}], ['two things', 'spec.nonResourceAttributes', { verb: 'list', resource: 'pods' }, { nonResourceAttributes: { path: '/', verb: 'get' } }]] as const) {
        const refused = await review(resource, 'olivia', more);

        see.gives(what, [refused.status, refused.json?.reason, refused.json?.details?.kind, refused.json?.details?.causes[0].field], [422, 'Invalid', undefined, field]);
        see.gives(`${ what }: message`, refused.json?.message, expect.stringMatching(/^\.authorization\.k8s\.io "" is invalid: spec\.\w+: Invalid value: .*: (exactly one of nonResourceAttributes or resourceAttributes must be specified|cannot be specified in combination with resourceAttributes)$/));
      }
    });
  });
}

/** RBAC is read from a cache that is a moment behind. */
async function settled(holds: () => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + 10_000; !(await holds());) {
    if (Date.now() > until) {
      throw new Error('RBAC did not follow');
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
