import type { ObservedWebhook } from '../../domain/facts';
import { segment } from '../../domain/names/segment';
import { WEBHOOK_CHART } from '../../domain/webhook/chart';
import { isPodIdentityWebhook, type WebhookConfiguration } from '../../domain/webhook/recognise';
import { settingsOf, type WebhookSettings } from '../../domain/workload/settings';
import type { Transport } from '../transport';
import { list, object, optional, string } from '../shape';
import { look } from '../observe/known';
import { hintsAtPrefix } from './accounts';
import { listAll, type KubeObject } from './client';

type Configuration = KubeObject & WebhookConfiguration;

const FIELDS = {
  webhooks: optional(list(object({
    name:           string,
    clientConfig:   optional(object({ service: optional(object({ name: string, namespace: optional(string) })) })),
    rules:          optional(list(object({ resources: optional(list(string)) }))),
    objectSelector: optional(object({ matchExpressions: optional(list(object({ key: string }))) })),
  }))),
};

/** What is read of a container of the webhook's Deployment: which program it is, and how it was started. */
export interface WebhookContainer { image?: string; command?: string[]; args?: string[] }
export const WEBHOOK_CONTAINER = object({ image: optional(string), command: optional(list(string)), args: optional(list(string)) });
const DEPLOYMENT = { spec: object({ template: object({ spec: object({ containers: list(WEBHOOK_CONTAINER) }) }) }) };

interface Deployment extends KubeObject {
  spec: { template: { spec: { containers: WebhookContainer[] } } };
}

/** A container's whole command line. */
export function wordsOf({ command, args }: WebhookContainer): string[] {
  return [...command ?? [], ...args ?? []];
}

/** The service that the API server asks. */
export interface WebhookService { namespace: string; name: string }

/** The pod identity webhook of a cluster, whichever chart or manifest brought it, and the service behind it. */
export async function findWebhook(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<ObservedWebhook & { service?: WebhookService }> {
  const configurations = await listAll<Configuration>(transport, clusterId, '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', { fields: FIELDS, signal });
  const found = configurations.find(isPodIdentityWebhook);

  const service = found?.webhooks?.map(({ clientConfig }) => clientConfig?.service).find((one) => one?.namespace);

  return found ? { kind: 'installed', name: found.metadata.name, ...(found.metadata.creationTimestamp ? { since: found.metadata.creationTimestamp } : {}), ...releaseOf(found), ...(service?.namespace ? { service: { namespace: service.namespace, name: service.name } } : {}) } : { kind: 'absent' };
}

/**
 * How the webhook behind a service was started, from its Deployment: the one of the service's name, or that says which service it is, else
 * the one with the webhook's image; undefined where there is none (it may run elsewhere). One list.
 */
export async function findWebhookSettings(transport: Transport, clusterId: string, { namespace, name }: WebhookService, signal?: AbortSignal): Promise<WebhookSettings | undefined> {
  const deployments = await listAll<Deployment>(transport, clusterId, `/apis/apps/v1/namespaces/${ segment(namespace) }/deployments`, { fields: DEPLOYMENT, signal });
  const commands = deployments.map(({ metadata, spec: { template: { spec: { containers } } } }) => ({
    name: metadata.name, images: containers.map(({ image }) => image ?? ''), words: containers.flatMap(wordsOf)
  }));
  const found = commands.find((one) => one.name === name) ?? commands.find(({ words }) => words.includes(`--service-name=${ name }`)) ?? commands.find(({ images }) => images.some((image) => image.includes('pod-identity-webhook')));

  return found && settingsOf(found.words);
}

/**
 * How the webhook of a cluster was started, where one of these accounts hints at a prefix of its own: two lists. Undefined: everybody's
 * webhook, as nothing tells otherwise, or nobody may see it.
 */
export async function settingsFor(transport: Transport, clusterId: string, accounts: KubeObject[], signal?: AbortSignal): Promise<WebhookSettings | undefined> {
  if (!accounts.some(hintsAtPrefix)) {
    return undefined;
  }
  const found = await look(async() => {
    const { service } = await findWebhook(transport, clusterId, signal);

    return service && findWebhookSettings(transport, clusterId, service, signal);
  });

  return found.known ? found.value : undefined;
}

/** Fleet writes on each object of a bundle whose it is (rancher/fleet internal/helmdeployer/postrender.go, GetLabelsAndAnnotations). */
const BUNDLE = 'objectset.rio.cattle.io/id';

function releaseOf({ metadata: { labels, annotations } }: Configuration): Pick<ObservedWebhook, 'release' | 'fleet'> {
  const [name, namespace] = [annotations?.['meta.helm.sh/release-name'], annotations?.['meta.helm.sh/release-namespace']];

  const fleet = annotations?.[BUNDLE];

  return labels?.['helm.sh/chart']?.startsWith(`${ WEBHOOK_CHART }-`) && name && namespace ? { release: { name, namespace }, ...(fleet ? { fleet } : {}) } : {};
}
