import { irsaError } from '../domain/errors';
import type { ObservedCluster } from '../domain/facts';
import { segment } from '../domain/names/segment';
import { text } from '../domain/text';
import { WEBHOOK_CHART } from '../domain/webhook-chart';
import type { WebhookSource } from '../domain/webhook-source';
import type { Plan, Step, Value } from './plan';

/**
 * Installs the webhook's chart through Rancher's catalog: the repository where the cluster lacks it, and one Helm operation, which waits
 * for the webhook's pods. Nothing to do where any distribution of the webhook is there, EKS' own included.
 * @throws IrsaError WEBHOOK_NOT_SEEN when it cannot be told whether one is there: two would change every pod twice
 */
export function planInstallWebhook({ cluster, webhook }: ObservedCluster, source: WebhookSource): Plan {
  if (!webhook.known) {
    throw irsaError('WEBHOOK_NOT_SEEN', { cluster: cluster.name });
  }
  const plan: Plan = { id: 'install-webhook', title: text('irsa.plan.install-webhook.title', { cluster: cluster.name }), steps: [], documents: [], warnings: [] };

  if (webhook.value.kind !== 'absent') {
    return plan;
  }
  const repository = source.inCluster ?? freeName(source);

  return {
    ...plan,
    steps: [
      ...(source.inCluster ? [] : [createRepository(cluster.id, repository, source)]),
      {
        id: 'repository-downloaded', target: 'rancher', title: text('irsa.step.repository-downloaded.title', { repository }), change: 'wait', call: { wait: { until: { repositoryDownloaded: { clusterId: cluster.id, repository } } } }
      },
      install(cluster.id, repository, source, values(cluster.region, source)),
    ],
    warnings: [
      ...(source.repository.private && !source.inCluster ? [text('irsa.warning.privateRepository', { repository: source.repository.name })] : []),
      ...(cluster.region ? [] : [text('irsa.warning.noRegion')]),
      text('irsa.warning.webhookNewPods'),
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

/** One node needs no second replica; the job that renews the certificate runs in the image that Rancher itself uses. */
function values(region: string | undefined, { nodes, shellImage, systemRegistry }: WebhookSource): Record<string, Value> {
  const [, repository, tag] = /^(?:[^/]*[.:][^/]*\/)?([a-z0-9._/-]+):([\w.-]+)$/.exec(shellImage ?? '') ?? [];

  return {
    ...(region ? { region } : {}),
    replicaCount: nodes === 1 ? 1 : 2,
    ...(repository && tag ? { tls: { renewal: { image: { repository, tag } } } } : {}),
    ...(systemRegistry ? { global: { cattle: { systemDefaultRegistry: systemRegistry } } } : {}),
  };
}

function install(clusterId: string, repository: string, { version }: WebhookSource, given: Record<string, Value>): Step {
  const annotations = { 'catalog.cattle.io/ui-source-repo-type': 'cluster', 'catalog.cattle.io/ui-source-repo': repository };

  return {
    id:     'install-webhook',
    target: 'helm',
    title:  text('irsa.step.install-webhook.title', { chart: WEBHOOK_CHART, version }),
    detail: text('irsa.step.install-webhook.detail', { namespace: WEBHOOK_CHART }),
    change: 'create',
    call:   {
      rancher: {
        verb: 'POST',
        path: `/k8s/clusters/${ segment(clusterId) }/v1/catalog.cattle.io.clusterrepos/${ segment(repository) }?action=install`,
        body: {
          charts:                   [{ chartName: WEBHOOK_CHART, version, releaseName: WEBHOOK_CHART, description: '', annotations, values: given, resetValues: false }],
          noHooks:                  false,
          timeout:                  '600s',
          wait:                     true,
          namespace:                WEBHOOK_CHART,
          projectId:                '',
          disableOpenAPIValidation: false,
          skipCRDs:                 false,
        },
      },
    },
    until: { helmOperation: { clusterId, app: { namespace: WEBHOOK_CHART, name: WEBHOOK_CHART } } },
    helm:  {
      release: WEBHOOK_CHART, namespace: WEBHOOK_CHART, chart: WEBHOOK_CHART, version, repo: repository, isNew: true, values: given
    },
  };
}
