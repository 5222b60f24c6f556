import { HELM_OP } from '../../pkg/irsa/domain/fleet/fleet';
import { findWebhookSource } from '../../pkg/irsa/gateways/rancher/catalog';
import { observeFleet } from '../../pkg/irsa/gateways/rancher/fleet';
import { planFleetWebhook } from '../../pkg/irsa/plans';
import type { Plan } from '../../pkg/irsa/plans/plan';
import { put } from '../sandbox/scenario/put.ts';
import type { World } from '../sandbox/scenario/world.ts';
import type { Person } from './target';

const WEBHOOK = 'pod-identity-webhook';

/** Fleet was told to have the webhook in a cluster. */
export function seedHelmOp(world: World, cluster: string, workspace = 'fleet-default'): void {
  put(world.clusters.local.kube, 'fleet.cattle.io', 'helmops', {
    metadata: { name: HELM_OP, namespace: workspace },
    spec:     { defaultNamespace: WEBHOOK, helm: { repo: 'https://charts.example/irsa', chart: WEBHOOK, version: '0.1.0', releaseName: WEBHOOK }, targets: [{ name: cluster, clusterName: cluster, helm: { values: { replicaCount: 2 } } }] },
  });
}

/** Fleet has done so: what it makes at its own time would else be there in one world and not in the next. */
export async function seedDeployed(world: World, cluster: string): Promise<void> {
  seedHelmOp(world, cluster);
  const { store } = world.kube(cluster);

  for (const until = Date.now() + 20_000; !store.get(store.findType('apps', 'deployments')!, WEBHOOK, WEBHOOK); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (Date.now() > until) {
      throw new Error(`Fleet brought no ${ WEBHOOK } into ${ cluster }`);
    }
  }
  await world.kube(cluster).idle();
}

/** The plan of somebody who ticks exactly these clusters. */
export async function byFleet(person: Person, names: string[]): Promise<Plan> {
  const fleet = await observeFleet(person.transport);
  const wanted = fleet.clusters.filter(({ name }) => names.includes(name)).map((cluster) => ({ cluster, traits: { region: 'eu-central-1', nodes: 3 } }));

  return planFleetWebhook(fleet, wanted, await findWebhookSource(person.transport, 'local'));
}
