import { irsaError } from '../domain/errors';
import type { ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { WebhookSource } from '../domain/webhook/source';
import { registryValues, valuesFor } from '../domain/webhook/values';
import type { Plan } from './plan';
import { releaseStep, repositoryPart } from './webhook-release';

/**
 * Installs the webhook's chart through Rancher's catalog: the repository where the cluster lacks it, and one Helm operation, which waits
 * for the webhook's pods. Nothing to do where any distribution of the webhook is there, EKS' own included.
 * @throws IrsaError WEBHOOK_NOT_SEEN when it cannot be told whether one is there: two would change every pod twice
 */
export function planInstallWebhook({ cluster, webhook, at }: ObservedCluster, source: WebhookSource): Plan {
  if (!webhook.known) {
    throw irsaError('WEBHOOK_NOT_SEEN', { cluster: cluster.name });
  }
  const plan: Plan = { id: 'install-webhook', title: text('irsa.plan.install-webhook.title', { cluster: cluster.name }), steps: [], documents: [], warnings: [] };

  if (webhook.value.kind !== 'absent') {
    return plan;
  }
  // A cluster's own registry comes before Rancher's, as in Rancher's own form (shell pages/c/_cluster/apps/charts/install.vue).
  const registry = cluster.registry ?? source.systemRegistry;
  const { name, steps } = repositoryPart(cluster.id, source, at);

  return {
    ...plan,
    steps:    [...steps, releaseStep(cluster.id, name, source, values(cluster.region, source, registry))],
    warnings: [
      ...(source.repository.private && !source.inCluster ? [text('irsa.warning.privateRepository', { repository: source.repository.name })] : []),
      ...(cluster.region ? [] : [text('irsa.warning.noRegion')]),
      ...(registry ? [text('irsa.warning.registry', { registry })] : []),
      text('irsa.warning.webhookNewPods'),
    ],
  };
}

function values(region: string | undefined, { nodes, shellImage }: WebhookSource, registry: string | undefined): Record<string, unknown> {
  return { ...valuesFor({ region, nodes, shellImage }), ...registryValues(registry) };
}
