import { irsaError, IrsaError } from '../domain/errors';
import type { Text } from '../domain/facts';
import { isThere, type FleetState } from '../domain/fleet/fleet';
import { text } from '../domain/text';
import { findAccount, observedAccount } from '../gateways/kubernetes/accounts';
import { observeNamespace, observeRollout } from '../gateways/kubernetes/workloads';
import { DEFAULT_ISSUER } from '../domain/issuer/arguments';
import { reaches, useOf } from '../domain/issuer/servers';
import { look } from '../gateways/observe/known';
import { observeServers, tokenIssuer } from '../gateways/observe/servers';
import { observeOperation, readOperationLog } from '../gateways/rancher/apps';
import { observeRepository } from '../gateways/rancher/catalog';
import { observeDeployments } from '../gateways/rancher/fleet';
import { checkShape } from '../gateways/answer';
import { name, object } from '../gateways/shape';
import { TransportError } from '../gateways/transport';
import type { Condition } from './plan';
import { resolve } from './resolve';
import { rest, type RunContext } from './run-context';

/** Milliseconds between two looks, and after which nobody believes in it any more. */
const PACE = 1500;
const PATIENCE = 15 * 60_000;
/** Milliseconds for Rancher to see the pod of an operation that has just begun, and to bring the App up to date after it. */
const AFTER_HELM = 45_000;

type Seen = { done: boolean; note: Text; /** Helm is no longer at it: what it should do has to show soon, or never will. */ ended?: { release: string; operation: string; log: string } };
type Place = { name: string; namespace: string };

/**
 * Observes a condition until it holds. A look that fails is no failure: API servers restart, operations have just begun.
 * @param output    the step's own answer; a Helm operation is named by it
 * @param revision  of the release before the step
 * @throws IrsaError HELM_REFUSED when the operation failed, HELM_SILENT when it ended without a word and without effect, WAITED_TOO_LONG
 */
export async function waitUntil(condition: Condition, output: unknown, context: RunContext, revision?: number): Promise<void> {
  const begun = context.clock.now();
  let last: Text | undefined;
  let endedAt: number | undefined;

  for (;;) {
    context.signal?.throwIfAborted();
    try {
      const { done, note, ended } = await observe(condition, output, context, revision);

      last = note;
      if (done) {
        return;
      }
      endedAt = ended && (endedAt ?? context.clock.now());
      if (ended && context.clock.now() - (endedAt ?? 0) >= AFTER_HELM) {
        const [, message] = /^Error: (.+)$/m.exec(ended.log) ?? [];

        throw message ? irsaError('HELM_REFUSED', { message, release: ended.release }) : irsaError('HELM_SILENT', ended);
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

/** Shows what Helm has written. Not everybody may read it, and its pod may be gone: what was read of it before stays. */
async function showLog(clusterId: string, pod: { namespace: string; name: string }, { gateways: { transport }, signal, log }: RunContext): Promise<void> {
  const lines = await look(() => readOperationLog(transport, clusterId, pod, signal));

  if (lines.known && lines.value) {
    log(lines.value);
  }
}

/**
 * Fleet goes on by itself in clusters where it failed; here it ends when there is nothing left to wait for but that.
 * @throws IrsaError FLEET_FAILED with Helm's words
 */
function fleetSeen(clusters: Place[], gone: Place[], states: Record<string, FleetState>): Seen {
  const now = clusters.map(({ name, namespace }) => ({ name, ...states[namespace] }));
  const failed = now.filter(({ state }) => state === 'failed');
  const ready = clusters.filter(({ namespace }) => isThere(states[namespace])).length;

  const left = gone.filter(({ namespace }) => states[namespace]).length;

  if (left && ready + failed.length === clusters.length) {
    return { done: false, note: text('irsa.run.fleetLeft', { left }) };
  }
  if (failed.length && failed.length + ready === clusters.length) {
    throw irsaError('FLEET_FAILED', { ready, total: clusters.length, message: failed.map(({ name, message }) => `${ name }: ${ message ?? '' }`).join('; ') });
  }
  const [first] = failed;

  return { done: left === 0 && ready === clusters.length, note: first ? text('irsa.run.fleetTrouble', { ready, total: clusters.length, cluster: first.name, message: first.message ?? '' }) : text('irsa.run.fleet', { ready, total: clusters.length }) };
}

async function observe(condition: Condition, output: unknown, context: RunContext, revision?: number): Promise<Seen> {
  const { gateways: { transport }, outputs, signal } = context;

  if ('helmOperation' in condition) {
    const { clusterId, app, removed } = condition.helmOperation;
    const { operationName, operationNamespace } = operationOf(output);
    const { state, message, pod } = await observeOperation(transport, clusterId, { namespace: operationNamespace, name: operationName }, { ...app, removed, revision }, signal);

    if (pod) {
      await showLog(clusterId, pod, context);
    }

    if (state === 'failed') {
      throw irsaError('HELM_REFUSED', { message: message ?? '', release: app.name });
    }

    return { done: state === 'done', note: text(!pod ? 'irsa.run.helmPod' : context.shown() ? 'irsa.run.helm' : 'irsa.run.helmSilent', { operation: operationName }), ...(state === 'ended' ? { ended: { release: app.name, operation: operationName, log: context.shown() } } : {}) };
  }
  if ('repositoryDownloaded' in condition) {
    const { clusterId, repository, since } = condition.repositoryDownloaded;
    const { downloaded, message } = await observeRepository(transport, clusterId, repository, since, signal);

    return { done: downloaded, note: message ? text('irsa.run.repositoryTrouble', { repository, message }) : text('irsa.run.repository', { repository }) };
  }
  if ('fleetDeployed' in condition) {
    const { clusters, gone } = condition.fleetDeployed;

    return fleetSeen(clusters, gone, await observeDeployments(transport, signal));
  }
  if ('serversIssuer' in condition) {
    const { clusterId, provisioningId, issuer = DEFAULT_ISSUER, use } = condition.serversIssuer;
    const { servers, rollout } = await observeServers(transport, { id: clusterId, provisioningId }, signal);
    const there = servers.filter(({ args }) => args && reaches(useOf(args, issuer), use)).map(({ name }) => name);

    if (rollout.state === 'failed') {
      throw irsaError('SWITCH_STUCK', { cluster: clusterId, message: rollout.message ?? '' });
    }

    return { done: rollout.state === 'done' && there.length === servers.length && there.length > 0, note: text('irsa.run.servers', { ready: there.length, total: servers.length, servers: there.join(', ') || '–' }) };
  }
  if ('tokenIssuer' in condition) {
    const { clusterId, issuer } = condition.tokenIssuer;
    const found = await tokenIssuer(transport, clusterId, signal);

    return { done: found === issuer, note: text('irsa.run.tokenIssuer', { issuer: found ?? '–' }) };
  }
  if ('rollout' in condition) {
    const { clusterId, kind, namespace, name } = condition.rollout;
    const { done, ready, wanted } = await observeRollout(transport, clusterId, kind, namespace, name, signal);

    return { done, note: text('irsa.run.rollout', { ready, wanted }) };
  }
  if ('accountAnnotated' in condition) {
    const { clusterId, namespace, serviceAccount, roleArn, annotationPrefix } = condition.accountAnnotated;
    const account = observedAccount(namespace, serviceAccount, await findAccount(transport, clusterId, namespace, serviceAccount, signal), { annotationPrefix });

    return { done: account.roleArn === resolve(roleArn, outputs), note: text('irsa.run.annotation', { account: `${ namespace }/${ serviceAccount }` }) };
  }
  if ('podsWithoutRole' in condition) {
    const { clusterId, namespace, serviceAccount } = condition.podsWithoutRole;
    const pods = (await observeNamespace(transport, clusterId, namespace, signal)).pods(serviceAccount);
    const left = pods.filter(({ identity, overrides }) => identity && !overrides).length;

    return { done: left === 0, note: text('irsa.run.podsLeft', { left, total: pods.length }) };
  }
  const { clusterId, namespace, serviceAccount, roleArn, annotationPrefix } = condition.podsCarryRole;
  const role = resolve(roleArn, outputs);
  // Those that no restart would give it are told of in the plan, and not waited for.
  const pods = (await observeNamespace(transport, clusterId, namespace, signal, { annotationPrefix })).pods(serviceAccount)
    .filter(({ skipped, overrides, identity }) => !skipped && (!overrides || identity?.roleArn === role));
  const carrying = pods.filter(({ identity }) => identity?.roleArn === role).length;

  return { done: pods.length > 0 && carrying === pods.length, note: text('irsa.run.pods', { carrying, total: pods.length }) };
}
