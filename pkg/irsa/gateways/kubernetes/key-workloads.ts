import type { KeyWorkload } from '../../domain/keys/workload';
import { keyContainers, podSecrets, secretsOf } from '../../domain/keys/workload';
import { segment } from '../../domain/names/segment';
import { list, object, optional, record, string, type Shape } from '../shape';
import type { Transport } from '../transport';
import { listAll, type KubeObject, type Metadata } from './client';

const anything: Shape = () => undefined;
const POD_SPEC = record(anything);
const TEMPLATED = { spec: object({ template: object({ spec: POD_SPEC }) }) };

type Template = { template: { spec: Record<string, unknown> } };

interface Templated extends KubeObject { spec: Template }
interface CronJob extends KubeObject { spec: { jobTemplate: { spec: Template } } }
interface Job extends Templated { status?: { conditions?: { type: string; status: string }[] } }
interface Pod extends KubeObject { spec: Record<string, unknown>; status?: { phase?: string } }

const KINDS = [['Deployment', 'deployments'], ['StatefulSet', 'statefulsets'], ['DaemonSet', 'daemonsets']] as const;
const CONDITIONS = optional(list(object({ type: string, status: string })));

const within = (namespace: string | undefined): string => namespace === undefined ? '' : `/namespaces/${ segment(namespace) }`;
const textOf = (value: unknown): string => typeof value === 'string' ? value : '';

/** Workloads with what their templates say about keys; of one namespace, or of the whole cluster. */
export async function listKeyWorkloads(transport: Transport, clusterId: string, namespace?: string, signal?: AbortSignal): Promise<KeyWorkload[]> {
  const lists = await Promise.all(KINDS.map(([, plural]) => listAll<Templated>(transport, clusterId, `/apis/apps/v1${ within(namespace) }/${ plural }`, { fields: TEMPLATED, signal })));

  return KINDS.flatMap(([kind], index) => lists[index]!.map(({ metadata, spec: { template } }) => workloadOf(kind, metadata, template)));
}

/** The same of what runs at its time, or once: a Job that has ended, or that a CronJob made, is none. Suspended ones will run. */
export async function listKeyJobs(transport: Transport, clusterId: string, namespace?: string, signal?: AbortSignal): Promise<KeyWorkload[]> {
  const path = `/apis/batch/v1${ within(namespace) }`;
  const [scheduled, jobs] = await Promise.all([
    listAll<CronJob>(transport, clusterId, `${ path }/cronjobs`, { fields: { spec: object({ jobTemplate: object(TEMPLATED) }) }, signal }),
    listAll<Job>(transport, clusterId, `${ path }/jobs`, { fields: { ...TEMPLATED, status: optional(object({ conditions: CONDITIONS })) }, signal }),
  ]);
  const isOver = ({ status }: Job) => status?.conditions?.some((one) => one.status === 'True' && ['Complete', 'Failed'].includes(one.type)) ?? false;

  return [
    ...scheduled.map(({ metadata, spec }) => workloadOf('CronJob', metadata, spec.jobTemplate.spec.template)),
    ...jobs.filter((job) => !isOver(job) && !job.metadata.ownerReferences?.some(({ kind }) => kind === 'CronJob')).map(({ metadata, spec }) => workloadOf('Job', metadata, spec.template)),
  ];
}

function workloadOf(kind: KeyWorkload['kind'], metadata: Metadata, { spec }: Template['template']): KeyWorkload {
  return {
    kind, namespace: metadata.namespace ?? '', name: metadata.name, serviceAccount: textOf(spec.serviceAccountName) || 'default', containers: keyContainers(spec), podSecrets: podSecrets(spec), ...ownerOf(metadata)
  };
}

function ownerOf({ ownerReferences, labels, annotations }: Metadata): { owner?: KeyWorkload['owner'] } {
  const controller = ownerReferences?.find((owner) => owner.controller) ?? ownerReferences?.[0];
  const release = annotations?.['meta.helm.sh/release-name'];

  if (controller) {
    return { owner: { kind: 'controller', name: `${ controller.kind } ${ controller.name }` } };
  }

  return release && labels?.['app.kubernetes.io/managed-by'] === 'Helm' ? { owner: { kind: 'helm', name: release } } : {};
}

interface PodSecrets { name: string; owner?: { kind: string; name: string }; secrets: string[] }

/** Pods of a namespace that still run, by name and owner, with what they refer to. */
export async function listPodSpecs(transport: Transport, clusterId: string, namespace: string, signal?: AbortSignal): Promise<PodSecrets[]> {
  const pods = await listAll<Pod>(transport, clusterId, `/api/v1${ within(namespace) }/pods`, { fields: { spec: POD_SPEC, status: optional(object({ phase: optional(string) })) }, signal });

  return pods.filter(({ metadata, status }) => !metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed').map(({ metadata: { name, ownerReferences: [owner] = [] }, spec }) => ({
    name, secrets: secretsOf({ containers: keyContainers(spec), podSecrets: podSecrets(spec) }), ...(owner ? { owner: { kind: owner.kind, name: owner.name } } : {})
  }));
}

const NAMED = optional(list(object({ name: optional(string) })));

/** Service accounts of a namespace, with the secrets that are theirs or their pods'. */
export async function listAccountSecrets(transport: Transport, clusterId: string, namespace: string, signal?: AbortSignal): Promise<PodSecrets[]> {
  const found = await listAll<KubeObject & Record<'secrets' | 'imagePullSecrets', { name?: string }[] | undefined>>(transport, clusterId, `/api/v1${ within(namespace) }/serviceaccounts`, { fields: { secrets: NAMED, imagePullSecrets: NAMED }, signal });

  return found.map(({ metadata: { name }, secrets = [], imagePullSecrets = [] }) => ({ name, secrets: [...secrets, ...imagePullSecrets].flatMap((one) => one.name ?? []) }));
}

/** Longhorn's places for backups, each with a secret. */
export async function listBackupTargets(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<{ name: string; secret: { namespace: string; name: string } }[]> {
  const found = await listAll<KubeObject & { spec?: { credentialSecret?: string } }>(transport, clusterId, '/apis/longhorn.io/v1beta2/backuptargets', { fields: { spec: optional(object({ credentialSecret: optional(string) })) }, signal });

  return found.flatMap(({ metadata: { name, namespace = '' }, spec }) => spec?.credentialSecret ? [{ name, secret: { namespace, name: spec.credentialSecret } }] : []);
}

/** A secret without its contents: names of entries as the API server noted them when they were written. */
export interface SecretFacts {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion?: string;
  entries?: string[];
  /** Who made it and may make it again. */
  owner?: string;
}

/** Secrets or ConfigMaps by their metadata alone; what is in them is not asked for. */
export async function listSecretFacts(transport: Transport, clusterId: string, namespace?: string, signal?: AbortSignal, plural: 'secrets' | 'configmaps' = 'secrets'): Promise<SecretFacts[]> {
  const found = await listAll<KubeObject & { metadata: { managedFields?: { fieldsV1?: Record<string, unknown> }[] } }>(transport, clusterId, `/api/v1${ within(namespace) }/${ plural }`, { metadata: true, signal });

  return found.map(({ metadata }) => {
    const entries = entriesOf(metadata.managedFields as { fieldsV1?: Record<string, unknown> }[] | undefined);
    const owner = ownerOf(metadata).owner?.name;

    return { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid ?? '', ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}), ...(entries.length ? { entries } : {}), ...(owner ? { owner } : {}) };
  });
}

function entriesOf(fields: { fieldsV1?: Record<string, unknown> }[] | undefined): string[] {
  return (fields ?? []).flatMap(({ fieldsV1 }) => Object.keys((fieldsV1?.['f:data'] ?? {}) as object)).filter((key) => key.startsWith('f:')).map((key) => key.slice(2));
}

interface BackupResource extends KubeObject { spec?: Record<string, unknown>; status?: { conditions?: { type: string; status: string; message?: string }[] } }

/** Backups or Restores. */
export async function listBackupObjects(transport: Transport, clusterId: string, kind: 'backup' | 'restore', signal?: AbortSignal): Promise<{ kind: 'backup' | 'restore'; name: string; spec: Record<string, unknown>; conditions: { type: string; status: string; message?: string }[] }[]> {
  const found = await listAll<BackupResource>(transport, clusterId, `/apis/resources.cattle.io/v1/${ kind }s`, {
    fields: { spec: optional(record(anything)), status: optional(object({ conditions: optional(list(object({ type: string, status: string, message: optional(string) }))) })) }, signal
  });

  return found.map(({ metadata: { name }, spec, status }) => ({ kind, name, spec: spec ?? {}, conditions: status?.conditions ?? [] }));
}
