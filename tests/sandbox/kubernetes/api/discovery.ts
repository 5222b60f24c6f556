import type { HttpAnswer, ResourceType } from '../../contracts.ts';
import { isReview, verbsOf } from '../registry.ts';
import type { MemoryStore } from '../store.ts';
import { json } from './answers.ts';

const SUBRESOURCES: Record<string, { kind: string; group?: string; version?: string; verbs: string[] }> = {
  status:      { kind: '', verbs: ['get', 'patch', 'update'] },
  scale:       { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
  token:       { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  eviction:    { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  binding:     { kind: 'Binding', verbs: ['create'] },
  log:         { kind: '', verbs: ['get'] },
  finalize:    { kind: '', verbs: ['update'] },
  approval:    { kind: '', verbs: ['get', 'patch', 'update'] },
  exec:        { kind: 'PodExecOptions', verbs: ['create', 'get'] },
  attach:      { kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  portforward: { kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  proxy:       { kind: '', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
};

function rowsOf(type: ResourceType): object[] {
  const { resource, kind, namespaced, shortNames, subresources = [] } = type;
  const verbs = verbsOf(type);

  return [
    { name: resource, singularName: kind.toLowerCase(), namespaced, kind, verbs, ...shortNames ? { shortNames } : {}, ...isReview(type) ? {} : { storageVersionHash: hash(type) } },
    ...subresources.map((name) => {
      const { kind: own, group, version, verbs: can } = SUBRESOURCES[name] ?? { kind: '', verbs: ['get', 'patch', 'update'] };

      return { name: `${ resource }/${ name }`, singularName: '', namespaced, ...group ? { group, version } : {}, kind: own || kind, verbs: can };
    })
  ];
}

/** Any eight bytes that stay the same for the type. */
function hash({ group, version, kind }: ResourceType): string {
  return Buffer.from(`${ group }/${ version }/${ kind }`).toString('base64').slice(-12, -1).padEnd(11, 'A')
    .concat('=');
}

function groupOf(name: string, versions: string[]): object {
  const all = versions.map((version) => ({ groupVersion: `${ name }/${ version }`, version }));

  return { name, versions: all, preferredVersion: all[0] };
}

function groupsOf(store: MemoryStore): Map<string, string[]> {
  const groups = new Map<string, string[]>();

  for (const { group, version } of store.types) {
    if (group) {
      const versions = groups.get(group) ?? [];

      groups.set(group, versions.includes(version) ? versions : [...versions, version]);
    }
  }

  return groups;
}

/** /api, /apis and what stands under them before a resource is named; undefined for anything else. */
export function discoveryAnswer(store: MemoryStore, path: string): HttpAnswer | undefined {
  const [root, ...rest] = path.split('/').filter((part) => part !== '');
  const groups = groupsOf(store);

  if (root === 'api' && rest.length === 0) {
    return json(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.10:6443' }] });
  }
  if (root === 'apis' && rest.length === 0) {
    return json(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groups].map(([name, versions]) => groupOf(name, versions)) });
  }
  const [group, version] = root === 'api' ? ['', rest[0] ?? ''] : [rest[0] ?? '', rest[1]];
  const versions = groups.get(group);

  if (root === 'apis' && versions && version === undefined) {
    return json(200, { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) });
  }
  const types = store.types.filter((type) => type.group === group && type.version === version);

  return types.length && rest.length === (root === 'api' ? 1 : 2) && (root === 'api' || root === 'apis') ? json(200, {
    kind: 'APIResourceList', ...group ? { apiVersion: 'v1' } : {}, groupVersion: group ? `${ group }/${ version ?? '' }` : version, resources: types.flatMap(rowsOf)
  }) : undefined;
}
