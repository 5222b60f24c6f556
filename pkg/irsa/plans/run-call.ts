import { irsaError } from '../domain/errors';
import { samePolicy } from '../domain/json/same';
import { text } from '../domain/text';
import { segment } from '../domain/names/segment';
import { isIamCommand } from '../gateways/aws/iam';
import { clusterPath, kube, METADATA } from '../gateways/kubernetes/client';
import { mayBePropagation, verifyIdentity } from '../gateways/observe/identity';
import { rancher } from '../gateways/rancher/client';
import { list, object, optional, string } from '../gateways/shape';
import type { Call, Step } from './plan';
import { resolve } from './resolve';
import { parsed } from './run-adopt';
import { ChangedError, type RunContext } from './run-context';
import { waitUntil } from './run-until';

/** Seconds between checks while IAM's changes spread (peers-and-aws.md §3.5: seconds, rarely a minute). */
const AFTER_WRITE = [1, 2, 4, 8, 15, 15, 15];
/** Also a run that wrote nothing may come right after one that did. */
const OTHERWISE = [1, 2, 4];

/** Sends one call once and gives its answer. */
export async function send(call: Call, context: RunContext): Promise<unknown> {
  const { gateways, outputs, signal } = context;

  if ('aws' in call) {
    const { service, command, input } = call.aws;

    if (!gateways.iam) {
      throw irsaError('UNSIGNED', { action: command });
    }
    if (service !== 'iam' || !isIamCommand(command)) {
      throw new Error(`no plan may send ${ service } ${ command }`);
    }
    context.attempt();

    return gateways.iam.send(command, resolve(input, outputs) as object, signal);
  }
  if ('kubernetes' in call) {
    const { clusterId, verb, path, contentType, body } = call.kubernetes;

    context.attempt();

    return kube(gateways.transport, clusterId, { method: verb, path, contentType, body: body === undefined ? undefined : resolve(body, outputs), signal });
  }
  if ('rancher' in call) {
    const { verb, path, contentType, body } = call.rancher;

    context.attempt();

    return rancher(gateways.transport, { method: verb, path, contentType, body: body === undefined ? undefined : resolve(body, outputs), signal });
  }
  if ('wait' in call) {
    return waitUntil(call.wait.until, undefined, context);
  }

  return verify(call.verify, context);
}

/** The exchange at STS, again while what was just written to IAM may not be everywhere yet. */
async function verify(call: Extract<Call, { verify: unknown }>['verify'], context: RunContext): Promise<unknown> {
  const { clusterId, namespace, serviceAccount, audience, stsHost } = call;
  const question = {
    clusterId, namespace, serviceAccount, audience, stsHost, roleArn: String(resolve(call.roleArn, context.outputs))
  };
  const pauses = context.lastIamWrite === undefined ? OTHERWISE : AFTER_WRITE;

  for (const pause of [...pauses, undefined]) {
    context.attempt();
    const check = await verifyIdentity(context.gateways, question, context.signal);

    const justOpened = context.opened && check.result === 'not-checked';

    if (pause === undefined || !(justOpened || mayBePropagation(check))) {
      return check;
    }
    context.note('waiting', justOpened ? text('irsa.run.again', { seconds: pause }) : text('irsa.run.propagation', { seconds: pause }));
    await context.clock.sleep(pause * 1000);
  }

  return undefined;
}

/**
 * Looks, just before a step writes, whether it finds what the plan saw.
 * @throws ChangedError when somebody changed it since
 */
export async function checkExpectation({ id, expects }: Step, { gateways, signal }: RunContext): Promise<void> {
  if (expects && gateways.iam) {
    const { roleName, is } = expects.roleTrustPolicy;
    const { trustPolicy } = await gateways.iam.getRole(roleName, signal);

    if (!samePolicy(parsed(trustPolicy), parsed(is))) {
      throw new ChangedError(id);
    }
  }
}

const OPERATIONS = object({ data: optional(list(object({ metadata: METADATA, status: optional(object({ releaseName: optional(string) })) }))) });

interface Operation { metadata: { name: string; namespace: string }; status?: { releaseName?: string } }

/** Names of a release's Helm operations, so that one whose answer got lost can be found. */
export async function operationsOf({ helm, until }: Step, { gateways, signal }: RunContext): Promise<string[]> {
  if (!helm || !until || !('helmOperation' in until)) {
    return [];
  }
  const path = clusterPath(until.helmOperation.clusterId, `/v1/catalog.cattle.io.operations/${ segment(helm.namespace) }`);
  const { data } = await rancher<{ data?: Operation[] }>(gateways.transport, { path, shape: OPERATIONS, signal });

  return (data ?? []).filter(({ status }) => status?.releaseName === helm.release).map(({ metadata }) => metadata.name);
}
