import { AwsError } from '../errors.ts';
import { DOCUMENT } from '../parameters.ts';
import { readTrustPolicy } from '../policy/document.ts';
import { isoTime, keepEarlier, uniqueId } from '../state.ts';
import type { AccountState, Role } from '../state.ts';
import type { XmlValue } from '../xml.ts';
import { addTags, arnOf, attachable, changeableRole, limitExceeded, pageOf, roleTarget, tagList, theRole } from './action.ts';
import type { IamActions } from './action.ts';

/** Documents come percent-encoded (API reference, GetRole: «URL-encoded compliant with RFC 3986»). */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${ sign.charCodeAt(0).toString(16).toUpperCase() }`);
}

function checkTrust(state: AccountState, text: string): void {
  readTrustPolicy(text);
  if (text.replace(/\s/g, '').length > state.quotas.trustPolicySize) {
    throw limitExceeded('ACLSizePerRole', state.quotas.trustPolicySize);
  }
}

/**
 * Principals that are written must be there; those that were deleted since stay in old documents as `AROA…`, and IAM takes no
 * document back that names one (databrickslabs/ucx#2269, reference/peers-and-aws.md §3.2). Other accounts cannot be looked into here.
 */
function checkPrincipals(state: AccountState, text: string): void {
  const users = [...state.keys.values()].map(({ principalArn }) => principalArn);
  const roles = [...state.roles.values()];
  const own = new RegExp(`^arn:[\\w-]+:iam::${ state.id }:(user|role)/`);

  for (const name of readTrustPolicy(text).flatMap(({ principals, notPrincipals }) => [...principals?.AWS ?? [], ...notPrincipals?.AWS ?? []])) {
    const known = users.includes(name) || roles.some(({ arn, id }) => arn === name || id === name);

    if (!known && (/^A(ROA|IDA)/.test(name) || own.test(name))) {
      throw new AwsError(400, 'MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${ name }"`);
    }
  }
}

/** As tools print it: rosa («NoSuchEntity: Scope ARN: arn:aws:iam::…:policy/x does not exist or is not attachable.»), SAM; LocalStack models the same. */
function checkBoundary(state: AccountState, arn: string | undefined): void {
  if (arn !== undefined && !attachable(state, arn)) {
    throw new AwsError(404, 'NoSuchEntity', `Scope ARN: ${ arn } does not exist or is not attachable.`);
  }
}

export interface NewRole {
  name: string;
  path?: string;
  trust: string;
  description?: string;
  maxSession?: number;
  boundary?: string;
  tags?: Map<string, string>;
}

/** Adds a role; also how a scenario seeds one. */
export function addRole(state: AccountState, given: NewRole): Role {
  const { name, path = '/' } = given;

  if (state.roles.has(name.toLowerCase())) {
    throw new AwsError(409, 'EntityAlreadyExists', `Role with name ${ name } already exists.`);
  }
  checkTrust(state, given.trust);
  if (state.roles.size >= state.quotas.rolesPerAccount) {
    throw limitExceeded('RolesPerAccount', state.quotas.rolesPerAccount);
  }
  const role: Role = {
    name, path, id: uniqueId('AROA', name), arn: arnOf(state, `role${ path }${ name }`), trust: given.trust, earlierTrust: [], description: given.description, maxSession: given.maxSession ?? 3600,
    boundary: given.boundary, created: state.now(), tags: new Map(), inline: new Map(), attached: new Map(), ...state.sight()
  };

  addTags(role.tags, given.tags ?? new Map<string, string>(), state.quotas.tags, 'TagsPerRole');
  state.roles.set(name.toLowerCase(), role);

  return role;
}

function show(role: Role, whole: boolean): Record<string, XmlValue | undefined> {
  return {
    Path: role.path, RoleName: role.name, RoleId: role.id, Arn: role.arn, CreateDate: isoTime(role.created), AssumeRolePolicyDocument: encodeDocument(role.trust), Description: role.description,
    MaxSessionDuration: role.maxSession,
    ...whole ? {
      PermissionsBoundary: role.boundary ? { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.boundary } : undefined,
      Tags:                role.tags.size ? tagList(role.tags) : undefined,
      RoleLastUsed:        {},
    } : {}
  };
}

const PATH = /^\/$|^\/[\u0021-\u007F]+\/$/;

/** The texts of refusals: IAM API reference, and as tools quote them («Role with name x already exists.»). */
export const ROLE_ACTIONS: IamActions = {
  CreateRole: {
    write:  true,
    target: ({ state, parameters }) => ({ arn: arnOf(state, `role${ parameters.get('Path') ?? '/' }${ parameters.get('RoleName') ?? '' }`) }),
    run:    ({ state, parameters }) => {
      const path = parameters.get('Path') ?? '/';

      if (!PATH.test(path)) {
        throw new AwsError(400, 'ValidationError', 'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.');
      }

      const name = parameters.need('RoleName', { max: 64, pattern: /^[\w+=,.@-]+$/ });
      const trust = parameters.need('AssumeRolePolicyDocument', { max: 131_072, pattern: DOCUMENT });

      checkPrincipals(state, trust);
      checkBoundary(state, parameters.get('PermissionsBoundary'));

      return {
        Role: show(addRole(state, {
          name, path, trust, description: parameters.get('Description'),
          maxSession: parameters.number('MaxSessionDuration', { min: 3600, max: 43_200, otherwise: 3600 }), boundary: parameters.get('PermissionsBoundary'), tags: parameters.tags()
        }), true)
      };
    },
  },
  GetRole:   { target: roleTarget, run: (call) => ({ Role: show(theRole(call), true) }) },
  ListRoles: {
    target: ({ state, parameters }) => ({ arn: arnOf(state, `role${ parameters.get('PathPrefix') ?? '/' }`) }),
    run:    ({ state, parameters }) => {
      const prefix = parameters.get('PathPrefix') ?? '/';
      const roles = [...state.roles.values()].filter(({ path, readableAt }) => path.startsWith(prefix) && readableAt <= state.now());
      const { page, more } = pageOf(parameters, roles, ({ name }) => name);

      // «IAM resource-listing operations return a subset of the available attributes»: no tags, no boundary.
      return { ...more, Roles: page.map((role) => show(role, false)) };
    },
  },
  UpdateAssumeRolePolicy: {
    write:  true,
    target: roleTarget,
    run:    (call) => {
      const role = changeableRole(call);
      const text = call.parameters.need('PolicyDocument', { max: 131_072, pattern: DOCUMENT });
      const { usableAt } = call.state.sight();

      checkTrust(call.state, text);
      checkPrincipals(call.state, text);
      role.earlierTrust = keepEarlier(role.earlierTrust, role.trust, { now: call.state.now(), until: usableAt });
      role.trust = text;
    },
  },
  UpdateRole: {
    write:  true,
    target: roleTarget,
    run:    (call) => {
      const role = changeableRole(call);

      role.description = call.parameters.get('Description') ?? role.description;
      role.maxSession = call.parameters.number('MaxSessionDuration', { min: 3600, max: 43_200, otherwise: role.maxSession });

      return {};
    },
  },
  DeleteRole: {
    write:  true,
    target: roleTarget,
    run:    (call) => {
      const role = changeableRole(call);

      if (role.inline.size) {
        throw new AwsError(409, 'DeleteConflict', 'Cannot delete entity, must delete policies first.');
      }
      if (role.attached.size) {
        throw new AwsError(409, 'DeleteConflict', 'Cannot delete entity, must detach all policies first.');
      }
      call.state.roles.delete(role.name.toLowerCase());
    },
  },
  TagRole:   { write: true, target: roleTarget, run: (call) => addTags(theRole(call).tags, call.parameters.tags(), call.state.quotas.tags, 'TagsPerRole') },
  UntagRole: {
    write:  true,
    target: roleTarget,
    run:    (call) => {
      const { tags } = theRole(call);

      call.parameters.list('TagKeys').forEach((key) => tags.delete(key));
    },
  },
  ListRoleTags: { target: roleTarget, run: (call) => ({ Tags: tagList(theRole(call).tags), IsTruncated: false }) },
};
