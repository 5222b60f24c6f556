import { AwsError } from '../errors.ts';
import { DOCUMENT } from '../parameters.ts';
import { readIdentityPolicy } from '../policy/document.ts';
import { attachable, changeableRole, limitExceeded, pageOf, roleTarget, theRole } from './action.ts';
import type { IamActions, IamCall } from './action.ts';
import { encodeDocument } from './roles.ts';

const NAME = { max: 128, pattern: /^[\w+=,.@-]+$/ };

function thePolicy(call: IamCall): { name: string; text: string } {
  const name = call.parameters.need('PolicyName', NAME);
  const text = theRole(call).inline.get(name);

  if (text === undefined) {
    throw new AwsError(404, 'NoSuchEntity', `The role policy with name ${ name } cannot be found.`);
  }

  return { name, text };
}

/** AWS' own policies that people know by heart; of the others it is only said that they read. */
const OWN: Record<string, object> = {
  AdministratorAccess: { Effect: 'Allow', Action: '*', Resource: '*' },
  PowerUserAccess:     { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
};

/** @throws NoSuchEntity, as botocore's own tests quote it */
function managedPolicy({ state, parameters }: IamCall): { arn: string; name: string; document: string } {
  const arn = parameters.need('PolicyArn', { max: 2048 });
  const name = arn.split('/').pop() ?? '';

  if (!attachable(state, arn)) {
    throw new AwsError(404, 'NoSuchEntity', `Policy ${ arn } was not found.`);
  }

  return { arn, name, document: state.policies.get(arn) ?? JSON.stringify({ Version: '2012-10-17', Statement: [OWN[name] ?? { Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: '*' }] }) };
}

const policyTarget = ({ parameters }: IamCall) => ({ arn: parameters.get('PolicyArn') ?? '', shown: `policy ${ parameters.get('PolicyArn') ?? '' }` });

export const ROLE_POLICY_ACTIONS: IamActions = {
  GetPolicy: {
    target: policyTarget,
    run:    (call) => {
      const { arn, name } = managedPolicy(call);

      return { Policy: { PolicyName: name, Arn: arn, Path: '/', DefaultVersionId: 'v1', IsAttachable: true } };
    },
  },
  GetPolicyVersion: {
    target: policyTarget,
    run:    (call) => {
      const { arn, document } = managedPolicy(call);
      const version = call.parameters.need('VersionId', { pattern: /^v[1-9]\d*$/ });

      if (version !== 'v1') {
        throw new AwsError(404, 'NoSuchEntity', `Policy ${ arn } version ${ version } does not exist or is not attachable.`);
      }

      return { PolicyVersion: { Document: encodeDocument(document), VersionId: version, IsDefaultVersion: true } };
    },
  },
  PutRolePolicy: {
    write:  true,
    target: roleTarget,
    run:    (call) => {
      const role = changeableRole(call);
      const name = call.parameters.need('PolicyName', NAME);
      const text = call.parameters.need('PolicyDocument', { max: 131_072, pattern: DOCUMENT });
      const { inlinePolicySize } = call.state.quotas;
      const others = [...role.inline].filter(([other]) => other !== name).map(([, other]) => other);

      readIdentityPolicy(text);
      if ([...others, text].join('').replace(/\s/g, '').length > inlinePolicySize) {
        throw new AwsError(409, 'LimitExceeded', `Maximum policy size of ${ inlinePolicySize } bytes exceeded for role ${ role.name }`);
      }
      role.inline.set(name, text);
    },
  },
  GetRolePolicy: {
    target: roleTarget,
    run:    (call) => {
      const { name, text } = thePolicy(call);

      return { RoleName: theRole(call).name, PolicyName: name, PolicyDocument: encodeDocument(text) };
    },
  },
  ListRolePolicies: {
    target: roleTarget,
    run:    (call) => {
      const { page, more } = pageOf(call.parameters, [...theRole(call).inline.keys()], (name) => name);

      return { PolicyNames: page, ...more };
    },
  },
  DeleteRolePolicy: {
    write:  true,
    target: roleTarget,
    run:    (call) => {
      changeableRole(call).inline.delete(thePolicy(call).name);
    },
  },
  AttachRolePolicy: {
    write:  true,
    target: roleTarget,
    run:    (call) => {
      const role = changeableRole(call);
      const arn = call.parameters.need('PolicyArn', { max: 2048 });

      if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\/.+/.test(arn)) {
        throw new AwsError(400, 'ValidationError', `ARN ${ arn } is not valid.`);
      }
      if (!attachable(call.state, arn)) {
        throw new AwsError(404, 'NoSuchEntity', `Policy ${ arn } does not exist or is not attachable.`);
      }
      if (!role.attached.has(arn) && role.attached.size >= call.state.quotas.attachedPerRole) {
        throw limitExceeded('PoliciesPerRole', call.state.quotas.attachedPerRole);
      }
      role.attached.set(arn, arn.split('/').pop() ?? '');
    },
  },
  DetachRolePolicy: {
    write:  true,
    target: roleTarget,
    run:    (call) => {
      const arn = call.parameters.need('PolicyArn');

      if (!changeableRole(call).attached.delete(arn)) {
        throw new AwsError(404, 'NoSuchEntity', `Policy ${ arn } was not found.`);
      }
    },
  },
  ListAttachedRolePolicies: {
    target: roleTarget,
    run:    (call) => {
      const { page, more } = pageOf(call.parameters, [...theRole(call).attached], ([, name]) => name);

      return { AttachedPolicies: page.map(([PolicyArn, PolicyName]) => ({ PolicyName, PolicyArn })), ...more };
    },
  },
};
