import { AwsError } from '../errors.ts';
import { evaluate } from '../policy/evaluate.ts';
import type { Context } from '../policy/conditions.ts';
import type { XmlValue } from '../xml.ts';
import { ACCOUNT_ACTIONS } from './account-actions.ts';
import { callerContext } from './action.ts';
import type { IamAction, IamCall, Target } from './action.ts';
import { PROVIDER_ACTIONS } from './providers.ts';
import { ROLE_POLICY_ACTIONS } from './role-policies.ts';
import { ROLE_ACTIONS } from './roles.ts';
import { SIMULATION_ACTIONS } from './simulation.ts';

export const IAM_NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';
export const IAM_VERSION = '2010-05-08';

const ACTIONS = { ...PROVIDER_ACTIONS, ...ROLE_ACTIONS, ...ROLE_POLICY_ACTIONS, ...ACCOUNT_ACTIONS, ...SIMULATION_ACTIONS };

export function findIamAction(name: string): IamAction | undefined {
  return Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
}

/** IAM User Guide, «Troubleshoot access denied error messages». */
export function accessDenied(principal: string, action: string, resource: string, explicit: boolean): AwsError {
  const why = explicit ? 'with an explicit deny in an identity-based policy' : `because no identity-based policy allows the ${ action } action`;

  return new AwsError(403, 'AccessDenied', `User: ${ principal } is not authorized to perform: ${ action } on resource: ${ resource } ${ why }`);
}

/**
 * What IAM knows of a request (Service Authorization Reference, IAM). The boundary is the one in the request where a role is made, else
 * the one that the role has (User Guide, «Permissions boundaries»: «iam:PermissionsBoundary»); only the actions that list the key see it.
 */
function contextOf(name: string, call: IamCall, target: Target): Context {
  const { key, parameters } = call;
  const requested = [...parameters.tags()];
  const boundary = parameters.get('PermissionsBoundary') ?? (/^(Put|Delete|Attach|Detach)RolePolicy$|^DeleteRolePermissionsBoundary$/.test(name) ? target.boundary : undefined);
  const policy = parameters.get('PolicyArn');

  return {
    ...callerContext(key.principalArn),
    ...boundary === undefined ? {} : { 'iam:PermissionsBoundary': [boundary] },
    ...policy === undefined ? {} : { 'iam:PolicyARN': [policy] },
    ...Object.fromEntries(requested.map(([tag, value]) => [`aws:RequestTag/${ tag }`, [value]])),
    ...Object.fromEntries([...target.tags ?? []].flatMap(([tag, value]) => [[`aws:ResourceTag/${ tag }`, [value]], [`iam:ResourceTag/${ tag }`, [value]]])),
    ...requested.length ? { 'aws:TagKeys': requested.map(([tag]) => tag) } : {}
  };
}

/**
 * The actions that a call has to be allowed: making something with tags takes the Tag* action too (openshift/installer#1073 «not
 * authorized to perform: iam:TagRole» at CreateRole; aws-ia/terraform-aws-eks-blueprints#902 for providers).
 */
function actionsOf(name: string, { parameters }: IamCall): string[] {
  return name.startsWith('Create') && parameters.tags().size ? [name, name.replace('Create', 'Tag')] : [name];
}

/** Runs one IAM call for a principal, if its policy allows it. */
export function runIam(name: string, action: IamAction, call: IamCall): XmlValue | undefined {
  const target = action.target(call);
  const { policy, principalArn } = call.key;

  for (const asked of actionsOf(name, call).map((one) => `iam:${ one }`)) {
    const verdict = policy ? evaluate(policy, { action: asked, resource: target.arn, context: contextOf(name, call, target) }) : 'allow';

    if (verdict !== 'allow') {
      throw accessDenied(principalArn, asked, target.shown ?? target.arn, verdict === 'explicit deny');
    }
  }

  return action.run(call) ?? undefined;
}
