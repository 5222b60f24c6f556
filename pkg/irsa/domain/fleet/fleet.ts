import { WEBHOOK_CHART } from '../webhook/chart';

/** The HelmOp by which Fleet installs the webhook's chart in many clusters; one in each workspace that has such clusters. */
export const HELM_OP = `irsa-${ WEBHOOK_CHART }`;

/** Fleet's own API, in Rancher's cluster. */
export const FLEET_API = '/apis/fleet.cattle.io/v1alpha1';

/** A cluster as Fleet knows it (clusters.fleet.cattle.io). */
export interface FleetCluster {
  /** Namespace of the record: `fleet-default`. */
  workspace: string;
  /** Name within the workspace, by which targets name it. */
  name: string;
  /** Rancher's id of it: `c-m-abc`. */
  clusterId: string;
  labels: Record<string, string>;
  /** Where its BundleDeployments are; empty until Fleet made it. */
  namespace: string;
}

/**
 * How far Fleet is in one cluster. `failed` is not the end for Fleet, which tries again by itself. `modified`: it is installed and ready, and
 * somebody changed it in the cluster since; Fleet says so and leaves it.
 */
export interface FleetState {
  state: 'ready' | 'modified' | 'waiting' | 'failed';
  /** Fleet's own words, from Helm where it failed. */
  message?: string;
}

/** What Fleet was told to do in a workspace, and how far it is. */
export interface FleetRelease {
  workspace: string;
  /** Of the chart. */
  version: string;
  /** The targets as they were read, so that a change stops where somebody else was faster. */
  seen: unknown;
  /** Names of clusters, with the values that only they have. `whole`: as it was read, with what an admin wrote in it beside that. */
  targets: { cluster: string; values: Record<string, unknown>; held?: true; whole?: Record<string, unknown> }[];
  /** What Fleet was told to overlook when it looks for changes in the clusters. */
  overlooked?: Record<string, unknown>[];
  /** By the cluster's name; clusters that Fleet has not come to are missing. */
  states: Record<string, FleetState>;
  /** It has targets that name no single cluster: somebody changed it by hand. */
  foreign: boolean;
}

export interface ObservedFleet {
  clusters: FleetCluster[];
  releases: FleetRelease[];
}

const SETTLED: Record<string, FleetState['state']> = { Ready: 'ready', Modified: 'modified', ErrApplied: 'failed' };

/** Whether Fleet has done in a cluster what it was told. */
export function isThere(one: FleetState | undefined): boolean {
  return one?.state === 'ready' || one?.state === 'modified';
}

/**
 * Fleet's word for a BundleDeployment, in ours (rancher/fleet pkg/apis/fleet.cattle.io/v1alpha1 bundle_types.go, BundleState). Only an error
 * of Helm is a failure: pods that are not ready yet, and a change that has not arrived, are waited for.
 */
export function fleetState(display: string, conditions: { type: string; status: string; message?: string }[]): FleetState {
  const state = SETTLED[display] ?? 'waiting';
  const wrong = state === 'ready' ? undefined : ['Installed', 'Deployed', 'Ready'].map((type) => conditions.find((one) => one.type === type && one.status === 'False' && one.message)).find(Boolean);

  return { state, ...(wrong?.message ? { message: wrong.message } : {}) };
}
