import { explainKubernetes, IrsaError, received } from '../../domain/errors';
import { queryValue, segment } from '../../domain/names/segment';
import { endless, jsonOf } from '../answer';
import { list, Misshapen, name, object, optional, record, string, boolean, count, time, type Shape } from '../shape';
import type { Transport, TransportAnswer, TransportRequest } from '../transport';

export interface KubeRequest {
  method?: TransportRequest['method'];
  /** Within the cluster: `/api/v1/namespaces/shop/pods?limit=5`. */
  path: string;
  body?: unknown;
  contentType?: string;
  accept?: string;
  /** What is read of the answer. */
  shape?: Shape;
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

export const METADATA: Shape = object({
  name,
  namespace:         optional(string),
  uid:               optional(string),
  resourceVersion:   optional(string),
  generation:        optional(count),
  creationTimestamp: optional(time),
  deletionTimestamp: optional(time),
  labels:            optional(record(string)),
  annotations:       optional(record(string)),
  managedFields:     optional(list(object({ time: optional(time) }))),
  ownerReferences:   optional(list(object({ apiVersion: string, kind: string, name, controller: optional(boolean) }))),
});

/** The path of a cluster's raw API through Rancher. */
export function clusterPath(clusterId: string, path: string): string {
  return `/k8s/clusters/${ segment(clusterId) }${ path }`;
}

/**
 * Asks a cluster's own API through Rancher.
 * @throws IrsaError with what Kubernetes said, or ANSWER_UNREADABLE; TransportError when nobody answered
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

  const action = `${ request.method ?? 'GET' } ${ request.path.split('?')[0] }`;

  if (answer.status >= 400) {
    throw kubernetesError(answer, action);
  }

  return jsonOf<T>(answer, { service: 'kubernetes', action }, request.shape);
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
    const { reason, code, message } = JSON.parse(body) as Record<string, unknown>;

    return { reason: [reason, code].find((one) => typeof one === 'string'), message: received(message) };
  } catch {
    return { message: body.slice(0, 300) || undefined };
  }
}

const PAGE = 500;
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json';

interface List<T> { kind?: string; metadata?: { continue?: string } | null; items?: T[] | null }

/** Pages of one list: ten times what the largest cluster has of anything we list. */
const MOST_PAGES = 1000;

export interface ListOptions {
  /** Ask for nothing but the objects' metadata. */
  metadata?: boolean;
  /** What is read of each object, besides its metadata. */
  fields?: Record<string, Shape>;
  signal?: AbortSignal;
}

/**
 * All objects behind a list path, in chunks.
 * @throws IrsaError ANSWER_ENDLESS for a list that begins again, or never ends
 */
export async function listAll<T extends KubeObject>(transport: Transport, clusterId: string, path: string, options: ListOptions = {}): Promise<T[]> {
  const shape = object({ kind: optional(listKind), metadata: optional(object({ continue: optional(string) })), items: optional(list(object({ metadata: METADATA, ...options.fields }))) });
  const seen = new Set<string>();
  const pages: T[][] = [];
  let next: string | undefined;

  do {
    const query = `${ path.includes('?') ? '&' : '?' }limit=${ PAGE }${ next ? `&continue=${ queryValue(next) }` : '' }`;
    const page: List<T> = await kube<List<T>>(transport, clusterId, { path: path + query, accept: options.metadata ? METADATA_LIST : undefined, shape, signal: options.signal });

    pages.push(page.items ?? []);
    next = page.metadata?.continue || undefined;
    if (next && (seen.has(next) || pages.length >= MOST_PAGES)) {
      throw endless({ service: 'kubernetes', action: `GET ${ path.split('?')[0] }` }, pages.length);
    }
    seen.add(next ?? '');
  } while (next);

  return pages.flat();
}

/** `PodList`, `PartialObjectMetadataList`; anything else with status 200 is no list. */
const listKind: Shape = (value, path) => {
  if (typeof value !== 'string' || !value.endsWith('List')) {
    throw new Misshapen(path, 'a kind of list', value);
  }
};
