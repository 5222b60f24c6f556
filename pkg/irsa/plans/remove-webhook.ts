import { irsaError } from '../domain/errors';
import type { ObservedCluster } from '../domain/facts';
import { segment } from '../domain/names/segment';
import { text } from '../domain/text';
import { WEBHOOK_CHART } from '../domain/webhook/chart';
import type { Plan } from './plan';

/**
 * Uninstalls our chart of the webhook by Rancher's catalog; nothing to do where none is there. What depends on it is said first: pods go
 * on running as they are, and those that are made later get no identity.
 * @throws IrsaError WEBHOOK_NOT_SEEN, WEBHOOK_FOREIGN (EKS' own, or of another chart), WEBHOOK_BY_FLEET
 */
export function planRemoveWebhook({ cluster, webhook, bindings }: ObservedCluster): Plan {
  if (!webhook.known) {
    throw irsaError('WEBHOOK_NOT_SEEN', { cluster: cluster.name });
  }
  const plan: Plan = { id: 'remove-webhook', title: text('irsa.plan.remove-webhook.title', { cluster: cluster.name }), steps: [], documents: [], warnings: [] };
  const { kind, release, fleet, name = '' } = webhook.value;

  if (kind === 'absent') {
    return plan;
  }
  if (!release) {
    throw irsaError('WEBHOOK_FOREIGN', { name: kind === 'built-in' ? 'EKS' : name });
  }
  if (fleet) {
    throw irsaError('WEBHOOK_BY_FLEET', { cluster: cluster.name, bundle: fleet });
  }
  const bound = bindings.known ? bindings.value.map(({ account }) => `${ account.namespace }/${ account.name }`) : [];
  const clusterId = cluster.id;

  return {
    ...plan,
    steps: [{
      id:     'remove-webhook',
      target: 'helm',
      title:  text('irsa.step.remove-webhook.title', { release: release.name }),
      detail: text('irsa.step.remove-webhook.detail', { namespace: release.namespace }),
      change: 'remove',
      call:   { rancher: { verb: 'POST', path: `/k8s/clusters/${ segment(clusterId) }/v1/catalog.cattle.io.apps/${ segment(release.namespace) }/${ segment(release.name) }?action=uninstall`, body: {} } },
      until:  { helmOperation: { clusterId, app: release, removed: true } },
      helm:   { release: release.name, namespace: release.namespace, chart: WEBHOOK_CHART, version: '', repo: '', removes: true, values: {} },
    }],
    warnings: bindings.known ? [] : [text('irsa.warning.webhookUseUnknown')],
    ...(bound.length ? { consent: { text: text('irsa.warning.webhookNeeded', { count: bound.length, accounts: bound.slice(0, 5).join(', ') }) } } : {}),
  };
}
