import type { ClusterRef } from '../../domain/facts';
import type { ArgumentList, ObservedServers } from '../../domain/issuer/servers';
import { segment } from '../../domain/names/segment';
import { annotatedAt } from '../kubernetes/accounts';
import { kube, listAll, METADATA, type KubeObject } from '../kubernetes/client';
import { readToken, PROBE_AUDIENCE, requestToken } from '../kubernetes/tokens';
import { list, object, optional, string } from '../shape';
import type { Transport } from '../transport';

const KEY = 'kube-apiserver-arg';
const CLUSTER = object({ metadata: METADATA, status: optional(object({ conditions: optional(list(object({ type: string, status: string }))) })) });

interface Config { [KEY]?: unknown }
interface Selected { config?: Config }
interface Provisioning extends KubeObject {
  spec?: { rkeConfig?: { machineGlobalConfig?: Config; machineSelectorConfig?: Selected[] } };
  status?: { observedGeneration?: number; conditions?: { type: string; status: string; message?: string; lastUpdateTime?: string }[] };
}

/** The path of a provisioning cluster in Rancher's own cluster. */
export function provisioningPath(provisioningId: string): string {
  const [namespace = '', name = ''] = provisioningId.split('/');

  return `/apis/provisioning.cattle.io/v1/namespaces/${ segment(namespace) }/clusters/${ segment(name) }`;
}

/**
 * What the API servers of a cluster that Rancher made shall run with (its provisioning cluster) and what each of them runs with: K3s and
 * RKE2 write a server's own arguments on its node (k3s pkg/nodeconfig, annotation `<distribution>.io/node-args`) when it starts.
 * @throws IrsaError, TransportError
 */
export async function observeServers(transport: Transport, { id, provisioningId = '' }: Pick<ClusterRef, 'id' | 'provisioningId'>, signal?: AbortSignal): Promise<ObservedServers> {
  const [cluster, nodes] = await Promise.all([
    kube<Provisioning>(transport, 'local', { path: provisioningPath(provisioningId), shape: CLUSTER, signal }),
    listAll<KubeObject>(transport, id, '/api/v1/nodes', { metadata: true, signal }),
  ]);
  const { machineGlobalConfig, machineSelectorConfig } = cluster.spec?.rkeConfig ?? {};
  const selectors = Array.isArray(machineSelectorConfig) ? machineSelectorConfig : [];

  return {
    provisioningId,
    lists: [
      { args: textsOf(machineGlobalConfig?.[KEY]) ?? [] },
      ...selectors.flatMap(({ config }, selector): ArgumentList[] => {
        const args = textsOf(config?.[KEY]);

        return args ? [{ selector, args }] : [];
      }),
    ],
    selectors: selectors as Record<string, unknown>[],
    servers:   serversOf(nodes),
    rollout:   rolloutOf(cluster),
  };
}

/**
 * The same of a cluster that Rancher did not make: nobody here gives its servers their arguments, but each tells its own.
 * @throws IrsaError, TransportError
 */
export async function observeServersByHand(transport: Transport, { id }: Pick<ClusterRef, 'id'>, signal?: AbortSignal): Promise<ObservedServers> {
  const nodes = await listAll<KubeObject>(transport, id, '/api/v1/nodes', { metadata: true, signal });

  return { provisioningId: '', lists: [], selectors: [], servers: serversOf(nodes), rollout: { state: 'done' } };
}

/** The servers among the nodes, by name: they are changed in this order. */
function serversOf(nodes: KubeObject[]): ObservedServers['servers'] {
  const isServer = ({ metadata: { labels = {} } }: KubeObject) => ['control-plane', 'master'].some((role) => labels[`node-role.kubernetes.io/${ role }`] === 'true');

  return nodes.filter(isServer).map((node) => {
    const { name, annotations = {} } = node.metadata;
    const key = ['rke2', 'k3s'].map((one) => `${ one }.io/node-args`).find((one) => annotations[one]) ?? '';
    // Written when the server starts (k3s pkg/nodeconfig); a manager's time covers its other fields too, so this may be later than the truth.
    const since = Date.parse(annotatedAt(node, key) ?? '');

    return { name, args: nodeArguments(annotations[key]), ...(since ? { since } : {}) };
  });
}

/** A list of texts; K3s and RKE2 take a lone text, too. */
function textsOf(value: unknown): string[] | undefined {
  return value === undefined || value === null ? undefined : [value].flat().map(String);
}

/** The values of `--kube-apiserver-arg` in a server's own command line. */
function nodeArguments(annotation: string | undefined): string[] | undefined {
  try {
    const line = (JSON.parse(annotation ?? '') as unknown[]).map(String);

    return line.flatMap((word, index) => word === `--${ KEY }` ? [line[index + 1] ?? ''] : word.startsWith(`--${ KEY }=`) ? [word.slice(KEY.length + 3)] : []);
  } catch {
    // Not told, or not in the form we know: the plan says that it cannot see the servers.
    return undefined;
  }
}

/** «Ready» is still true from before just after a change; «Updated» follows the control plane (rancher.md §2.11). */
function rolloutOf({ metadata, status }: Provisioning): ObservedServers['rollout'] {
  const updated = status?.conditions?.find(({ type }) => type === 'Updated');
  const since = Date.parse(updated?.lastUpdateTime ?? '') || undefined;
  const isSeen = status?.observedGeneration === undefined || metadata.generation === undefined || status.observedGeneration >= metadata.generation;

  return { state: updated?.status === 'False' ? 'failed' : updated?.status === 'Unknown' || !isSeen ? 'rolling' : 'done', ...(since ? { since } : {}), ...(updated?.message ? { message: updated.message } : {}) };
}

/** The `iss` of a token that the API server which answers makes now. */
export async function tokenIssuer(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<string | undefined> {
  return readToken(await requestToken(transport, clusterId, { namespace: 'default', name: 'default' }, PROBE_AUDIENCE, signal))?.iss;
}
