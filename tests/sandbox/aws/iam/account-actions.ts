import { AwsError } from '../errors.ts';
import { isoTime, uniqueId } from '../state.ts';
import { Xml, toXml } from '../xml.ts';
import { arnOf, everything, tagList } from './action.ts';
import type { IamActions } from './action.ts';

/** Entries of GetAccountSummary (API reference) that IRSA has to do with. */
export const ACCOUNT_ACTIONS: IamActions = {
  GetAccountSummary: {
    target: everything,
    run:    ({ state }) => {
      const numbers = {
        Roles: state.roles.size, RolesQuota: state.quotas.rolesPerAccount, Providers: state.providers.size, AssumeRolePolicySizeQuota: state.quotas.trustPolicySize,
        RolePolicySizeQuota: state.quotas.inlinePolicySize, AttachedPoliciesPerRoleQuota: state.quotas.attachedPerRole, Policies: state.policies.size, PoliciesQuota: 1500, PolicySizeQuota: 6144
      };

      return { SummaryMap: new Xml(Object.entries(numbers).map(([key, value]) => `<entry>${ toXml({ key, value }) }</entry>`).join('')) };
    },
  },
  GetUser: {
    target: ({ state, key }) => ({ arn: key.principalArn.includes(':user/') ? key.principalArn : arnOf(state, 'user/') }),
    run:    ({ key, parameters }) => {
      const wanted = parameters.get('UserName');
      const name = key.principalArn.split('/').pop() ?? '';

      // The text as the AWS CLI prints it for keys of roles; moto models the same.
      if (!key.principalArn.includes(':user/')) {
        throw new AwsError(400, 'ValidationError', 'Must specify userName when calling with non-User credentials');
      }
      if (wanted !== undefined && wanted !== name) {
        throw new AwsError(404, 'NoSuchEntity', `The user with name ${ wanted } cannot be found.`);
      }

      return { User: { Path: /:user(\/(?:.+\/)?)[^/]+$/.exec(key.principalArn)?.[1] ?? '/', UserName: name, UserId: uniqueId('AIDA', name), Arn: key.principalArn, CreateDate: isoTime(Date.UTC(2024, 0, 1)), ...key.tags ? { Tags: tagList(new Map(Object.entries(key.tags))) } : {} } };
    },
  },
};
