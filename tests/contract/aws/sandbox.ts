import { createAwsAccount } from '../../sandbox/aws/account.ts';
import type { AwsAccount } from '../../sandbox/aws/account.ts';
import { listenAws } from '../../sandbox/aws/listen.ts';
import { TestIssuer } from '../../sandbox/aws/testing.ts';
import { ISSUER, REGION, proxied, type AwsTarget } from './target';

const ACCOUNT_ID = '111122223333';
const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };

/** The sandbox's AWS: an account of its own, behind an address and behind Rancher's proxy. */
export async function sandboxAws(): Promise<AwsTarget & { account(): AwsAccount }> {
  const issuer = new TestIssuer(ISSUER);
  const make = (quotas?: Record<string, number>): AwsAccount => createAwsAccount({
    accountId: ACCOUNT_ID, region: REGION, quotas, issuers: () => [{ issuer: ISSUER, jwks: () => issuer.jwks() }],
    accessKeys: [{ id: CREDENTIALS.accessKeyId, secret: CREDENTIALS.secretAccessKey, principalArn: `arn:aws:iam::${ ACCOUNT_ID }:user/rancher` }],
  });
  let account = make();
  const listener = await listenAws(() => account);

  return {
    name:        'sandbox',
    accountId:   ACCOUNT_ID,
    url:         listener.url,
    credentials: CREDENTIALS,
    account:     () => account,
    route:       () => proxied(account, CREDENTIALS),
    mint:        (claims) => issuer.mint(claims),
    stop:        () => listener.stop(),
    async reset({ quotas } = {}) {
      account = make(quotas);
    },
    async seedCluster(name, region) {
      account.seedCluster({ name, region, version: '1.34', issuer: ISSUER });
    },
  };
}
