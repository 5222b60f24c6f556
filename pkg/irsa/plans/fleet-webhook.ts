import { irsaError } from '../domain/errors';
import { FLEET_API, HELM_OP, isThere, type FleetCluster, type FleetRelease, type ObservedFleet } from '../domain/fleet/fleet';
import { MANAGEMENT_CLUSTER } from '../domain/rights/request';
import { isObject, samePolicy } from '../domain/json/same';
import { text } from '../domain/text';
import { WEBHOOK_CHART } from '../domain/webhook/chart';
import type { WebhookSource } from '../domain/webhook/source';
import { registryValues, valuesFor, type ClusterTraits } from '../domain/webhook/values';
import { segment } from '../domain/names/segment';
import type { Plan, Step, Value } from './plan';

/** A cluster that shall have the webhook, and what it tells about itself. */
export interface FleetTarget {
  cluster: FleetCluster;
  traits: ClusterTraits;
}

type Values = { [key: string]: Value };
interface Target extends Values { name: string; clusterName: string; helm: { values: Values } }

const CERTIFICATE = `${ WEBHOOK_CHART }-cert`;
/**
 * What others write into objects of the release, so that Fleet does not call it modified: the job and cert-manager the certificate,
 * cert-manager the CA (rancher/fleet internal/cmd/agent/deployer/monitor/updatestatus.go).
 */
const OVERLOOKED: Record<string, Value>[] = [
  { apiVersion: 'v1', kind: 'Secret', namespace: WEBHOOK_CHART, name: CERTIFICATE, jsonPointers: ['/data'] },
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', name: WEBHOOK_CHART, jsonPointers: ['/webhooks/0/clientConfig/caBundle', '/webhooks/1/clientConfig/caBundle'] },
];

const path = (workspace: string): string => `${ FLEET_API }/namespaces/${ segment(workspace) }/helmops`;

/**
 * Has Fleet install the webhook's chart in exactly these clusters, each with its own region: one HelmOp in a workspace. A cluster that had it
 * by this HelmOp and is not among them loses it. Nothing to do where Fleet was told the same already.
 * @param from  where the chart comes from; the clusters fetch it from there themselves
 * @throws IrsaError FLEET_NO_ADDRESS for a repository that Helm cannot fetch from (git, or with a secret), FLEET_FOREIGN for a HelmOp that
 *   somebody changed by hand
 */
export function planFleetWebhook({ releases, clusters }: ObservedFleet, wanted: FleetTarget[], from: Pick<WebhookSource, 'repository' | 'version' | 'systemRegistry' | 'shellImage'>): Plan {
  const workspaces = [...new Set([...wanted.map(({ cluster }) => cluster.workspace), ...releases.map(({ workspace }) => workspace)])].sort();
  const steps = together(workspaces.flatMap((workspace): Step[] => {
    const here = wanted.filter(({ cluster }) => cluster.workspace === workspace);
    const release = releases.find((one) => one.workspace === workspace);

    return here.length ? tell(workspace, here, release, helmOf(from), clusters) : release ? [take(release, clusters)] : [];
  }));
  const isWanted = (workspace: string, name: string) => wanted.some(({ cluster }) => cluster.workspace === workspace && cluster.name === name);
  const loses = releases.flatMap(({ workspace, targets }) => targets.filter(({ cluster }) => !isWanted(workspace, cluster)));

  const held = releases.flatMap(({ workspace, targets }) => targets.flatMap(({ cluster, held: isHeld }) => isHeld && isWanted(workspace, cluster) ? [cluster] : []));
  const registries = [...new Set(wanted.flatMap(({ traits }) => traits.registry ?? from.systemRegistry ?? []))];

  return {
    id:        'fleet-webhook',
    title:     text('irsa.plan.fleet-webhook.title', { count: wanted.length }),
    steps,
    documents: [],
    warnings:  [
      ...(wanted.some(({ traits }) => !traits.region) ? [text('irsa.warning.fleetNoRegion', { clusters: wanted.filter(({ traits }) => !traits.region).map(({ cluster }) => cluster.name).join(', ') })] : []),
      ...(held.length && wanted.length ? [text('irsa.warning.fleetHeld', { clusters: held.join(', ') })] : []),
      ...(steps.length && registries.length ? [text('irsa.warning.registry', { registry: registries.join(', ') })] : []),
      ...(steps.length && wanted.length ? [text('irsa.warning.fleetFetches', { address: String(from.repository.spec.url ?? '') }), text('irsa.warning.webhookNewPods')] : []),
    ],
    ...(loses.length ? { consent: { text: text('irsa.warning.fleetLoses', { count: loses.length, clusters: loses.map(({ cluster }) => cluster).join(', ') }) } } : {}),
  };
}

/**
 * Takes the HelmOps away again, and Fleet uninstalls the chart wherever it installed it by them.
 * @throws IrsaError FLEET_FOREIGN
 */
export function planRemoveFleetWebhook({ releases, clusters }: ObservedFleet): Plan {
  const count = releases.reduce((sum, { targets }) => sum + targets.length, 0);

  return {
    id:        'remove-fleet-webhook',
    title:     text('irsa.plan.remove-fleet-webhook.title', { count }),
    steps:     together(releases.map((release) => take(release, clusters))),
    documents: [],
    warnings:  [],
    ...(count ? { consent: { text: text('irsa.warning.fleetLoses', { count, clusters: releases.flatMap(({ targets }) => targets.map(({ cluster }) => cluster)).join(', ') }) } } : {}),
  };
}

/** @throws IrsaError FLEET_NO_ADDRESS */
function helmOf({ repository, version, systemRegistry, shellImage }: Pick<WebhookSource, 'repository' | 'version' | 'systemRegistry' | 'shellImage'>) {
  const { url } = repository.spec;

  // A HelmOp takes a Helm repository or an OCI registry (rancher/fleet helmop_controller.go, validate), and has no secret of ours.
  if (typeof url !== 'string' || !/^(https?|oci):\/\//.test(url) || repository.private) {
    throw irsaError('FLEET_NO_ADDRESS', { repository: repository.name });
  }
  const { tls } = valuesFor({ shellImage });
  const isRegistry = url.startsWith('oci://');

  return {
    releaseName: WEBHOOK_CHART,
    ...(isRegistry ? { repo: `${ url.replace(/\/+$/, '') }/${ WEBHOOK_CHART }` } : { repo: url, chart: WEBHOOK_CHART }),
    version,
    values:      { ...(tls ? { tls } : {}), ...registryValues(systemRegistry) } as Values,
  };
}

function tell(workspace: string, wanted: FleetTarget[], release: FleetRelease | undefined, helm: ReturnType<typeof helmOf>, clusters: FleetCluster[]): Step[] {
  const before = Object.fromEntries(release?.targets.map(({ cluster, values }) => [cluster, values]) ?? []);
  const held = release?.targets.filter((one) => one.held).map(({ cluster }) => cluster) ?? [];
  const targets = wanted.map(({ cluster, traits }): Target => {
    const { region, replicaCount } = valuesFor(traits);
    const { name = cluster.name, helm: given, ...whole } = (release?.targets.find((one) => one.cluster === cluster.name)?.whole ?? {}) as Partial<Target>;

    // What somebody set for a cluster since stays as it is: values, and all else that a target may say.
    return {
      ...whole,
      name,
      clusterName: cluster.name,
      helm:        {
        ...(isObject(given) ? given as Values : {}),
        values: { ...(region ? { region } : {}), replicaCount, ...registryValues(traits.registry), ...before[cluster.name] as Values | undefined },
      },
    };
  }).sort((a, b) => a.name < b.name ? -1 : 1);

  if (release?.foreign) {
    throw irsaError('FLEET_FOREIGN', { workspace });
  }
  const isSame = release && release.version === helm.version && samePolicy(before, Object.fromEntries(targets.map(({ clusterName, helm: { values } }) => [clusterName, values])));
  const isDone = isSame && targets.every(({ clusterName }) => held.includes(clusterName) || isThere(release.states[clusterName]));

  if (isDone) {
    return [];
  }
  const leaves = release?.targets.map(({ cluster }) => cluster).filter((name) => !targets.some(({ clusterName }) => clusterName === name)) ?? [];
  const comes = targets.map(({ clusterName }) => clusterName).filter((name) => !held.includes(name));
  const until = { fleetDeployed: { clusters: placesOf(workspace, comes, clusters), gone: placesOf(workspace, leaves, clusters) } };
  const names = targets.map(({ name }) => name).join(', ');

  if (isSame) {
    return [{ id: `fleet-deployed-${ workspace }`, target: 'rancher', title: text('irsa.step.fleet-deployed.title', { workspace }), detail: text('irsa.step.fleet.detail', { clusters: names }), change: 'wait', call: { wait: { until } } }];
  }
  const common = { target: 'rancher' as const, detail: text('irsa.step.fleet.detail', { clusters: names }), until };

  return [release ? {
    ...common,
    id:            `change-helmop-${ workspace }`,
    title:         text('irsa.step.change-helmop.title', { name: HELM_OP, workspace }),
    change:        'change',
    expects:       asSeen(workspace, release),
    call:          {
      kubernetes: {
        clusterId: MANAGEMENT_CLUSTER, verb: 'PATCH', path: `${ path(workspace) }/${ HELM_OP }`, contentType: 'application/merge-patch+json',
        body:      { spec: { helm: { version: helm.version }, diff: { comparePatches: overlooking(release) }, targets } },
      },
    },
  } : {
    ...common,
    id:     `create-helmop-${ workspace }`,
    title:  text('irsa.step.create-helmop.title', { name: HELM_OP, workspace }),
    change: 'create',
    call:   {
      kubernetes: {
        clusterId: MANAGEMENT_CLUSTER, verb: 'POST', path: path(workspace),
        body:      {
          apiVersion: 'fleet.cattle.io/v1alpha1',
          kind:       'HelmOp',
          metadata:   { name: HELM_OP, namespace: workspace },
          spec:       { defaultNamespace: WEBHOOK_CHART, helm: { ...helm } as Values, diff: { comparePatches: overlooking() }, targets },
        },
      },
    },
  }];
}

/** An admin's own wishes stay, ours are among them. */
function overlooking(release?: FleetRelease): Value[] {
  const given = (release?.overlooked ?? []) as Record<string, Value>[];

  return [...given, ...OVERLOOKED.filter((ours) => !given.some((one) => one.kind === ours.kind && one.name === ours.name))];
}

/** All workspaces are told before any is waited for: a cluster in one that fails keeps no other from having the webhook. */
function together(steps: Step[]): Step[] {
  const conditions = steps.flatMap(({ call, until }) => [until, 'wait' in call ? call.wait.until : undefined]).flatMap((one) => one && 'fleetDeployed' in one ? [one.fleetDeployed] : []);
  const until = { fleetDeployed: { clusters: conditions.flatMap(({ clusters }) => clusters), gone: conditions.flatMap(({ gone }) => gone) } };
  const writes = steps.filter(({ call }) => !('wait' in call)).map(({ until: _, ...step }): Step => step);
  const [last] = writes.slice(-1);
  const [waits] = steps;

  return last ? [...writes.slice(0, -1), { ...last, until }] : waits ? [{ ...waits, call: { wait: { until } } }] : [];
}

/** Somebody may have told other clusters meanwhile. */
function asSeen(workspace: string, { seen }: FleetRelease): Step['expects'] {
  return { kubernetesObject: { clusterId: MANAGEMENT_CLUSTER, path: `${ path(workspace) }/${ HELM_OP }`, field: ['spec', 'targets'], is: seen as Value } };
}

function take(release: FleetRelease, clusters: FleetCluster[]): Step {
  const { workspace, targets } = release;

  if (release.foreign) {
    throw irsaError('FLEET_FOREIGN', { workspace });
  }
  const names = targets.map(({ cluster }) => cluster);

  return {
    id:      `remove-helmop-${ workspace }`,
    target:  'rancher',
    title:   text('irsa.step.remove-helmop.title', { name: HELM_OP, workspace }),
    detail:  text('irsa.step.remove-helmop.detail', { clusters: names.join(', '), namespace: WEBHOOK_CHART }),
    change:  'remove',
    expects: asSeen(workspace, release),
    call:    { kubernetes: { clusterId: MANAGEMENT_CLUSTER, verb: 'DELETE', path: `${ path(workspace) }/${ HELM_OP }` } },
    until:   { fleetDeployed: { clusters: [], gone: placesOf(workspace, names, clusters) } },
  };
}

function placesOf(workspace: string, names: string[], clusters: FleetCluster[]): { name: string; namespace: string }[] {
  return names.map((name) => ({ name, namespace: clusters.find((one) => one.workspace === workspace && one.name === name)?.namespace ?? '' }));
}
