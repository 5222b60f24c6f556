import type { KubeCluster, KubeObject, KubeUser, ResourceType } from '../contracts.ts';
import { fieldsOf, listOf, stringOf } from './values.ts';

interface Rule {
  verbs: string[];
  groups: string[];
  resources: string[];
  names: string[];
  /** Undefined where a ClusterRoleBinding grants it. */
  namespace?: string;
}

/** Where somebody may do one thing to one type. */
export interface Scope {
  everywhere: boolean;
  namespaces: Set<string>;
  /** Single objects, `namespace/name` or `name`. */
  objects: Set<string>;
}

/** What one user may do in one cluster, read from the cluster's RBAC objects, as Steve's access sets are. */
export class AccessSet {
  private readonly rules: Rule[];
  private readonly scopes = new Map<string, Scope>();

  constructor(rules: Rule[]) {
    this.rules = rules;
  }

  /** Where the verb is granted for the type; `resource` may name a subresource (`serviceaccounts/token`). */
  scope(verb: string, group: string, resource: string): Scope {
    const key = `${ verb } ${ group } ${ resource }`;
    let scope = this.scopes.get(key);

    if (!scope) {
      scope = this.compute(verb, group, resource);
      this.scopes.set(key, scope);
    }

    return scope;
  }

  /** May the verb be used on this object, or in this namespace, or (without both) everywhere? */
  grants(verb: string, type: Pick<ResourceType, 'group' | 'resource'>, namespace?: string, name?: string): boolean {
    const scope = this.scope(verb, type.group, type.resource);

    return scope.everywhere ||
      (!!namespace && scope.namespaces.has(namespace)) ||
      (!!name && scope.objects.has(namespace ? `${ namespace }/${ name }` : name)) ||
      (!!name && !!namespace && scope.objects.has(name));
  }

  /** May the verb be used on anything of the type at all? */
  any(verb: string, type: Pick<ResourceType, 'group' | 'resource'>): boolean {
    const scope = this.scope(verb, type.group, type.resource);

    return scope.everywhere || scope.namespaces.size > 0 || scope.objects.size > 0;
  }

  private compute(verb: string, group: string, resource: string): Scope {
    const scope: Scope = { everywhere: false, namespaces: new Set(), objects: new Set() };

    for (const rule of this.rules) {
      if (!matches(rule.verbs, verb) || !matches(rule.groups, group) || !matchesResource(rule.resources, resource)) {
        continue;
      }
      if (rule.names.length) {
        rule.names.forEach((name) => scope.objects.add(rule.namespace ? `${ rule.namespace }/${ name }` : name));
      } else if (rule.namespace) {
        scope.namespaces.add(rule.namespace);
      } else {
        scope.everywhere = true;
      }
    }

    return scope;
  }
}

function matches(allowed: string[], wanted: string): boolean {
  return allowed.includes('*') || allowed.includes(wanted);
}

function matchesResource(allowed: string[], wanted: string): boolean {
  const subresource = wanted.split('/')[1];

  return matches(allowed, wanted) || (!!subresource && allowed.includes(`*/${ subresource }`));
}

/** The access sets of one cluster's users; recomputed after any RBAC object changed. */
export class AccessSets {
  private readonly cluster: KubeCluster;
  private readonly cache = new Map<string, AccessSet>();
  private readonly stopWatch: () => void;
  private generation = 0;

  constructor(cluster: KubeCluster) {
    this.cluster = cluster;
    this.stopWatch = cluster.store.watch((event) => {
      if (event.resourceType.group === 'rbac.authorization.k8s.io') {
        this.cache.clear();
        this.generation++;
      }
    });
  }

  /** Changes whenever somebody's rights may have changed. */
  version(): number {
    return this.generation;
  }

  of(user: KubeUser): AccessSet {
    const key = JSON.stringify([user.name, user.groups]);
    let set = this.cache.get(key);

    if (!set) {
      set = new AccessSet(rulesOf(this.cluster, user));
      this.cache.set(key, set);
    }

    return set;
  }

  stop(): void {
    this.stopWatch();
  }
}

function rulesOf(cluster: KubeCluster, user: KubeUser): Rule[] {
  if (user.groups.includes('system:masters')) {
    return [{ verbs: ['*'], groups: ['*'], resources: ['*'], names: [] }];
  }
  const { store } = cluster;
  const list = (resource: string): KubeObject[] => {
    const type = store.findType('rbac.authorization.k8s.io', resource);

    return type ? store.list(type) : [];
  };
  const roles = new Map<string, KubeObject>();

  list('clusterroles').forEach((role) => roles.set(role.metadata.name, role));
  list('roles').forEach((role) => roles.set(`${ role.metadata.namespace }/${ role.metadata.name }`, role));

  return [...list('clusterrolebindings'), ...list('rolebindings')]
    .filter((binding) => listOf(binding.subjects).some((subject) => isSubject(fieldsOf(subject), user)))
    .flatMap((binding) => {
      const { namespace } = binding.metadata;
      const reference = fieldsOf(binding.roleRef);
      const key = reference.kind === 'Role' ? `${ namespace }/${ stringOf(reference.name) }` : stringOf(reference.name);

      return listOf(roles.get(key)?.rules).map((rule) => readRule(fieldsOf(rule), namespace));
    });
}

function isSubject(subject: Record<string, unknown>, user: KubeUser): boolean {
  if (subject.kind === 'Group') {
    return user.groups.includes(stringOf(subject.name));
  }
  if (subject.kind === 'ServiceAccount') {
    return user.name === `system:serviceaccount:${ stringOf(subject.namespace) }:${ stringOf(subject.name) }`;
  }

  return subject.name === user.name;
}

function readRule(rule: Record<string, unknown>, namespace: string | undefined): Rule {
  const strings = (value: unknown): string[] => listOf(value).map(stringOf);

  return {
    verbs: strings(rule.verbs), groups: strings(rule.apiGroups), resources: strings(rule.resources), names: strings(rule.resourceNames), namespace
  };
}
