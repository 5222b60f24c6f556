import type { AwsAccount, ClusterRef, Known, Obstacle, Right } from '../../domain/facts';
import { MANAGED, ROLE_PATH, TAG } from '../../domain/aws/ownership';
import { MANAGEMENT_CLUSTER } from '../../domain/rights/request';
import { isForBackups } from '../../domain/rights/policy';
import { actionName, AWS_NEEDS, KUBERNETES_NEEDS, type AwsNeed, type AwsTarget, type KubernetesNeed } from '../../domain/rights/table';
import type { Gateways } from '../../gateways';
import { simulate, type AwsAsk, type AwsVerdict, type Caller } from '../../gateways/aws/caller';
import type { Iam } from '../../gateways/aws/iam';
import { hasRight } from '../../gateways/kubernetes/rights';
import { look, unknown } from '../../gateways/observe/known';

/** A row of the table, and which of its rights are missing; `unknown` where nobody answered, or no cluster is chosen. */
export interface KubernetesCheck {
  need: KubernetesNeed;
  state: 'there' | 'missing' | 'unknown';
  missing: Right[];
  why?: Obstacle;
}

export interface AwsCheck {
  need: AwsNeed;
  state: AwsVerdict | 'unknown';
}

/** The whole table, as it stands with one person, one cluster and one credential. */
export interface NeedsCheck {
  kubernetes: KubernetesCheck[];
  aws: AwsCheck[];
  caller: Known<Caller>;
  /** Why IAM could not be asked about its actions. */
  awsWhy?: Obstacle;
}

export interface CheckOptions {
  cluster?: ClusterRef;
  /** ARN of the boundary that new roles will have. */
  boundary?: string;
  /** A bucket that a policy for backups names; without one, a no of what hangs on its name says nothing. */
  bucket?: string;
  /** Buckets of issuers matter, too; without them, what both kinds need is asked for the one named bucket alone. */
  issuers?: boolean;
  caller(): Promise<Known<Caller>>;
  signal?: AbortSignal;
}

/** Names that nothing has: the simulator answers for them all the same (API reference: «You can simulate resources that don't exist»). */
const NOBODY = 'irsa-permissions-check';

/** Asks for every row of the table; nothing is changed. */
export async function checkNeeds(gateways: Gateways, options: CheckOptions): Promise<NeedsCheck> {
  const [kubernetes, aws] = await Promise.all([Promise.all(KUBERNETES_NEEDS.map((need) => checkRow(gateways, need, options))), checkAws(gateways, options)]);

  return { kubernetes, ...aws };
}

async function checkRow({ transport }: Gateways, need: KubernetesNeed, { cluster, signal }: CheckOptions): Promise<KubernetesCheck> {
  const clusterId = need.scope === 'management' ? MANAGEMENT_CLUSTER : cluster?.id;

  if (!clusterId) {
    return { need, state: 'unknown', missing: [] };
  }
  const rights = need.verbs.flatMap((verb) => need.resources.flatMap((resource) => (need.names ?? [undefined]).map((name) => rightOf(clusterId, verb, need.group, resource, name))));
  const answers = await Promise.all(rights.map(async(right) => ({ right, answer: await look(() => hasRight(transport, right, signal)) })));
  const why = answers.map(({ answer }) => answer.known ? undefined : answer.why).find(Boolean);
  const missing = answers.filter(({ answer }) => answer.known && !answer.value).map(({ right }) => right);

  return { need, state: missing.length ? 'missing' : why ? 'unknown' : 'there', missing, ...(why ? { why } : {}) };
}

function rightOf(clusterId: string, verb: string, group: string, resource: string, name: string | undefined): Right {
  const [plain = '', subresource] = resource.split('/');

  return { clusterId, verb, group, resource: plain, ...(subresource ? { subresource } : {}), ...(name ? { name } : {}) };
}

async function checkAws({ iam }: Gateways, { boundary, bucket, issuers, caller, signal }: CheckOptions): Promise<Omit<NeedsCheck, 'kubernetes'>> {
  const who = await caller();

  if (iam && who.known && who.value.arn.includes(':user/')) {
    /** What both kinds of buckets need is asked for each kind that matters. */
    const targets = (need: AwsNeed): AwsTarget[] => bucket && isForBackups(need) ? [...new Set([...issuers ? [need.on] : [], 'backups' as const])] : [need.on];
    const asks = AWS_NEEDS.map((need) => targets(need).map((on) => askOf({ ...need, on }, who.value, boundary ?? who.value.boundary, bucket)));
    const verdicts = await look(() => simulate(iam, who.value, asks.flat(), signal));

    if (verdicts.known) {
      let next = 0;
      // Of what was asked for two buckets, the worse.
      const answers = asks.map(({ length }) => {
        const all = verdicts.value.slice(next, next += length);

        return all.find((verdict) => verdict === 'denied') ?? all.find((verdict) => verdict !== 'allowed') ?? 'allowed';
      });
      // Policies name the buckets for backups one by one: a no for a name that nothing has says nothing.
      const isOpen = ({ on }: AwsNeed, index: number): boolean => on === 'backups' && !bucket && answers[index] === 'denied';

      return { caller: who, aws: AWS_NEEDS.map((need, index) => ({ need, state: isOpen(need, index) ? 'unknown' : answers[index]! })) };
    }

    return { caller: who, awsWhy: verdicts.why, aws: await byReading(iam, ['GetUser'], signal) };
  }
  const notAUser = unknown<never>('not-asked', 'irsa.obstacle.notAUser') as { why: Obstacle };

  return { caller: who, awsWhy: who.known ? notAUser.why : who.why, aws: iam ? await byReading(iam, who.known && who.value.arn.includes(':iam:') ? ['GetUser'] : [], signal) : AWS_NEEDS.map((need) => ({ need, state: 'unknown' })) };
}

/** What can be told by reading alone: the two lists. The rest would need an object to read, or a change. */
async function byReading(iam: Iam, known: string[], signal?: AbortSignal): Promise<AwsCheck[]> {
  const [providers, roles] = await Promise.all([look(() => iam.listProviders(signal)), look(() => iam.firstAccount(signal))]);
  const states: Partial<Record<string, AwsCheck['state']>> = {
    ListOpenIDConnectProviders: stateOf(providers), ListRoles: stateOf(roles), ...Object.fromEntries(known.map((action) => [action, 'allowed' as const]))
  };

  return AWS_NEEDS.map((need) => ({ need, state: states[need.action] ?? 'unknown' }));
}

function stateOf(answer: Known<unknown>): AwsCheck['state'] {
  return answer.known ? 'allowed' : answer.why.kind === 'refused' ? 'denied' : 'unknown';
}

function askOf(need: AwsNeed, { arn, account }: Caller, boundary?: string, bucket?: string): AwsAsk {
  return {
    action:   actionName(need.action),
    resource: resourceOf(need, arn, account, bucket),
    context:  { ...(need.tagged ? { [`aws:RequestTag/${ TAG.owner }`]: MANAGED } : {}), ...(need.owned ? { [`aws:ResourceTag/${ TAG.owner }`]: MANAGED } : {}), ...(need.bounded && boundary ? { 'iam:PermissionsBoundary': boundary } : {}) },
  };
}

function resourceOf({ on }: AwsNeed, self: string, { id, partition }: AwsAccount, bucket = `irsa-${ NOBODY }`): string {
  const arn = (what: string): string => `arn:${ partition }:iam::${ id }:${ what }`;

  switch (on) {
  case 'everything': return '*';
  case 'providers': return arn(`oidc-provider/${ NOBODY }.example`);
  case 'roles': return arn(`role/${ NOBODY }`);
  case 'ownRoles':
  case 'changeableRoles': return arn(`role${ ROLE_PATH }${ NOBODY }`);
  case 'backups': return `arn:${ partition }:s3:::${ bucket }`;
  case 'buckets': return `arn:${ partition }:s3:::irsa-${ NOBODY }`;
  case 'self': return self;
  }
}
