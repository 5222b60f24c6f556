import { accountOfArn } from '../../domain/aws/arn';
import { MANAGED, TAG } from '../../domain/aws/ownership';
import type { AwsAccount, Known } from '../../domain/facts';
import { BOUNDARY_TAG } from '../../domain/rights/policy';
import type { Gateways } from '../index';
import { look, unknown } from '../observe/known';
import type { Iam } from './iam';

/** Whose keys a credential holds. */
export interface Caller {
  /** `arn:aws:iam::111122223333:user/rancher`; the root user's ends with `:root`. */
  arn: string;
  account: AwsAccount;
  /** Without its path, as `${aws:username}` has it. */
  name: string;
  /** The permissions boundary that roles made with this credential shall have: the user says it by a tag of its own. */
  boundary?: string;
}

/**
 * Asks IAM who signs: GetUser without a name is about the user whose keys sign the request (API reference, GetUser), so STS, which
 * Rancher does not forward to by default, need not be asked.
 * @throws IrsaError where the user may not ask, and for keys of a role, which are no user's
 */
export async function whoAmI(iam: Iam, signal?: AbortSignal): Promise<Caller> {
  const { User } = await iam.send<{ User?: { Arn?: string; UserName?: string; Tags?: { Key?: string; Value?: string }[] } }>('GetUser', {}, signal);
  const arn = User?.Arn ?? '';
  const boundary = User?.Tags?.find(({ Key }) => Key === BOUNDARY_TAG)?.Value;

  return { arn, account: accountOfArn(arn) ?? { id: '', partition: 'aws' }, name: User?.UserName ?? '', ...(boundary ? { boundary } : {}) };
}

/**
 * Who signs, or why nobody tells. Temporary credentials are a role's as a rule, of which IAM's GetUser knows nothing: there STS says whose
 * they are, and IAM is asked about a user alone.
 */
export async function knownCaller({ iam, session }: Pick<Gateways, 'iam' | 'session'>, signal?: AbortSignal): Promise<Known<Caller>> {
  if (!iam) {
    return unknown('no-credential', 'irsa.obstacle.noCredential');
  }
  const told = session && await look(() => session(signal));

  if (!told || (told.known && told.value?.includes(':user/'))) {
    return look(() => whoAmI(iam, signal));
  }
  if (!told.known) {
    return told;
  }

  return told.value ? { known: true, value: { arn: told.value, account: accountOfArn(told.value) ?? { id: '', partition: 'aws' }, name: '' } } : unknown('not-asked', 'irsa.obstacle.sessionUnseen');
}

/** One action on one resource, with what IAM knows of the request. */
export interface AwsAsk {
  /** `iam:CreateRole` */
  action: string;
  /** ARN, or `*` where IAM knows no resource. */
  resource: string;
  /** Condition keys that the request brings along. */
  context: Record<string, string>;
}

/** `unsure`: refused as it stands, yet the policy depends on something that only the call itself brings along. */
export type AwsVerdict = 'allowed' | 'denied' | 'unsure';

interface Result {
  EvalActionName?: string;
  EvalDecision?: string;
  MissingContextValues?: string[];
}

/** Keys whose absence in our requests is known, so that a policy that asks for them refuses. */
const KNOWN_ABSENT = /^(iam:PermissionsBoundary|iam:PolicyARN|aws:TagKeys|aws:RequestTag\/.*)$/i;

/**
 * What IAM's simulator says to each ask, in the order asked; nothing is changed by it. One request for each resource and context: the
 * simulator answers once for an action, whatever the number of resources (boto3 reference, EvaluationResult), and holds every entry of the
 * context true for every action asked with it. A tag that only CreateRole sends would make it allow a PutRolePolicy that IAM then refuses.
 * Where nobody says whose a thing is, it is taken for ours: what is refused even so is refused, whatever the policy says of the tag.
 * @throws IrsaError where the user may not ask
 */
export async function simulate(iam: Iam, caller: Caller, asks: AwsAsk[], signal?: AbortSignal): Promise<AwsVerdict[]> {
  const groups = Map.groupBy(asks, ({ resource, context }) => JSON.stringify([resource, Object.entries(context).sort()]));
  const answers = new Map((await Promise.all([...groups.values()].map(async(about) => {
    const { resource, context } = about[0]!;
    const { EvaluationResults = [] } = await iam.send<{ EvaluationResults?: Result[] }>('SimulatePrincipalPolicy', {
      PolicySourceArn: caller.arn,
      ActionNames:     [...new Set(about.map(({ action }) => action))],
      ResourceArns:    [within(resource, caller.account)],
      ContextEntries:  Object.entries({ 'aws:username': caller.name, [`aws:ResourceTag/${ TAG.owner }`]: MANAGED, ...context }).map(([ContextKeyName, value]) => ({ ContextKeyName, ContextKeyType: 'string', ContextKeyValues: [value] })),
    }, signal);

    return about.map((ask) => [ask, verdict(EvaluationResults.find(({ EvalActionName }) => EvalActionName === ask.action))] as const);
  }))).flat());

  return asks.map((ask) => answers.get(ask)!);
}

function verdict(result: Result | undefined): AwsVerdict {
  if (result?.EvalDecision === 'allowed') {
    return 'allowed';
  }
  const isKnown = result !== undefined && (result.EvalDecision === 'explicitDeny' || (result.MissingContextValues ?? []).every((key) => KNOWN_ABSENT.test(key)));

  return isKnown ? 'denied' : 'unsure';
}

/** Puts the account in where an ARN leaves it open. */
export function within(arn: string, { id, partition }: AwsAccount): string {
  return arn.replace(/^arn:[a-z-]+:iam::\*:/, `arn:${ partition }:iam::${ id }:`);
}
