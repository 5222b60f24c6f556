import { ADOPTED, MANAGED, ROLE_PATH, TAG } from '../aws/ownership';
import { parseRoleArn } from '../aws/arn';
import type { Partition } from '../facts';
import { actionName, AWS_NEEDS, type AwsNeed, type AwsTarget } from './table';

/**
 * Tag of the credential's own IAM user that names the boundary for the roles made with it: it stands where the policy stands, and
 * nothing has to be remembered.
 */
export const BOUNDARY_TAG = 'rancher.io/irsa-boundary';

export interface PolicyOptions {
  partition: Partition;
  /** Twelve digits; left out, the policy fits every account of the partition. */
  accountId?: string;
  /** ARN of the policy that every role of ours shall have as its permissions boundary. */
  boundary?: string;
  /** With what publishing a cluster's keys from a bucket, and ending that, takes: then it is too long for a user's inline policies, not for a managed one. */
  issuers?: boolean;
  /** ARNs of roles that others made and that may be given to service accounts too. */
  otherRoles?: string[];
}

export interface PolicyStatement {
  Sid: string;
  Effect: 'Allow' | 'Deny';
  Action: string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: PolicyStatement[];
}

interface Part {
  sid: string;
  on: AwsTarget;
  tagged?: true;
  owned?: true;
  bounded?: true;
  /** Only for who publishes a cluster's keys. */
  issuers?: true;
}

/** One statement for each kind of object and condition, reads first. */
const PARTS: readonly Part[] = [
  { sid: 'List', on: 'everything' },
  { sid: 'Providers', on: 'providers' },
  { sid: 'ReadRoles', on: 'roles' },
  { sid: 'Make', on: 'providers', tagged: true },
  { sid: 'MakeRoles', on: 'ownRoles', tagged: true, bounded: true },
  { sid: 'TagRoles', on: 'ownRoles', tagged: true },
  { sid: 'PutPolicies', on: 'changeableRoles', bounded: true },
  { sid: 'ChangeTrust', on: 'changeableRoles' },
  { sid: 'Remove', on: 'ownRoles', owned: true },
  { sid: 'RemoveProviders', on: 'providers', owned: true, issuers: true },
  { sid: 'Issuers', on: 'buckets', issuers: true },
  { sid: 'AskBeforehand', on: 'self' },
];

/**
 * The least that the credential's user needs. What IAM holds it to, each as the Service Authorization Reference («Actions, resources,
 * and condition keys for AWS Identity and Access Management») lists it for the very action:
 * - `aws:RequestTag/…` for CreateRole, TagRole, CreateOpenIDConnectProvider and TagOpenIDConnectProvider. Creating with tags needs the
 *   Tag* action as well, with the same resource and tags (seen: openshift/installer#1073 for roles,
 *   aws-ia/terraform-aws-eks-blueprints#902 for providers).
 * - `iam:PermissionsBoundary` for CreateRole (the one in the request) and PutRolePolicy (the one the role has), not for deleting, which
 *   gives nobody anything, and not for UpdateAssumeRolePolicy, which changes who may have the role and not what the role may.
 * - `aws:ResourceTag/…` for whatever is done to a role or a provider: nothing is taken away that does not bear our tag. S3 knows none of
 *   a bucket that is not told to (User Guide, «Enabling ABAC in general purpose buckets»), so of issuers' buckets the name has to do: the
 *   plan itself looks at their tags before it deletes one.
 * - the path is part of a role's ARN, so it needs no condition.
 * - ListRoles and ListOpenIDConnectProviders know no resource.
 * - `${aws:username}` is the user's name without its path (User Guide, «IAM policy elements: Variables and tags»).
 */
export function credentialPolicy(options: PolicyOptions): PolicyDocument {
  const statements: PolicyStatement[] = [];

  for (const one of PARTS.flatMap((part) => statement(part, options))) {
    const same = statements.find(({ Resource, Condition }) => {
      const [here, there] = [Condition ?? Resource, one.Condition ?? one.Resource];

      return JSON.stringify(here) === JSON.stringify(there);
    });

    // A user's inline policies hold 2,048 characters: what is on the same objects, or under the same condition, stands together. No action
    // is for both roles and providers, so none gets more.
    if (same) {
      const resources = [...new Set([same.Resource, one.Resource].flat())];

      same.Action.push(...one.Action);
      same.Resource = resources.length > 1 ? resources : resources[0]!;
    } else {
      statements.push(one);
    }
  }

  const { otherRoles = [] } = options;

  // Roles of others are tagged as adopted and as nothing else: what says `managed` may be deleted.
  if (otherRoles.length) {
    statements.push({ Sid: 'Adopt', Effect: 'Allow', Action: ['iam:TagRole'], Resource: otherRoles, Condition: { StringEquals: { [`aws:RequestTag/${ TAG.owner }`]: ADOPTED } } });
  }

  return { Version: '2012-10-17', Statement: statements };
}

/**
 * What it takes to make a bucket for backups; a document of its own, as the other one is as long as a user's inline policies may be, and
 * few credentials need it.
 * @param buckets  their names
 */
export function backupPolicy(partition: Partition, buckets: string[]): PolicyDocument {
  const Action = AWS_NEEDS.filter(isForBackups).map(({ action }) => actionName(action));

  return { Version: '2012-10-17', Statement: [{ Sid: 'Backups', Effect: 'Allow', Action, Resource: buckets.map((name) => `arn:${ partition }:s3:::${ name }`) }] };
}

function statement(part: Part, options: PolicyOptions): PolicyStatement[] {
  const { sid, on, tagged, owned, bounded } = part;
  const actions = part.issuers && !options.issuers ? [] : AWS_NEEDS.filter((need) => isOf(need, part));
  const equals = { ...(tagged ? { [`aws:RequestTag/${ TAG.owner }`]: MANAGED } : {}), ...(owned ? { [`aws:ResourceTag/${ TAG.owner }`]: MANAGED } : {}), ...(bounded && options.boundary ? { 'iam:PermissionsBoundary': options.boundary } : {}) };

  return actions.length ? [{
    Sid:      sid,
    Effect:   'Allow',
    Action:   actions.map(({ action }) => actionName(action)),
    Resource: resource(on, options),
    ...(Object.keys(equals).length ? { Condition: { StringEquals: equals } } : {}),
  }] : [];
}

function resource(on: AwsTarget, { partition, accountId = '*', otherRoles = [] }: PolicyOptions): string | string[] {
  const arn = (what: string): string => `arn:${ partition }:iam::${ accountId }:${ what }`;
  const own = arn(`role${ ROLE_PATH }*`);

  switch (on) {
  case 'everything': return '*';
  case 'providers': return arn('oidc-provider/*');
  case 'roles': return arn('role/*');
  case 'ownRoles': return own;
  case 'changeableRoles': return otherRoles.length ? [own, ...otherRoles] : own;
  case 'backups':
  case 'buckets': return `arn:${ partition }:s3:::irsa-*`;
  case 'self': return ['user/', 'user/*/'].map((path) => arn(`${ path }\${aws:username}`));
  }
}

function isOf(need: AwsNeed, part: Part): boolean {
  return need.on === part.on && need.tagged === part.tagged && need.owned === part.owned && need.bounded === part.bounded;
}

/** Whether a row is there only for who publishes the keys of clusters that run themselves: the policy has it with `issuers` alone. */
export function isForIssuers(need: AwsNeed): boolean {
  return PARTS.some((part) => part.issuers && isOf(need, part));
}

/** Whether making a bucket for backups takes it; of issuers' buckets it may be needed as well. */
export function isForBackups({ on, uses }: AwsNeed): boolean {
  return (on === 'buckets' || on === 'backups') && uses.includes('create-bucket');
}

/** What is wrong with an answer about the policy; undefined when it can be used. */
export function boundaryProblem(arn: string): string | undefined {
  return /^arn:[a-z-]+:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/.test(arn) ? undefined : 'irsa.settings.badBoundary';
}

export function otherRoleProblem(arn: string): string | undefined {
  return parseRoleArn(arn) ? undefined : 'irsa.settings.badRole';
}

/** The row of an action, with or without its service: `iam:CreateRole`. */
export function awsNeed(action: string): AwsNeed | undefined {
  return AWS_NEEDS.find((need) => actionName(need.action) === actionName(action));
}
