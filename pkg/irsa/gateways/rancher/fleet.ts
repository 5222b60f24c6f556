import { FLEET_API, fleetState, HELM_OP, type FleetCluster, type FleetRelease, type FleetState, type ObservedFleet } from '../../domain/fleet/fleet';
import { queryValue } from '../../domain/names/segment';
import { MANAGEMENT_CLUSTER } from '../../domain/rights/request';
import { listAll, type KubeObject } from '../kubernetes/client';
import { boolean, list, object, optional, record, string, type Shape } from '../shape';
import type { Transport } from '../transport';

/** Rancher gives Fleet's record of a cluster its own id as a label (rancher pkg/controllers/provisioningv2/fleetcluster). */
const CLUSTER_ID = 'management.cattle.io/cluster-name';

interface ClusterRecord extends KubeObject { status?: { namespace?: string } }
interface Target { clusterName?: string; clusterSelector?: unknown; clusterGroup?: string; doNotDeploy?: boolean; helm?: { values?: Record<string, unknown> } }
interface HelmOp extends KubeObject { spec?: { helm?: { version?: string }; targets?: Target[]; diff?: { comparePatches?: Record<string, unknown>[] | null } | null } }
interface BundleDeployment extends KubeObject { status?: { display?: { state?: string }; conditions?: { type: string; status: string; message?: string }[] } }

const anything: Shape = () => undefined;
const CLUSTER = { status: optional(object({ namespace: optional(string) })) };
const TARGET = object({ clusterName: optional(string), doNotDeploy: optional(boolean), helm: optional(object({ values: optional(record(anything)) })) });
const DIFF = object({ comparePatches: optional(list(record(anything))) });
const HELM = { spec: optional(object({ helm: optional(object({ version: optional(string) })), targets: optional(list(TARGET)), diff: optional(DIFF) })) };
const CONDITION = object({ type: string, status: string, message: optional(string) });
const DEPLOYMENT = { status: optional(object({ display: optional(object({ state: optional(string) })), conditions: optional(list(CONDITION)) })) };

/** What Fleet knows and does, in three requests: its clusters, our HelmOps, and how far each cluster is. */
export async function observeFleet(transport: Transport, signal?: AbortSignal): Promise<ObservedFleet> {
  const [clusters, helmOps, states] = await Promise.all([
    listAll<ClusterRecord>(transport, MANAGEMENT_CLUSTER, `${ FLEET_API }/clusters`, { fields: CLUSTER, signal }),
    listAll<HelmOp>(transport, MANAGEMENT_CLUSTER, `${ FLEET_API }/helmops?fieldSelector=${ queryValue(`metadata.name=${ HELM_OP }`) }`, { fields: HELM, signal }),
    observeDeployments(transport, signal),
  ]);
  const known = clusters.map(({ metadata, status }): FleetCluster => ({
    workspace: metadata.namespace ?? '', name: metadata.name, clusterId: metadata.labels?.[CLUSTER_ID] ?? '', labels: metadata.labels ?? {}, namespace: status?.namespace ?? ''
  }));

  return {
    clusters: known,
    releases: helmOps.map(({ metadata, spec }): FleetRelease => {
      const targets = spec?.targets ?? [];
      const workspace = metadata.namespace ?? '';

      return {
        workspace,
        version:         spec?.helm?.version ?? '',
        seen:            targets,
        targets:         targets.flatMap((whole) => whole.clusterName ? [{
          cluster: whole.clusterName, values: whole.helm?.values ?? {}, ...(whole.doNotDeploy ? { held: true as const } : {}), whole: { ...whole }
        }] : []),
        overlooked:      spec?.diff?.comparePatches ?? [],
        states:          Object.fromEntries(known.flatMap(({ name, namespace, ...one }) => one.workspace === workspace && states[namespace] ? [[name, states[namespace]] as const] : [])),
        // Without targets Fleet takes a workspace's group «default».
        foreign:         !targets.length || targets.some(({ clusterName, clusterGroup, clusterSelector }) => !clusterName || clusterGroup || clusterSelector),
      };
    }),
  };
}

/** How far Fleet is, by its own namespace for each cluster; what is missing there, Fleet has not come to, or has taken away. */
export async function observeDeployments(transport: Transport, signal?: AbortSignal): Promise<Record<string, FleetState>> {
  const path = `${ FLEET_API }/bundledeployments?labelSelector=${ queryValue(`fleet.cattle.io/bundle-name=${ HELM_OP }`) }`;
  const found = await listAll<BundleDeployment>(transport, MANAGEMENT_CLUSTER, path, { fields: DEPLOYMENT, signal });

  return Object.fromEntries(found.map(({ metadata, status }) => [metadata.namespace ?? '', fleetState(status?.display?.state ?? '', status?.conditions ?? [])]));
}
