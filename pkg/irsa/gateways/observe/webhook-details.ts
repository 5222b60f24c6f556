import { irsaError } from '../../domain/errors';
import type { InstalledApp, ObservedWebhook, WebhookDetails } from '../../domain/facts';
import { queryValue, segment } from '../../domain/names/segment';
import { settingsOf } from '../../domain/workload/settings';
import { kube, listAll, type KubeObject } from '../kubernetes/client';
import { WEBHOOK_CONTAINER, wordsOf, type WebhookContainer } from '../kubernetes/webhook';
import { listApps, readApp } from '../rancher/apps';
import { count, list, object, optional, string } from '../shape';
import type { Transport } from '../transport';
import { look } from './known';
import { hasCertManager } from './webhook-place';

type Release = NonNullable<ObservedWebhook['release']>;

interface Deployment extends KubeObject {
  spec: { replicas?: number; template: { spec: { containers: WebhookContainer[] } } };
  status?: { readyReplicas?: number };
}

const DEPLOYMENT = {
  spec:   object({ replicas: optional(count), template: object({ spec: object({ containers: list(WEBHOOK_CONTAINER) }) }) }),
  status: optional(object({ readyReplicas: optional(count) })),
};
const CERTIFICATES = object({ items: optional(list(object({ status: optional(object({ notAfter: optional(string) })) }))) });
/** Seconds since the epoch, written by the chart and by its job beside what they made. */
const NOT_AFTER = 'irsa.rancher.io/not-after';

async function findApp(transport: Transport, clusterId: string, { namespace, name }: Release, signal?: AbortSignal) {
  return (await listApps(transport, clusterId, namespace, signal)).find(({ metadata }) => metadata.name === name);
}

/**
 * The webhook's release with the values that the admin gave it.
 * @throws IrsaError WEBHOOK_FOREIGN when Rancher has no App for it: Helm alone installed it
 */
export async function readWebhookApp(transport: Transport, clusterId: string, release: Release, signal?: AbortSignal): Promise<InstalledApp> {
  const app = await findApp(transport, clusterId, release, signal);

  if (!app) {
    throw irsaError('WEBHOOK_FOREIGN', { name: `helm ${ release.namespace }/${ release.name }` });
  }

  return readApp(transport, clusterId, app, signal);
}

/** Looks at the objects of our release. Of its secrets nothing but the metadata is read: they hold the webhook's key. */
export async function observeWebhookDetails(transport: Transport, clusterId: string, release: Release, signal?: AbortSignal): Promise<WebhookDetails> {
  const { namespace, name } = release;
  const selector = `labelSelector=${ queryValue(`app.kubernetes.io/instance=${ name }`) }`;
  const inNamespace = (api: string, resource: string) => `${ api }/namespaces/${ segment(namespace) }/${ resource }?${ selector }`;
  const [version, deployments, secrets] = await Promise.all([
    look(async() => (await findApp(transport, clusterId, release, signal))?.spec?.chart?.metadata?.version ?? null),
    look(() => listAll<Deployment>(transport, clusterId, inNamespace('/apis/apps/v1', 'deployments'), { fields: DEPLOYMENT, signal })),
    look(() => listAll<KubeObject>(transport, clusterId, inNamespace('/api/v1', 'secrets'), { metadata: true, signal })),
  ]);
  const deployment = deployments.known ? deployments.value[0] : undefined;
  const container = deployment?.spec.template.spec.containers[0];
  const generated = secrets.known ? secrets.value.find(({ metadata }) => metadata.name.endsWith('-cert'))?.metadata.annotations?.[NOT_AFTER] : undefined;

  return {
    version,
    replicas:    deployments.known ? { known: true, value: { ready: deployment?.status?.readyReplicas ?? 0, wanted: deployment?.spec.replicas ?? 0 } } : deployments,
    program:     /:([^:/@]+)(?:@|$)/.exec(container?.image ?? '')?.[1],
    ...(container ? { settings: settingsOf(wordsOf(container)) } : {}),
    certificate: secrets.known && generated ? { known: true, value: { until: Number(generated) * 1000, renewed: 'chart' } } : secrets.known ? await look(() => ofCertManager()) : secrets,
  };

  async function ofCertManager(): Promise<{ until: number; renewed: 'cert-manager' } | undefined> {
    if (!await hasCertManager(transport, clusterId, signal)) {
      return undefined;
    }
    const { items } = await kube<{ items?: { status?: { notAfter?: string } | null }[] | null }>(transport, clusterId, { path: inNamespace('/apis/cert-manager.io/v1', 'certificates'), shape: CERTIFICATES, signal });
    // The CA's own, which has a certificate too, lives longer.
    const ends = (items ?? []).map(({ status }) => Date.parse(status?.notAfter ?? '')).filter((end) => !Number.isNaN(end));

    return ends.length ? { until: Math.min(...ends), renewed: 'cert-manager' } : undefined;
  }
}
