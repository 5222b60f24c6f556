import type { InstalledApp } from '../../domain/facts';
import { redact } from '../../domain/errors/redact';
import { segment } from '../../domain/names/segment';
import { clusterPath, kubernetesError, METADATA } from '../kubernetes/client';
import type { Transport } from '../transport';
import { boolean, count, list, object, optional, record, string, type Shape } from '../shape';
import { rancher } from './client';

interface AppResource {
  metadata: { name: string; namespace: string; labels?: Record<string, string>; ownerReferences?: { kind: string; name: string }[] };
  spec?: { name?: string; chart?: { metadata?: { name?: string; version?: string; annotations?: Record<string, string> } }; version?: number; values?: Record<string, unknown> };
  status?: { summary?: { state?: string; error?: boolean; message?: string | string[] } };
}

const anything: Shape = () => undefined;
const VALUES = optional(record(anything));
/** One text, or several (shell and Steve differ between versions). */
const message: Shape = (value, path) => (Array.isArray(value) ? list(string) : optional(string))(value, path);
const APP = object({
  metadata: METADATA,
  spec:     optional(object({
    name:   optional(string),
    chart:  optional(object({ metadata: optional(object({ name: optional(string), version: optional(string), annotations: optional(record(string)) })) })),
    version: optional(count),
    values: VALUES,
  })),
  status: optional(object({ summary: optional(object({ state: optional(string), error: optional(boolean), message })) })),
});
const RELEASE = object({ data: optional(object({ release: optional(object({ config: VALUES })) })) });
const OPERATION = object({
  metadata: optional(object({ state: optional(object({ name: optional(string), error: optional(boolean), transitioning: optional(boolean), message: optional(string) })) })),
  status:   optional(object({ podCreated: optional(boolean), podName: optional(string), podNamespace: optional(string) })),
});

/** Helm writes little; the end is what counts. */
const LOG_LINES = 200;
const REPO = 'catalog.cattle.io/ui-source-repo';
const REPO_LABEL = 'catalog.cattle.io/cluster-repo-name';
const REPO_TYPE = 'catalog.cattle.io/ui-source-repo-type';

/**
 * The repository that an App came from. Rancher's install form notes it among the chart's annotations; its Extensions page leaves that out
 * (shell dialog/InstallExtensionDialog.vue takes it from where it is not), and then Rancher's own label on the release tells.
 */
export function repositoryOf({ metadata, spec }: AppResource): string | undefined {
  return spec?.chart?.metadata?.annotations?.[REPO] || metadata.labels?.[REPO_LABEL] || undefined;
}

/** The Apps of a namespace; empty when Rancher installed none. */
export async function listApps(transport: Transport, clusterId: string, namespace: string, signal?: AbortSignal): Promise<AppResource[]> {
  const { data } = await rancher<{ data?: AppResource[] }>(transport, { path: clusterPath(clusterId, `/v1/catalog.cattle.io.apps/${ segment(namespace) }?exclude=metadata.managedFields`), shape: object({ data: optional(list(APP)) }), signal });

  return data ?? [];
}

/**
 * An App with the user's own values, which Rancher hands out with the release's secret
 * (shell models/catalog.cattle.io.app.js `fetchValues`: `includeHelmData`).
 */
export async function readApp(transport: Transport, clusterId: string, app: AppResource, signal?: AbortSignal): Promise<InstalledApp> {
  const { name, namespace, ownerReferences } = app.metadata;
  const secret = ownerReferences?.find(({ kind }) => kind.toLowerCase() === 'secret')?.name;
  const chart = app.spec?.chart?.metadata;
  const repo = repositoryOf(app);

  return {
    release: app.spec?.name || name,
    namespace,
    chart:   chart?.name ?? name,
    version: chart?.version ?? '',
    repo:    repo ? { name: repo, type: chart?.annotations?.[REPO_TYPE] ?? 'cluster' } : undefined,
    ...(app.spec?.version === undefined ? {} : { revision: app.spec.version }),
    ...((app.status?.summary?.state ?? 'deployed') === 'deployed' ? {} : { undone: true as const }),
    values:  (secret ? await userValues(transport, clusterId, namespace, secret, signal) : undefined) ?? app.spec?.values ?? {},
  };
}

/** The release as it is now; empty where there is no such App. */
export async function appRelease(transport: Transport, clusterId: string, { namespace, name }: Pick<FollowedApp, 'namespace' | 'name'>, signal?: AbortSignal): Promise<{ revision?: number; deployed?: boolean }> {
  const app = (await listApps(transport, clusterId, namespace, signal)).find(({ metadata }) => metadata.name === name);
  const revision = app?.spec?.version;

  return app ? { ...(revision === undefined ? {} : { revision }), deployed: app.status?.summary?.state === 'deployed' } : {};
}

async function userValues(transport: Transport, clusterId: string, namespace: string, secret: string, signal?: AbortSignal): Promise<Record<string, unknown> | undefined> {
  const path = clusterPath(clusterId, `/v1/secrets/${ segment(namespace) }/${ segment(secret) }?includeHelmData=true`);
  const { data } = await rancher<{ data?: { release?: { config?: Record<string, unknown> } } }>(transport, { path, shape: RELEASE, signal });

  return data?.release?.config ?? undefined;
}

/** Where a Helm operation and its App are now. */
export interface OperationState {
  /** `ended`: Helm is no longer at it, and nothing of what it should do is seen. */
  state: 'running' | 'done' | 'failed' | 'ended';
  message?: string;
  /** The pod that Helm runs in, once it has been made. */
  pod?: { namespace: string; name: string };
}

interface OperationResource {
  metadata?: { state?: { name?: string; error?: boolean; transitioning?: boolean; message?: string } };
  status?: { podCreated?: boolean; podName?: string; podNamespace?: string };
}

/** The release that an operation works at, as Rancher shows it. */
export interface FollowedApp {
  namespace: string;
  name: string;
  removed?: boolean;
  /** Before the operation; absent: there was none. What is deployed at this revision is not the operation's work. */
  revision?: number;
}

/**
 * Follows an operation. Rancher sets one active, whatever came of it, when its pod is not there: gone already, or not seen yet
 * (rancher pkg/controllers/dashboard/helm/operations.go). So the App has the last word, and only with a revision that is new: Helm records
 * none when it refuses beforehand.
 */
export async function observeOperation(transport: Transport, clusterId: string, operation: { namespace: string; name: string }, app: FollowedApp, signal?: AbortSignal): Promise<OperationState> {
  const path = (type: string, { namespace, name }: { namespace: string; name: string }) => clusterPath(clusterId, `/v1/${ type }/${ segment(namespace) }/${ segment(name) }`);
  const { metadata, status } = await rancher<OperationResource>(transport, { path: path('catalog.cattle.io.operations', operation), shape: OPERATION, signal });
  const state = metadata?.state;
  const pod = status?.podCreated && status.podName && status.podNamespace ? { pod: { namespace: status.podNamespace, name: status.podName } } : {};

  if (state?.error) {
    return { state: 'failed', message: state.message, ...pod };
  }
  if (state?.transitioning || state?.name !== 'active') {
    return { state: 'running', message: state?.message, ...pod };
  }
  const found = (await listApps(transport, clusterId, app.namespace, signal)).find(({ metadata: { name } }) => name === app.name);

  if (app.removed) {
    return { state: found ? 'ended' : 'done', ...pod };
  }
  const { summary } = found?.status ?? {};

  if (!found || (app.revision !== undefined && (found.spec?.version ?? 0) <= app.revision)) {
    return { state: 'ended', ...pod };
  }
  if (summary?.state === 'deployed') {
    return { state: 'done', ...pod };
  }
  const message = Array.isArray(summary?.message) ? summary.message.join(' ') : summary?.message;

  return { state: summary?.state === 'failed' || summary?.error ? 'failed' : 'ended', message, ...pod };
}

/** The last lines that Helm wrote in an operation's pod. Rancher runs it in the container `helm` (rancher pkg/catalogv2/helmop). */
export async function readOperationLog(transport: Transport, clusterId: string, { namespace, name }: { namespace: string; name: string }, signal?: AbortSignal): Promise<string> {
  const path = `/api/v1/namespaces/${ segment(namespace) }/pods/${ segment(name) }/log?container=helm&tailLines=${ LOG_LINES }`;
  const answer = await transport.request({ method: 'GET', url: clusterPath(clusterId, path), headers: { accept: 'text/plain, application/json' }, signal });

  if (answer.status >= 400) {
    throw kubernetesError(answer, 'GET pods/log');
  }

  return redact(answer.body).trimEnd();
}
