import type { AccessKey, AccountState, Provider, Role } from '../state.ts';
import type { Parameters } from '../parameters.ts';
import { AwsError } from '../errors.ts';
import type { XmlValue } from '../xml.ts';

export interface IamCall {
  state: AccountState;
  parameters: Parameters;
  key: AccessKey;
}

/** What a call acts on: the ARN policies are asked about, and how AWS' refusal names it. */
export interface Target {
  arn: string;
  shown?: string;
  tags?: Map<string, string>;
  /** The permissions boundary of a role that is there. */
  boundary?: string;
}

export interface IamAction {
  write?: boolean;
  target(call: IamCall): Target;
  run(call: IamCall): XmlValue | undefined | void;
}

export type IamActions = Record<string, IamAction>;

export function arnOf(state: AccountState, resource: string): string {
  return `arn:${ state.partition }:iam::${ state.id }:${ resource }`;
}

/** What policies know of who asks: a user's name, without its path (User Guide, «IAM policy elements: Variables and tags»). */
export function callerContext(principalArn: string): Record<string, string[]> {
  const user = /:user\/(?:.+\/)?([^/]+)$/.exec(principalArn)?.[1];

  return { 'aws:PrincipalArn': [principalArn], ...user ? { 'aws:username': [user] } : {} };
}

export function everything(): Target {
  return { arn: '*' };
}

/** IAM's refusals name an existing role by `role x`. */
export function roleTarget({ state, parameters }: IamCall): Target {
  const name = parameters.get('RoleName') ?? '';
  const role = state.roles.get(name.toLowerCase());

  return { arn: role?.arn ?? arnOf(state, `role/${ name }`), shown: `role ${ name }`, tags: role?.tags, boundary: role?.boundary };
}

export function providerTarget({ state, parameters }: IamCall): Target {
  const arn = parameters.get('OpenIDConnectProviderArn') ?? '';

  return { arn, tags: state.providers.get(arn)?.tags };
}

/** @throws NoSuchEntity, also while the role is not seen yet */
export function theRole({ state, parameters }: IamCall): Role {
  const name = parameters.need('RoleName', { max: 64, pattern: /^[\w+=,.@-]+$/ });
  const role = state.roles.get(name.toLowerCase());

  if (!role || role.readableAt > state.now()) {
    throw new AwsError(404, 'NoSuchEntity', `The role with name ${ name } cannot be found.`);
  }

  return role;
}

/**
 * A role that people may change. Roles of services are AWS' own; the text as tools report it (rebuy-de/aws-nuke#1028,
 * gruntwork-io/cloud-nuke#880).
 */
export function changeableRole(call: IamCall): Role {
  const role = theRole(call);

  if (/^\/aws-(service-role|reserved)\//.test(role.path)) {
    throw new AwsError(400, 'UnmodifiableEntity', `Cannot perform the operation on the protected role '${ role.name }' - this role is only modifiable by AWS`);
  }

  return role;
}

/** Whether a managed policy is there: AWS' own are not listed one by one, their names are taken as right. */
export function attachable(state: AccountState, arn: string): boolean {
  return state.policies.has(arn) || new RegExp(`^arn:${ state.partition }:iam::aws:policy/[\\w+=,.@/-]+$`).test(arn);
}

export function theProvider({ state, parameters }: IamCall): Provider {
  const arn = parameters.need('OpenIDConnectProviderArn');
  const provider = state.providers.get(arn);

  if (!/^arn:[\w-]+:iam::\d{12}:oidc-provider\/.+/.test(arn)) {
    throw new AwsError(400, 'ValidationError', `Invalid ARN:  Could not be parsed!`);
  }
  if (!provider || provider.readableAt > state.now()) {
    throw new AwsError(404, 'NoSuchEntity', `OpenIDConnect Provider not found for arn ${ arn }`);
  }

  return provider;
}

export function tagList(tags: Map<string, string>): XmlValue {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** IAM's refusal of too much; `quota` is the name GetAccountSummary and Service Quotas know it by. */
export function limitExceeded(quota: string, limit: number): AwsError {
  return new AwsError(409, 'LimitExceeded', `Cannot exceed quota for ${ quota }: ${ limit }`);
}

/** Adds tags to those there are. */
export function addTags(tags: Map<string, string>, added: Map<string, string>, limit: number, quota: string): void {
  const merged = new Map(tags);

  for (const [key, value] of added) {
    [...merged.keys()].filter((known) => known.toLowerCase() === key.toLowerCase()).forEach((known) => merged.delete(known));
    merged.set(key, value);
  }
  if (merged.size > limit) {
    throw limitExceeded(quota, limit);
  }
  tags.clear();
  merged.forEach((value, key) => tags.set(key, value));
}

/** One page of a list, by Marker and MaxItems (IAM API reference: default 100, at most 1000). */
export function pageOf<T>(parameters: Parameters, all: T[], nameOf: (one: T) => string): { page: T[]; more: Record<string, XmlValue> } {
  const most = parameters.number('MaxItems', { min: 1, max: 1000, otherwise: 100 });
  const marker = parameters.get('Marker');
  const after = marker === undefined ? undefined : Buffer.from(marker, 'base64url').toString();
  const sorted = all.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const start = after === undefined ? 0 : sorted.findIndex((one) => nameOf(one) > after);
  const rest = start < 0 ? [] : sorted.slice(start);
  const page = rest.slice(0, most);
  const last = page.at(-1);

  return { page, more: rest.length > page.length && last !== undefined ? { IsTruncated: true, Marker: Buffer.from(nameOf(last)).toString('base64url') } : { IsTruncated: false } };
}
