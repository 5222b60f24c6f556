import { irsaError } from '../../domain/errors';
import { segment } from '../../domain/names/segment';
import { MANAGEMENT_CLUSTER } from '../../domain/rights/request';
import { WEBHOOK_CHART } from '../../domain/webhook-chart';
import type { WebhookSource } from '../../domain/webhook-source';
import { clusterPath, listAll, METADATA, type KubeObject } from '../kubernetes/client';
import { look } from '../observe/known';
import { list, name, object, optional, record, string, type Shape } from '../shape';
import type { Transport } from '../transport';
import { listApps } from './apps';
import { rancher } from './client';

/** Where Rancher installs extensions, and the chart that we are. */
const EXTENSIONS = 'cattle-ui-plugin-system';
const OURS = 'irsa';
/** What of a ClusterRepo another cluster needs to fetch the same (rancher pkg/apis/catalog.cattle.io/v1 RepoSpec). */
const PLACE = ['url', 'gitRepo', 'gitBranch', 'caBundle', 'insecureSkipTLSVerify', 'insecurePlainHttp', 'disableSameOriginCheck'];

const anything: Shape = () => undefined;
const REPOSITORY = {
  metadata: METADATA,
  spec:     optional(record(anything)),
  status:   optional(object({ conditions: optional(list(object({ type: string, status: string, message: optional(string) }))) })),
};
const INDEX = object({ entries: optional(record(list(object({ version: name })))) });
const SETTING = object({ value: optional(string), default: optional(string) });

interface Repository {
  metadata: { name: string };
  spec?: Record<string, unknown>;
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

/**
 * Finds out where the webhook's chart comes from: the repository that this extension was installed from.
 * @throws IrsaError WEBHOOK_NO_SOURCE when the extension was not installed from a repository, or the chart is not in it; Rancher's
 *   refusal when this person may not look into Rancher's own cluster
 */
export async function findWebhookSource(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<WebhookSource> {
  const origin = (await listApps(transport, MANAGEMENT_CLUSTER, EXTENSIONS, signal)).map(({ spec }) => spec?.chart?.metadata).find((chart) => chart?.name === OURS)?.annotations?.['catalog.cattle.io/ui-source-repo'];

  if (!origin) {
    throw irsaError('WEBHOOK_NO_SOURCE', { repository: 'none' });
  }
  const path = clusterPath(MANAGEMENT_CLUSTER, `/v1/catalog.cattle.io.clusterrepos/${ segment(origin) }`);
  const [repository, index, there, nodes, shellImage, systemRegistry] = await Promise.all([
    rancher<Repository>(transport, { path, shape: object(REPOSITORY), signal }),
    rancher<{ entries?: Record<string, { version: string }[]> }>(transport, { path: `${ path }?link=index`, shape: INDEX, signal }),
    rancher<{ data?: Repository[] }>(transport, { path: clusterPath(clusterId, '/v1/catalog.cattle.io.clusterrepos?exclude=metadata.managedFields'), shape: object({ data: optional(list(object(REPOSITORY))) }), signal }),
    look(() => listAll<KubeObject>(transport, clusterId, '/api/v1/nodes', { metadata: true, signal })),
    setting(transport, 'shell-image', signal),
    setting(transport, 'system-default-registry', signal),
  ]);
  const spec = Object.fromEntries(PLACE.flatMap((key) => {
    const value = repository.spec?.[key];

    return (typeof value === 'string' && value) || value === true ? [[key, value] as const] : [];
  }));
  const repositories = there.data ?? [];
  // Helm and Rancher list the newest first.
  const version = index.entries?.[WEBHOOK_CHART]?.[0]?.version;

  if (!version) {
    throw irsaError('WEBHOOK_NO_SOURCE', { repository: origin });
  }

  return {
    repository: { name: origin, spec, private: Boolean(repository.spec?.clientSecret) },
    inCluster:  repositories.find((one) => ['url', 'gitRepo', 'gitBranch'].every((key) => (one.spec?.[key] ?? '') === (spec[key] ?? '')))?.metadata.name,
    taken:      repositories.map(({ metadata }) => metadata.name),
    version,
    ...(nodes.known ? { nodes: nodes.value.length } : {}),
    ...(shellImage ? { shellImage } : {}),
    ...(systemRegistry ? { systemRegistry } : {}),
  };
}

/** Whether a cluster has fetched a repository; Rancher tries again by itself, so a failure is told and not final. */
export async function observeRepository(transport: Transport, clusterId: string, repository: string, signal?: AbortSignal): Promise<{ downloaded: boolean; message?: string }> {
  const { status } = await rancher<Repository>(transport, { path: clusterPath(clusterId, `/v1/catalog.cattle.io.clusterrepos/${ segment(repository) }`), shape: object(REPOSITORY), signal });
  const condition = status?.conditions?.find(({ type }) => type === 'Downloaded' || type === 'OCIDownloaded');

  return { downloaded: condition?.status === 'True', ...(condition?.message ? { message: condition.message } : {}) };
}

async function setting(transport: Transport, key: string, signal?: AbortSignal): Promise<string | undefined> {
  const found = await look(() => rancher<{ value?: string; default?: string }>(transport, { path: `/v1/management.cattle.io.settings/${ key }`, shape: SETTING, signal }));

  return found.known ? found.value.value || found.value.default || undefined : undefined;
}
