import type { KubeCluster, KubeObject, ResourceType } from '../../contracts.ts';
import { removeApp, saveApp } from '../../catalog/apps.ts';
import { HelmError, deploy, uninstall } from '../../catalog/helm.ts';
import type { ChartSources } from '../../catalog/repositories.ts';
import { settled } from '../../catalog/settled.ts';
import { modifiedIn } from './fleet-drift.ts';
import { kubeStatusOf } from '../answers.ts';
import type { Clusters } from '../clusters.ts';
import { fieldsOf, listOf, stringOf, timestamp, valueAt } from '../values.ts';
import type { Fields } from '../values.ts';

const GROUP = 'fleet.cattle.io';
/** Fleet's agent is the cluster's own administrator. */
const AGENT = { name: 'system:serviceaccount:cattle-fleet-system:fleet-agent', groups: ['system:masters'] };

/** The agent tries what failed again, after this many of its paces. */
const RETRY = 20;

export interface FleetOptions {
  clusters: Clusters;
  sources: ChartSources;
  /** Milliseconds until the agent has come to it. */
  pace: number;
}

type Watched = Map<string, () => void>;

interface Types { helmops: ResourceType; deployments: ResourceType; clusters: ResourceType }

/**
 * Fleet as far as HelmOps go (rancher/fleet v0.15: internal/cmd/controller/helmops, target/builder.go, agent): a BundleDeployment for each
 * cluster that a target names, with the target's values laid over the HelmOp's; the agent in the cluster fetches the chart and runs Helm;
 * what is taken out of the targets, or deleted, is uninstalled.
 */
export function runFleetController({ clusters, sources, pace }: FleetOptions): () => void {
  const { store } = clusters.local.kube;
  const find = (resource: string): ResourceType => {
    const type = store.findType(GROUP, resource);

    if (!type) {
      throw new Error(`the local cluster does not serve ${ resource }.${ GROUP }`);
    }

    return type;
  };
  const types: Types = { helmops: find('helmops'), deployments: find('bundledeployments'), clusters: find('clusters') };
  const timers = new Set<NodeJS.Timeout>();
  /** What each BundleDeployment was last told, so that nothing is installed twice. */
  const told = new Map<string, string>();
  /** Ends the look at what is changed in a cluster, by BundleDeployment. */
  const watched: Watched = new Map();
  const later = (work: () => void | Promise<void>, after = pace): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void work();
    }, after);

    timer.unref();
    timers.add(timer);
  };
  const stop = store.watch(({ resourceType, type, object }) => {
    if (resourceType !== types.helmops) {
      return;
    }
    const work = type === 'DELETED' ? [] : targetsOf(object, store.list(types.clusters));
    const wrong = type === 'DELETED' ? undefined : problemOf(object);

    if (type !== 'DELETED') {
      report(store, types.helmops, object, wrong);
    }
    if (wrong) {
      return;
    }
    const wanted = new Set(work.map(({ namespace }) => namespace));

    for (const gone of store.list(types.deployments).filter((one) => isOf(one, object) && !wanted.has(one.metadata.namespace ?? ''))) {
      later(() => takeAway({ clusters, types, watched }, gone, told));
    }
    for (const { namespace, clusterId, helm, name } of work) {
      const diff = fieldsOf(valueAt(object, 'spec.diff'));
      const options = JSON.stringify([helm, valueAt(object, 'spec.defaultNamespace'), diff]);

      if (told.get(`${ namespace }/${ object.metadata.name }`) === options) {
        continue;
      }
      told.set(`${ namespace }/${ object.metadata.name }`, options);
      const deployment = write(store, types.deployments, object, namespace, { helm, diff, defaultNamespace: valueAt(object, 'spec.defaultNamespace') });

      const key = `${ namespace }/${ object.metadata.name }`;
      const attempt = async(): Promise<void> => {
        const into = stringOf(valueAt(object, 'spec.defaultNamespace')) || 'default';
        const isDone = told.get(key) !== options || await apply({ clusters, sources, types, pace, watched }, deployment, { clusterId, helm, diff, name, namespace: into });

        if (!isDone) {
          later(attempt, pace * RETRY);
        }
      };

      later(attempt);
    }
  });

  return () => {
    stop();
    watched.forEach((end) => end());
    timers.forEach(clearTimeout);
  };
}

interface Target { namespace: string; clusterId: string; name: string; helm: Fields }

/** First match wins, as in target/matcher; without targets it is the workspace's group «default», which has all of its clusters here. */
function targetsOf(helmOp: KubeObject, all: KubeObject[]): Target[] {
  const spec = fieldsOf(helmOp.spec);
  const targets = listOf(spec.targets).map(fieldsOf);

  // `doNotDeploy` of a target keeps a bundle out of the clusters that it names (target/builder.go).
  return all.filter(({ metadata }) => metadata.namespace === helmOp.metadata.namespace).flatMap((cluster): Target[] => {
    const labels = cluster.metadata.labels ?? {};
    const isMeant = ({ clusterName, clusterSelector }: Fields): boolean => {
      return stringOf(clusterName) ? clusterName === cluster.metadata.name : clusterSelector !== undefined && hasLabels(labels, fieldsOf(clusterSelector).matchLabels);
    };
    const target = targets.length ? targets.find(isMeant) : {};

    return target && (target as Fields).doNotDeploy !== true ? [{
      namespace: stringOf(valueAt(cluster, 'status.namespace')),
      clusterId: labels['management.cattle.io/cluster-name'] ?? '',
      name:      cluster.metadata.name,
      helm:      { ...fieldsOf(spec.helm), values: laidOver(fieldsOf(fieldsOf(spec.helm).values), fieldsOf(fieldsOf(target.helm).values)) },
    }] : [];
  });
}

function hasLabels(labels: Record<string, string>, wanted: unknown): boolean {
  return Object.entries(fieldsOf(wanted)).every(([key, value]) => labels[key] === value);
}

/** Maps are merged, everything else is replaced (options/calculate.go, data.MergeMaps). */
function laidOver(base: Fields, custom: Fields): Fields {
  const merged = { ...base };

  for (const [key, value] of Object.entries(custom)) {
    const before = merged[key];
    const both = [before, value].every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));

    merged[key] = both ? laidOver(fieldsOf(before), fieldsOf(value)) : value;
  }

  return merged;
}

/** What a HelmOp's helm options must not be (helmop_controller.go, validate). */
function problemOf({ spec }: KubeObject): string | undefined {
  const { repo, chart } = fieldsOf(fieldsOf(spec).helm) as Record<string, string | undefined>;

  if (repo?.startsWith('oci://')) {
    return chart ? 'helm options invalid: OCI repository with a non-empty chart field' : undefined;
  }

  if (!chart) {
    return 'helm options invalid: non-OCI repository with an empty chart field';
  }

  return !repo && !chart.endsWith('.tgz') ? 'helm options invalid: non-tarball chart with an empty repo field' : undefined;
}

function report(store: KubeCluster['store'], type: ResourceType, { metadata: { name, namespace } }: KubeObject, wrong: string | undefined): void {
  const current = store.get(type, namespace, name);
  const accepted = { type: 'Accepted', status: wrong ? 'False' : 'True', ...wrong ? { message: wrong, reason: 'Error' } : {} };

  if (current && JSON.stringify(valueAt(current, 'status.conditions')) !== JSON.stringify([accepted])) {
    store.update(type, { ...current, status: { ...fieldsOf(current.status), version: stringOf(valueAt(current, 'spec.helm.version')), conditions: [accepted] } }, 'status');
  }
}

const isOf = ({ metadata: { labels } }: KubeObject, { metadata: { name, namespace } }: KubeObject): boolean => labels?.['fleet.cattle.io/bundle-name'] === name && labels['fleet.cattle.io/bundle-namespace'] === namespace;

function write(store: KubeCluster['store'], type: ResourceType, helmOp: KubeObject, namespace: string, options: Fields): KubeObject {
  const { name } = helmOp.metadata;
  const before = store.get(type, namespace, name);
  const deployment: KubeObject = {
    apiVersion: 'fleet.cattle.io/v1alpha1',
    kind:       'BundleDeployment',
    metadata:   { ...before?.metadata, name, namespace, labels: { 'fleet.cattle.io/bundle-name': name, 'fleet.cattle.io/bundle-namespace': helmOp.metadata.namespace ?? '' } },
    spec:       { options },
  };
  const stored = before ? store.update(type, deployment) : store.create(type, deployment);

  return store.update(type, { ...stored, status: { ...fieldsOf(before?.status), display: { state: 'WaitApplied' } } }, 'status');
}

type Applying = Pick<FleetOptions, 'clusters' | 'sources' | 'pace'> & { types: Types; watched: Watched };

/** True: nothing is left to be tried. */
async function apply({ clusters, sources, types, pace, watched }: Applying, deployment: KubeObject, { clusterId, helm, diff, name, namespace }: Target & { diff: Fields }): Promise<boolean> {
  const key = `${ deployment.metadata.namespace ?? '' }/${ deployment.metadata.name }`;

  const { kube } = clusters.get(clusterId) ?? {};
  const show = (state: string, conditions: Fields[]): void => {
    const { store } = clusters.local.kube;
    const current = store.get(types.deployments, deployment.metadata.namespace, deployment.metadata.name);

    if (current) {
      const status = { display: { state, deployed: state }, conditions: conditions.map((one) => ({ ...one, lastUpdateTime: timestamp() })) };

      store.update(types.deployments, { ...current, status: { ...fieldsOf(current.status), ...status } }, 'status');
    }
  };

  if (!kube) {
    // No agent: Fleet waits for one.
    return true;
  }
  try {
    const charts = sources.at(stringOf(helm.repo));
    const chart = charts?.find((one) => one.name === helm.chart && one.version === helm.version);

    if (!chart) {
      const [repo, name, version] = [helm.repo, helm.chart, helm.version].map(stringOf);

      throw new HelmError(charts ? `chart "${ name ?? '' }" version "${ version ?? '' }" not found in ${ repo ?? '' } repository` : `looks like "${ repo ?? '' }" is not a valid chart repository or cannot be reached`);
    }
    const namespaces = kube.store.findType('', 'namespaces');

    if (namespaces && !kube.store.get(namespaces, undefined, namespace)) {
      kube.store.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    }
    const { release, secret } = deploy(kube, AGENT, {
      chart, release: stringOf(helm.releaseName) || deployment.metadata.name, namespace, values: fieldsOf(helm.values), upgrade: true,
      // internal/helmdeployer/postrender.go and deployer.go
      marks: { labels: { 'objectset.rio.cattle.io/hash': 'sandbox' }, annotations: { 'objectset.rio.cattle.io/id': `default-${ deployment.metadata.name }-cattle-fleet-system` } }, annotations: { 'fleet.cattle.io/bundle-id': deployment.metadata.name },
    });

    saveApp(kube, release, secret);
    show('NotReady', [{ type: 'Installed', status: 'True' }, { type: 'Deployed', status: 'True' }, { type: 'Ready', status: 'False', message: 'not ready' }]);
    await settled(kube, release.manifest, pace);
    const compare = (): void => {
      const modified = modifiedIn(kube, release.manifest, diff);
      const [first] = modified;

      show(first ? 'Modified' : 'Ready', [{ type: 'Installed', status: 'True' }, { type: 'Deployed', status: 'True' }, { type: 'Ready', status: first ? 'False' : 'True', ...first ? { message: first } : {} }]);
    };

    watched.get(key)?.();
    watched.set(key, kube.store.watch(({ object }) => {
      if (release.manifest.some(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name && metadata.namespace === object.metadata.namespace)) {
        compare();
      }
    }));
    compare();

    return true;
  } catch (error) {
    const message = error instanceof HelmError ? error.message : kubeStatusOf(error)?.message;

    if (message === undefined) {
      throw error;
    }
    const failed = ['Installed', 'Deployed'].map((type) => ({ type, status: 'False', reason: 'Error', message }));

    show('ErrApplied', [...failed, { type: 'Ready', status: 'False', message: `${ name }: ${ message }` }]);

    return false;
  }
}

function takeAway({ clusters, types, watched }: Pick<Applying, 'clusters' | 'types' | 'watched'>, deployment: KubeObject, told: Map<string, string>): void {
  const { name, namespace } = deployment.metadata;
  const { store } = clusters.local.kube;
  const cluster = store.list(types.clusters).find((one) => valueAt(one, 'status.namespace') === namespace);
  const kube = clusters.get(cluster?.metadata.labels?.['management.cattle.io/cluster-name'] ?? '')?.kube;
  const helm = fieldsOf(valueAt(deployment, 'spec.options.helm'));
  const release = { name: stringOf(helm.releaseName) || name, namespace: stringOf(valueAt(deployment, 'spec.options.defaultNamespace')) || 'default' };

  told.delete(`${ namespace ?? '' }/${ name }`);
  watched.get(`${ namespace ?? '' }/${ name }`)?.();
  watched.delete(`${ namespace ?? '' }/${ name }`);
  if (kube) {
    try {
      uninstall(kube, AGENT, release.namespace, release.name, false);
      removeApp(kube, release.namespace, release.name);
    } catch (error) {
      // A release that never came to be is not there to be uninstalled.
      if (!(error instanceof HelmError)) {
        throw error;
      }
    }
  }
  if (store.get(types.deployments, namespace, name)) {
    store.delete(types.deployments, namespace, name);
  }
}
