import { partitionOfRegion } from '../../domain/aws/partitions';
import { accountOfArn, parseArn, roleArn } from '../../domain/aws/arn';
import { ROLE_PATH, TAG } from '../../domain/aws/ownership';
import type { AwsAccount, ObservedWorkload, Right } from '../../domain/facts';
import { MANAGEMENT_CLUSTER, rightOfRequest } from '../../domain/rights/request';
import { provisioningPath } from '../../gateways/observe/servers';
import type { AwsAsk } from '../../gateways/aws/caller';
import type { Call, Condition, Expectation, Plan, Step } from '../plan';
import { removes } from '../removal';

/** Everything one step needs. */
export interface StepNeeds {
  rights: Right[];
  aws: AwsAsk[];
}

/**
 * What a step needs, read from the very call that will be sent, from what is looked at until it has happened, and from what it
 * expects to find: a step that nobody thought about cannot leave anything out. `step.needs` adds what no call tells.
 */
export function needsOf(step: Step, plan: Pick<Plan, 'steps'>): StepNeeds {
  const { call, until, expects, helm, needs, adopt } = step;
  const account = accountIn(plan);
  const rights = [...rightsOfCall(call, helm), ...(until ? rightsOfCondition(until) : []), ...('wait' in call ? rightsOfCondition(call.wait.until) : []), ...(expects && 'kubernetesObject' in expects ? some(rightOfRequest('GET', expects.kubernetesObject.path, expects.kubernetesObject.clusterId)) : []), ...(needs?.right ? [needs.right] : [])];
  const named = needs?.aws && parseArn(needs.aws.resource) ? needs.aws.resource : undefined;
  const aws = [...asksOfCall(call, plan, { resource: named, boundary: needs?.aws?.boundary, owner: ownerSeen(step) }, account), ...(expects ? asksOfExpectation(expects, named, account) : [])];

  if (adopt && 'provider' in adopt && adopt.provider.blind) {
    // It may be there already: then it is looked at and taken over.
    aws.push({ action: 'iam:ListOpenIDConnectProviders', resource: '*', context: {} }, { action: 'iam:GetOpenIDConnectProvider', resource: aws[0]!.resource, context: {} });
  }

  return { rights: unique(rights), aws: unique(aws) };
}

/** S3 names some rights otherwise than the calls (Service Authorization Reference, S3). */
const S3_RIGHTS: Record<string, string> = { PutPublicAccessBlock: 'PutBucketPublicAccessBlock', GetPublicAccessBlock: 'GetBucketPublicAccessBlock', ListObjectVersions: 'ListBucketVersions' };

function s3Ask(command: string, bucket: string, region: string | undefined, key: unknown): AwsAsk {
  return { action: `s3:${ S3_RIGHTS[command] ?? command }`, resource: `arn:${ partitionOfRegion(region ?? '') }:s3:::${ bucket }${ typeof key === 'string' ? `/${ key }` : '' }`, context: {} };
}

function asksOfExpectation(expects: Expectation, named: string | undefined, account: AwsAccount | undefined): AwsAsk[] {
  if ('kubernetesObject' in expects) {
    return [];
  }
  if ('bucketTags' in expects) {
    return [s3Ask('GetBucketTagging', expects.bucketTags.bucket, expects.bucketTags.region, undefined)];
  }
  if ('s3' in expects) {
    const { bucket, region, key } = expects.s3;

    return [s3Ask(key ? 'GetObject' : 'GetBucketPolicy', bucket, region, key)];
  }
  if ('provider' in expects) {
    return [{ action: 'iam:GetOpenIDConnectProvider', resource: expects.provider.arn, context: {} }];
  }
  const [action, { roleName }] = 'inlinePolicy' in expects ? ['GetRolePolicy', expects.inlinePolicy] as const : ['GetRole', 'role' in expects ? expects.role : expects.roleTrustPolicy] as const;

  return [{ action: `iam:${ action }`, resource: named ?? resourceOf(action, { RoleName: roleName }, account), context: {} }];
}

/** The needs of all steps, each once. */
export function planNeeds(plan: Pick<Plan, 'steps'>): StepNeeds {
  const all = plan.steps.map((step) => needsOf(step, plan));

  return { rights: unique(all.flatMap(({ rights }) => rights)), aws: unique(all.flatMap(({ aws }) => aws)) };
}

function rightsOfCall(call: Call, helm: Step['helm']): Right[] {
  if ('kubernetes' in call) {
    const { clusterId, verb, path } = call.kubernetes;

    return some(rightOfRequest(verb, path, clusterId));
  }
  if ('rancher' in call) {
    const { verb, path } = call.rancher;
    const right = rightOfRequest(verb, path);

    // Rancher runs Helm as this person, and charts hold objects of the whole cluster, roles among them: who may all, may that.
    return helm && right ? [{ clusterId: right.clusterId, verb: '*', group: '*', resource: '*' }] : some(right);
  }
  if ('verify' in call) {
    const { clusterId, namespace, serviceAccount } = call.verify;

    return [{ clusterId, verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token', namespace, name: serviceAccount }];
  }

  return [];
}

const PLURAL: Partial<Record<ObservedWorkload['kind'], string>> = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' };

function rightsOfCondition(condition: Condition): Right[] {
  if ('helmOperation' in condition) {
    return [{ clusterId: condition.helmOperation.clusterId, verb: '*', group: '*', resource: '*' }];
  }
  if ('repositoryDownloaded' in condition) {
    const { clusterId, repository } = condition.repositoryDownloaded;

    return [{ clusterId, verb: 'get', group: 'catalog.cattle.io', resource: 'clusterrepos', name: repository }];
  }
  if ('fleetDeployed' in condition) {
    return [{ clusterId: MANAGEMENT_CLUSTER, verb: 'list', group: 'fleet.cattle.io', resource: 'bundledeployments' }];
  }
  if ('serversIssuer' in condition) {
    const { clusterId, provisioningId } = condition.serversIssuer;

    return [...some(rightOfRequest('GET', provisioningPath(provisioningId))), { clusterId, verb: 'list', group: '', resource: 'nodes' }];
  }
  if ('tokenIssuer' in condition) {
    return [{ clusterId: condition.tokenIssuer.clusterId, verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token', namespace: 'default', name: 'default' }];
  }
  if ('rollout' in condition) {
    const { clusterId, kind, namespace } = condition.rollout;

    return [{ clusterId, verb: 'list', group: 'apps', resource: PLURAL[kind] ?? 'deployments', namespace }];
  }
  if ('accountAnnotated' in condition) {
    const { clusterId, namespace } = condition.accountAnnotated;

    return [{ clusterId, verb: 'list', group: '', resource: 'serviceaccounts', namespace }];
  }
  const { clusterId, namespace } = 'podsWithoutRole' in condition ? condition.podsWithoutRole : condition.podsCarryRole;

  return [{ clusterId, verb: 'list', group: '', resource: 'pods', namespace }, ...Object.values(PLURAL).map((resource) => ({ clusterId, verb: 'list', group: 'apps', resource, namespace }))];
}

type Input = Record<string, unknown>;

function asksOfCall(call: Call, plan: Pick<Plan, 'steps'>, known: { resource?: string; boundary?: string; owner?: string }, account: AwsAccount | undefined): AwsAsk[] {
  if (!('aws' in call)) {
    return [];
  }
  const { service, command } = call.aws;

  if (service === 's3') {
    const { Bucket, Key } = call.aws.input as { Bucket: string; Key?: string };
    const asked = s3Ask(command, Bucket, call.aws.region, Key);

    return command === 'CreateBucket' ? [asked, { ...asked, action: 's3:TagResource' }] : [asked];
  }
  const input = call.aws.input as Input;
  const tags = (input.Tags ?? []) as { Key: string; Value: string }[];
  // What takes something away is allowed where it bears our tag (see credentialPolicy).
  const context = known.owner ? { [`aws:ResourceTag/${ TAG.owner }`]: known.owner } : Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${ Key }`, Value]));
  const boundary = known.boundary ?? (command === 'PutRolePolicy' ? boundaryOf(plan, input.RoleName) : input.PermissionsBoundary);
  const resource = known.resource ?? resourceOf(command, input, account);
  const asked = { action: `${ service }:${ command }`, resource, context: { ...context, ...(typeof boundary === 'string' ? { 'iam:PermissionsBoundary': boundary } : {}) } };

  // Tags in a Create* need the Tag* action as well (see credentialPolicy).
  return tags.length && command.startsWith('Create') ? [asked, { action: `${ service }:${ command.replace(/^Create/, 'Tag') }`, resource, context }] : [asked];
}

/** Whose something was when the plan to take it away was made. */
function ownerSeen(step: Step): string | undefined {
  const { expects } = step;
  const tags = !removes(step) || !expects ? undefined : 'provider' in expects ? expects.provider.tags : 'role' in expects ? expects.role.tags : undefined;

  return tags?.[TAG.owner];
}

/** The boundary that a role of this plan will have when the step comes. */
function boundaryOf({ steps }: Pick<Plan, 'steps'>, roleName: unknown): unknown {
  for (const { call } of steps) {
    if ('aws' in call && call.aws.command === 'CreateRole' && (call.aws.input as Input).RoleName === roleName) {
      return (call.aws.input as Input).PermissionsBoundary;
    }
  }

  return undefined;
}

/** Where the account is not known, `*` stands for it. */
function resourceOf(command: string, input: Input, account: AwsAccount | undefined): string {
  const within: AwsAccount = account ?? { partition: 'aws', id: '*' };

  if (typeof input.Url === 'string') {
    return `arn:${ within.partition }:iam::${ within.id }:oidc-provider/${ input.Url.replace(/^https:\/\//, '') }`;
  }
  if (typeof input.OpenIDConnectProviderArn === 'string') {
    return input.OpenIDConnectProviderArn;
  }
  if (typeof input.RoleName === 'string') {
    return roleArn(within, command === 'CreateRole' && typeof input.Path === 'string' ? input.Path : ROLE_PATH, input.RoleName);
  }

  return '*';
}

/** The account a plan is about, where any of its steps names it. */
function accountIn({ steps }: Pick<Plan, 'steps'>): AwsAccount | undefined {
  return steps.map(({ needs }) => accountOfArn(needs?.aws?.resource ?? '')).find(Boolean);
}

function some<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

function unique<T>(all: T[]): T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
