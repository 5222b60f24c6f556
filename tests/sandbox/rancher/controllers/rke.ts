import type { KubeObject, ResourceType } from '../../contracts.ts';
import type { Clusters } from '../clusters.ts';
import { fieldsOf, listOf, stringOf, timestamp, valueAt } from '../values.ts';
import type { Fields } from '../values.ts';

/** Gives the API servers of a cluster new arguments, one server after the other; rejects when one does not start. */
export type RollServers = (clusterId: string, argumentsFor: (server: string) => string[]) => Promise<void>;

/**
 * Rancher's planner as far as API server arguments go: a changed rkeConfig of a cluster Rancher made is rolled out over its
 * servers; the provisioning cluster and its control plane tell how far it is.
 */
export function runRkeController(clusters: Clusters, roll: RollServers): () => void {
  const { store } = clusters.local.kube;
  const provisioning = typeNamed(clusters, 'provisioning.cattle.io', 'clusters');
  const controlPlanes = typeNamed(clusters, 'rke.cattle.io', 'rkecontrolplanes');
  const applied = new Map<string, string>();

  /** Labels of the machine that a server is; a custom cluster's machines have none. */
  const labelsOf = (cluster: KubeObject): Map<string, Fields> => new Map(store.list(typeNamed(clusters, 'cluster.x-k8s.io', 'machines'))
    .filter(({ metadata: { namespace }, spec }) => namespace === cluster.metadata.namespace && fieldsOf(spec).clusterName === cluster.metadata.name)
    .map((machine) => [stringOf(valueAt(machine, 'status.nodeRef.name')), fieldsOf(machine.metadata.labels)]));
  const written = (cluster: KubeObject): string => JSON.stringify([undefined, ...labelsOf(cluster).values()].map((labels) => argumentsOf(cluster, labels)));

  for (const cluster of store.list(provisioning)) {
    applied.set(cluster.metadata.uid ?? '', written(cluster));
  }

  return store.watch((event) => {
    const { object, resourceType, type } = event;
    const id = stringOf(valueAt(object, 'status.clusterName'));

    if (resourceType !== provisioning || type !== 'MODIFIED' || !fieldsOf(object.spec).rkeConfig) {
      return;
    }
    const args = written(object);

    if (!clusters.get(id)?.provisioned) {
      // What is there before the first machine is what its servers start with.
      applied.set(object.metadata.uid ?? '', args);

      return;
    }
    if (applied.get(object.metadata.uid ?? '') === args) {
      observe(clusters, provisioning, object, {});

      return;
    }
    applied.set(object.metadata.uid ?? '', args);
    void rollOut(clusters, { provisioning, controlPlanes }, object, () => roll(id, (server) => argumentsOf(object, labelsOf(object).get(server))));
  });
}

function typeNamed(clusters: Clusters, group: string, resource: string): ResourceType {
  const type = clusters.local.kube.store.findType(group, resource);

  if (!type) {
    throw new Error(`the local cluster does not serve ${ resource }.${ group }`);
  }

  return type;
}

/**
 * `kube-apiserver-arg` as the planner gives it to a machine: machineGlobalConfig, then every machineSelectorConfig that names no machines
 * or this one replaces the key (rancher.md §2.11).
 */
export function argumentsOf(cluster: KubeObject, labels: Fields = {}): string[] {
  const config = fieldsOf(fieldsOf(cluster.spec).rkeConfig);
  const key = 'kube-apiserver-arg';
  let args = fieldsOf(config.machineGlobalConfig)[key];

  for (const selected of listOf(config.machineSelectorConfig).map(fieldsOf)) {
    const own = fieldsOf(selected.config)[key];

    const { matchLabels, matchExpressions } = fieldsOf(selected.machineLabelSelector);
    const wanted = Object.entries(fieldsOf(matchLabels));

    // Nothing here writes expressions.
    if (own !== undefined && matchExpressions === undefined && wanted.every(([label, value]) => labels[label] === value)) {
      args = own;
    }
  }

  return listOf(args).map(stringOf);
}

interface RkeTypes {
  provisioning: ResourceType;
  controlPlanes: ResourceType;
}

async function rollOut(clusters: Clusters, types: RkeTypes, cluster: KubeObject, roll: () => Promise<void>): Promise<void> {
  const waiting = 'configuring control plane node(s): waiting for plan to be applied';

  // The planner sees a change a moment after it was stored.
  await Promise.resolve();
  observe(clusters, types.provisioning, cluster, { Updated: ['Unknown', waiting] });
  plan(clusters, types.controlPlanes, cluster, ['Unknown', waiting]);
  try {
    await roll();
    plan(clusters, types.controlPlanes, cluster, ['True', '']);
    observe(clusters, types.provisioning, cluster, { Updated: ['True', ''] });
  } catch (error) {
    const message = `error applying plan -- check rancher-system-agent.service logs on node for more information: ${ error instanceof Error ? error.message : String(error) }`;

    plan(clusters, types.controlPlanes, cluster, ['False', message]);
    observe(clusters, types.provisioning, cluster, { Updated: ['False', message] });
  }
}

type Outcome = ['True' | 'False' | 'Unknown', string];

function condition(type: string, [status, message]: Outcome): Fields {
  return { type, status, lastUpdateTime: timestamp(), ...message ? { message } : {}, ...status === 'False' ? { reason: 'Error' } : status === 'Unknown' ? { reason: 'Waiting' } : {} };
}

function withCondition(conditions: unknown, type: string, outcome: Outcome): Fields[] {
  return [...listOf(conditions).map(fieldsOf).filter((one) => one.type !== type), condition(type, outcome)];
}

/** Writes conditions and the seen generation of the provisioning cluster. */
function observe(clusters: Clusters, type: ResourceType, cluster: KubeObject, outcomes: Record<string, Outcome>): void {
  const { store } = clusters.local.kube;
  const current = store.get(type, cluster.metadata.namespace, cluster.metadata.name);

  if (!current) {
    return;
  }
  const status = fieldsOf(current.status);
  let conditions: unknown = status.conditions;

  for (const [name, outcome] of Object.entries(outcomes)) {
    conditions = withCondition(conditions, name, outcome);
  }
  if (Object.keys(outcomes).length || status.observedGeneration !== current.metadata.generation) {
    store.update(type, { ...current, status: { ...status, conditions, observedGeneration: current.metadata.generation } }, 'status');
    mirror(clusters, stringOf(status.clusterName), outcomes);
  }
}

/** The management cluster repeats its provisioning cluster's conditions: lists of clusters show that one's state. */
function mirror(clusters: Clusters, id: string, outcomes: Record<string, Outcome>): void {
  const { store } = clusters.local.kube;
  const type = typeNamed(clusters, 'management.cattle.io', 'clusters');
  const current = store.get(type, undefined, id);

  if (!current || !Object.keys(outcomes).length) {
    return;
  }
  const status = fieldsOf(current.status);
  let conditions: unknown = status.conditions;

  for (const [name, outcome] of Object.entries(outcomes)) {
    conditions = withCondition(conditions, name, outcome);
  }
  store.update(type, { ...current, status: { ...status, conditions } }, 'status');
}

/** The control plane object: its spec follows the cluster's, `appliedSpec` tells what the machines really have. */
function plan(clusters: Clusters, type: ResourceType, cluster: KubeObject, outcome: Outcome): void {
  const { store } = clusters.local.kube;
  const current = store.get(type, cluster.metadata.namespace, cluster.metadata.name);

  if (!current) {
    return;
  }
  const newest = store.findType('provisioning.cattle.io', 'clusters');
  const wanted = newest && store.get(newest, cluster.metadata.namespace, cluster.metadata.name);
  const config = fieldsOf(fieldsOf((wanted ?? cluster).spec).rkeConfig);
  const written = store.update(type, { ...current, spec: { ...fieldsOf(current.spec), ...config } });
  const status = fieldsOf(written.status);
  const done = outcome[0] === 'True';

  store.update(type, {
    ...written,
    status: {
      ...status, conditions: withCondition(withCondition(status.conditions, 'Reconciled', outcome), 'Ready', outcome),
      ...done ? { appliedSpec: written.spec, observedGeneration: written.metadata.generation, ready: true } : { ready: false }
    }
  }, 'status');
}
