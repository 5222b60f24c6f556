import type { Right } from '../../../pkg/irsa/domain/facts';
import { resourceName } from '../../../pkg/irsa/domain/rights/covers';
import { actionName, AWS_NEEDS, KUBERNETES_NEEDS } from '../../../pkg/irsa/domain/rights/table';
import type { Rights } from './people';

/** One right or action less. */
export interface Removal {
  /** `create serviceaccounts/token` · `get settings whitelist-domain` · `iam:CreateRole` */
  name: string;
  from(rights: Rights): Rights;
}

interface Rule { apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] }

/** Resources of which only objects of some names are given: there the name is a part of the right. */
const BY_NAME = new Set(KUBERNETES_NEEDS.filter(({ names }) => names).flatMap(({ resources }) => resources));

/** `create serviceaccounts/token` · `get settings whitelist-domain` · `* *` */
export const nameOf = (right: Pick<Right, 'verb' | 'resource' | 'subresource' | 'name'>): string => [right.verb, resourceName(right), ...(right.name && BY_NAME.has(right.resource) ? [right.name] : [])].join(' ');

/** The role without one verb on one resource, of one name where the rule has names; rules that are then empty go. */
export function without(role: Rights['roleTemplate'], group: string, resource: string, verb: string, name?: string): Rights['roleTemplate'] {
  const rules = (role.rules as unknown as Rule[]).flatMap((rule) => {
    if (!rule.apiGroups.includes(group) || !rule.resources.includes(resource) || (name && !rule.resourceNames?.includes(name))) {
      return [rule];
    }
    const others = { ...rule, resources: rule.resources.filter((one) => one !== resource) };
    const otherNames = { ...rule, resources: [resource], resourceNames: name ? rule.resourceNames?.filter((one) => one !== name) : [] };
    const otherVerbs = { ...rule, resources: [resource], verbs: rule.verbs.filter((one) => one !== verb), ...(name ? { resourceNames: [name] } : {}) };

    return [others, otherVerbs, ...(name ? [otherNames] : [])].filter(({ resources, verbs, resourceNames }) => resources.length && verbs.length && (!name || resourceNames?.length));
  });

  return { ...role, rules: rules as never };
}

/** The policy without one action. */
export function withoutAction({ policy, ...rest }: Rights, action: string): Rights {
  const Statement = policy.Statement.map((one) => ({ ...one, Action: one.Action.filter((each) => each !== actionName(action)) })).filter(({ Action }) => Action.length);

  return { ...rest, policy: { ...policy, Statement } };
}

/** Not an owner, yet somebody who reads Apps, their values and repositories: who does not is shown no App and no chart. */
function reading(role: Rights['roleTemplate']): Rights['roleTemplate'] {
  const rules: Rule[] = [{ apiGroups: ['catalog.cattle.io'], resources: ['apps', 'clusterrepos'], verbs: ['list', 'get'] }, { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];

  return { ...role, rules: [...role.rules as unknown as Rule[], ...rules] as never };
}

/** Every single right and every single action of the table: it grows with the table. */
export const REMOVALS: Removal[] = [
  // What an owner has is given and taken as a whole: Rancher's role is `*` on `*` of `*` and `*` on all URLs that are no resource (rancher
  // pkg/data/management/role_data.go, addRoles, «Cluster Owner»), and RBAC only adds (Kubernetes, «Using RBAC Authorization»: «there are no
  // "deny" rules»), so nobody is an owner but for one right. What runs Helm asks for `* *`, which RBAC takes from a wildcard only (kubernetes
  // pkg/apis/rbac/v1/evaluation_helpers.go, ResourceMatches: «if everything is allowed, we match»): that is the one removal here. What runs no
  // Helm can be had by a role of one's own, and one right less of it: OWNER_REMOVALS.
  ...KUBERNETES_NEEDS.filter(({ id, scope }) => scope !== 'owner' || id === 'charts').flatMap(({ scope, group, verbs, resources, names }) => verbs.flatMap((verb) => resources.flatMap((resource) => (names ?? [undefined]).map((name): Removal => ({
    name: nameOf({ verb, resource, name }),
    from: (rights) => scope === 'management' ? { ...rights, globalRole: without(rights.globalRole, group, resource, verb, name) } : scope === 'owner' ? { ...rights, owns: [], roleTemplate: reading(rights.roleTemplate) } : { ...rights, roleTemplate: without(rights.roleTemplate, group, resource, verb) },
  }))))),
  ...AWS_NEEDS.map(({ action }): Removal => ({ name: actionName(action), from: (rights) => withoutAction(rights, action) })),
];

/** What an owner has and a role of one's own may have, too: all but the wildcard. */
const OWNERS = KUBERNETES_NEEDS.filter(({ id, scope }) => scope === 'owner' && id !== 'charts');

/** Nobody's owner, by a role that names each of an owner's rights that the table knows. */
export function byOwnRole(rights: Rights): Rights {
  const rules: Rule[] = OWNERS.map(({ group, resources, verbs }) => ({ apiGroups: [group], resources, verbs }));

  return { ...rights, owns: [], roleTemplate: { ...rights.roleTemplate, rules: [...rights.roleTemplate.rules as unknown as Rule[], ...rules] as never } };
}

/** The rights of an owner one by one, taken out of that role. */
export const OWNER_REMOVALS: Removal[] = OWNERS.flatMap(({ group, verbs, resources }) => verbs.flatMap((verb) => resources.map((resource): Removal => ({
  name: nameOf({ verb, resource }),
  from: (rights) => {
    const own = byOwnRole(rights);

    return { ...own, roleTemplate: without(own.roleTemplate, group, resource, verb) };
  },
}))));
