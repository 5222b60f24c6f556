import type { KubeObject } from '../sandbox/contracts.ts';
import type { World } from '../sandbox/scenario/world.ts';

/** What plans may change, in each of the clusters that they are made for. */
const KINDS: [group: string, resource: string][] = [
  ['', 'serviceaccounts'], ['apps', 'deployments'], ['apps', 'statefulsets'], ['apps', 'daemonsets'], ['catalog.cattle.io', 'apps'], ['catalog.cattle.io', 'clusterrepos'], ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations'], ['logging.banzaicloud.io', 'loggings'],
  ['management.cattle.io', 'proxyendpoints'], ['management.cattle.io', 'settings'], ['provisioning.cattle.io', 'clusters'],
];
const CLUSTERS = ['local', 'prod-eks', 'store-k3s', 'edge-rke2'];

/** What there is, as data: two worlds in the same state give the same. Identities, times and generations are left out. */
export type WorldState = Record<string, unknown>;

export function stateOf(world: World): WorldState {
  const { roles, providers, buckets } = world.aws.state;
  const state: WorldState = {};

  for (const { name, path, trust, inline, attached, tags, boundary, description } of roles.values()) {
    state[`role ${ name }`] = { path, trust: JSON.parse(trust) as unknown, inline: entries(inline), attached: entries(attached), tags: entries(tags), boundary, description };
  }
  for (const { arn, clientIds, tags, thumbprints } of providers.values()) {
    state[`provider ${ arn }`] = { clientIds: [...clientIds].sort(), tags: entries(tags), thumbprints };
  }
  for (const { name, region, tags, blocked, ownership, policy, objects } of buckets.values()) {
    state[`bucket ${ name }`] = { region, tags: entries(tags ?? new Map()), blocked: [...blocked].sort(), ownership, policy: policy && JSON.parse(policy) as unknown, objects: [...objects].map(([key, [version]]) => [key, version?.object?.body.toString()]).sort() };
  }
  for (const cluster of CLUSTERS) {
    const { store } = world.kube(cluster);

    for (const [group, resource] of KINDS) {
      const type = store.findType(group, resource);

      for (const object of type ? store.list(type) : []) {
        state[`${ cluster } ${ resource } ${ object.metadata.namespace ?? '' }/${ object.metadata.name }`] = plain(object);
      }
    }
    state[`${ cluster } pods`] = [...new Set(store.list(store.findType('', 'pods')!).filter(({ metadata }) => !metadata.deletionTimestamp).map(carried))].sort();
  }

  state['edge-rke2 servers'] = world.kube('edge-rke2').servers.servers.map(({ name, args, config }) => [name, args, config.issuers]);

  return state;
}

/** How often each workload's template was changed: `cluster kind namespace/name`. */
export function generationsOf(world: World): Record<string, number> {
  return Object.fromEntries(CLUSTERS.flatMap((cluster) => ['deployments', 'statefulsets', 'daemonsets'].flatMap((resource) => {
    const { store } = world.kube(cluster);

    return store.list(store.findType('apps', resource)!).map(({ metadata }) => [`${ cluster } ${ resource } ${ metadata.namespace }/${ metadata.name }`, metadata.generation ?? 0]);
  })));
}

/** The names of what differs. */
export function differences(a: WorldState, b: WorldState): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key])).sort();
}

function entries(map: Map<string, string>): [string, string][] {
  return [...map].sort(([a], [b]) => a.localeCompare(b));
}

function plain({ metadata, status: _seen, ...rest }: KubeObject): unknown {
  const { name, namespace, labels, annotations } = metadata;

  return JSON.parse(JSON.stringify({ metadata: { name, namespace, labels, annotations }, ...rest }, (key, value: unknown) => key === 'kubectl.kubernetes.io/restartedAt' ? undefined : ['deployment.kubernetes.io/revision', 'forceUpdate', 'lastDeployed', 'firstDeployed', 'notes'].includes(key) ? 'some time' : value)) as unknown;
}

/** `namespace/account role` */
function carried({ metadata, spec }: KubeObject): string {
  const { serviceAccountName, containers } = spec as { serviceAccountName: string; containers: { env?: { name: string; value?: string }[] }[] };

  return `${ metadata.namespace }/${ serviceAccountName } ${ containers[0]?.env?.find(({ name }) => name === 'AWS_ROLE_ARN')?.value ?? '' }`;
}
