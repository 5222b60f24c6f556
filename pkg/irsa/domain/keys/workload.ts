import type { Text } from '../facts';
import { isObject } from '../json/same';
import { segment } from '../names/segment';
import { text } from '../text';
import type { KeyUse, SecretRef } from './key-use';

/** A container's part that may refer to a key; what an entry holds in the open is not kept. */
export interface KeyContainer {
  name: string;
  init: boolean;
  env: { name: string; secret?: string }[];
  /** Secrets and ConfigMaps whose every entry becomes a variable, by name; the list as it is, to be written without one of them. */
  envFrom: { secret?: string; configMap?: string; entry: Record<string, unknown> }[];
  /** Paths at which a secret is mounted. */
  mounts: { path: string; secret: string }[];
}

export interface KeyWorkload {
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'CronJob' | 'Job';
  namespace: string;
  name: string;
  serviceAccount: string;
  containers: KeyContainer[];
  /** Secrets that its pods name beside their containers: of volumes, mounted or not, and for images. */
  podSecrets?: string[];
  /** Something that writes it again: a Helm release, a controller. */
  owner?: { kind: 'helm' | 'controller'; name: string };
}

/**
 * The variables from which SDKs take a key before they look for a role: today's names, and the older ones of the SDKs for Java and Ruby.
 * A profile's file is one, too.
 */
export const KEY_VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_ACCESS_KEY', 'AWS_SECRET_KEY', 'AMAZON_ACCESS_KEY_ID', 'AMAZON_SECRET_ACCESS_KEY', 'AWS_SHARED_CREDENTIALS_FILE'];
const KEY_FILE = 'AWS_SHARED_CREDENTIALS_FILE';
/** Which profile of the key's file is meant: without the file, SDKs refuse to start for it. */
const PROFILES = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'];
/** What a secret may have beside a key, without anybody missing it: the webhook gives the region. */
const BESIDE = ['AWS_REGION', 'AWS_DEFAULT_REGION', ...PROFILES];
/** Signs of a program that talks to AWS, whatever it signs with. */
const SIGNS = /^(AWS_(REGION|DEFAULT_REGION|S3_.+|BUCKET.*)|S3_(BUCKET|REGION).*)$/;

const isKey = (variable: string): boolean => KEY_VARIABLES.includes(variable);
const isKeyFile = (path: string): boolean => /(^|\/)\.aws(\/|$)|\/aws[-_]?credentials?(\/|$)/.test(path);

/** What a pod's template says about keys, from the object as the API server gives it. */
export function keyContainers(spec: Record<string, unknown>): KeyContainer[] {
  const secretsOfVolume = new Map(listIn(spec.volumes).map((volume) => [textOf(volume.name), namedSecrets(volume)] as const));

  return [...listIn(spec.containers).map((one) => [one, false] as const), ...listIn(spec.initContainers).map((one) => [one, true] as const)].map(([container, init]) => ({
    name:    textOf(container.name),
    init,
    env:     listIn(container.env).map((entry) => ({ name: textOf(entry.name), ...refOf(entry) })),
    envFrom: listIn(container.envFrom).map((entry) => ({ ...nameIn(entry.secretRef, 'secret'), ...nameIn(entry.configMapRef, 'configMap'), entry })),
    mounts:  listIn(container.volumeMounts).flatMap((mount) => (secretsOfVolume.get(textOf(mount.name)) ?? []).map((secret) => ({ path: textOf(mount.mountPath), secret }))),
  }));
}

/** Secrets that a pod's template names outside its containers. */
export function podSecrets(spec: Record<string, unknown>): string[] {
  return [...listIn(spec.volumes).flatMap(namedSecrets), ...listIn(spec.imagePullSecrets).map(({ name }) => textOf(name))].filter(Boolean);
}

/** Kinds of volumes name secrets in many ways: `secretName`, `secret: { name }` (projected), `nodePublishSecretRef` (CSI), `secretRef`. */
function namedSecrets(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(namedSecrets);
  }

  return isObject(value) ? Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'secretName') {
      return textOf(inner) || [];
    }

    return /^secret$|SecretRef$|^secretRef$/.test(key) && isObject(inner) && textOf(inner.name) ? [textOf(inner.name)] : namedSecrets(inner);
  }) : [];
}

function nameIn<K extends string>(value: unknown, key: K): Partial<Record<K, string>> {
  return isObject(value) && typeof value.name === 'string' ? { [key]: value.name } as Record<K, string> : {};
}

function refOf(entry: Record<string, unknown>): { secret?: string } {
  const ref = isObject(entry.valueFrom) && isObject(entry.valueFrom.secretKeyRef) ? entry.valueFrom.secretKeyRef.name : undefined;

  return typeof ref === 'string' ? { secret: ref } : {};
}

const textOf = (value: unknown): string => typeof value === 'string' ? value : '';

function listIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Names of the entries of a secret or ConfigMap, where they can be told; contents are never asked for. */
export type EntriesOf = (source: SecretRef & { kind: 'secret' | 'configMap' }) => string[] | undefined;

/** Variables that an entry of `envFrom` gives, where that can be told. */
function variablesOf({ secret, configMap, entry }: KeyContainer['envFrom'][number], namespace: string, entriesOf: EntriesOf): string[] {
  const name = secret ?? configMap;

  return (name ? entriesOf({ kind: secret ? 'secret' : 'configMap', namespace, name }) ?? [] : []).map((one) => `${ textOf(entry.prefix) }${ one }`);
}

/** What of a container refers to a key: its own variables, whole secrets or ConfigMaps, files. */
function keysIn(container: KeyContainer, namespace: string, entriesOf: EntriesOf) {
  const whole = container.envFrom.map((from) => ({ from, variables: variablesOf(from, namespace, entriesOf) })).filter(({ variables }) => variables.some(isKey));
  const keys = container.env.filter((entry) => isKey(entry.name));
  const gone = [...keys.map(({ name }) => name), ...whole.flatMap(({ variables }) => variables)];
  const named = container.env.filter(({ name }) => PROFILES.includes(name));
  // A profile of the file that goes has to go as well; with a configuration of its own it may mean that.
  const isOfFile = gone.includes(KEY_FILE) && !container.env.some(({ name }) => name === 'AWS_CONFIG_FILE');

  return { keys, profiles: gone.some(isKey) ? named : [], isOfFile, whole, files: container.mounts.filter(({ path }) => isKeyFile(path)) };
}

const PATHS = { Deployment: 'apps', StatefulSet: 'apps', DaemonSet: 'apps', CronJob: 'batch', Job: 'batch' } as const;

/** A workload as something that uses a key; undefined for one that has none. */
export function workloadKeyUse(workload: KeyWorkload, entriesOf: EntriesOf): KeyUse | undefined {
  const { kind, namespace, name, containers } = workload;
  const fields: string[] = [];
  const secrets = new Set<string>();
  const obstacles: Text[] = [];
  const patches = new Map<string, Record<string, unknown>[]>();
  const expected = new Map<string, Record<string, unknown>[]>();
  const push = (into: typeof patches, { init }: KeyContainer, one: Record<string, unknown>) => into.set(init ? 'initContainers' : 'containers', [...into.get(init ? 'initContainers' : 'containers') ?? [], one]);

  for (const container of containers) {
    const patch: Record<string, unknown> = { name: container.name };
    const { keys, profiles, isOfFile, whole, files } = keysIn(container, namespace, entriesOf);
    const env = [...keys, ...(isOfFile ? profiles : [])];

    fields.push(...env.map((entry) => `${ container.name }: ${ entry.name }`), ...whole.map(({ from }) => `${ container.name }: ${ from.secret ?? `ConfigMap ${ from.configMap }` }`), ...files.map(({ path }) => `${ container.name }: ${ path }`));
    [...env, ...whole.map(({ from }) => from), ...files].forEach(({ secret }) => secret && secrets.add(secret));
    if (env.length) {
      patch.env = env.map((entry) => ({ name: entry.name, $patch: 'delete' }));
    }
    // By what they refer to, never by what they hold: somebody may have given the variable another key since.
    const referred = env.flatMap(({ name: variable, secret }) => secret ? [{ name: variable, valueFrom: { secretKeyRef: { name: secret } } }] : []);

    obstacles.push(
      ...(isOfFile ? [] : profiles.map((entry) => text('irsa.keyUse.profile', { variable: entry.name, container: container.name }))),
      ...whole.filter(({ variables }) => variables.some((one) => !isKey(one) && !BESIDE.includes(one))).map(({ from: { secret, configMap = '' } }) => secret ? text('irsa.keyUse.mixed', { secret, container: container.name }) : text('irsa.keyUse.mixedMap', { configMap, container: container.name })),
      ...files.map(({ path, secret }) => text('irsa.keyUse.file', { path, secret, container: container.name }))
    );
    if (whole.length) {
      // This list has no keys to merge by: it is written whole, so it has to be as it was.
      const left = container.envFrom.filter((entry) => !whole.some(({ from }) => from === entry)).map(({ entry }) => entry);

      patch.envFrom = left.length ? left : null;
    }
    if (whole.length || referred.length) {
      push(expected, container, { name: container.name, ...(referred.length ? { env: referred } : {}), ...(whole.length ? { envFrom: container.envFrom.map(({ entry }) => entry) } : {}) });
    }
    if (env.length || whole.length) {
      push(patches, container, patch);
    }
  }
  if (fields.length === 0) {
    return undefined;
  }
  if (kind === 'Job') {
    obstacles.push(text('irsa.keyUse.job', { job: name }));
  }
  if (workload.owner?.kind === 'controller') {
    obstacles.push(text('irsa.keyUse.controller', { owner: workload.owner.name }));
  }
  const template = ['spec', ...(kind === 'CronJob' ? ['jobTemplate', 'spec'] : []), 'template', 'spec'];

  return {
    kind:     kind.toLowerCase() as KeyUse['kind'],
    namespace,
    name,
    accounts: [{ namespace, name: workload.serviceAccount }],
    fields,
    secrets:  [...secrets].map((secret) => ({ namespace, name: secret })),
    // The template of a Job is as it is for good.
    ...(kind === 'Job' ? {} : {
      removal: {
        path:        `/apis/${ PATHS[kind] }/v1/namespaces/${ segment(namespace) }/${ kind.toLowerCase() }s/${ segment(name) }`,
        contentType: 'application/strategic-merge-patch+json',
        body:        template.reduceRight<Record<string, unknown>>((inner, key) => ({ [key]: inner }), Object.fromEntries(patches)),
        ...(expected.size ? { expects: { field: template, is: Object.fromEntries(expected) } } : {}),
      }
    }),
    obstacles,
    mends: workload.owner?.kind === 'helm' ? [text('irsa.keyUse.helm', { release: workload.owner.name })] : [],
  };
}

/** Why a workload that has no key and whose account has no role looks as if it used the node's role; undefined where nothing tells. */
export function nodeRoleSign({ containers }: KeyWorkload): string | undefined {
  return containers.flatMap(({ env }) => env.map(({ name }) => name)).find((name) => SIGNS.test(name));
}

type Named = Pick<KeyWorkload, 'containers' | 'podSecrets'>;

/** Names of all secrets that a workload refers to in any way that is looked at here. */
export function secretsOf({ containers, podSecrets: more = [] }: Named): string[] {
  return [...containers.flatMap(({ env, envFrom, mounts }) => [...env, ...envFrom, ...mounts].flatMap(({ secret }) => secret ?? [])), ...more];
}

/** What of them is left once its keys are taken away: a secret may hold more than a key, and files stay. */
export function secretsLeft({ namespace, containers, podSecrets: more = [] }: Named & Pick<KeyWorkload, 'namespace'>, entriesOf: EntriesOf): string[] {
  const left = containers.map((container) => {
    const { keys, profiles, isOfFile, whole } = keysIn(container, namespace, entriesOf);
    const taken: unknown[] = [...keys, ...(isOfFile ? profiles : []), ...whole.map(({ from }) => from)];

    return { ...container, env: container.env.filter((one) => !taken.includes(one)), envFrom: container.envFrom.filter((one) => !taken.includes(one)) };
  });

  return secretsOf({ containers: left, podSecrets: more });
}
