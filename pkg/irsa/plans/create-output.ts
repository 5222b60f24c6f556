import { irsaError } from '../domain/errors';
import type { ObservedCluster } from '../domain/facts';
import { samePolicy } from '../domain/json/same';
import { keyUseName } from '../domain/keys/key-use';
import type { LoggingOutput } from '../domain/keys/output';
import { text } from '../domain/text';
import { outputObject, outputsPath, type OutputFacts } from '../gateways/observe/output';
import type { Plan, Value } from './plan';

/**
 * Makes an output of Logging that signs with the role of whoever sends it; none where it is there already, just like this.
 * @throws IrsaError KUBERNETES_EXISTS when there is another one of this name
 */
export function planCreateOutput({ cluster }: ObservedCluster, output: LoggingOutput, { output: found, senders }: Pick<OutputFacts, 'output' | 'senders'>): Plan {
  const names = { what: keyUseName(output) };

  if (found && !samePolicy(found.spec, output.spec)) {
    throw irsaError('KUBERNETES_EXISTS', { message: names.what });
  }

  return {
    id:    'create-output',
    title: text('irsa.plan.create-output.title', names),
    steps: found ? [] : [{
      id:     'create-output',
      target: 'kubernetes',
      title:  text('irsa.step.create-output.title', names),
      detail: text('irsa.step.create-output.detail'),
      change: 'create',
      call:   { kubernetes: { clusterId: cluster.id, verb: 'POST', path: outputsPath(output), contentType: 'application/json', body: outputObject(output) as Value } },
    }],
    documents: [],
    warnings:  senders.length ? senders.filter(({ roleArn }) => !roleArn).map(({ logging, account }) => text('irsa.warning.senderWithoutRole', { logging, account: `${ account.namespace }/${ account.name }` })) : [text('irsa.output.nobody')],
  };
}
