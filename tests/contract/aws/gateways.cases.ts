import { beforeEach, describe, expect, it } from 'vitest';
import { createIam, type Iam } from '../../../pkg/irsa/gateways/aws/iam';
import { trust } from './roles.cases';
import { ISSUER, type Comparison } from './target';

/** The gateways of the extension, over Rancher's proxy. */
export function gatewayCases(comparison: () => Comparison): void {
  describe('our gateways, through Rancher’s proxy', () => {
    let see: Comparison;
    let iam: Iam;
    let document: string;
    const create = (RoleName: string, more: object = {}) => iam.send('CreateRole', { RoleName, AssumeRolePolicyDocument: document, ...more });

    beforeEach(async() => {
      see = comparison();
      await see.target.reset();
      iam = createIam(see.target.route(), 'aws');
      document = trust(see.target.accountId);
    });

    it('enable: make the provider, find it among others, read it', async() => {
      const { OpenIDConnectProviderArn: arn = '' } = await iam.send<{ OpenIDConnectProviderArn?: string }>('CreateOpenIDConnectProvider', { Url: ISSUER, ClientIDList: ['sts.amazonaws.com'], Tags: [{ Key: 'a', Value: 'b' }] });

      see.gives('listProviders', await iam.listProviders(), [arn]);
      see.gives('getProvider', await iam.getProvider(arn), { arn, audiences: ['sts.amazonaws.com'], tags: { a: 'b' } });
    });

    it('bind: make the role, put its permissions, read all of it back', async() => {
      const permissions = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/a+b c/*' }] });

      await create('reader', { Path: '/rancher-irsa/', Tags: [{ Key: 'a', Value: 'b' }], PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' });
      await iam.send('PutRolePolicy', { RoleName: 'reader', PolicyName: 'p', PolicyDocument: permissions });
      see.gives('getRole', await iam.getRole('reader'), {
        arn: `arn:aws:iam::${ see.target.accountId }:role/rancher-irsa/reader`, name: 'reader', path: '/rancher-irsa/', trustPolicy: document, permissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess', tags: { a: 'b' }, maxSessionDuration: 3600
      });
      see.gives('inlinePolicies', await iam.inlinePolicies('reader', ['p']), { p: permissions });
      await iam.send('UpdateAssumeRolePolicy', { RoleName: 'reader', PolicyDocument: trust(see.target.accountId, 'other') });
      see.gives('getRole after UpdateAssumeRolePolicy', (await iam.getRole('reader')).trustPolicy, trust(see.target.accountId, 'other'));
      see.gives('firstAccount', await iam.firstAccount(), { id: see.target.accountId, partition: 'aws' });
    });

    it('read more roles than fit a page', async() => {
      // Our pages are of a thousand; the default account holds a thousand roles.
      await see.target.reset({ quotas: { rolesPerAccount: 5000 } });
      iam = createIam(see.target.route(), 'aws');
      for (let index = 0; index < 1003; index += 1) {
        await create(`role-${ index }`, { Path: '/rancher-irsa/' });
      }
      see.gives('listRoles of 1003', new Set((await iam.listRoles({ path: '/rancher-irsa/' })).map(({ name }) => name)).size, 1003);
    }, 120_000);

    it('name what IAM refused, in the words of the extension', async() => {
      await create('reader');
      await expect.soft(create('reader')).rejects.toMatchObject({ kind: expect.any(String), facts: { action: 'iam:CreateRole', httpStatus: 409, awsCode: expect.stringMatching(/^EntityAlreadyExists/) } });
      await expect.soft(iam.getRole('none')).rejects.toMatchObject({ facts: { action: 'iam:GetRole', httpStatus: 404, awsCode: expect.stringMatching(/^NoSuchEntity/) } });
      await expect.soft(iam.send('UpdateAssumeRolePolicy', { RoleName: 'reader', PolicyDocument: '{' })).rejects.toMatchObject({ facts: { httpStatus: 400, awsCode: expect.stringMatching(/^MalformedPolicyDocument/) } });
    });
  });
}
