import { createHash } from 'node:crypto';
import type { KubeCluster, KubeObject, ResourceType } from '../contracts.ts';
import { fieldsOf, stringOf, timestamp } from '../rancher/values.ts';
import type { Fields } from '../rancher/values.ts';
import type { Chart } from './chart.ts';

/** What lies behind repository addresses: charts by URL (git, OCI or HTTP). */
export class ChartSources {
  private readonly byUrl = new Map<string, Chart[]>();

  serve(url: string, charts: Chart[]): void {
    this.byUrl.set(url, charts);
  }

  at(url: string): Chart[] | undefined {
    return this.byUrl.get(url);
  }
}

/** The address a ClusterRepo names. */
export function repositoryUrl(repository: KubeObject): string {
  const spec = fieldsOf(repository.spec);

  return stringOf(spec.gitRepo) || stringOf(spec.url);
}

/** A repository's `index.yaml`, as `?link=index` answers it. */
export function repositoryIndex(repository: KubeObject, charts: Chart[], self: string): Fields {
  const created = repository.metadata.creationTimestamp ?? timestamp();
  const entries: Record<string, Fields[]> = {};

  for (const chart of charts) {
    const about = `chartName=${ chart.name }`;
    const version = `version=${ encodeURIComponent(chart.version) }`;

    (entries[chart.name] ??= []).push({
      name:    chart.name,
      version: chart.version,
      ...chart.metadata,
      ...chart.metadata.icon ? { icon: `${ self }?${ about }&link=icon&${ version }` } : {},
      urls:    [`${ self }?${ about }&link=chart&${ version }`],
      created,
      digest:  createHash('sha256').update(`${ chart.name }-${ chart.version }`).digest('hex')
    });
  }

  return { apiVersion: 'v1', generated: created, entries };
}

/** Downloads repositories as Rancher's controller does: soon after they are made, changed or asked to refresh. */
export function runRepositoryController(cluster: KubeCluster, sources: ChartSources, pace: number): () => void {
  const timers = new Set<NodeJS.Timeout>();
  const { store } = cluster;
  const type = store.findType('catalog.cattle.io', 'clusterrepos');
  const later = (name: string): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      const repository = type && store.get(type, undefined, name);

      if (repository && type) {
        download(cluster, type, repository, sources);
      }
    }, pace);

    timer.unref();
    timers.add(timer);
  };
  const stop = store.watch((event) => {
    if (event.resourceType === type && event.type !== 'DELETED' && fieldsOf(event.object.status).observedGeneration !== event.object.metadata.generation) {
      later(event.object.metadata.name);
    }
  });

  return () => {
    stop();
    timers.forEach(clearTimeout);
  };
}

/** One download; the result stands in the repository's status. */
export function download(cluster: KubeCluster, type: ResourceType, repository: KubeObject, sources: ChartSources): void {
  const url = repositoryUrl(repository);
  const now = timestamp();
  const found = sources.at(url) !== undefined || fieldsOf(repository.spec).enabled === false;
  const host = /^[a-z]+:\/\/([^/]+)/.exec(url)?.[1] ?? url;
  const message = `Get "${ url }/index.yaml": dial tcp: lookup ${ host }: no such host. Will retry after 5m0s`;
  const name = `${ repository.metadata.name }-0-${ repository.metadata.uid ?? '' }`;
  const git = fieldsOf(repository.spec).gitRepo ? { branch: fieldsOf(repository.spec).gitBranch ?? 'main', commit: createHash('sha1').update(url).digest('hex') } : {};
  // rancher pkg/apis/catalog.cattle.io/v1 RepoCondition: registries have one of their own.
  const condition = { type: url.startsWith('oci://') ? 'OCIDownloaded' : 'Downloaded', status: found ? 'True' : 'False', lastUpdateTime: now, ...found ? {} : { message, reason: 'Error' } };

  cluster.store.update(type, {
    ...repository,
    status: {
      ...git,
      conditions:         [condition],
      ...found ? { downloadTime: now, indexConfigMapName: name, indexConfigMapNamespace: 'cattle-system' } : { nextRetryAt: now, numberOfRetries: 1 },
      observedGeneration: repository.metadata.generation ?? 1,
      url
    }
  }, 'status');
}
