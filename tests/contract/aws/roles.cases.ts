import {
  CreateRoleCommand, DeleteRoleCommand, GetAccountSummaryCommand, GetRoleCommand, IAMClient,
  ListRolesCommand, ListRoleTagsCommand, TagRoleCommand, UntagRoleCommand, UpdateAssumeRolePolicyCommand, UpdateRoleCommand
} from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import { ISSUER, clientOptions, type Comparison } from './target';

const ISSUER_PATH = ISSUER.replace('https://', '');

const TRUST_QUOTA = { moto: 'succeeds', source: 'IAM and AWS STS quotas: role trust policy length 2048; text: kubeflow/kubeflow#6687' };

/** What UpdateAssumeRolePolicy says of bad documents, and where moto words it otherwise. */
const MALFORMED: Record<string, { aws: string; moto?: string }> = {
  'no JSON':              { aws: 'This policy contains invalid Json', moto: 'Syntax errors in policy.' },
  'no statement':         { aws: 'Syntax errors in policy.' },
  'a wrong version':      { aws: 'The policy must contain a valid version string', moto: 'Syntax errors in policy.' },
  'no effect':            { aws: 'Syntax errors in policy.' },
  'a resource':           { aws: 'Has prohibited field Resource', moto: 'Has prohibited field Resource.' },
  'an action not of STS': { aws: 'AssumeRole policy may only specify STS AssumeRole actions.', moto: 'Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity' },
  'a made-up operator':   { aws: 'Invalid Condition type : StringEqual.', moto: 'Syntax errors in policy.' },
  'two equal Sids':       { aws: 'Statement IDs (SID) in a single policy must be unique.' },
};

/** A trust policy as the plans write it, for one service account. */
export function trust(accountId: string, subject = 'system:serviceaccount:shop:reader'): string {
  return JSON.stringify({
    Version:   '2012-10-17',
    Statement: [{
      Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ accountId }:oidc-provider/${ ISSUER_PATH }` }, Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${ ISSUER_PATH }:aud`]: 'sts.amazonaws.com', [`${ ISSUER_PATH }:sub`]: subject } }
    }],
  });
}

/** Roles: what binding, editing and unbinding make of them. */
export function roleCases(comparison: () => Comparison): void {
  describe('IAM roles', () => {
    let see: Comparison;
    let client: IAMClient;
    let document: string;
    const create = (more: object = {}) => client.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: document, ...more }));
    const get = async(RoleName = 'reader') => (await client.send(new GetRoleCommand({ RoleName }))).Role;

    beforeEach(async() => {
      see = comparison();
      await see.target.reset();
      client = new IAMClient(clientOptions(see.target, 'us-east-1'));
      document = trust(see.target.accountId);
    });

    it('are made with path, tags and session length, and read back with their document percent-encoded', async() => {
      const made = await create({ Path: '/rancher-irsa/', Tags: [{ Key: 'rancher.io/irsa', Value: 'shop/reader' }], Description: 'of shop', MaxSessionDuration: 7200 });
      const { Arn, Path, RoleName, Description, MaxSessionDuration, Tags, AssumeRolePolicyDocument = '', RoleId = '' } = await get() ?? {};

      see.gives('CreateRole: ARN', made.Role?.Arn, `arn:aws:iam::${ see.target.accountId }:role/rancher-irsa/reader`);
      see.gives('GetRole', { Arn, Path, RoleName, Description, MaxSessionDuration, Tags }, {
        Arn: made.Role?.Arn, Path: '/rancher-irsa/', RoleName: 'reader', Description: 'of shop', MaxSessionDuration: 7200, Tags: [{ Key: 'rancher.io/irsa', Value: 'shop/reader' }]
      });
      see.gives('the id of a role', /^AROA[A-Z0-9]{17}$/.test(RoleId), true);
      see.gives('the document comes percent-encoded', AssumeRolePolicyDocument.includes('%22'), true);
      see.gives('the document, decoded', decodeURIComponent(AssumeRolePolicyDocument), document);
    });

    it('keep a document letter by letter, blanks, plus signs and Latin letters too', async() => {
      document = `${ JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: '', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'sts:ExternalId': 'a+b c/é*\'()!~' } } }] }, null, 2) }\n`;
      await create();
      const encoded = (await get())?.AssumeRolePolicyDocument ?? '';

      see.gives('such a document, decoded', decodeURIComponent(encoded), document);
      // «URL-encoded compliant with RFC 3986»: a blank is %20, a plus is %2B.
      see.gives('blanks and plus signs are encoded', /[+ ]/.test(encoded), false);
    });

    it('are one per name, whatever its letters', async() => {
      await create();
      await see.refuses('CreateRole again', create(), { status: 409, code: 'EntityAlreadyExists', message: 'Role with name reader already exists.' });
      await see.refuses('CreateRole in other letters', create({ RoleName: 'READER' }), { status: 409, code: 'EntityAlreadyExists', message: 'Role with name READER already exists.' }, {
        moto: 'succeeds', source: 'IAM API reference, CreateRole, RoleName: «unique within the account», «not distinguished by case»'
      });
    });

    it('have a path, a name and a session length of the right form', async() => {
      const wrong = {
        'a path without slashes': { Path: 'x' }, 'a name of 65 characters': { RoleName: 'x'.repeat(65) }, 'a name with a slash': { RoleName: 'a/b' }, 'a session of 13 hours': { MaxSessionDuration: 46_800 },
        'a session of a minute': { MaxSessionDuration: 60 },
      };

      for (const [index, [what, input]] of Object.entries(wrong).entries()) {
        await see.refuses(what, create({ RoleName: `role-${ index }`, ...input }), { status: 400, code: 'ValidationError' }, { moto: 'succeeds', source: 'IAM API reference, CreateRole: constraints of the parameters' });
      }
    });

    it('take no document that IAM could not read', async() => {
      const statement = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
      const documents: Record<string, string> = {
        'no JSON':              '{',
        'no statement':         '{"Version":"2012-10-17"}',
        'a wrong version':      JSON.stringify({ Version: '2020-01-01', Statement: [statement] }),
        'no effect':            JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Effect: undefined }] }),
        'a resource':           JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Resource: '*' }] }),
        'an action not of STS': JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Action: 's3:GetObject' }] }),
        'a made-up operator':   JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Condition: { StringEqual: { a: 'b' } } }] }),
        'two equal Sids':       JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Sid: 'a' }, { ...statement, Sid: 'a' }] }),
      };

      for (const [index, [what, AssumeRolePolicyDocument]] of Object.entries(documents).entries()) {
        await see.refuses(`CreateRole, a trust policy with ${ what }`, create({ RoleName: `role-${ index }`, AssumeRolePolicyDocument }), { status: 400, code: 'MalformedPolicyDocument' }, {
          moto: 'succeeds', source: 'IAM API reference, CreateRole, Errors: MalformedPolicyDocument'
        });
      }
      await create();
      for (const [what, PolicyDocument] of Object.entries(documents)) {
        const { aws, moto } = MALFORMED[what] ?? {};

        await see.refuses(`UpdateAssumeRolePolicy, a trust policy with ${ what }`, client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'reader', PolicyDocument })), { status: 400, code: 'MalformedPolicyDocument', message: aws }, moto === undefined ? undefined : {
          moto: { message: moto }, source: 'texts as people report them of AWS'
        });
      }
      await see.refuses('UpdateAssumeRolePolicy, a trust policy with no principal', client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'reader', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Principal: undefined }] }) })), {
        status: 400, code: 'MalformedPolicyDocument', message: 'Missing required field Principal'
      }, { moto: 'succeeds', source: 'IAM User Guide, «Grammar of the IAM JSON policy language»: resource-based policies name a principal' });
      await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'reader', PolicyDocument: document }));
      see.gives('a good document after bad ones', decodeURIComponent((await get())?.AssumeRolePolicyDocument ?? ''), document);
    });

    it('take no more trust policy than their quota', async() => {
      document = trust(see.target.accountId, 'x'.repeat(2048));
      await see.refuses('CreateRole with too much', create(), { status: 409, code: 'LimitExceeded', message: 'Cannot exceed quota for ACLSizePerRole: 2048' }, TRUST_QUOTA);
      document = trust(see.target.accountId);
      await create({ RoleName: 'writer' });
      await see.refuses('UpdateAssumeRolePolicy with too much', client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'writer', PolicyDocument: trust(see.target.accountId, 'x'.repeat(2048)) })), { status: 409, code: 'LimitExceeded' }, TRUST_QUOTA);
    });

    it('take no more tags than fifty, none twice', async() => {
      const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `key-${ index }`, Value: 'x' }));

      // The request itself holds fifty at most («Array Members: Maximum number of 50 items»); the quota counts what is there already.
      await see.refuses('51 tags at once', create({ Tags: tags(51) }), { status: 400, code: 'ValidationError' });
      await see.refuses('a tag twice', create({ Tags: [{ Key: 'a', Value: '1' }, { Key: 'A', Value: '2' }] }), { status: 400, code: 'InvalidInput' });
      await create({ Tags: tags(50) });
      await see.refuses('TagRole with the 51st', client.send(new TagRoleCommand({ RoleName: 'reader', Tags: [{ Key: 'more', Value: '' }] })), { status: 409, code: 'LimitExceeded' }, { moto: 'succeeds', source: 'IAM and AWS STS quotas: 50 tags per role' });
    });

    it('gain and lose tags', async() => {
      await create({ Tags: [{ Key: 'a', Value: 'b' }] });
      await client.send(new TagRoleCommand({ RoleName: 'reader', Tags: [{ Key: 'a', Value: 'c' }, { Key: 'd', Value: '' }] }));
      see.gives('TagRole', (await client.send(new ListRoleTagsCommand({ RoleName: 'reader' }))).Tags, [{ Key: 'a', Value: 'c' }, { Key: 'd', Value: '' }]);
      await client.send(new UntagRoleCommand({ RoleName: 'reader', TagKeys: ['a', 'never'] }));
      see.gives('UntagRole', (await get())?.Tags, [{ Key: 'd', Value: '' }]);
    });

    it('take a boundary that is there, and no other', async() => {
      const boundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
      const none = `arn:aws:iam::${ see.target.accountId }:policy/none`;

      await create({ PermissionsBoundary: boundary });
      see.gives('GetRole: boundary', (await get())?.PermissionsBoundary, { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary }, {
        moto: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: boundary }, source: 'seen at AWS: awsdocs/iam-user-guide#82'
      });
      await see.refuses('a boundary that is not there', create({ RoleName: 'other', PermissionsBoundary: none }), { status: 404, code: 'NoSuchEntity', message: `Scope ARN: ${ none } does not exist or is not attachable.` }, {
        moto: 'succeeds', source: 'text as tools quote it (rosa)'
      });
    });

    it('are told apart from those that are not there', async() => {
      const gone = { status: 404, code: 'NoSuchEntity', message: 'The role with name none cannot be found.' };
      const otherwise = { moto: { message: 'Role none not found' }, source: 'text as tools quote it, e.g. terraform-provider-aws' };

      await see.refuses('GetRole of none', get('none'), gone, otherwise);
      await see.refuses('UpdateAssumeRolePolicy of none', client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'none', PolicyDocument: document })), gone, otherwise);
      await see.refuses('DeleteRole of none', client.send(new DeleteRoleCommand({ RoleName: 'none' })), gone, otherwise);
      await see.refuses('TagRole of none', client.send(new TagRoleCommand({ RoleName: 'none', Tags: [{ Key: 'a', Value: 'b' }] })), gone, otherwise);
    });

    it('change their trust policy, description and session length', async() => {
      await create();
      await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'reader', PolicyDocument: trust(see.target.accountId, 'other') }));
      await client.send(new UpdateRoleCommand({ RoleName: 'reader', Description: 'new', MaxSessionDuration: 3600 }));
      const { AssumeRolePolicyDocument = '', Description, MaxSessionDuration } = await get() ?? {};

      see.gives('UpdateAssumeRolePolicy', decodeURIComponent(AssumeRolePolicyDocument), trust(see.target.accountId, 'other'));
      see.gives('UpdateRole', { Description, MaxSessionDuration }, { Description: 'new', MaxSessionDuration: 3600 });
    });

    it('are listed by pages of a hundred, by path, without tags', async() => {
      const names = Array.from({ length: 105 }, (_, index) => `role-${ String(index).padStart(3, '0') }`);

      for (const RoleName of names.toReversed()) {
        await create({ RoleName, Path: '/rancher-irsa/', Tags: [{ Key: 'a', Value: 'b' }] });
      }
      await create({ RoleName: 'elsewhere', Path: '/other/' });
      const first = await client.send(new ListRolesCommand({ PathPrefix: '/rancher-irsa/' }));
      const second = await client.send(new ListRolesCommand({ PathPrefix: '/rancher-irsa/', Marker: first.Marker }));

      see.gives('ListRoles, first page', [first.IsTruncated, first.Roles?.length, first.Marker !== undefined], [true, 100, true]);
      see.gives('ListRoles, second page', [second.IsTruncated, second.Roles?.length, second.Marker], [false, 5, undefined]);
      // IAM's reference promises no order.
      see.gives('ListRoles, all of them once', [...first.Roles ?? [], ...second.Roles ?? []].map(({ RoleName }) => RoleName).sort(), names);
      see.gives('ListRoles: tags', first.Roles?.[0]?.Tags, undefined);
      see.gives('ListRoles: document', decodeURIComponent(first.Roles?.[0]?.AssumeRolePolicyDocument ?? ''), document);
      const some = await client.send(new ListRolesCommand({ MaxItems: 7 }));

      see.gives('ListRoles, MaxItems', [some.IsTruncated, some.Roles?.length], [true, 7]);
      see.gives('ListRoles, all in one', (await client.send(new ListRolesCommand({ MaxItems: 1000 }))).Roles?.length, 106);
      await see.refuses('ListRoles, MaxItems 1001', client.send(new ListRolesCommand({ MaxItems: 1001 })), { status: 400, code: 'ValidationError' }, { moto: 'succeeds', source: 'IAM API reference, ListRoles, MaxItems: «Maximum value of 1000»' });
    });

    it('are counted, and the quotas named', async() => {
      await create();
      const { SummaryMap = {} } = await client.send(new GetAccountSummaryCommand({}));
      const { Roles, RolesQuota, Providers, AssumeRolePolicySizeQuota, RolePolicySizeQuota, AttachedPoliciesPerRoleQuota, PolicySizeQuota, PoliciesQuota } = SummaryMap as Record<string, number>;

      see.gives('GetAccountSummary', { Roles, Providers, AssumeRolePolicySizeQuota, RolePolicySizeQuota, AttachedPoliciesPerRoleQuota, PolicySizeQuota, PoliciesQuota }, {
        Roles: 1, Providers: 0, AssumeRolePolicySizeQuota: 2048, RolePolicySizeQuota: 10_240, AttachedPoliciesPerRoleQuota: 10, PolicySizeQuota: 6144, PoliciesQuota: 1500
      });
      expect(RolesQuota).toBeGreaterThanOrEqual(1000);
    });
  });
}
