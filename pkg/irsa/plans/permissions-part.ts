import { partitionOfRegion } from '../domain/aws/partitions';
import { accountOfArn } from '../domain/aws/arn';
import { quotasOf } from '../domain/aws/quotas';
import { irsaError } from '../domain/errors';
import type { ObservedCluster, Text } from '../domain/facts';
import { LocatedError, parseLocated } from '../domain/json/located';
import { samePolicyText } from '../domain/json/same';
import { policyName } from '../domain/names/names';
import { text } from '../domain/text';
import { policySize } from '../domain/trust';
import { filledIn, parameterProblems } from '../presets';
import { policyNameOf } from '../presets/policy-name';
import type { BindWish } from './bind-wish';
import type { Plan, PlanDocument, Step } from './plan';
import type { RolePart } from './role-part';
import { tidyPart } from './superseded';
import { jsonText, pretty, prettyText, withLater } from './value';

/** The wished inline policy; `document` is absent when permissions are left as they are. */
export interface PermissionsPart {
  steps: Step[];
  document?: PlanDocument;
  warnings: Text[];
  /** To remove what is superfluous then. */
  choice?: Plan['choice'];
}

/**
 * PutRolePolicy, unless the role has that very policy already, under whatever name.
 * @throws IrsaError PARAMETERS_UNUSABLE, POLICY_UNREADABLE
 */
export function permissionsPart(observed: ObservedCluster, wish: Pick<BindWish, 'permissions' | 'region' | 'tidies'>, role: Pick<RolePart, 'name' | 'arn' | 'found'>): PermissionsPart {
  const wished = wishedPolicy(observed, wish, role);

  if (!wished) {
    return { steps: [], warnings: [] };
  }
  const { name: itsName, policy, detail } = wished;
  const inline = role.found?.inlinePolicies;
  const json = JSON.stringify(policy);
  const there = policyThere(inline, itsName, json);
  const name = there ?? itsName;
  const before = inline?.[name];
  const document = permissionsDocument(observed, inline, name, policy);
  const warnings = permissionsWarning(document, role.name);
  const tidy = role.found ? tidyPart(role.found, { ...inline, [name]: json }, wish.tidies) : { steps: [] };

  return {
    document,
    warnings,
    ...tidy,
    steps: [...there === undefined ? [{
      id:     'put-policy',
      target: 'iam' as const,
      title:  text('irsa.step.put-policy.title', { policy: name }),
      detail,
      change: before === undefined ? 'create' as const : 'change' as const,
      call:   { aws: { service: 'iam' as const, command: 'PutRolePolicy', input: { RoleName: role.name, PolicyName: name, PolicyDocument: jsonText(withLater(policy) as object) } } },
      // IAM overwrites without a word. Of a role that this plan makes, nobody else knows.
      ...(inline ? { expects: { inlinePolicy: { roleName: role.name, policyName: name, is: before ?? '' } } } : {}),
      needs:  { aws: { action: 'iam:PutRolePolicy', resource: role.arn.shown, ...(role.found?.permissionsBoundary ? { boundary: role.found.permissionsBoundary } : {}) } },
    }] : [], ...tidy.steps],
  };
}

/** The inline policy that says this already, its own name first; undefined where none does. */
export function policyThere(inline: Record<string, string> = {}, name: string, json: string): string | undefined {
  return [name, ...Object.keys(inline)].find((one) => inline[one] !== undefined && samePolicyText(inline[one], json));
}

function wishedPolicy(observed: ObservedCluster, { permissions, region }: Pick<BindWish, 'permissions' | 'region'>, role: Pick<RolePart, 'name' | 'found'>): { name: string; policy: object; detail: Text } | undefined {
  if (permissions.kind === 'none') {
    return undefined;
  }
  if (permissions.kind === 'policy') {
    return { name: policyName(permissions.name), policy: readPolicy(permissions.json), detail: permissions.allows ?? text('irsa.step.put-policy.own', { role: role.name }) };
  }
  const { preset, parameters } = permissions;
  const [wrong] = Object.entries(parameterProblems(preset, { region, ...parameters }));

  if (wrong) {
    const [parameter, problem] = wrong;

    // Its own words say more than that it is wrong: some say that nothing will do here.
    throw irsaError('PARAMETERS_UNUSABLE', { parameter }, undefined, problem.key.endsWith('.required') ? undefined : problem);
  }
  const account = observed.account.known ? observed.account.value : role.found ? accountOfArn(role.found.arn) : undefined;
  const values = filledIn(preset, { region, ...parameters });
  const facts = { ...values, partition: account?.partition ?? partitionOfRegion(values.region || region), accountId: account?.id, region: values.region || region };

  return { name: policyNameOf(preset, values), policy: preset.policy(facts), detail: preset.allows(facts) };
}

function readPolicy(json: string): object {
  try {
    const { value } = parseLocated(json);

    if (typeof value === 'object' && value !== null && !Array.isArray(value) && 'Statement' in value) {
      return value;
    }
    throw new LocatedError('a policy is an object with a Statement', { line: 1, column: 1 });
  } catch (error) {
    throw irsaError('POLICY_UNREADABLE', { problem: error instanceof Error ? error.message : String(error) });
  }
}

/** An inline policy as it will be; its size counts with the role's others. */
export function permissionsDocument(observed: Pick<ObservedCluster, 'account'>, inline: Record<string, string> | undefined, name: string, policy: object): PlanDocument {
  const before = inline?.[name];

  return {
    id:    'permissions',
    ...(before === undefined ? {} : { before: prettyText(before) }),
    after: pretty(policy),
    size:  policySize(JSON.stringify(policy)) + sizeBeside(inline, name),
    quota: quotasOf(observed.account).rolePolicySize,
  };
}

/** Characters of a role's other inline policies, which count with the one of this name. */
export function sizeBeside(inline: Record<string, string> | undefined, name: string): number {
  return Object.entries(inline ?? {}).filter(([other]) => other !== name).reduce((sum, [, json]) => sum + policySize(json), 0);
}

export function permissionsWarning({ size, quota }: PlanDocument, role: string): Text[] {
  return size > quota ? [text('irsa.warning.policyTooLong', { role, size, quota })] : [];
}
