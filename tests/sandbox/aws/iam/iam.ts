import { AwsError } from '../errors.ts';
import { evaluate } from '../policy/evaluate.ts';
import type { Context } from '../policy/conditions.ts';
import type { XmlValue } from '../xml.ts';
import { ACCOUNT_ACTIONS } from './account-actions.ts';
import type { IamAction, IamCall, Target } from './action.ts';
import { PROVIDER_ACTIONS } from './providers.ts';
import { ROLE_POLICY_ACTIONS } from './role-policies.ts';
import { ROLE_ACTIONS } from './roles.ts';

export const IAM_NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';
export const IAM_VERSION = '2010-05-08';

const ACTIONS = { ...PROVIDER_ACTIONS, ...ROLE_ACTIONS, ...ROLE_POLICY_ACTIONS, ...ACCOUNT_ACTIONS };

export function findIamAction(name: string): IamAction | undefined {
  return Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
}

/** IAM User Guide, «Troubleshoot access denied error messages». */
export function accessDenied(principal: string, action: string, resource: string, explicit: boolean): AwsError {
  const why = explicit ? 'with an explicit deny in an identity-based policy' : `because no identity-based policy allows the ${ action } action`;

  return new AwsError(403, 'AccessDenied', `User: ${ principal } is not authorized to perform: ${ action } on resource: ${ resource } ${ why }`);
}

function contextOf(call: IamCall, target: Target): Context {
  const { parameters } = call;
  const one = (key: string, name: string): Context => (parameters.get(name) === undefined ? {} : { [key]: [parameters.get(name) ?? ''] });
  const requested = [...parameters.tags()];

  return {
    ...one('iam:PermissionsBoundary', 'PermissionsBoundary'), ...one('iam:PolicyARN', 'PolicyArn'),
    ...Object.fromEntries(requested.map(([key, value]) => [`aws:RequestTag/${ key }`, [value]])),
    ...Object.fromEntries([...target.tags ?? []].flatMap(([key, value]) => [[`aws:ResourceTag/${ key }`, [value]], [`iam:ResourceTag/${ key }`, [value]]])),
    ...requested.length ? { 'aws:TagKeys': requested.map(([key]) => key) } : {}
  };
}

/** Runs one IAM call for a principal, if its policy allows it. */
export function runIam(name: string, action: IamAction, call: IamCall): XmlValue | undefined {
  const target = action.target(call);
  const { policy, principalArn } = call.key;
  const asked = `iam:${ name }`;
  const verdict = policy ? evaluate(policy, { action: asked, resource: target.arn, context: contextOf(call, target) }) : 'allow';

  if (verdict !== 'allow') {
    throw accessDenied(principalArn, asked, target.shown ?? target.arn, verdict === 'explicit deny');
  }

  return action.run(call) ?? undefined;
}
