import { IrsaError, irsaError } from '../../domain/errors';
import { segment } from '../../domain/names/segment';
import { qualifiedName } from '../../domain/rights/covers';
import { MANAGEMENT_CLUSTER } from '../../domain/rights/request';
import { WEBHOOK_CHART } from '../../domain/webhook/chart';
import type { WebhookSource } from '../../domain/webhook/source';
import { clusterPath, listAll, METADATA, type KubeObject } from '../kubernetes/client';
import { look, unknown } from '../observe/known';
import { missingForChart } from '../observe/webhook-place';
import { count, list, name, object, optional, record, string, type Shape } from '../shape';
import type { Transport } from '../transport';
import { listApps, repositoryOf } from './apps';
import { rancher } from './client';
import { readSetting } from './settings';

/** Where Rancher installs extensions, and the chart that we are. */
const EXTENSIONS = 'cattle-ui-plugin-system';
const OURS = 'irsa';
/** What of a ClusterRepo another cluster needs to fetch the same (rancher pkg/apis/catalog.cattle.io/v1 RepoSpec). */
const PLACE = ['url', 'gitRepo', 'gitBranch', 'caBundle', 'insecureSkipTLSVerify', 'insecurePlainHttp', 'disableSameOriginCheck'];

/** The right to look up where we were installed from, in words for a person. */
const LOOK_UP = 'list apps.catalog.cattle.io';

const anything: Shape = () => undefined;
const REPOSITORY = {
  metadata: METADATA,
  spec:     optional(record(anything)),
  status:   optional(object({ downloadTime: optional(string), observedGeneration: optional(count), conditions: optional(list(object({ type: string, status: string, message: optional(string) }))) })),
};
const INDEX = object({ entries: optional(record(list(object({ version: name })))) });

interface Repository {
  metadata: { name: string; generation?: number };
  spec?: Record<string, unknown>;
  status?: { downloadTime?: string; observedGeneration?: number; conditions?: { type: string; status: string; message?: string }[] };
}

/**
 * Finds out where the webhook's chart comes from: the repository that this extension was installed from. Where this person may not look
 * into Rancher's own cluster (an owner of the cluster may not), a repository of the cluster that has the chart.
 * @param isHidden  this person is known not to see Rancher's own Apps: they are not asked for
 * @throws IrsaError WEBHOOK_NO_SOURCE when there is none, WEBHOOK_NOT_ALLOWED when this person may not even look
 */
export async function findWebhookSource(transport: Transport, clusterId: string, signal?: AbortSignal, isHidden = false): Promise<WebhookSource> {
  const repositories = await listRepositories(transport, clusterId, signal);
  const origin = isHidden ? unknown<Found>('forbidden', 'irsa.obstacle.notAsked') : await look(() => readOrigin(transport, signal));
  const here = (place: Repository | undefined) => repositories.find((one) => samePlace(one, place))?.metadata.name;
  const found = origin.known ? { ...origin.value, inCluster: here(origin.value.repository) } : await readFrom(transport, clusterId, repositories, signal);

  if (!found?.version) {
    throw irsaError('WEBHOOK_NO_SOURCE', origin.known ? { repository: origin.value.repository?.metadata.name ?? 'none', right: '' } : { repository: 'hidden', right: LOOK_UP });
  }
  const { repository, version, inCluster } = found;
  const [nodes, shellImage, systemRegistry, known] = await Promise.all([
    look(() => listAll<KubeObject>(transport, clusterId, '/api/v1/nodes', { metadata: true, signal })),
    readSetting(transport, 'shell-image', signal),
    readSetting(transport, 'system-default-registry', signal),
    inCluster === undefined || !origin.known ? undefined : look(() => newestVersion(transport, clusterId, inCluster, signal)),
  ]);

  return {
    repository: { name: repository!.metadata.name, spec: placeOf(repository!), private: Boolean(repository!.spec?.clientSecret) },
    inCluster,
    ...(known && !(known.known && known.value === version) ? { isStale: true as const } : {}),
    taken:      repositories.map(({ metadata }) => metadata.name),
    version,
    ...(nodes.known ? { nodes: nodes.value.length } : {}),
    ...(shellImage ? { shellImage } : {}),
    ...(systemRegistry ? { systemRegistry } : {}),
  };
}

/** Rancher answers 404 for a kind that somebody may not read; then it is likely that they may do nothing of what the chart needs. */
async function listRepositories(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<Repository[]> {
  const path = clusterPath(clusterId, '/v1/catalog.cattle.io.clusterrepos?exclude=metadata.managedFields');

  try {
    return (await rancher<{ data?: Repository[] }>(transport, { path, shape: object({ data: optional(list(object(REPOSITORY))) }), signal })).data ?? [];
  } catch (error) {
    if (!(error instanceof IrsaError) || !['RANCHER_NOT_FOUND', 'RANCHER_FORBIDDEN'].includes(error.code)) {
      throw error;
    }
    const missing = await missingForChart(transport, clusterId, signal);

    throw irsaError('WEBHOOK_NOT_ALLOWED', { cluster: clusterId, rights: ['list clusterrepos.catalog.cattle.io', ...missing.map((right) => `${ right.verb } ${ qualifiedName(right) }`)].join(', ') });
  }
}

interface Found { repository?: Repository; version?: string; inCluster?: string }

/** Where Rancher installed us from, and the chart's newest version there; nothing when we were loaded in another way. */
async function readOrigin(transport: Transport, signal?: AbortSignal): Promise<Found> {
  const app = (await listApps(transport, MANAGEMENT_CLUSTER, EXTENSIONS, signal)).find(({ spec }) => spec?.chart?.metadata?.name === OURS);
  const origin = app && repositoryOf(app);

  if (!origin) {
    return {};
  }
  const [repository, version] = await Promise.all([
    rancher<Repository>(transport, { path: repositoryPath(MANAGEMENT_CLUSTER, origin), shape: object(REPOSITORY), signal }),
    newestVersion(transport, MANAGEMENT_CLUSTER, origin, signal),
  ]);

  return { repository, version };
}

/** The first of a cluster's repositories that has the chart. Rancher's own have thousands of charts, and never this one. */
async function readFrom(transport: Transport, clusterId: string, repositories: Repository[], signal?: AbortSignal): Promise<Found | undefined> {
  for (const repository of repositories.filter(({ metadata }) => !metadata.name.startsWith('rancher-'))) {
    const { name } = repository.metadata;
    const version = await look(() => newestVersion(transport, clusterId, name, signal));

    if (version.known && version.value) {
      return { repository, version: version.value, inCluster: name };
    }
  }

  return undefined;
}

/** Helm and Rancher list the newest first. */
async function newestVersion(transport: Transport, clusterId: string, repository: string, signal?: AbortSignal): Promise<string | undefined> {
  const { entries } = await rancher<{ entries?: Record<string, { version: string }[]> }>(transport, { path: `${ repositoryPath(clusterId, repository) }?link=index`, shape: INDEX, signal });

  return entries?.[WEBHOOK_CHART]?.[0]?.version;
}

function placeOf({ spec }: Repository): Record<string, string | boolean> {
  return Object.fromEntries(PLACE.flatMap((key) => {
    const value = spec?.[key];

    return (typeof value === 'string' && value) || value === true ? [[key, value] as const] : [];
  }));
}

function samePlace(one: Repository, other: Repository | undefined): boolean {
  return other !== undefined && ['url', 'gitRepo', 'gitBranch'].every((key) => (one.spec?.[key] ?? '') === (other.spec?.[key] ?? ''));
}

function repositoryPath(clusterId: string, repository: string): string {
  return clusterPath(clusterId, `/v1/catalog.cattle.io.clusterrepos/${ segment(repository) }`);
}

/**
 * Whether a cluster has fetched a repository; Rancher tries again by itself, so a failure is told and not final.
 * @param since  RFC 3339: an index that was fetched before does not count
 */
export async function observeRepository(transport: Transport, clusterId: string, repository: string, since?: string, signal?: AbortSignal): Promise<{ downloaded: boolean; message?: string }> {
  const { metadata, status } = await rancher<Repository>(transport, { path: repositoryPath(clusterId, repository), shape: object(REPOSITORY), signal });
  const isFresh = since === undefined || ((status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) && Date.parse(status?.downloadTime ?? '') >= Date.parse(since));
  const condition = status?.conditions?.find(({ type }) => type === 'Downloaded' || type === 'OCIDownloaded');

  return { downloaded: condition?.status === 'True' && isFresh, ...(condition?.message ? { message: condition.message } : {}) };
}
