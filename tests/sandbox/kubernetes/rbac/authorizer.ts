import type { AccessQuestion, KubeObject, KubeUser } from '../../contracts.ts';
import { at, fieldsIn, fieldsOf, listOf, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { matchesSelector } from '../selectors.ts';
import type { MemoryStore } from '../store.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** A decision, with RBAC's own reason where it says yes. */
export interface Decision {
  allowed: boolean;
  reason: string;
}

export interface Grant {
  rule: Fields;
  /** Undefined where a ClusterRoleBinding gives it. */
  namespace?: string;
  reason: string;
}

interface Binding {
  object: KubeObject;
  subjects: Fields[];
}

/** The user as the API server sees whoever has come through: in `system:authenticated`, unless anonymous. */
export function authenticated(user: KubeUser): KubeUser {
  const group = user.name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';

  return user.groups.includes(group) ? user : { ...user, groups: [...user.groups, group] };
}

/** Decides by the RBAC objects in the store (plugin/pkg/auth/authorizer/rbac). */
export class Authorizer {
  private readonly store: MemoryStore;
  private bindings: Binding[] | undefined;

  constructor(store: MemoryStore) {
    this.store = store;
    store.onChange((change) => {
      if (change.resourceType.group === GROUP) {
        this.bindings = undefined;
      }
    });
  }

  decide(asked: KubeUser, question: AccessQuestion): Decision {
    const user = authenticated(asked);

    if (user.groups.includes('system:masters')) {
      return { allowed: true, reason: '' };
    }
    for (const grant of this.grants(user, question.nonResourcePath === undefined ? question.namespace : undefined)) {
      if (question.nonResourcePath === undefined ? coversResource(grant.rule, question) : grant.namespace === undefined && coversPath(grant.rule, question)) {
        return { allowed: true, reason: grant.reason };
      }
    }

    return { allowed: false, reason: '' };
  }

  /** Every rule the user has: cluster-wide ones, and those of one namespace. */
  *grants(asked: KubeUser, namespace: string | undefined): Generator<Grant> {
    const user = authenticated(asked);

    for (const { object, subjects } of this.allBindings()) {
      const bound = object.metadata.namespace;

      if (bound !== undefined && bound !== namespace) {
        continue;
      }
      const subject = subjects.find((one) => isSubject(one, user, bound));

      if (!subject) {
        continue;
      }
      const role = fieldsOf(object.roleRef);
      const reason = `RBAC: allowed by ${ object.kind } "${ object.metadata.name }${ bound ? `/${ bound }` : '' }" of ${ textOf(role.kind) } "${ textOf(role.name) }" to ${ describe(subject, bound) }`;

      for (const rule of this.rulesOf(role, bound)) {
        yield { rule, ...bound ? { namespace: bound } : {}, reason };
      }
    }
  }

  private allBindings(): Binding[] {
    this.bindings ??= ['clusterrolebindings', 'rolebindings'].flatMap((resource) => {
      const type = this.store.findType(GROUP, resource);

      return type ? [...this.store.scan(type)].map((object) => ({ object, subjects: fieldsIn(object.subjects) })) : [];
    });

    return this.bindings;
  }

  private rulesOf(role: Fields, namespace: string | undefined): Fields[] {
    const isNamespaced = role.kind === 'Role';
    const type = this.store.findType(GROUP, isNamespaced ? 'roles' : 'clusterroles');
    const object = type && this.store.peek(type, isNamespaced ? namespace : undefined, textOf(role.name));

    return object ? [...fieldsIn(object.rules), ...this.aggregated(object)] : [];
  }

  /** What the clusterrole-aggregation controller would have written into the role. */
  private aggregated(role: KubeObject): Fields[] {
    const selectors = fieldsIn(at(role, 'aggregationRule', 'clusterRoleSelectors'));
    const type = this.store.findType(GROUP, 'clusterroles');

    if (!type || !selectors.length) {
      return [];
    }

    return [...this.store.scan(type)].filter((one) => one !== role && selectors.some((selector) => matchesSelector(selector, one.metadata.labels))).flatMap((one) => fieldsIn(one.rules));
  }
}

function isSubject(subject: Fields, user: KubeUser, namespace: string | undefined): boolean {
  switch (subject.kind) {
  case 'User': return subject.name === user.name;
  case 'Group': return user.groups.includes(textOf(subject.name));
  case 'ServiceAccount': return user.name === `system:serviceaccount:${ textOf(subject.namespace) || namespace || '' }:${ textOf(subject.name) }`;
  default: return false;
  }
}

function describe(subject: Fields, namespace: string | undefined): string {
  return subject.kind === 'ServiceAccount' ? `ServiceAccount "${ textOf(subject.name) }/${ textOf(subject.namespace) || namespace || '' }"` : `${ textOf(subject.kind) } "${ textOf(subject.name) }"`;
}

function has(list: unknown, value: string): boolean {
  return listOf(list).includes('*') || listOf(list).includes(value);
}

/** pkg/apis/rbac/v1/evaluation_helpers.go: ResourceMatches knows `*`, `pods/log` and, for any resource, `*` + `/scale`. */
function coversResource(rule: Fields, question: AccessQuestion): boolean {
  const { resource = '', subresource } = question;
  const asked = subresource ? `${ resource }/${ subresource }` : resource;
  const names = listOf(rule.resourceNames);

  return has(rule.verbs, question.verb) && has(rule.apiGroups, question.group ?? '') &&
    (has(rule.resources, asked) || (!!subresource && listOf(rule.resources).includes(`*/${ subresource }`))) &&
    (names.length === 0 || names.includes(question.name ?? ''));
}

function coversPath(rule: Fields, question: AccessQuestion): boolean {
  const path = question.nonResourcePath ?? '';

  return has(rule.verbs, question.verb) && listOf(rule.nonResourceURLs).some((url) => url === '*' || url === path || (textOf(url).endsWith('*') && path.startsWith(textOf(url).slice(0, -1))));
}
