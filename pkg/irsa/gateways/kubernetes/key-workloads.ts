import type { KeyWorkload } from '../../domain/keys/workload';
import { keyContainers } from '../../domain/keys/workload';
import { segment } from '../../domain/names/segment';
import { list, object, optional, record, string, type Shape } from '../shape';
import type { Transport } from '../transport';
import { listAll, type KubeObject, type Metadata } from './client';

const anything: Shape = () => undefined;
const POD_SPEC = record(anything);
const TEMPLATED = { spec: object({ template: object({ spec: POD_SPEC }) }) };

interface Templated extends KubeObject { spec: { template: { spec: Record<string, unknown> } } }
interface CronJob extends KubeObject { spec: { jobTemplate: { spec: { template: { spec: Record<string, unknown> } } } } }
interface Pod extends KubeObject { spec: Record<string, unknown> }

const KINDS = [['Deployment', 'deployments'], ['StatefulSet', 'statefulsets'], ['DaemonSet', 'daemonsets']] as const;

const within = (namespace: string | undefined): string => namespace === undefined ? '' : `/namespaces/${ segment(namespace) }`;
const textOf = (value: unknown): string => typeof value === 'string' ? value : '';

/** Workloads with what their templates say about keys; of one namespace, or of the whole cluster. */
export async function listKeyWorkloads(transport: Transport, clusterId: string, namespace?: string, signal?: AbortSignal): Promise<KeyWorkload[]> {
  const lists = await Promise.all(KINDS.map(([, plural]) => listAll<Templated>(transport, clusterId, `/apis/apps/v1${ within(namespace) }/${ plural }`, { fields: TEMPLATED, signal })));

  return KINDS.flatMap(([kind], index) => lists[index]!.map(({ metadata, spec: { template: { spec } } }): KeyWorkload => ({
    kind, namespace: metadata.namespace ?? '', name: metadata.name, serviceAccount: textOf(spec.serviceAccountName) || 'default', containers: keyContainers(spec), ...ownerOf(metadata)
  })));
}

function ownerOf({ ownerReferences, labels, annotations }: Metadata): { owner?: KeyWorkload['owner'] } {
  const controller = ownerReferences?.find((owner) => owner.controller) ?? ownerReferences?.[0];
  const release = annotations?.['meta.helm.sh/release-name'];

  if (controller) {
    return { owner: { kind: 'controller', name: `${ controller.kind } ${ controller.name }` } };
  }

  return release && labels?.['app.kubernetes.io/managed-by'] === 'Helm' ? { owner: { kind: 'helm', name: release } } : {};
}

/** Everything else in a namespace whose pods may refer to a secret: what runs, and what will at its time. By kind and name, with what it refers to. */
export async function listPodSpecs(transport: Transport, clusterId: string, namespace: string, signal?: AbortSignal): Promise<{ user: string; workload: Pick<KeyWorkload, 'containers'>; owner?: string }[]> {
  const [pods, jobs] = await Promise.all([
    listAll<Pod>(transport, clusterId, `/api/v1${ within(namespace) }/pods`, { fields: { spec: POD_SPEC }, signal }),
    listAll<CronJob>(transport, clusterId, `/apis/batch/v1${ within(namespace) }/cronjobs`, { fields: { spec: object({ jobTemplate: object({ spec: object({ template: object({ spec: POD_SPEC }) }) }) }) }, signal }),
  ]);

  return [
    ...pods.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata, spec }) => ({ user: `pod ${ metadata.name }`, workload: { containers: keyContainers(spec) }, ...(metadata.ownerReferences?.[0] ? { owner: metadata.ownerReferences[0].name } : {}) })),
    ...jobs.map(({ metadata, spec }) => ({ user: `cronjob ${ metadata.name }`, workload: { containers: keyContainers(spec.jobTemplate.spec.template.spec) } })),
  ];
}

/** A secret without its contents: names of entries as the API server noted them when they were written. */
export interface SecretFacts {
  namespace: string;
  name: string;
  uid: string;
  entries?: string[];
  /** Who made it and may make it again. */
  owner?: string;
}

/** Secrets by their metadata alone; what is in them is not asked for. */
export function listSecretFacts(transport: Transport, clusterId: string, namespace?: string, signal?: AbortSignal): Promise<SecretFacts[]> {
  return listEntries(transport, clusterId, 'secrets', namespace, signal);
}

/** The same of ConfigMaps, too. */
export async function listEntries(transport: Transport, clusterId: string, resource: 'secrets' | 'configmaps', namespace?: string, signal?: AbortSignal): Promise<SecretFacts[]> {
  const found = await listAll<KubeObject & { metadata: { managedFields?: { fieldsV1?: Record<string, unknown> }[] } }>(transport, clusterId, `/api/v1${ within(namespace) }/${ resource }`, { metadata: true, signal });

  return found.map(({ metadata }) => {
    const entries = entriesOf(metadata.managedFields as { fieldsV1?: Record<string, unknown> }[] | undefined);
    const owner = ownerOf(metadata).owner?.name;

    return { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid ?? '', ...(entries.length ? { entries } : {}), ...(owner ? { owner } : {}) };
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
