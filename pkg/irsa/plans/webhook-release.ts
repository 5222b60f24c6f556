import type { InstalledApp } from '../domain/facts';
import { segment } from '../domain/names/segment';
import { text } from '../domain/text';
import { WEBHOOK_CHART } from '../domain/webhook/chart';
import type { WebhookSource } from '../domain/webhook/source';
import type { Step, Value } from './plan';

/** The repository in a cluster, and what has to be done for it to have the chart's newest version. */
export interface RepositoryPart {
  name: string;
  steps: Step[];
}

/**
 * Sees to it that a cluster has the repository which this extension came from, as it is now.
 * @param at  milliseconds since the epoch: when the cluster was looked at
 */
export function repositoryPart(clusterId: string, source: WebhookSource, at: number): RepositoryPart {
  const name = source.inCluster ?? freeName(source);
  // Rancher notes whole seconds.
  const since = source.isStale ? new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z') : undefined;

  return {
    name,
    steps: [
      ...(source.inCluster ? [] : [createRepository(clusterId, name, source)]),
      ...(since ? [refreshRepository(clusterId, name, since)] : []),
      {
        id:     'repository-downloaded',
        target: 'rancher',
        title:  text('irsa.step.repository-downloaded.title', { repository: name }),
        change: 'wait',
        call:   { wait: { until: { repositoryDownloaded: { clusterId, repository: name, ...(since ? { since } : {}) } } } }
      },
    ],
  };
}

function freeName({ repository: { name }, taken }: WebhookSource): string {
  return [name, `irsa-${ name }`].find((one) => !taken.includes(one)) ?? `irsa-${ name }-2`;
}

/** By Rancher's own API, as its page does it: whoever takes the plan away has Helm fetch the chart from where it is. */
function createRepository(clusterId: string, name: string, { repository }: WebhookSource): Step {
  return {
    id:     'create-repository',
    target: 'rancher',
    title:  text('irsa.step.create-repository.title', { repository: name }),
    detail: text('irsa.step.create-repository.detail', { address: String(repository.spec.gitRepo ?? repository.spec.url ?? '') }),
    change: 'create',
    call:   {
      rancher: {
        verb: 'POST',
        path: `/k8s/clusters/${ segment(clusterId) }/v1/catalog.cattle.io.clusterrepos`,
        body: { type: 'catalog.cattle.io.clusterrepo', metadata: { name }, spec: { ...repository.spec } },
      },
    },
  };
}

/** As «Refresh» does on Rancher's page: it fetches a repository again when this time is a new one. */
function refreshRepository(clusterId: string, name: string, forceUpdate: string): Step {
  return {
    id:     'refresh-repository',
    target: 'rancher',
    title:  text('irsa.step.refresh-repository.title', { repository: name }),
    detail: text('irsa.step.refresh-repository.detail'),
    change: 'change',
    call:   {
      rancher: {
        verb:        'PATCH',
        path:        `/k8s/clusters/${ segment(clusterId) }/apis/catalog.cattle.io/v1/clusterrepos/${ segment(name) }`,
        contentType: 'application/merge-patch+json',
        body:        { spec: { forceUpdate } },
      },
    },
  };
}

/**
 * One Helm operation for the webhook's chart by Rancher's catalog, with the body that its own form sends (shell
 * pages/c/_cluster/apps/charts/install.vue actionInput). An upgrade sends the values that the admin gave, whole: Helm gets nothing else.
 * @param app  the release that is there; without it, the chart is installed
 */
export function releaseStep(clusterId: string, repository: string, { version, repository: { spec } }: WebhookSource, values: Record<string, unknown>, app?: InstalledApp): Step {
  // What an admin wrote may look like anything, a reference of ours too.
  const given = app ? { $data: values as Record<string, Value> } : values as Record<string, Value>;
  const annotations = { 'catalog.cattle.io/ui-source-repo-type': 'cluster', 'catalog.cattle.io/ui-source-repo': repository };
  const { release, namespace } = app ?? { release: WEBHOOK_CHART, namespace: WEBHOOK_CHART };
  const action = app ? 'upgrade' : 'install';
  const common = { noHooks: false, timeout: '600s', wait: true, namespace, projectId: '' };
  const chart = { chartName: WEBHOOK_CHART, version, releaseName: release, description: '', annotations, values: given, resetValues: false };

  return {
    id:     `${ action }-webhook`,
    target: 'helm',
    title:  app ? text('irsa.step.upgrade-webhook.title', { release, version }) : text('irsa.step.install-webhook.title', { chart: WEBHOOK_CHART, version }),
    detail: app ? text('irsa.step.upgrade-webhook.detail', { from: app.version, count: Object.keys(values).length }) : text('irsa.step.install-webhook.detail', { namespace }),
    change: app ? 'change' : 'create',
    call:   {
      rancher: {
        verb: 'POST',
        path: `/k8s/clusters/${ segment(clusterId) }/v1/catalog.cattle.io.clusterrepos/${ segment(repository) }?action=${ action }`,
        body: { charts: [chart], ...common, ...(app ? { force: false, historyMax: 5, cleanupOnFail: false } : { disableOpenAPIValidation: false, skipCRDs: false }) },
      },
    },
    until: { helmOperation: { clusterId, app: { namespace, name: release } } },
    helm:  {
      release,
      namespace,
      chart:  WEBHOOK_CHART,
      version,
      repo:   repository,
      ...(typeof spec.url === 'string' && !spec.gitRepo ? { address: spec.url } : {}),
      ...(app ? { changesVersion: true as const, ...(app.revision === undefined ? {} : { revision: app.revision }) } : { isNew: true as const }),
      values: app ? {} : given,
    },
  };
}
