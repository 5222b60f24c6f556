import { explainKubernetes, IrsaError } from '../../domain/errors';
import type { Transport, TransportAnswer, TransportRequest } from '../transport';

export interface KubeRequest {
  method?: TransportRequest['method'];
  /** Within the cluster: `/api/v1/namespaces/shop/pods?limit=5`. */
  path: string;
  body?: unknown;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
}

/** The metadata we read of any object. */
export interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  managedFields?: { time?: string; fieldsV1?: { 'f:metadata'?: { 'f:annotations'?: Record<string, unknown> } } }[];
  ownerReferences?: { apiVersion: string; kind: string; name: string; controller?: boolean }[];
}

export interface KubeObject {
  metadata: Metadata;
}

/** The path of a cluster's raw API through Rancher. */
export function clusterPath(clusterId: string, path: string): string {
  return `/k8s/clusters/${ encodeURIComponent(clusterId) }${ path }`;
}

/**
 * Asks a cluster's own API through Rancher.
 * @throws IrsaError with what Kubernetes said; TransportError when nobody answered
 */
export async function kube<T>(transport: Transport, clusterId: string, request: KubeRequest): Promise<T> {
  const answer = await transport.request({
    method:  request.method ?? 'GET',
    url:     clusterPath(clusterId, request.path),
    headers: {
      accept: request.accept ?? 'application/json',
      ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
    },
    body:   request.body === undefined ? undefined : JSON.stringify(request.body),
    signal: request.signal,
  });

  if (answer.status >= 400) {
    throw kubernetesError(answer, `${ request.method ?? 'GET' } ${ request.path.split('?')[0] }`);
  }

  return JSON.parse(answer.body || '{}') as T;
}

/** A refusal of the API server (or of Rancher on the way to it), typed. */
export function kubernetesError(answer: TransportAnswer, action: string): IrsaError {
  const status = statusOf(answer.body);
  const explained = explainKubernetes({ httpStatus: answer.status, reason: status.reason, message: status.message });

  return new IrsaError(explained.code ?? 'KUBERNETES_OTHER', explained, { service: 'kubernetes', action, httpStatus: answer.status, awsCode: status.reason });
}

/** A Status body; anything else becomes its message, shortened. */
function statusOf(body: string): { reason?: string; message?: string } {
  try {
    const { reason, code, message } = JSON.parse(body) as { reason?: string; code?: string | number; message?: string };

    return { reason: reason ?? (typeof code === 'string' ? code : undefined), message };
  } catch {
    return { message: body.slice(0, 300) || undefined };
  }
}

const PAGE = 500;
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json';

interface List<T> { metadata?: { continue?: string }; items?: T[] | null }

/** All objects behind a list path, in chunks; `metadata` asks for nothing but their metadata. */
export async function listAll<T extends KubeObject>(transport: Transport, clusterId: string, path: string, options: { metadata?: boolean; signal?: AbortSignal } = {}): Promise<T[]> {
  const items: T[] = [];
  let next: string | undefined;

  do {
    const query = `${ path.includes('?') ? '&' : '?' }limit=${ PAGE }${ next ? `&continue=${ encodeURIComponent(next) }` : '' }`;
    const page: List<T> = await kube<List<T>>(transport, clusterId, { path: path + query, accept: options.metadata ? METADATA_LIST : undefined, signal: options.signal });

    items.push(...page.items ?? []);
    next = page.metadata?.continue || undefined;
  } while (next);

  return items;
}
