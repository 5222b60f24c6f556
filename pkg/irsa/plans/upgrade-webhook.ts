import { irsaError } from '../domain/errors';
import type { InstalledApp, ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { WebhookSource } from '../domain/webhook/source';
import { isSince } from '../domain/version';
import type { Plan } from './plan';
import { releaseStep, repositoryPart } from './webhook-release';

/** Whether the repository has a newer version of the chart than the one that is installed. */
export function isNewer(source: Pick<WebhookSource, 'version'>, app: Pick<InstalledApp, 'version'>): boolean {
  return !isSince(app.version, source.version);
}

/**
 * Upgrades our chart of the webhook to the newest version in the repository that the extension came from. The admin's values stay as they
 * are; its CA does, too, so the API server trusts the webhook all along. Nothing to do where the newest is there.
 * @param app  the release as Rancher knows it, with the admin's values
 * @throws IrsaError WEBHOOK_NOT_SEEN, WEBHOOK_FOREIGN (EKS' own, or of another chart), WEBHOOK_BY_FLEET
 */
export function planUpgradeWebhook({ cluster, webhook, at }: ObservedCluster, source: WebhookSource, app: InstalledApp | undefined): Plan {
  if (!webhook.known) {
    throw irsaError('WEBHOOK_NOT_SEEN', { cluster: cluster.name });
  }
  const { kind, release, fleet, name = '' } = webhook.value;

  if (!release || !app) {
    throw irsaError('WEBHOOK_FOREIGN', { name: kind === 'built-in' ? 'EKS' : name });
  }
  if (fleet) {
    throw irsaError('WEBHOOK_BY_FLEET', { cluster: cluster.name, bundle: fleet });
  }
  const plan: Plan = { id: 'upgrade-webhook', title: text('irsa.plan.upgrade-webhook.title', { cluster: cluster.name }), steps: [], documents: [], warnings: [] };

  if (!isNewer(source, app)) {
    return plan;
  }
  const repository = repositoryPart(cluster.id, source, at);

  return {
    ...plan,
    steps:    [...repository.steps, releaseStep(cluster.id, repository.name, source, app.values, app)],
    warnings: source.repository.private && !source.inCluster ? [text('irsa.warning.privateRepository', { repository: source.repository.name })] : [],
  };
}
