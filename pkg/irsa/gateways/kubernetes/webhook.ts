import type { ObservedWebhook } from '../../domain/facts';
import { WEBHOOK_CHART } from '../../domain/webhook/chart';
import { isPodIdentityWebhook, type WebhookConfiguration } from '../../domain/webhook/recognise';
import type { Transport } from '../transport';
import { list, object, optional, string } from '../shape';
import { listAll, type KubeObject } from './client';

type Configuration = KubeObject & WebhookConfiguration;

const FIELDS = {
  webhooks: optional(list(object({
    name:           string,
    clientConfig:   optional(object({ service: optional(object({ name: string })) })),
    rules:          optional(list(object({ resources: optional(list(string)) }))),
    objectSelector: optional(object({ matchExpressions: optional(list(object({ key: string }))) })),
  }))),
};

/** The pod identity webhook of a cluster, whichever chart or manifest brought it. */
export async function findWebhook(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<ObservedWebhook> {
  const configurations = await listAll<Configuration>(transport, clusterId, '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', { fields: FIELDS, signal });
  const found = configurations.find(isPodIdentityWebhook);

  return found ? { kind: 'installed', name: found.metadata.name, ...releaseOf(found) } : { kind: 'absent' };
}

function releaseOf({ metadata: { labels, annotations } }: Configuration): Pick<ObservedWebhook, 'release'> {
  const [name, namespace] = [annotations?.['meta.helm.sh/release-name'], annotations?.['meta.helm.sh/release-namespace']];

  return labels?.['helm.sh/chart']?.startsWith(`${ WEBHOOK_CHART }-`) && name && namespace ? { release: { name, namespace } } : {};
}
