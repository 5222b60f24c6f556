import {
  AttachRolePolicyCommand, CreateRoleCommand, DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand, PutRolePolicyCommand
} from '@aws-sdk/client-iam';
import { beforeEach, describe, it } from 'vitest';
import { trust } from './roles.cases';
import { clientOptions, type Comparison } from './target';

const MANAGED = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
const QUOTED = 'text as tools quote it';

function policy(pad = '', statement: object = {}): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: `arn:aws:s3:::acme/${ pad }*`, ...statement }] });
}

/** Permissions of roles: what binding, editing and unbinding make of them. */
export function rolePolicyCases(comparison: () => Comparison): void {
  describe('IAM role policies', () => {
    let see: Comparison;
    let client: IAMClient;
    const put = (PolicyName: string, PolicyDocument: string, RoleName = 'reader') => client.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    const read = (PolicyName: string) => client.send(new GetRolePolicyCommand({ RoleName: 'reader', PolicyName }));
    const attach = (PolicyArn: string) => client.send(new AttachRolePolicyCommand({ RoleName: 'reader', PolicyArn }));
    const detach = (PolicyArn: string) => client.send(new DetachRolePolicyCommand({ RoleName: 'reader', PolicyArn }));

    beforeEach(async() => {
      see = comparison();
      await see.target.reset();
      client = new IAMClient(clientOptions(see.target, 'us-east-1'));
      await client.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trust(see.target.accountId) }));
    });

    it('are put, replaced, read percent-encoded, listed and deleted', async() => {
      await put('backup-to-s3', policy('a/'));
      await put('backup-to-s3', policy('b/'));
      await put('another', policy('c d+é/'));
      const { PolicyName, RoleName, PolicyDocument = '' } = await read('another');

      see.gives('GetRolePolicy', { PolicyName, RoleName }, { PolicyName: 'another', RoleName: 'reader' });
      see.gives('GetRolePolicy: encoded', [PolicyDocument.includes('%22'), /[ +]/.test(PolicyDocument)], [true, false]);
      see.gives('GetRolePolicy: document', decodeURIComponent(PolicyDocument), policy('c d+é/'));
      see.gives('PutRolePolicy again', decodeURIComponent((await read('backup-to-s3')).PolicyDocument ?? ''), policy('b/'));
      see.gives('ListRolePolicies', (await client.send(new ListRolePoliciesCommand({ RoleName: 'reader' }))).PolicyNames?.sort(), ['another', 'backup-to-s3']);
      await client.send(new DeleteRolePolicyCommand({ RoleName: 'reader', PolicyName: 'another' }));
      see.gives('ListRolePolicies after', (await client.send(new ListRolePoliciesCommand({ RoleName: 'reader' }))).PolicyNames, ['backup-to-s3']);
    });

    it('that are not there are named in the refusal', async() => {
      const none = { status: 404, code: 'NoSuchEntity', message: 'The role policy with name none cannot be found.' };

      await see.refuses('GetRolePolicy of none', read('none'), none, { moto: { message: 'Policy Document none not attached to role reader' }, source: `${ QUOTED }, e.g. terraform-provider-aws` });
      await see.refuses('DeleteRolePolicy of none', client.send(new DeleteRolePolicyCommand({ RoleName: 'reader', PolicyName: 'none' })), none);
      await see.refuses('PutRolePolicy at no role', put('p', policy(), 'none'), { status: 404, code: 'NoSuchEntity', message: 'The role with name none cannot be found.' }, { moto: { message: 'Role none not found' }, source: QUOTED });
      await see.refuses('ListRolePolicies of no role', client.send(new ListRolePoliciesCommand({ RoleName: 'none' })), { status: 404, code: 'NoSuchEntity' });
    });

    it('are read before they are taken', async() => {
      const documents: Record<string, [string, string, string?]> = {
        'no JSON':                ['{', 'This policy contains invalid Json', 'Syntax errors in policy.'],
        'no resource':            [policy('', { Resource: undefined }), 'Policy statement must contain resources.'],
        'no action':              [policy('', { Action: undefined }), 'Policy statement must contain actions.'],
        'a principal':            [policy('', { Principal: '*' }), 'Policy document should not specify a principal.', 'succeeds'],
        'an action of no vendor': [policy('', { Action: 'GetObject' }), 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
        'two equal Sids':         [JSON.stringify({ Version: '2012-10-17', Statement: ['a', 'a'].map((Sid) => ({ Sid, Effect: 'Allow', Action: 's3:*', Resource: '*' })) }), 'Statement IDs (SID) in a single policy must be unique.'],
        'an unknown field':       [policy('', { Comment: 'x' }), 'Syntax errors in policy.'],
        'a wrong effect':         [policy('', { Effect: 'allow' }), 'The policy failed legacy parsing'],
        'no effect':              [policy('', { Effect: undefined }), 'Syntax errors in policy.'],
        'a resource of no form':  [policy('', { Resource: 'acme' }), 'Resource acme must be in ARN format or "*".'],
        'a made-up operator':     [policy('', { Condition: { StringEqual: { a: 'b' } } }), 'Invalid Condition type : StringEqual.', 'Syntax errors in policy.'],
      };

      for (const [what, [document, message, moto]] of Object.entries(documents)) {
        await see.refuses(`PutRolePolicy with ${ what }`, put(what.replaceAll(' ', '-'), document), { status: 400, code: 'MalformedPolicyDocument', message }, moto === undefined ? undefined : {
          moto: moto === 'succeeds' ? moto : { message: moto }, source: 'texts as people report them of AWS; IAM User Guide: identity-based policies name no principal'
        });
      }
      see.gives('ListRolePolicies after', (await client.send(new ListRolePoliciesCommand({ RoleName: 'reader' }))).PolicyNames, [], { moto: ['a-principal'], source: 'as above' });
    });

    it('are together no longer than their quota', async() => {
      await put('one', policy('x'.repeat(9000)));
      await see.refuses('PutRolePolicy beyond 10240', put('two', policy('x'.repeat(2000))), { status: 409, code: 'LimitExceeded', message: 'Maximum policy size of 10240 bytes exceeded for role reader' }, {
        moto: 'succeeds', source: 'IAM and AWS STS quotas: 10240 characters for all inline policies of a role together'
      });
    });

    it('are attached and detached, once or more often', async() => {
      await attach(MANAGED);
      await attach(MANAGED);
      see.gives('ListAttachedRolePolicies', (await client.send(new ListAttachedRolePoliciesCommand({ RoleName: 'reader' }))).AttachedPolicies, [{ PolicyName: 'AmazonS3ReadOnlyAccess', PolicyArn: MANAGED }]);
      await detach(MANAGED);
      await see.refuses('DetachRolePolicy again', detach(MANAGED), { status: 404, code: 'NoSuchEntity', message: `Policy ${ MANAGED } was not found.` });
      const none = `arn:aws:iam::${ see.target.accountId }:policy/none`;

      await see.refuses('AttachRolePolicy of none', attach(none), { status: 404, code: 'NoSuchEntity', message: `Policy ${ none } does not exist or is not attachable.` });
      await see.refuses('AttachRolePolicy of no ARN', attach('AmazonS3ReadOnlyAccess-is-no-arn'), { status: 400, code: 'ValidationError' }, {
        moto: { status: 404, code: 'NoSuchEntity' }, source: 'text as tools quote it («ARN … is not valid.»)'
      });
    });

    it('are attached ten times at most', async() => {
      const names = ['AmazonS3ReadOnlyAccess', 'AmazonSQSReadOnlyAccess', 'AmazonSNSReadOnlyAccess', 'AmazonEC2ReadOnlyAccess', 'AmazonRDSReadOnlyAccess', 'AmazonVPCReadOnlyAccess', 'IAMReadOnlyAccess',
        'CloudWatchReadOnlyAccess', 'AmazonECS_FullAccess', 'AmazonRoute53ReadOnlyAccess'];

      for (const name of names) {
        await attach(`arn:aws:iam::aws:policy/${ name }`);
      }
      await see.refuses('AttachRolePolicy, the eleventh', attach('arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess'), { status: 409, code: 'LimitExceeded', message: 'Cannot exceed quota for PoliciesPerRole: 10' }, {
        moto: 'succeeds', source: 'IAM and AWS STS quotas: 10 managed policies per role'
      });
    });

    it('keep a role from being deleted', async() => {
      const remove = () => client.send(new DeleteRoleCommand({ RoleName: 'reader' }));

      await put('p', policy());
      await see.refuses('DeleteRole with an inline policy', remove(), { status: 409, code: 'DeleteConflict', message: 'Cannot delete entity, must delete policies first.' });
      await client.send(new DeleteRolePolicyCommand({ RoleName: 'reader', PolicyName: 'p' }));
      await attach(MANAGED);
      await see.refuses('DeleteRole with an attached policy', remove(), { status: 409, code: 'DeleteConflict', message: 'Cannot delete entity, must detach all policies first.' });
      await detach(MANAGED);
      await remove();
      await see.refuses('DeleteRole again', remove(), { status: 404, code: 'NoSuchEntity' });
    });
  });
}
