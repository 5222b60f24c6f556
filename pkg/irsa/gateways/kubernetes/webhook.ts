import type { ObservedWebhook } from '../../domain/facts';
import { WEBHOOK_CHART } from '../../domain/webhook-chart';
import type { Transport } from '../transport';
import { list, object, optional, string } from '../shape';
import { listAll, type KubeObject } from './client';

interface Configuration extends KubeObject {
  webhooks?: { name: string; clientConfig?: { service?: { name: string; path?: string } }; rules?: { resources?: string[] }[] }[];
}

const FIELDS = {
  webhooks: optional(list(object({
    name:         string,
    clientConfig: optional(object({ service: optional(object({ name: string, path: optional(string) })) })),
    rules:        optional(list(object({ resources: optional(list(string)) }))),
  }))),
};

/** The pod identity webhook, whichever chart or manifest brought it: it mutates pods under `/mutate` and bears its name. */
export async function findWebhook(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<ObservedWebhook> {
  const configurations = await listAll<Configuration>(transport, clusterId, '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', { fields: FIELDS, signal });
  const found = configurations.find(({ metadata, webhooks }) => webhooks?.some(({ name, clientConfig, rules }) => rules?.some(({ resources }) => resources?.includes('pods')) &&
    [name, metadata.name, clientConfig?.service?.name].some((one) => one?.includes('pod-identity-webhook'))));

  return found ? { kind: 'installed', name: found.metadata.name, ...releaseOf(found) } : { kind: 'absent' };
}

function releaseOf({ metadata: { labels, annotations } }: Configuration): Pick<ObservedWebhook, 'release'> {
  const [name, namespace] = [annotations?.['meta.helm.sh/release-name'], annotations?.['meta.helm.sh/release-namespace']];

  return labels?.['helm.sh/chart']?.startsWith(`${ WEBHOOK_CHART }-`) && name && namespace ? { release: { name, namespace } } : {};
}
