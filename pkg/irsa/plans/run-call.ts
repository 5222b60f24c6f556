import { irsaError, IrsaError } from '../domain/errors';
import type { IdentityCheck, Text } from '../domain/facts';
import { isObject, samePolicy } from '../domain/json/same';
import { text } from '../domain/text';
import { segment } from '../domain/names/segment';
import { isIamCommand } from '../gateways/aws/iam';
import { isS3Command } from '../gateways/aws/s3';
import { clusterPath, kube, METADATA } from '../gateways/kubernetes/client';
import { isPassing, mayBePropagation, verifyIdentity } from '../gateways/observe/identity';
import { bucketTags } from '../gateways/observe/hosting';
import { look } from '../gateways/observe/known';
import { appRelease } from '../gateways/rancher/apps';
import { rancher } from '../gateways/rancher/client';
import { isForwarded } from '../gateways/rancher/proxy-hosts';
import { list, object, optional, string } from '../gateways/shape';
import type { Call, Expectation, Step } from './plan';
import { removes } from './removal';
import { resolve } from './resolve';
import { ChangedError, rest, type RunContext } from './run-context';
import { waitUntil } from './run-until';
import { parsed } from './value';

/** Seconds between checks while IAM's changes spread (peers-and-aws.md §3.5: seconds, rarely a minute). */
const AFTER_WRITE = [1, 2, 4, 8, 15, 15, 15];
/** Also a run that wrote nothing may come right after one that did. */
const OTHERWISE = [1, 2, 4];
/** Milliseconds after which a change of ours is everywhere. */
const SPREAD = 120_000;

/** Sends one call once and gives its answer. */
export async function send(call: Call, context: RunContext): Promise<unknown> {
  const { gateways, outputs, signal } = context;

  if ('aws' in call) {
    const { service, command, input } = call.aws;

    if (!gateways.iam) {
      throw irsaError('UNSIGNED', { action: command });
    }
    if (service === 's3' && isS3Command(command) && gateways.s3) {
      context.attempt();

      return gateways.s3(call.aws.region ?? '').send(command, resolve(input, outputs) as Record<string, unknown>, signal);
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

/** The exchange at STS, again while what was just written to IAM may not be everywhere yet, or while STS is busy. */
async function verify(call: Extract<Call, { verify: unknown }>['verify'], context: RunContext): Promise<unknown> {
  const { gateways, clock, lastIamWrite, signal } = context;
  const { clusterId, namespace, serviceAccount, audience, stsHost } = call;
  const justWritten = lastIamWrite !== undefined && clock.now() - lastIamWrite < SPREAD;
  // Asked now and not when the plan was made: a step of it may have opened the way. Where nobody may tell, it is tried.
  const forwarded = await look(() => isForwarded(gateways.transport, stsHost, signal));
  const question = {
    clusterId,
    namespace,
    serviceAccount,
    audience,
    stsHost,
    roleArn: String(resolve(call.roleArn, context.outputs)),
    proxied: forwarded.known && forwarded.value === false ? false : undefined,
  };

  for (const seconds of [...justWritten ? AFTER_WRITE : OTHERWISE, undefined]) {
    context.attempt();
    const check = await verifyIdentity(gateways, question, signal);

    const why = waitsFor(check, justWritten, context.opened || (forwarded.known && forwarded.value === true), seconds ?? 0);

    if (seconds === undefined || !why) {
      return check;
    }
    context.note('waiting', why);
    await rest(context, seconds * 1000);
  }

  return undefined;
}

/** Why a check that did not go well is worth another: the way is open, STS is busy, IAM's change is on its way. */
function waitsFor(check: IdentityCheck, justWritten: boolean, isOpen: boolean | undefined, seconds: number): Text | undefined {
  if (isPassing(check)) {
    return text('irsa.run.throttled', { seconds });
  }
  if (isOpen && check.result === 'not-checked') {
    return text('irsa.run.again', { seconds });
  }

  return mayBePropagation(check, justWritten) ? text('irsa.run.propagation', { seconds }) : undefined;
}

/**
 * Looks, just before a step writes, whether it finds what the plan saw.
 * @throws ChangedError when somebody changed it since
 */
export async function checkExpectation(step: Step, { revision, deployed }: ReleaseBefore, context: RunContext): Promise<void> {
  // Rancher installs by `helm upgrade --install`, which takes over what somebody else has installed. What failed may be tried again.
  if (step.helm?.revision !== undefined ? revision !== step.helm.revision : step.helm?.isNew && deployed) {
    throw new ChangedError(step.id);
  }
  if (step.expects && !samePolicy(await present(step.expects, context), expected(step.expects))) {
    throw new ChangedError(step.id);
  }
}

function expected(expects: Expectation): unknown {
  if ('s3' in expects) {
    return parsed(expects.s3.is);
  }
  if ('bucketTags' in expects) {
    return expects.bucketTags.tags;
  }
  if ('provider' in expects) {
    const { tags, audiences } = expects.provider;

    return { tags, audiences: audiences.toSorted() };
  }
  if ('role' in expects) {
    return { trustPolicy: parsed(expects.role.trustPolicy), tags: expects.role.tags };
  }

  return 'kubernetesObject' in expects ? expects.kubernetesObject.is : parsed('inlinePolicy' in expects ? expects.inlinePolicy.is : expects.roleTrustPolicy.is);
}

/** What a step is about to rewrite, as it is now. */
async function present(expects: Expectation, { gateways: { iam, s3, transport }, signal }: RunContext): Promise<unknown> {
  if ('s3' in expects) {
    const { bucket, region, key, is } = expects.s3;

    return parsed(s3 ? await s3(region).send(key ? 'GetObject' : 'GetBucketPolicy', { Bucket: bucket, ...(key ? { Key: key } : {}) }, signal) : is);
  }
  if ('bucketTags' in expects) {
    const { bucket, region, tags } = expects.bucketTags;

    return s3 ? named(await bucketTags(s3(region), bucket, signal), tags) : tags;
  }
  if ('kubernetesObject' in expects) {
    const { clusterId, path, field, is } = expects.kubernetesObject;

    return named(at(await kube(transport, clusterId, { path, shape: object({ metadata: METADATA }), signal }), field), is);
  }
  if (!iam) {
    return expected(expects);
  }
  if ('role' in expects) {
    const { trustPolicy, tags } = await iam.getRole(expects.role.roleName, signal);

    return { trustPolicy: parsed(trustPolicy), tags: tags ?? {} };
  }
  if ('provider' in expects) {
    const { tags = {}, audiences = [] } = await iam.getProvider(expects.provider.arn, signal);

    return { tags, audiences: audiences.toSorted() };
  }
  if ('inlinePolicy' in expects) {
    const { roleName, policyName, is } = expects.inlinePolicy;

    try {
      return parsed((await iam.inlinePolicies(roleName, [policyName], signal))[policyName] ?? '');
    } catch (error) {
      if (!is && error instanceof IrsaError && error.kind === 'gone') {
        return '';
      }
      throw error;
    }
  }

  return parsed((await iam.getRole(expects.roleTrustPolicy.roleName, signal)).trustPolicy);
}

/** Of objects, only the fields that another has, and of containers and variables those that it names; no list and no object are an empty one, as Kubernetes leaves empty ones out. */
function named(value: unknown, like: unknown): unknown {
  if (Array.isArray(like)) {
    return value ?? [];
  }
  if (!isObject(like)) {
    return value;
  }
  const inside = value ?? {};

  return isObject(inside) ? Object.fromEntries(Object.keys(like).map((key) => [key, MERGED.includes(key) ? namedIn(inside[key], like[key]) : named(inside[key], like[key])])) : value;
}

/** Lists that Kubernetes merges by name. */
const MERGED = ['containers', 'initContainers', 'env'];

function namedIn(value: unknown, like: unknown): unknown {
  // What a patch takes out of such a list is not there afterwards.
  const list = Array.isArray(value) ? value.filter(isObject).filter(({ $patch }) => $patch !== 'delete') : [];

  return Array.isArray(like) ? like.filter(isObject).map((one) => named(list.find(({ name }) => name === one.name), one)) : value;
}

function at(inside: unknown, field: string[]): unknown {
  return field.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], inside);
}

/**
 * Looks, after a step's answer got lost, whether it did its work: then what it answered, else undefined and it may be sent again.
 * @param operationsBefore  of the release, when the step had not been sent yet
 * @throws ChangedError when somebody changed meanwhile what the step rewrites
 */
export async function whatCameOfIt(step: Step, operationsBefore: string[], context: RunContext): Promise<{ output: unknown } | undefined> {
  if (step.helm) {
    const begun = (await operationsOf(step, context)).find((name) => !operationsBefore.includes(name));

    return begun ? { output: { operationName: begun, operationNamespace: step.helm.namespace } } : undefined;
  }
  // S3 in us-east-1 would say «made» once more, and reset the bucket's access lists (API reference, CreateBucket).
  if (step.adopt && 'bucket' in step.adopt && context.gateways.s3) {
    const { name, region, tags } = step.adopt.bucket;

    return samePolicy(named(await bucketTags(context.gateways.s3(region), name, context.signal), tags), tags) ? { output: {} } : undefined;
  }
  // What takes something away is sent again: that it is gone is its answer then.
  if (step.expects && !removes(step)) {
    const now = await present(step.expects, context);

    // A merge patch takes a field away by `null`; afterwards it is not there.
    if (samePolicy(now ?? null, written(step.call, step.expects, context) ?? null)) {
      return { output: {} };
    }
    if (!samePolicy(now, expected(step.expects))) {
      throw new ChangedError(step.id);
    }
  }

  return undefined;
}

/** What a step writes there. */
function written(call: Call, expects: Expectation, { outputs }: RunContext): unknown {
  if ('kubernetesObject' in expects) {
    const { field, is } = expects.kubernetesObject;

    return 'kubernetes' in call && call.kubernetes.body !== undefined ? named(at(resolve(call.kubernetes.body, outputs), field), is) : undefined;
  }
  if ('role' in expects) {
    const { Tags = [] } = 'aws' in call ? resolve(call.aws.input, outputs) as { Tags?: { Key: string; Value: string }[] } : {};

    return { trustPolicy: parsed(expects.role.trustPolicy), tags: { ...expects.role.tags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) } };
  }
  const { PolicyDocument, Policy, Body } = 'aws' in call ? resolve(call.aws.input, outputs) as { PolicyDocument?: unknown; Policy?: unknown; Body?: unknown } : {};
  const document = PolicyDocument ?? Policy ?? Body;

  return typeof document === 'string' ? parsed(document) : undefined;
}

const OPERATIONS = object({ data: optional(list(object({ metadata: METADATA, status: optional(object({ releaseName: optional(string) })) }))) });

interface Operation { metadata: { name: string; namespace: string }; status?: { releaseName?: string } }

/** What there is of a release before a step of Helm's: what came of the step is told by what is new. */
export interface ReleaseBefore {
  /** Names of its operations, so that one whose answer got lost can be found. */
  operations: string[];
  revision?: number;
  /** Helm has installed it, and it is there as it should be. */
  deployed?: boolean;
}

/** Nothing for steps that are not Helm's. */
export async function releaseBefore(step: Step, context: RunContext): Promise<ReleaseBefore> {
  if (!step.until || !('helmOperation' in step.until)) {
    return { operations: [] };
  }
  const { clusterId, app } = step.until.helmOperation;
  const [operations, release] = await Promise.all([operationsOf(step, context), appRelease(context.gateways.transport, clusterId, app, context.signal)]);

  return { operations, ...release };
}

async function operationsOf({ helm, until }: Step, { gateways, signal }: RunContext): Promise<string[]> {
  if (!helm || !until || !('helmOperation' in until)) {
    return [];
  }
  const path = clusterPath(until.helmOperation.clusterId, `/v1/catalog.cattle.io.operations/${ segment(helm.namespace) }`);
  const { data } = await rancher<{ data?: Operation[] }>(gateways.transport, { path, shape: OPERATIONS, signal });

  return (data ?? []).filter(({ status }) => status?.releaseName === helm.release).map(({ metadata }) => metadata.name);
}
