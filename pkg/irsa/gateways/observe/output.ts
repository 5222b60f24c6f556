import { senders, type LoggingOutput, type ObservedLogging } from '../../domain/keys/output';
import { segment } from '../../domain/names/segment';
import { readAccount } from './account';
import { listLoggings, listOutputs } from '../kubernetes/logging';
import type { Transport } from '../transport';

/** Whose account sends an output, and with which role. */
export interface Sender {
  logging: string;
  account: { namespace: string; name: string };
  roleArn?: string;
}

export interface OutputFacts {
  /** As it is saved; undefined for one that is not yet. */
  output?: LoggingOutput;
  loggings: ObservedLogging[];
  senders: Sender[];
}

/** An output as it is saved, or as it would be where it is not yet, with the accounts that send it. */
export async function observeOutput(transport: Transport, clusterId: string, what: Pick<LoggingOutput, 'kind' | 'namespace'> & { name?: string }, signal?: AbortSignal): Promise<OutputFacts> {
  const { kind, namespace, name } = what;
  const [loggings, [output]] = await Promise.all([listLoggings(transport, clusterId, signal), name ? listOutputs(transport, clusterId, kind, { namespace, name }, signal) : []]);
  const from = senders(output ?? { kind, namespace, name: '', spec: {} }, loggings);

  return {
    output,
    loggings,
    senders: await Promise.all(from.map(async({ logging, account }) => {
      const { roleArn } = await readAccount(transport, clusterId, account, signal);

      return { logging, account, ...(roleArn ? { roleArn } : {}) };
    })),
  };
}

/** The whole object of a new output. */
export function outputObject({ kind, namespace, name, spec }: LoggingOutput): Record<string, unknown> {
  return { apiVersion: 'logging.banzaicloud.io/v1beta1', kind: kind === 'output' ? 'Output' : 'ClusterOutput', metadata: { name, namespace }, spec };
}

/** Where outputs like this one are made. */
export function outputsPath({ kind, namespace }: Pick<LoggingOutput, 'kind' | 'namespace'>): string {
  return `/apis/logging.banzaicloud.io/v1beta1/namespaces/${ segment(namespace) }/${ kind }s`;
}
