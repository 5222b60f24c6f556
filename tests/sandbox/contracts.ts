/**
 * The seams between the sandbox's rooms. Each room (kubernetes/, rancher/, catalog/, aws/) depends on these shapes and on
 * nothing else of its neighbours, so that each can be tested alone.
 *
 * The sandbox runs directly under Node's type stripping: erasable syntax only, relative imports carry `.ts`.
 */

/** One HTTP request as every room sees it; header names are lower case, the body is whole. */
export interface HttpRequest {
  method: string;
  /** Path without the query, percent-encoding kept as received. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  body: Buffer;
  /** Scheme and host the client asked, e.g. `http://127.0.0.1:8005`; links in answers are built on it. */
  origin: string;
}

/** An answer; an object body is sent as JSON. */
export interface HttpAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer | object;
  /**
   * Instead of a body: the answer goes on (a watch). Called once after the headers are sent; `end` closes the answer; the
   * returned function is called when the client goes away.
   */
  stream?: (write: (chunk: string) => void, end: () => void) => () => void;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean; blockOwnerDeletion?: boolean }[];
  finalizers?: string[];
}

/** Any Kubernetes object. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** What a cluster serves: one row per resource, custom resources included. */
export interface ResourceType {
  /** '' for the core group. */
  group: string;
  version: string;
  kind: string;
  /** Plural, lower case. */
  resource: string;
  namespaced: boolean;
  shortNames?: string[];
  subresources?: string[];
}

/** Who asks, in Kubernetes' terms. */
export interface KubeUser {
  name: string;
  groups: string[];
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resourceType: ResourceType;
  object: KubeObject;
}

export interface Selector {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** A refusal in Kubernetes' own words; `status` is the Status body (kind Status, reason, message, code, details). */
export interface KubeStatus {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: object;
  status: 'Failure';
  message: string;
  reason: string;
  details?: object;
  code: number;
}

/**
 * The objects of one cluster. All reads return copies; writes throw `KubeError` (kubernetes/errors.ts) carrying a `KubeStatus`.
 * These methods do not authorize: the caller does (see `KubeCluster.authorize`).
 */
export interface ObjectStore {
  readonly types: ResourceType[];
  /** Makes a further (custom) resource known. */
  addType(type: ResourceType): void;
  findType(group: string, resource: string): ResourceType | undefined;
  /** The cluster-wide revision, as etcd counts it: the newest object's resourceVersion. */
  revision(): string;
  list(type: ResourceType, selector?: Selector): KubeObject[];
  get(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined;
  /** Runs admission (validation, webhook) as the API server does. 409 AlreadyExists, 422 Invalid. */
  create(type: ResourceType, object: KubeObject, user?: KubeUser): KubeObject;
  /** Replaces. 404 NotFound; 409 Conflict when metadata.resourceVersion is given and differs. Sets generation. */
  update(type: ResourceType, object: KubeObject, subresource?: 'status'): KubeObject;
  /** 415 on an unknown content type; 422 where the patch or its result is invalid; 409 on resourceVersion conflict. */
  patch(type: ResourceType, namespace: string | undefined, name: string, contentType: string, patch: unknown, subresource?: 'status'): KubeObject;
  /** Honours finalizers and garbage-collects what the object owns. 404 NotFound. */
  delete(type: ResourceType, namespace: string | undefined, name: string): KubeObject;
  /** Every change from now on, in order; the returned function ends it. */
  watch(listener: (event: WatchEvent) => void): () => void;
  /** Changes after `revision`, or undefined when that is compacted away ("too old"). */
  since(revision: string): WatchEvent[] | undefined;
}

export interface AccessQuestion {
  verb: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  nonResourcePath?: string;
}

/** One modelled cluster: its objects, its API server, its keys and its controllers. */
export interface KubeCluster {
  readonly id: string;
  /** e.g. `v1.34.2-eks-1234567` */
  readonly version: string;
  readonly store: ObjectStore;
  /** The issuer tokens carry now. */
  issuer(): string;
  /** Public keys, as `/openid/v1/jwks` publishes them. */
  jwks(): { keys: Json[] };
  /** Decides by the Role/ClusterRole/(Cluster)RoleBinding objects in the store; group system:masters may all. */
  authorize(user: KubeUser, question: AccessQuestion): boolean;
  /** The raw API: /api, /apis, /version, /openid/v1/jwks, /.well-known/openid-configuration, … Authorizes. Watches stream. */
  handle(request: HttpRequest, user: KubeUser | undefined): Promise<HttpAnswer>;
  /** What a container of a pod writes, for `pods/log`. */
  writeLog(pod: KubeObject, container: string, text: string): void;
  /** Stops controllers and timers. */
  stop(): void;
}

/** An AWS-side request after TLS: what reached the host. */
export interface AwsRequest {
  method: string;
  host: string;
  /** Path and query exactly as sent. */
  url: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** One AWS call as the account saw it; for call counts and for tests of secrets. */
export interface AwsCall {
  service: 'iam' | 'sts' | 'eks' | 's3';
  action: string;
  write: boolean;
  /** IAM's request parameters or the S3 key; never a secret key or token. */
  input: Record<string, string>;
  /** As the client got it; 0: no answer. */
  status: number;
  /** Whether it took effect, answered or not. */
  done: boolean;
  errorCode?: string;
  at: number;
}

/** The internet of the sandbox: AWS' hosts and the issuers' public documents. */
export interface Internet {
  /** Sends a request to a modelled host; undefined when no such host exists. */
  send(request: AwsRequest): Promise<HttpAnswer | undefined>;
}

/** Where an EKS cluster's public OIDC documents come from. */
export interface IssuerHost {
  issuer: string;
  jwks(): { keys: Json[] };
}

/** A fault that strikes matching AWS or Kubernetes requests. */
export interface Fault {
  id: string;
  /** AWS action (`CreateRole`), or `METHOD /path-prefix` for Rancher and Kubernetes requests; `*` at the end matches any rest. */
  match: string;
  kind: 'throttle' | 'error' | 'deny' | 'timeout' | 'lost-answer' | 'not-yet' | 'conflict';
  /** How many matching requests it strikes; each distinct action separately when `each` is set. Default 1. */
  times?: number;
  each?: boolean;
  /** For `timeout`: milliseconds before the connection is dropped; for `not-yet`: milliseconds new objects stay invisible. */
  delay?: number;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** Takes the fault that strikes this request, if any, and counts it. */
  take(request: { action?: string; method: string; path: string }): Fault | undefined;
  /** How often any struck since they were last cleared. */
  struck(): number;
}
