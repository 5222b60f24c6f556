import { gunzipSync, gzipSync } from 'node:zlib';
import type { KubeCluster, KubeObject, KubeUser, ResourceType } from '../contracts.ts';
import { stringOf, timestamp } from '../rancher/values.ts';
import type { Fields } from '../rancher/values.ts';
import { helmAnnotations, mergeValues } from './chart.ts';
import type { Chart } from './chart.ts';
import { threeWay } from './three-way.ts';

/** A release as its Secret holds it. */
export interface Release {
  name: string;
  namespace: string;
  version: number;
  info: { first_deployed: string; last_deployed: string; status: string; description: string };
  chart: { metadata: Fields; values: Fields };
  /** The values somebody gave. */
  config: Fields;
  /** Rendered objects, as JSON. */
  manifest: KubeObject[];
}

/** Why Helm gave up, in Helm's words. */
export class HelmError extends Error {}

const SECRET_TYPE = 'helm.sh/release.v1';

/** The type behind an object's apiVersion and kind. */
export function typeFor(cluster: KubeCluster, object: Pick<KubeObject, 'apiVersion' | 'kind'>): ResourceType | undefined {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';

  return cluster.store.types.find((type) => type.group === group && type.kind === object.kind && !type.resource.includes('/'));
}

function secrets(cluster: KubeCluster): ResourceType {
  const type = cluster.store.findType('', 'secrets');

  if (!type) {
    throw new Error('no secrets');
  }

  return type;
}

/** Reads a release out of its Secret. */
export function decodeRelease(secret: KubeObject): Release | undefined {
  const data = stringOf((secret.data as Fields | undefined)?.release);

  if (secret.type !== SECRET_TYPE || !data) {
    return undefined;
  }

  const { manifest, ...release } = JSON.parse(gunzipSync(Buffer.from(Buffer.from(data, 'base64').toString(), 'base64')).toString()) as Omit<Release, 'manifest'> & { manifest: string };

  return { ...release, manifest: manifest.split('\n').filter((line) => line && line !== '---').map((line) => JSON.parse(line) as KubeObject) };
}

/** The newest release of a name in a namespace. */
export function findRelease(cluster: KubeCluster, namespace: string, name: string): Release | undefined {
  return cluster.store.list(secrets(cluster), { namespace, labelSelector: `owner=helm,name=${ name }` })
    .flatMap((secret) => decodeRelease(secret) ?? [])
    .sort((a, b) => b.version - a.version)[0];
}

export function releaseSecretName(release: Pick<Release, 'name' | 'version'>): string {
  return `sh.helm.release.v1.${ release.name }.v${ release.version }`;
}

function saveRelease(cluster: KubeCluster, release: Release): KubeObject {
  // Helm itself reads it: there the objects are one text of YAML, which JSON is.
  const packed = gzipSync(JSON.stringify({ ...release, manifest: release.manifest.map((object) => `---\n${ JSON.stringify(object) }\n`).join('') })).toString('base64');

  return cluster.store.create(secrets(cluster), {
    apiVersion: 'v1',
    kind:       'Secret',
    metadata:   { name: releaseSecretName(release), namespace: release.namespace, labels: { name: release.name, owner: 'helm', status: release.info.status, version: String(release.version) } },
    type:       SECRET_TYPE,
    data:       { release: Buffer.from(packed).toString('base64') }
  });
}

function refuse(user: KubeUser, verb: string, type: ResourceType, object: KubeObject): HelmError {
  const resource = type.group ? `${ type.resource }.${ type.group }` : type.resource;
  const where = type.namespaced ? `in the namespace "${ object.metadata.namespace ?? '' }"` : 'at the cluster scope';

  return new HelmError(`${ resource } "${ object.metadata.name }" is forbidden: User "${ user.name }" cannot ${ verb } resource "${ type.resource }" in API group "${ type.group }" ${ where }`);
}

/** Helm asks the API server as the user who pressed Install. */
function check(cluster: KubeCluster, user: KubeUser, verb: string, type: ResourceType, object: KubeObject): void {
  const question = { verb, group: type.group, resource: type.resource, namespace: type.namespaced ? object.metadata.namespace : undefined, name: verb === 'create' ? undefined : object.metadata.name };

  if (!cluster.authorize(user, question)) {
    throw refuse(user, verb, type, object);
  }
}

export interface DeployRequest {
  chart: Chart;
  release: string;
  namespace: string;
  values: Fields;
  /** Annotations the UI adds to the chart's metadata (source repository). */
  annotations: Record<string, string>;
  /** What a post-renderer adds to every object, as Fleet's does. */
  marks?: { labels: Record<string, string>; annotations: Record<string, string> };
  /** False for `helm install`: refuses a name that is taken. */
  upgrade: boolean;
}

/** `helm upgrade --install` (or `helm install`) as the given user; returns the release and its Secret. */
export function deploy(cluster: KubeCluster, user: KubeUser, request: DeployRequest): { release: Release; secret: KubeObject } {
  const { chart, namespace } = request;
  const before = findRelease(cluster, namespace, request.release);

  if (before && !request.upgrade) {
    throw new HelmError('cannot reuse a name that is still in use');
  }
  const context = { release: request.release, namespace, values: mergeValues(chart.values, request.values) };
  const manifest = chart.render(context).map((object) => withHelmMarks(marked(object, request.marks), helmAnnotations(context)));
  const old = new Map((before?.manifest ?? []).map((object) => [key(object), object]));

  check(cluster, user, 'create', secrets(cluster), { apiVersion: 'v1', kind: 'Secret', metadata: { name: '', namespace } });
  manifest.forEach((object) => apply(cluster, user, object, old.get(key(object)), request));
  const wanted = new Set(manifest.map(key));

  [...old.values()].reverse().filter((object) => !wanted.has(key(object))).forEach((object) => remove(cluster, user, object));
  const now = timestamp();
  const release: Release = {
    name:      request.release,
    namespace,
    version:   (before?.version ?? 0) + 1,
    info:      { first_deployed: before?.info.first_deployed ?? now, last_deployed: now, status: 'deployed', description: before ? 'Upgrade complete' : 'Install complete' },
    chart:     {
      metadata: { ...chart.metadata, name: chart.name, version: chart.version, annotations: { ...chart.metadata.annotations, ...request.annotations } },
      values:   chart.values
    },
    config:    request.values,
    manifest
  };

  return { release, secret: saveRelease(cluster, release) };
}

function marked(object: KubeObject, marks: DeployRequest['marks']): KubeObject {
  const { metadata } = object;

  return marks ? { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...marks.labels }, annotations: { ...metadata.annotations, ...marks.annotations } } } : object;
}

function withHelmMarks(object: KubeObject, annotations: Record<string, string>): KubeObject {
  if (object.kind === 'CustomResourceDefinition') {
    return object;
  }

  return { ...object, metadata: { ...object.metadata, labels: { 'app.kubernetes.io/managed-by': 'Helm', ...object.metadata.labels }, annotations: { ...object.metadata.annotations, ...annotations } } };
}

function key(object: KubeObject): string {
  return `${ object.apiVersion } ${ object.kind } ${ object.metadata.namespace ?? '' }/${ object.metadata.name }`;
}

function apply(cluster: KubeCluster, user: KubeUser, wanted: KubeObject, before: KubeObject | undefined, request: DeployRequest): void {
  const { store } = cluster;
  const type = typeFor(cluster, wanted);

  if (!type) {
    throw new HelmError(`unable to build kubernetes objects from release manifest: resource mapping not found for name: "${ wanted.metadata.name }" namespace: "" from "": no matches for kind "${ wanted.kind }" in version "${ wanted.apiVersion }"\nensure CRDs are installed first`);
  }
  check(cluster, user, 'get', type, wanted);
  const live = store.get(type, wanted.metadata.namespace, wanted.metadata.name);

  if (!live) {
    check(cluster, user, 'create', type, wanted);
    store.create(type, wanted, user);
    defineType(cluster, wanted);

    return;
  }
  const foreign = live.metadata.annotations?.['meta.helm.sh/release-name'] !== request.release;

  if (!before && foreign && wanted.kind !== 'CustomResourceDefinition') {
    throw new HelmError(`Unable to continue with install: ${ wanted.kind } "${ wanted.metadata.name }" in namespace "${ wanted.metadata.namespace ?? '' }" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "${ request.release }"`);
  }
  check(cluster, user, 'patch', type, wanted);
  const merged = threeWay(before, wanted, live) as KubeObject;

  if (JSON.stringify(merged) !== JSON.stringify(live)) {
    store.update(type, merged);
  }
}

/** A new definition makes its kind known to the API server. */
function defineType(cluster: KubeCluster, object: KubeObject): void {
  if (object.kind !== 'CustomResourceDefinition') {
    return;
  }
  const spec = object.spec as { group: string; scope: string; names: { kind: string; plural: string }; versions: { name: string }[] };

  if (!cluster.store.findType(spec.group, spec.names.plural)) {
    cluster.store.addType({ group: spec.group, version: spec.versions[0]?.name ?? 'v1', kind: spec.names.kind, resource: spec.names.plural, namespaced: spec.scope === 'Namespaced', subresources: ['status'] });
  }
}

function remove(cluster: KubeCluster, user: KubeUser, object: KubeObject): void {
  const type = typeFor(cluster, object);

  if (!type || !cluster.store.get(type, object.metadata.namespace, object.metadata.name)) {
    return;
  }
  check(cluster, user, 'delete', type, object);
  cluster.store.delete(type, object.metadata.namespace, object.metadata.name);
}

/** `helm uninstall`: everything the release made, last first, then (unless kept) its history. */
export function uninstall(cluster: KubeCluster, user: KubeUser, namespace: string, name: string, keepHistory: boolean): void {
  const release = findRelease(cluster, namespace, name);

  if (!release) {
    throw new HelmError(`uninstall: Release not loaded: ${ name }: release: not found`);
  }
  [...release.manifest].reverse().forEach((object) => remove(cluster, user, object));
  if (!keepHistory) {
    cluster.store.list(secrets(cluster), { namespace, labelSelector: `owner=helm,name=${ name }` }).forEach((secret) => cluster.store.delete(secrets(cluster), namespace, secret.metadata.name));
  }
}
