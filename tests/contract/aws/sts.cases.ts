import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, it } from 'vitest';
import { trust } from './roles.cases';
import { ISSUER, clientOptions, type Comparison } from './target';

const LAX = 'STS API reference, AssumeRoleWithWebIdentity, Errors; moto says that it checks no token';

/** What verifying a binding asks of STS. */
export function stsCases(comparison: () => Comparison): void {
  describe('STS', () => {
    let see: Comparison;
    let client: STSClient;
    let RoleArn: string;
    const assume = (claims: object = {}, more: object = {}) => client.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'check', WebIdentityToken: see.target.mint({ sub: 'system:serviceaccount:shop:reader', ...claims }), DurationSeconds: 900, ...more }));

    beforeEach(async() => {
      see = comparison();
      await see.target.reset();
      const iam = new IAMClient(clientOptions(see.target, 'us-east-1'));

      client = new STSClient(clientOptions(see.target));
      await iam.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER, ClientIDList: ['sts.amazonaws.com'] }));
      RoleArn = (await iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trust(see.target.accountId) }))).Role?.Arn ?? '';
    });

    it('exchanges a token for a session, named as asked', async() => {
      const { AssumedRoleUser, Credentials, Audience, Provider, SubjectFromWebIdentityToken } = await assume();
      const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1000;

      see.gives('AssumeRoleWithWebIdentity: ARN', AssumedRoleUser?.Arn, `arn:aws:sts::${ see.target.accountId }:assumed-role/reader/check`);
      see.gives('AssumeRoleWithWebIdentity: id', /^AROA\w+:check$/.test(AssumedRoleUser?.AssumedRoleId ?? ''), true, { moto: false, source: 'STS API reference, AssumedRoleUser: the role’s id, then the session’s name' });
      see.gives('AssumeRoleWithWebIdentity: credentials', [/^ASIA/.test(Credentials?.AccessKeyId ?? ''), (Credentials?.SessionToken?.length ?? 0) > 0, seconds > 880 && seconds < 905], [true, true, true]);
      see.gives('AssumeRoleWithWebIdentity: of the token', { Audience, SubjectFromWebIdentityToken }, { Audience: 'sts.amazonaws.com', SubjectFromWebIdentityToken: 'system:serviceaccount:shop:reader' }, {
        moto: { Audience: undefined, SubjectFromWebIdentityToken: undefined }, source: 'STS API reference, AssumeRoleWithWebIdentity, Response Elements'
      });
      see.gives('AssumeRoleWithWebIdentity: provider', Provider, `arn:aws:iam::${ see.target.accountId }:oidc-provider/${ ISSUER.replace('https://', '') }`, { moto: undefined, source: 'STS API reference, AssumeRoleWithWebIdentity, Response Elements: Provider' });
    });

    it('refuses what the provider or the trust policy does not have', async() => {
      const lax = { moto: 'succeeds', source: LAX };

      await see.refuses('another subject', assume({ sub: 'system:serviceaccount:shop:writer' }), { status: 403, code: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' }, lax);
      await see.refuses('another audience', assume({ aud: ['other'] }), { status: 400, code: 'InvalidIdentityToken', message: 'Incorrect token audience' }, lax);
      await see.refuses('another issuer', assume({ iss: 'https://elsewhere.example' }), { status: 400, code: 'InvalidIdentityToken', message: 'No OpenIDConnect provider found in your account for https://elsewhere.example' }, lax);
      await see.refuses('an old token', assume({ exp: Math.floor(Date.now() / 1000) - 3600 }), { status: 400, code: 'ExpiredTokenException' }, lax);
      await see.refuses('no token', assume({}, { WebIdentityToken: 'x.y.z' }), { status: 400, code: 'InvalidIdentityToken' }, lax);
      await see.refuses('a role that is not there', assume({}, { RoleArn: `${ RoleArn }-none` }), { status: 403, code: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' }, lax);
      await see.refuses('more than the role allows', assume({}, { DurationSeconds: 7200 }), { status: 400, code: 'ValidationError', message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.' }, lax);
    });

    it('refuses what is not of the right form', async() => {
      const lax = { moto: 'succeeds', source: 'STS API reference: constraints of the parameters' };

      await see.refuses('a minute', assume({}, { DurationSeconds: 60 }), { status: 400, code: 'ValidationError' }, lax);
      await see.refuses('a name with a slash', assume({}, { RoleSessionName: 'a/b' }), { status: 400, code: 'ValidationError' }, lax);
      await see.refuses('no role ARN', assume({}, { RoleArn: 'arn:aws:iam::1:role/x-is-no-arn' }), { status: 400, code: 'ValidationError' }, lax);
    });

    it('tells whose key it is', async() => {
      const { Account, Arn, UserId } = await client.send(new GetCallerIdentityCommand({}));

      see.gives('GetCallerIdentity: account', Account, see.target.accountId);
      see.gives('GetCallerIdentity', [/^arn:aws:(iam|sts)::\d{12}:/.test(Arn ?? ''), (UserId ?? '').length > 0], [true, true]);
    });
  });
}
