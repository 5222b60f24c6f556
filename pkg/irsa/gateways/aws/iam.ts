import { accountOfArn, parseRoleArn } from '../../domain/aws/arn';
import { iamHost } from '../../domain/aws/hosts';
import { IrsaError } from '../../domain/errors';
import type { AccountQuotas, AwsAccount, ObservedProvider, ObservedRole, Partition } from '../../domain/facts';
import { endless, unreadable } from '../answer';
import { awsError } from './errors';
import { query } from './query';
import type { AwsRoute } from './request';

/** The calls that plans may name, and those that are asked before one. */
const COMMANDS = [
  'AddClientIDToOpenIDConnectProvider', 'CreateOpenIDConnectProvider', 'CreateRole', 'DeleteOpenIDConnectProvider', 'DeleteRole', 'DeleteRolePolicy', 'DetachRolePolicy', 'GetAccountSummary', 'GetOpenIDConnectProvider', 'GetPolicy', 'GetPolicyVersion', 'GetRole', 'GetRolePolicy', 'GetUser',
  'ListAttachedRolePolicies', 'ListOpenIDConnectProviders', 'ListRolePolicies', 'ListRoles', 'PutRolePolicy', 'SimulatePrincipalPolicy', 'TagRole', 'UpdateAssumeRolePolicy'
] as const;

export type IamCommand = typeof COMMANDS[number];

export function isIamCommand(name: string): name is IamCommand {
  return (COMMANDS as readonly string[]).includes(name);
}

/** IAM of one account. Errors are IrsaError (AWS refused) or TransportError (nobody answered). */
export interface Iam {
  send<T>(command: IamCommand, input: object, signal?: AbortSignal): Promise<T>;
  /** ARNs of all IAM OIDC providers; the list is not paged and holds nothing else. */
  listProviders(signal?: AbortSignal): Promise<string[]>;
  /** The account, from the first role that IAM lists; undefined where there is none. */
  firstAccount(signal?: AbortSignal): Promise<AwsAccount | undefined>;
  getProvider(arn: string, signal?: AbortSignal): Promise<ObservedProvider>;
  /**
   * Roles under a path, trust policies included and tags left out (as IAM does); ends early when all `wanted` were seen.
   * @throws IrsaError ANSWER_ENDLESS for a list that begins again, or never ends
   */
  listRoles(options?: { path?: string; wanted?: string[]; signal?: AbortSignal }): Promise<ObservedRole[]>;
  getRole(name: string, signal?: AbortSignal): Promise<ObservedRole>;
  /** The role's inline policies of these names, as JSON text. */
  inlinePolicies(roleName: string, names: string[], signal?: AbortSignal): Promise<Record<string, string>>;
  /** ARNs of the managed policies attached to a role. */
  attachedPolicies(roleName: string, signal?: AbortSignal): Promise<string[]>;
  /** What a managed policy says now, as JSON text: IAM is asked for its version in force, and then for that. */
  managedPolicy(arn: string, signal?: AbortSignal): Promise<string>;
  /** What the account may have, raised quotas included. */
  quotas(signal?: AbortSignal): Promise<AccountQuotas>;
}

/** Pages of a thousand: ten times the roles that AWS allows an account. */
const MOST_PAGES = 100;

/** What of a role IAM answers (API reference, Role). */
interface RoleAnswer {
  Arn?: string;
  RoleName?: string;
  Path?: string;
  AssumeRolePolicyDocument?: string;
  Tags?: { Key?: string; Value?: string }[];
  PermissionsBoundary?: { PermissionsBoundaryArn?: string };
  MaxSessionDuration?: string;
}

/** IAM through Rancher's proxy, with a cloud credential. */
export function createIam(route: AwsRoute, partition: Partition): Iam {
  const api = { service: 'iam', host: iamHost(partition), version: '2010-05-08' } as const;

  async function send<T>(command: IamCommand, input: object, signal?: AbortSignal): Promise<T> {
    try {
      return await query({ ...route, signal }, api, command, input) as T;
    } catch (error) {
      const explained = awsError(error, 'iam', command);

      if (explained instanceof IrsaError && explained.code === 'CREDENTIAL_EXPIRED') {
        route.onExpired?.();
      }
      throw explained;
    }
  }

  return {
    send,
    async listProviders(signal) {
      const { OpenIDConnectProviderList: list = [] } = await send<{ OpenIDConnectProviderList?: { Arn?: string }[] }>('ListOpenIDConnectProviders', {}, signal);

      return list.flatMap(({ Arn }) => Arn ?? []);
    },
    async firstAccount(signal) {
      const { Roles = [] } = await send<{ Roles?: RoleAnswer[] }>('ListRoles', { MaxItems: 1 }, signal);

      return accountOfArn(Roles[0]?.Arn ?? '');
    },
    async getProvider(arn, signal) {
      const { ClientIDList, Tags } = await send<{ ClientIDList?: string[]; Tags?: RoleAnswer['Tags'] }>('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn }, signal);

      return { arn, audiences: ClientIDList ?? [], tags: tagsOf(Tags) };
    },
    async listRoles({ path, wanted, signal } = {}) {
      const roles: ObservedRole[] = [];
      const missing = wanted && new Set(wanted);
      const seen = new Set<string>();
      let marker: string | undefined;

      do {
        const page: { Roles?: RoleAnswer[]; Marker?: string; IsTruncated?: boolean } = await send('ListRoles', { PathPrefix: path, Marker: marker, MaxItems: 1000 }, signal);

        for (const role of page.Roles ?? []) {
          const observed = observedRole(role, false);

          roles.push(observed);
          missing?.delete(observed.name);
        }
        marker = page.IsTruncated ? page.Marker : undefined;
        if (marker && (seen.has(marker) || seen.size >= MOST_PAGES)) {
          throw endless({ service: 'iam', action: 'iam:ListRoles' }, seen.size + 1);
        }
        seen.add(marker ?? '');
      } while (marker && missing?.size !== 0);

      return roles;
    },
    async getRole(name, signal) {
      const { Role } = await send<{ Role?: RoleAnswer }>('GetRole', { RoleName: name }, signal);

      if (!Role?.Arn || !Role.RoleName) {
        throw unreadable({ service: 'iam', action: 'iam:GetRole' }, 'there is no role in it');
      }

      return observedRole(Role, true);
    },
    async inlinePolicies(roleName, names, signal) {
      const read = await Promise.all(names.map(async(name) => [name, decode((await send<{ PolicyDocument?: string }>('GetRolePolicy', { RoleName: roleName, PolicyName: name }, signal)).PolicyDocument)] as const));

      return Object.fromEntries(read);
    },
    async attachedPolicies(roleName, signal) {
      // Twenty at most, once the quota was raised: IAM answers a hundred at once.
      const { AttachedPolicies = [] } = await send<{ AttachedPolicies?: { PolicyArn?: string }[] }>('ListAttachedRolePolicies', { RoleName: roleName }, signal);

      return AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []);
    },
    async managedPolicy(arn, signal) {
      const { Policy } = await send<{ Policy?: { DefaultVersionId?: string } }>('GetPolicy', { PolicyArn: arn }, signal);
      const { PolicyVersion } = await send<{ PolicyVersion?: { Document?: string } }>('GetPolicyVersion', { PolicyArn: arn, VersionId: Policy?.DefaultVersionId }, signal);

      return decode(PolicyVersion?.Document);
    },
    async quotas(signal) {
      const { SummaryMap = {} } = await send<{ SummaryMap?: Record<string, string> }>('GetAccountSummary', {}, signal);
      const count = (name: string) => Number(SummaryMap[name]) || undefined;

      return { trustPolicySize: count('AssumeRolePolicySizeQuota'), rolePolicySize: count('RolePolicySizeQuota') };
    },
  };
}

function observedRole(role: RoleAnswer, withTags: boolean): ObservedRole {
  const arn = role.Arn ?? '';

  return {
    arn,
    name:                role.RoleName ?? parseRoleArn(arn)?.name ?? '',
    path:                role.Path ?? '/',
    trustPolicy:         decode(role.AssumeRolePolicyDocument),
    permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
    ...(role.MaxSessionDuration ? { maxSessionDuration: Number(role.MaxSessionDuration) } : {}),
    ...(withTags ? { tags: tagsOf(role.Tags) } : {}),
  };
}

function tagsOf(tags: RoleAnswer['Tags']): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

/** IAM answers documents percent-encoded (RFC 3986: a plus is a plus). One that is not is left as it is. */
function decode(document: string | undefined): string {
  try {
    return decodeURIComponent(document ?? '');
  } catch {
    return document ?? '';
  }
}
