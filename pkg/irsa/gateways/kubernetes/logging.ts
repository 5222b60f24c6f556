import { withoutOpenValues, type LoggingOutput, type ObservedLogging } from '../../domain/keys/output';
import { queryValue, segment } from '../../domain/names/segment';
import { boolean, list, object, optional, record, string, type Shape } from '../shape';
import type { Transport } from '../transport';
import { kube, listAll, type KubeObject } from './client';

const API = '/apis/logging.banzaicloud.io/v1beta1';
const anything: Shape = () => undefined;

interface OutputResource extends KubeObject { spec?: Record<string, unknown> }
interface LoggingResource extends KubeObject {
  spec?: {
    controlNamespace?: string; loggingRef?: string; watchNamespaces?: string[]; allowClusterResourcesFromAllNamespaces?: boolean;
    fluentd?: { security?: { serviceAccount?: string } };
  };
}

const OUTPUT = { spec: optional(record(anything)) };
const LOGGING = {
  spec: optional(object({
    controlNamespace: optional(string), loggingRef: optional(string), watchNamespaces: optional(list(string)), allowClusterResourcesFromAllNamespaces: optional(boolean),
    fluentd: optional(object({ security: optional(object({ serviceAccount: optional(string) })) })),
  })),
};

/** Whether the cluster serves a group; asking for a kind that it does not know would be an error, which browsers print as one of ours. */
export async function servesGroup(transport: Transport, clusterId: string, group: string, signal?: AbortSignal): Promise<boolean> {
  const { groups } = await kube<{ groups?: { name: string }[] }>(transport, clusterId, { path: '/apis', shape: object({ groups: optional(list(object({ name: string }))) }), signal });

  return (groups ?? []).some(({ name }) => name === group);
}

export const LOGGING_GROUP = 'logging.banzaicloud.io';

/** All outputs of one kind; of one name only, where it is asked for. */
export async function listOutputs(transport: Transport, clusterId: string, kind: LoggingOutput['kind'], one?: { namespace: string; name: string }, signal?: AbortSignal): Promise<LoggingOutput[]> {
  const path = one ? `${ API }/namespaces/${ segment(one.namespace) }/${ kind }s?fieldSelector=${ queryValue(`metadata.name=${ one.name }`) }` : `${ API }/${ kind }s`;
  const found = await listAll<OutputResource>(transport, clusterId, path, { fields: OUTPUT, signal });

  return found.filter(({ metadata }) => !one || metadata.name === one.name).map(({ metadata: { namespace = '', name }, spec }) => ({ kind, namespace, name, spec: withoutOpenValues(spec ?? {}) }));
}

/** The Loggings, each with what tells whose outputs it sends, as whom. */
export async function listLoggings(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<ObservedLogging[]> {
  const found = await listAll<LoggingResource>(transport, clusterId, `${ API }/loggings`, { fields: LOGGING, signal });

  return found.map(({ metadata: { name }, spec = {} }) => ({
    name,
    controlNamespace:  spec.controlNamespace ?? '',
    loggingRef:        spec.loggingRef ?? '',
    hasFluentd:        spec.fluentd !== undefined && spec.fluentd !== null,
    ...(spec.fluentd?.security?.serviceAccount ? { account: spec.fluentd.security.serviceAccount } : {}),
    watchNamespaces:   spec.watchNamespaces ?? [],
    fromAllNamespaces: spec.allowClusterResourcesFromAllNamespaces ?? false,
  }));
}
