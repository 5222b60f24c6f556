import { irsaError, IrsaError } from '../domain/errors';
import type { Text } from '../domain/facts';
import { text } from '../domain/text';
import { findAccount, observedAccount } from '../gateways/kubernetes/accounts';
import { observeNamespace, observeRollout } from '../gateways/kubernetes/workloads';
import { observeOperation } from '../gateways/rancher/apps';
import { observeRepository } from '../gateways/rancher/catalog';
import { checkShape } from '../gateways/answer';
import { name, object } from '../gateways/shape';
import { TransportError } from '../gateways/transport';
import type { Condition } from './plan';
import { resolve } from './resolve';
import { rest, type RunContext } from './run-context';

/** Milliseconds between two looks, and after which nobody believes in it any more. */
const PACE = 1500;
const PATIENCE = 15 * 60_000;

type Seen = { done: boolean; note: Text };

/**
 * Observes a condition until it holds. A look that fails is no failure: API servers restart, operations have just begun.
 * @param output  the step's own answer; a Helm operation is named by it
 * @throws IrsaError HELM_REFUSED when the operation failed, WAITED_TOO_LONG
 */
export async function waitUntil(condition: Condition, output: unknown, context: RunContext): Promise<void> {
  const begun = context.clock.now();
  let last: Text | undefined;

  for (;;) {
    context.signal?.throwIfAborted();
    try {
      const { done, note } = await observe(condition, output, context);

      last = note;
      if (done) {
        return;
      }
      context.note('waiting', note);
    } catch (error) {
      if (!isPassing(error)) {
        throw error;
      }
      context.note('waiting', text('irsa.run.noAnswer'));
    }
    if (context.clock.now() - begun > PATIENCE) {
      throw irsaError('WAITED_TOO_LONG', { minutes: Math.round(PATIENCE / 60_000), ...last?.args });
    }
    await rest(context, PACE);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof TransportError ? error.reason !== 'aborted' : error instanceof IrsaError && ['retry', 'unreachable', 'gone'].includes(error.kind);
}

/** @throws IrsaError ANSWER_UNREADABLE: the upgrade was asked for, but the answer does not say where it is done */
function operationOf(output: unknown): { operationName: string; operationNamespace: string } {
  checkShape(output, { service: 'rancher', action: 'upgrade' }, object({ operationName: name, operationNamespace: name }));

  return output as { operationName: string; operationNamespace: string };
}

async function observe(condition: Condition, output: unknown, { gateways: { transport }, outputs, signal }: RunContext): Promise<Seen> {
  if ('helmOperation' in condition) {
    const { clusterId, app, removed } = condition.helmOperation;
    const { operationName, operationNamespace } = operationOf(output);
    const { state, message } = await observeOperation(transport, clusterId, { namespace: operationNamespace, name: operationName }, { ...app, removed }, signal);

    if (state === 'failed') {
      throw irsaError('HELM_REFUSED', { message: message ?? '', release: app.name });
    }

    return { done: state === 'done', note: text('irsa.run.helm', { operation: operationName }) };
  }
  if ('repositoryDownloaded' in condition) {
    const { clusterId, repository } = condition.repositoryDownloaded;
    const { downloaded, message } = await observeRepository(transport, clusterId, repository, signal);

    return { done: downloaded, note: message ? text('irsa.run.repositoryTrouble', { repository, message }) : text('irsa.run.repository', { repository }) };
  }
  if ('rollout' in condition) {
    const { clusterId, kind, namespace, name } = condition.rollout;
    const { done, ready, wanted } = await observeRollout(transport, clusterId, kind, namespace, name, signal);

    return { done, note: text('irsa.run.rollout', { ready, wanted }) };
  }
  if ('accountAnnotated' in condition) {
    const { clusterId, namespace, serviceAccount, roleArn } = condition.accountAnnotated;
    const account = observedAccount(namespace, serviceAccount, await findAccount(transport, clusterId, namespace, serviceAccount, signal));

    return { done: account.roleArn === resolve(roleArn, outputs), note: text('irsa.run.annotation', { account: `${ namespace }/${ serviceAccount }` }) };
  }
  const { clusterId, namespace, serviceAccount, roleArn } = condition.podsCarryRole;
  const role = resolve(roleArn, outputs);
  // Those that no restart would give it are told of in the plan, and not waited for.
  const pods = (await observeNamespace(transport, clusterId, namespace, signal)).pods(serviceAccount)
    .filter(({ skipped, overrides, identity }) => !skipped && (!overrides || identity?.roleArn === role));
  const carrying = pods.filter(({ identity }) => identity?.roleArn === role).length;

  return { done: pods.length > 0 && carrying === pods.length, note: text('irsa.run.pods', { carrying, total: pods.length }) };
}
