import type { KubeObject } from '../sandbox/contracts.ts';
import type { World } from '../sandbox/scenario/world.ts';

/**
 * What comes and goes by itself or is made anew at each run: pods (told apart by what they carry, below) and what stands behind them, events,
 * leases, and Rancher's and Helm's own records.
 */
const RESTLESS = ['pods', 'replicasets', 'controllerrevisions', 'jobs', 'events', 'leases', 'endpoints', 'endpointslices', 'nodes', 'operations', 'secrets', 'configmaps', 'tokens', 'userattributes', 'users', 'bundledeployments', 'bundles', 'rkecontrolplanes'];
/** What is there for what is in it. */
const HOLDING = ['secrets', 'configmaps'];
const CLUSTERS = ['local', 'prod-eks', 'store-k3s', 'edge-rke2'];

/** What there is, as data: two worlds in the same state give the same. Identities, times and generations are left out. */
export type WorldState = Record<string, unknown>;

export function stateOf(world: World): WorldState {
  const { roles, providers, buckets } = world.aws.state;
  const state: WorldState = {};

  for (const { name, path, trust, inline, attached, tags, boundary, description } of roles.values()) {
    state[`role ${ name }`] = { path, trust: JSON.parse(trust) as unknown, inline: entries(inline).map(([policy, text]) => [policy, JSON.parse(text) as unknown]), attached: entries(attached), tags: entries(tags), boundary, description };
  }
  for (const { arn, clientIds, tags, thumbprints } of providers.values()) {
    state[`provider ${ arn }`] = { clientIds: [...clientIds].sort(), tags: entries(tags), thumbprints };
  }
  for (const { name, region, tags, blocked, ownership, policy, versioning, objects } of buckets.values()) {
    state[`bucket ${ name }`] = { region, tags: entries(tags ?? new Map()), blocked: [...blocked].sort(), ownership, versioning, policy: policy && JSON.parse(policy) as unknown, objects: [...objects].map(([key, [version]]) => [key, version?.object?.body.toString()]).sort() };
  }
  for (const cluster of CLUSTERS) {
    const { store } = world.kube(cluster);

    for (const type of store.types.filter(({ resource }) => !resource.includes('/') && !RESTLESS.includes(resource) && !/reviews$/.test(resource))) {
      for (const object of store.list(type)) {
        state[`${ cluster } ${ type.resource }.${ type.group } ${ object.metadata.namespace ?? '' }/${ object.metadata.name }`] = plain(object);
      }
    }
    for (const [name, keys] of helmSecrets(store)) {
      state[`${ cluster } secrets ${ name }`] = keys;
    }
    state[`${ cluster } pods`] = [...new Set(store.list(store.findType('', 'pods')!).filter(({ metadata }) => !metadata.deletionTimestamp).map(carried))].sort();
  }

  state['edge-rke2 servers'] = world.kube('edge-rke2').servers.servers.map(({ name, args, config }) => [name, args, config.issuers]);

  return state;
}

/**
 * Which objects there are, by their identities, and what ConfigMaps and Secrets hold: of one world before and after. Whatever a plan is
 * not about has to be the same object still, with the same in it. What Helm and Rancher's provisioning keep in them is theirs.
 */
export function identitiesOf(world: World): Record<string, string> {
  return Object.fromEntries(CLUSTERS.flatMap((cluster) => {
    const { store } = world.kube(cluster);
    const types = store.types.filter(({ resource }) => !resource.includes('/') && !/reviews$/.test(resource) && (HOLDING.includes(resource) || !RESTLESS.includes(resource)));

    return types.flatMap((type) => store.list(type).filter((object) => !isOfHelm(object)).map((object): [string, string] => [
      `${ cluster } ${ type.resource }.${ type.group } ${ object.metadata.namespace ?? '' }/${ object.metadata.name }`,
      JSON.stringify([object.metadata.uid, ...HOLDING.includes(type.resource) ? [object.data, object.binaryData] : []]),
    ]));
  }));
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

/** Where two values begin to differ, for people. */
export function firstDifference(a: unknown, b: unknown): string {
  const [left = '', right = ''] = [JSON.stringify(a), JSON.stringify(b)];
  const at = [...left].findIndex((character, index) => character !== right[index]);
  const around = (text: string) => text.slice(Math.max(0, at - 60), at + 60);

  return `…${ around(left) }… instead of …${ around(right) }…`;
}

/** A release's record, or a machine's plan. */
function isOfHelm({ type }: KubeObject): boolean {
  return type === 'helm.sh/release.v1' || String(type).startsWith('rke.cattle.io');
}

/** Secrets by name and by which keys they have; releases of Helm by their names alone, as each revision is one. */
function helmSecrets(store: ReturnType<World['kube']>['store']): [string, string[]][] {
  return store.list(store.findType('', 'secrets')!).filter((one) => !isOfHelm(one)).map(({ metadata, data }) => [`${ metadata.namespace }/${ metadata.name }`, Object.keys(data ?? {}).sort()]);
}

function entries(map: Map<string, string>): [string, string][] {
  return [...map].sort(([a], [b]) => a.localeCompare(b));
}

function plain({ metadata, status: _seen, ...rest }: KubeObject): unknown {
  const { name, namespace, labels, annotations } = metadata;

  return JSON.parse(JSON.stringify({ metadata: { name, namespace, labels, annotations }, ...rest }, (key, value: unknown) => key === 'kubectl.kubernetes.io/restartedAt' ? undefined : ['deployment.kubernetes.io/revision', 'forceUpdate', 'lastDeployed', 'firstDeployed', 'notes', 'clusterIP', 'clusterIPs', 'irsa.rancher.io/not-after'].includes(key) ? 'some time' : inOrder(value))) as unknown;
}

/** Fields of an object have no order; what comes by a patch, by an apply and by a creation has each its own. */
function inOrder(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b))) : value;
}

/** `namespace/account role` */
function carried({ metadata, spec }: KubeObject): string {
  const { serviceAccountName, containers } = spec as { serviceAccountName: string; containers: { env?: { name: string; value?: string }[] }[] };

  return `${ metadata.namespace }/${ serviceAccountName } ${ containers[0]?.env?.find(({ name }) => name === 'AWS_ROLE_ARN')?.value ?? '' }`;
}
