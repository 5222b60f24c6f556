import type { ObservedWebhook } from '../../domain/facts';
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

  return found ? { kind: 'installed', name: found.metadata.name } : { kind: 'absent' };
}
