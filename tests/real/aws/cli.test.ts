import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { trust } from '../../contract/aws/roles.cases';
import { sandboxAws } from '../../contract/aws/sandbox';
import { ISSUER, REGION, clientOptions, type AwsTarget } from '../../contract/aws/target';
import { hasMoto, motoAws } from './moto';
import { awsShell, hasAwsCli, type AwsShell } from './programs';

/** AWS' own command line: a client, and a signer, that we did not write. */
function cliCases(name: string, start: () => Promise<AwsTarget>): void {
  describe(`the AWS CLI against ${ name }`, () => {
    let target: AwsTarget;
    let shell: AwsShell;
    let arn: string;
    const json = async<T>(...args: string[]): Promise<T> => {
      const { status, stdout, stderr } = await shell.aws(...args, '--output', 'json');

      expect([status, stderr], args.join(' ')).toEqual([0, '']);

      return JSON.parse(stdout || 'null') as T;
    };
    const fails = async(...args: string[]): Promise<string> => {
      const { status, stderr } = await shell.aws(...args);

      expect(status, args.join(' ')).not.toBe(0);

      return stderr.trim();
    };

    beforeAll(async() => {
      target = await start();
      shell = awsShell(target);
      arn = `arn:aws:iam::${ target.accountId }:oidc-provider/${ ISSUER.replace('https://', '') }`;
    });
    afterAll(async() => {
      shell.remove();
      await target.stop();
    });
    beforeEach(() => target.reset());

    it('enables: makes, lists and reads a provider', async() => {
      expect(await json('iam', 'create-open-id-connect-provider', '--url', ISSUER, '--client-id-list', 'sts.amazonaws.com', '--tags', 'Key=a,Value=b c')).toMatchObject({ OpenIDConnectProviderArn: arn });
      expect(await json('iam', 'list-open-id-connect-providers')).toEqual({ OpenIDConnectProviderList: [{ Arn: arn }] });
      expect(await json('iam', 'get-open-id-connect-provider', '--open-id-connect-provider-arn', arn)).toMatchObject({ Url: ISSUER.replace('https://', ''), ClientIDList: ['sts.amazonaws.com'], Tags: [{ Key: 'a', Value: 'b c' }] });
      expect(await fails('iam', 'get-open-id-connect-provider', '--open-id-connect-provider-arn', `${ arn }X`)).toBe(`An error occurred (NoSuchEntity) when calling the GetOpenIDConnectProvider operation: OpenIDConnect Provider not found for arn ${ arn }X`);
    });

    it('binds: makes a role with permissions, reads the documents decoded, takes all of it away', async() => {
      const permissions = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/a+b c/*' }] };

      await json('iam', 'create-role', '--cli-input-json', JSON.stringify({ RoleName: 'reader', Path: '/rancher-irsa/', AssumeRolePolicyDocument: trust(target.accountId), Tags: [{ Key: 'a', Value: 'b' }] }));
      await json('iam', 'put-role-policy', '--role-name', 'reader', '--policy-name', 'p', '--policy-document', JSON.stringify(permissions));
      expect(await json('iam', 'get-role', '--role-name', 'reader')).toMatchObject({ Role: { Path: '/rancher-irsa/', AssumeRolePolicyDocument: JSON.parse(trust(target.accountId)) as object, Tags: [{ Key: 'a', Value: 'b' }] } });
      expect(await json('iam', 'get-role-policy', '--role-name', 'reader', '--policy-name', 'p')).toMatchObject({ PolicyDocument: permissions });
      expect(await fails('iam', 'create-role', '--role-name', 'reader', '--assume-role-policy-document', trust(target.accountId))).toBe('An error occurred (EntityAlreadyExists) when calling the CreateRole operation: Role with name reader already exists.');
      expect(await fails('iam', 'delete-role', '--role-name', 'reader')).toBe('An error occurred (DeleteConflict) when calling the DeleteRole operation: Cannot delete entity, must delete policies first.');
      await json('iam', 'delete-role-policy', '--role-name', 'reader', '--policy-name', 'p');
      await json('iam', 'delete-role', '--role-name', 'reader');
      expect(await fails('iam', 'get-role', '--role-name', 'reader')).toContain('(NoSuchEntity)');
    });

    it('lists more roles than a page holds, by itself', async() => {
      const iam = new IAMClient(clientOptions(target, 'us-east-1'));

      // Made by the SDK: a process of the CLI for each would take minutes.
      for (let index = 0; index < 105; index += 1) {
        await iam.send(new CreateRoleCommand({ RoleName: `role-${ index }`, Path: '/rancher-irsa/', AssumeRolePolicyDocument: trust(target.accountId) }));
      }
      // As text the CLI prints, and queries, each page by itself.
      const { stdout } = await shell.script('aws iam list-roles --path-prefix /rancher-irsa/ --query "Roles[].RoleName" --output text | tr "\\t" "\\n" | sort -u | wc -l');

      expect(stdout.trim()).toBe('105');
    });

    it('verifies: exchanges a token without any key', async() => {
      await json('iam', 'create-open-id-connect-provider', '--url', ISSUER, '--client-id-list', 'sts.amazonaws.com');
      await json('iam', 'create-role', '--role-name', 'reader', '--assume-role-policy-document', trust(target.accountId));
      const { stdout, stderr } = await shell.script('printf %s "$TOKEN" | aws sts assume-role-with-web-identity --region=eu-central-1 --role-arn="$ROLE" --role-session-name=irsa-check --web-identity-token=file:///dev/stdin --query AssumedRoleUser.Arn --output text', {
        TOKEN: target.mint({ sub: 'system:serviceaccount:shop:reader' }), ROLE: `arn:aws:iam::${ target.accountId }:role/reader`, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: ''
      });

      expect([stdout.trim(), stderr]).toEqual([`arn:aws:sts::${ target.accountId }:assumed-role/reader/irsa-check`, '']);
      expect(await json('sts', 'get-caller-identity', '--region', REGION)).toMatchObject({ Account: target.accountId });
    });

    it('sets up a bucket, publishes, keeps versions, empties and deletes it', async() => {
      const inRegion = ['--region', REGION];
      const bucket = ['--bucket', 'acme-irsa-4f2c', ...inRegion];

      await json('s3api', 'create-bucket', ...bucket, '--create-bucket-configuration', `LocationConstraint=${ REGION }`);
      expect(await fails('s3api', 'create-bucket', ...bucket, '--create-bucket-configuration', `LocationConstraint=${ REGION }`)).toContain('(BucketAlreadyOwnedByYou)');
      await json('s3api', 'put-public-access-block', ...bucket, '--public-access-block-configuration', 'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=false,RestrictPublicBuckets=false');
      await json('s3api', 'put-bucket-ownership-controls', ...bucket, '--ownership-controls', 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]');
      await json('s3api', 'put-bucket-versioning', ...bucket, '--versioning-configuration', 'Status=Enabled');
      await json('s3api', 'put-bucket-policy', ...bucket, '--policy', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme-irsa-4f2c/keys.json' }] }));
      for (const text of ['one', 'two']) {
        const { status, stderr } = await shell.script(`printf ${ text } >keys.json && aws s3 cp keys.json s3://acme-irsa-4f2c/keys.json --content-type application/json --region ${ REGION }`);

        expect([status, stderr]).toEqual([0, '']);
      }
      // Nobody's request: what STS does when it reads an issuer's keys.
      expect(await (await fetch(`${ target.url }/acme-irsa-4f2c/keys.json`)).text()).toBe('two');
      expect(await json('s3api', 'list-objects-v2', ...bucket)).toMatchObject({ Contents: [{ Key: 'keys.json', Size: 3 }] });
      await json('s3api', 'delete-object', ...bucket, '--key', 'keys.json');
      expect(await fails('s3api', 'delete-bucket', ...bucket)).toContain('(BucketNotEmpty)');
      const { Versions, DeleteMarkers } = await json<Record<string, { Key: string; VersionId: string }[]>>('s3api', 'list-object-versions', ...bucket);
      const all = [...Versions ?? [], ...DeleteMarkers ?? []].map(({ Key, VersionId }) => ({ Key, VersionId }));

      expect(all).toHaveLength(3);
      expect(await json('s3api', 'delete-objects', ...bucket, '--delete', JSON.stringify({ Objects: all }))).toMatchObject({ Deleted: expect.arrayContaining(all.map((one) => expect.objectContaining(one) as object)) as object });
      await json('s3api', 'delete-bucket', ...bucket);
    });

    it('reads clusters', async() => {
      await target.seedCluster('prod-eks', REGION);
      expect(await json('eks', 'list-clusters', '--region', REGION)).toEqual({ clusters: ['prod-eks'] });
      expect((await shell.aws('eks', 'describe-cluster', '--name', 'prod-eks', '--region', REGION, '--query', 'cluster.identity.oidc.issuer', '--output', 'text')).stdout).toMatch(/^https:\/\/oidc\.eks\.eu-central-1\.amazonaws\.com\/id\/\w+\n$/);
      expect(await fails('eks', 'describe-cluster', '--name', 'none', '--region', REGION)).toBe('An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: none.');
    });
  });
}

describe.skipIf(!hasAwsCli())('AWS CLI', () => {
  cliCases('the sandbox', sandboxAws);

  it('is refused by the sandbox with a wrong key, as AWS refuses it', async() => {
    const target = await sandboxAws();
    const shell = awsShell({ url: target.url, credentials: { ...target.credentials, secretAccessKey: 'wrong' } });

    expect((await shell.aws('iam', 'list-roles')).stderr).toContain('An error occurred (SignatureDoesNotMatch) when calling the ListRoles operation: The request signature we calculated does not match the signature you provided.');
    expect((await shell.aws('s3api', 'list-objects-v2', '--bucket', 'acme', '--region', REGION)).stderr).toContain('(SignatureDoesNotMatch)');
    shell.remove();
    await target.stop();
  });
});

describe.skipIf(!hasAwsCli() || !hasMoto())('AWS CLI and moto', () => {
  cliCases('moto', motoAws);
});
