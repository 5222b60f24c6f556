import { isRegion } from '../../domain/aws/partitions';
import type { ClusterRef, Known, ObservedWebhook, Right } from '../../domain/facts';
import type { ClusterTraits } from '../../domain/webhook/values';
import { kube, listAll, type KubeObject } from '../kubernetes/client';
import { askRights } from '../kubernetes/rights';
import { findWebhook } from '../kubernetes/webhook';
import { readSetting } from '../rancher/settings';
import { list, object, optional, string } from '../shape';
import type { Transport } from '../transport';
import { look } from './known';
import { regionOf } from './region';

/** What has to be known of a cluster, whoever installs the webhook in it. */
export interface WebhookSite {
  traits: Pick<ClusterTraits, 'region' | 'nodes'>;
  webhook: Known<ObservedWebhook>;
}

/** What a cluster tells somebody who is about to install the webhook in it. */
export interface WebhookPlace extends WebhookSite {
  traits: ClusterTraits;
  /** Whether cert-manager is there; undefined where its API groups could not be listed. */
  certManager?: boolean;
  /** What this person lacks for what the chart makes outside its namespace; empty also where nobody could be asked. */
  missing: Right[];
}

const GROUPS = object({ groups: optional(list(object({ name: string }))) });
/** The chart's objects of the whole cluster; Rancher runs Helm as the person who installs. */
const CLUSTER_WIDE = [['admissionregistration.k8s.io', 'mutatingwebhookconfigurations'], ['rbac.authorization.k8s.io', 'clusterroles'], ['rbac.authorization.k8s.io', 'clusterrolebindings']] as const;

/** Whether cert-manager is in a cluster, by its API group. */
export async function hasCertManager(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<boolean> {
  const { groups } = await kube<{ groups?: { name: string }[] | null }>(transport, clusterId, { path: '/apis', shape: GROUPS, signal });

  return groups?.some(({ name }) => name === 'cert-manager.io') ?? false;
}

/** Region of a cluster's nodes, and how many there are; the region of most of them, as one may have been forgotten elsewhere. */
export async function observeNodes(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<{ region?: string; nodes: number }> {
  const nodes = await listAll<KubeObject>(transport, clusterId, '/api/v1/nodes', { metadata: true, signal });
  const counts = new Map<string, number>();

  for (const region of nodes.flatMap(({ metadata }) => metadata.labels?.['topology.kubernetes.io/region'] ?? [])) {
    counts.set(region, (counts.get(region) ?? 0) + (isRegion(region) ? 1 : 0));
  }
  const [region] = [...counts].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a)[0] ?? [];

  return { ...(region ? { region } : {}), nodes: nodes.length };
}

type Cluster = Pick<ClusterRef, 'id' | 'distribution' | 'region'>;

/** Two requests: the nodes, and whether there is a webhook already. */
export async function observeWebhookSite(transport: Transport, { id, distribution, region: told }: Cluster, signal?: AbortSignal): Promise<WebhookSite> {
  const [nodes, webhook] = await Promise.all([
    look(() => observeNodes(transport, id, signal)),
    distribution === 'eks' ? { known: true as const, value: { kind: 'built-in' as const } } : look(() => findWebhook(transport, id, signal)),
  ]);
  const region = regionOf({ region: told }, undefined, nodes);

  return { traits: { ...(region ? { region } : {}), ...(nodes.known ? { nodes: nodes.value.nodes } : {}) }, webhook };
}

/** What this person lacks for what the chart makes outside its namespace; empty also where nobody could be asked. */
export async function missingForChart(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<Right[]> {
  const rights = await look(() => askRights(transport, CLUSTER_WIDE.map(([group, resource]) => ({ clusterId, verb: 'create', group, resource })), signal));

  return rights.known ? rights.value.filter(({ allowed }) => !allowed).map(({ right }) => right) : [];
}

/** Looks at a cluster before this person installs the webhook; what may not be read is left to them to answer. */
export async function observeWebhookPlace(transport: Transport, cluster: Cluster, signal?: AbortSignal): Promise<WebhookPlace> {
  const { id } = cluster;
  const [{ traits, webhook }, certManager, missing, shellImage] = await Promise.all([
    observeWebhookSite(transport, cluster, signal),
    look(() => hasCertManager(transport, id, signal)),
    missingForChart(transport, id, signal),
    readSetting(transport, 'shell-image', signal),
  ]);

  return {
    traits:  { ...traits, ...(shellImage ? { shellImage } : {}) },
    webhook,
    ...(certManager.known ? { certManager: certManager.value } : {}),
    missing,
  };
}
