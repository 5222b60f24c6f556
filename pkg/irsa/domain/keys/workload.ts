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
  envFrom: { secret?: string; configMap?: string; prefix?: string; entry: Record<string, unknown> }[];
  /** Paths at which a secret is mounted. */
  mounts: { path: string; secret: string }[];
}

export interface KeyWorkload {
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  namespace: string;
  name: string;
  serviceAccount: string;
  containers: KeyContainer[];
  /** Something that writes it again: a Helm release, a controller. */
  owner?: { kind: 'helm' | 'controller'; name: string };
}

/**
 * The variables from which SDKs take a key before they look for a role: today's names, and the older ones of the SDKs for Java and Ruby.
 * A profile's file is one, too.
 */
export const KEY_VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_ACCESS_KEY', 'AWS_SECRET_KEY', 'AMAZON_ACCESS_KEY_ID', 'AMAZON_SECRET_ACCESS_KEY', 'AWS_SHARED_CREDENTIALS_FILE'];
/** What a secret may have beside a key, without anybody missing it: the webhook gives the region. */
const BESIDE = ['AWS_REGION', 'AWS_DEFAULT_REGION'];
/** Signs of a program that talks to AWS, whatever it signs with. */
const SIGNS = /^(AWS_(REGION|DEFAULT_REGION|S3_.+|BUCKET.*)|S3_(BUCKET|REGION).*)$/;

const isKey = (variable: string): boolean => KEY_VARIABLES.includes(variable);
const isKeyFile = (path: string): boolean => /(^|\/)\.aws(\/|$)|\/aws[-_]?credentials?(\/|$)/.test(path);

/** What a pod's template says about keys, from the object as the API server gives it. */
export function keyContainers(spec: Record<string, unknown>): KeyContainer[] {
  const secretOfVolume = new Map(listIn(spec.volumes).flatMap((volume) => isObject(volume.secret) && typeof volume.secret.secretName === 'string' ? [[textOf(volume.name), volume.secret.secretName] as const] : []));

  return [...listIn(spec.containers).map((one) => [one, false] as const), ...listIn(spec.initContainers).map((one) => [one, true] as const)].map(([container, init]) => ({
    name:    textOf(container.name),
    init,
    env:     listIn(container.env).map((entry) => ({ name: textOf(entry.name), ...refOf(entry) })),
    envFrom: listIn(container.envFrom).map((entry) => ({ ...named('secret', entry.secretRef), ...named('configMap', entry.configMapRef), ...(textOf(entry.prefix) ? { prefix: textOf(entry.prefix) } : {}), entry })),
    mounts:  listIn(container.volumeMounts).flatMap((mount) => secretOfVolume.has(textOf(mount.name)) ? [{ path: textOf(mount.mountPath), secret: secretOfVolume.get(textOf(mount.name))! }] : []),
  }));
}

function named<Kind extends 'secret' | 'configMap'>(kind: Kind, ref: unknown): Partial<Record<Kind, string>> {
  return (isObject(ref) && typeof ref.name === 'string' ? { [kind]: ref.name } : {}) as Partial<Record<Kind, string>>;
}

function refOf(entry: Record<string, unknown>): { secret?: string } {
  const ref = isObject(entry.valueFrom) && isObject(entry.valueFrom.secretKeyRef) ? entry.valueFrom.secretKeyRef.name : undefined;

  return typeof ref === 'string' ? { secret: ref } : {};
}

const textOf = (value: unknown): string => typeof value === 'string' ? value : '';

function listIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Names of the entries of a secret, or of a ConfigMap, where they can be told; contents are never asked for. */
export type EntriesOf = (ref: SecretRef, kind?: 'configMap') => string[] | undefined;

/** A workload as something that uses a key; undefined for one that has none. */
export function workloadKeyUse(workload: KeyWorkload, entriesOf: EntriesOf): KeyUse | undefined {
  const { namespace, name, containers } = workload;
  const fields: string[] = [];
  const secrets = new Set<string>();
  const obstacles: Text[] = [];
  const patches = new Map<boolean, Record<string, unknown>[]>();

  for (const container of containers) {
    const patch: Record<string, unknown> = { name: container.name };
    const keys = container.env.filter((entry) => isKey(entry.name));
    /** Variables that one of them makes. */
    const made = ({ secret, configMap, prefix = '' }: KeyContainer['envFrom'][number]): string[] => ((secret ? entriesOf({ namespace, name: secret }) : configMap && entriesOf({ namespace, name: configMap }, 'configMap')) || []).map((entry) => `${ prefix }${ entry }`);
    const whole = container.envFrom.filter((one) => made(one).some(isKey));
    const files = container.mounts.filter(({ path }) => isKeyFile(path));

    fields.push(...keys.map((entry) => `${ container.name }: ${ entry.name }`), ...whole.map(({ secret, configMap }) => `${ container.name }: ${ secret ?? `ConfigMap ${ configMap }` }`), ...files.map(({ path }) => `${ container.name }: ${ path }`));
    [...keys, ...whole, ...files].forEach(({ secret }) => secret && secrets.add(secret));
    if (keys.length) {
      patch.env = keys.map((entry) => ({ name: entry.name, $patch: 'delete' }));
    }
    for (const one of whole.filter((each) => made(each).some((entry) => !isKey(entry) && !BESIDE.includes(entry)))) {
      obstacles.push(one.secret ? text('irsa.keyUse.mixed', { secret: one.secret, container: container.name }) : text('irsa.keyUse.mixedMap', { configMap: one.configMap ?? '', container: container.name }));
    }
    if (whole.length) {
      // This list has no keys to merge by: it is written whole.
      const left = container.envFrom.filter((entry) => !whole.includes(entry)).map(({ entry }) => entry);

      patch.envFrom = left.length ? left : null;
    }
    obstacles.push(...files.map(({ path, secret }) => text('irsa.keyUse.file', { path, secret, container: container.name })));
    if (keys.length || whole.length) {
      patches.set(container.init, [...patches.get(container.init) ?? [], patch]);
    }
  }
  if (fields.length === 0) {
    return undefined;
  }
  if (workload.owner?.kind === 'controller') {
    obstacles.push(text('irsa.keyUse.controller', { owner: workload.owner.name }));
  }
  const spec = Object.fromEntries([...patches].map(([init, list]) => [init ? 'initContainers' : 'containers', list]));

  return {
    kind:      workload.kind.toLowerCase() as KeyUse['kind'],
    namespace,
    name,
    accounts:  [{ namespace, name: workload.serviceAccount }],
    fields,
    secrets:   [...secrets].map((secret) => ({ namespace, name: secret })),
    removal:   {
      path:        `/apis/apps/v1/namespaces/${ segment(namespace) }/${ workload.kind.toLowerCase() }s/${ segment(name) }`,
      contentType: 'application/strategic-merge-patch+json',
      body:        { spec: { template: { spec } } },
    },
    obstacles,
    mends:     workload.owner?.kind === 'helm' ? [text('irsa.keyUse.helm', { release: workload.owner.name })] : [],
  };
}

/** Why a workload that has no key and whose account has no role looks as if it used the node's role; undefined where nothing tells. */
export function nodeRoleSign({ containers }: KeyWorkload): string | undefined {
  return containers.flatMap(({ env }) => env.map(({ name }) => name)).find((name) => SIGNS.test(name));
}

/** Names of all secrets that a workload refers to in any way that is looked at here. */
export function secretsOf({ containers }: Pick<KeyWorkload, 'containers'>): string[] {
  return containers.flatMap(({ env, envFrom, mounts }) => [...env, ...envFrom, ...mounts].flatMap(({ secret }) => secret ?? []));
}
