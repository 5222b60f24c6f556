import { issuerOfProviderArn } from '../../domain/issuer/issuer';
import { accountOfArn } from '../../domain/aws/arn';
import type { AwsAccount, ClusterRef, Known, ObservedCluster, Right } from '../../domain/facts';
import type { Iam } from '../aws/iam';
import type { Gateways } from '../index';
import { isBound, listAccounts, observedAccount, placesOf } from '../kubernetes/accounts';
import type { KubeObject } from '../kubernetes/client';
import { askRights } from '../kubernetes/rights';
import { observeIssuer } from './cluster';
import { look, unknown } from './known';

/** What all clusters of one credential share. */
export interface AccountBrief {
  /** ARNs of the IAM OIDC providers. */
  providers: string[];
  account?: AwsAccount;
}

/** The account's providers, and which account it is: from the first provider, else from the first role that IAM lists. */
export async function observeAccountBrief(iam: Iam, signal?: AbortSignal): Promise<AccountBrief> {
  const providers = await iam.listProviders(signal);

  return { providers, account: providers.map(accountOfArn).find(Boolean) ?? await iam.firstAccount(signal) };
}

/**
 * What a list of clusters shows: three requests to the cluster, and the account's providers, which all clusters of one credential
 * share. Bindings are counted, not judged.
 */
export async function observeClusterBrief(gateways: Gateways, ref: ClusterRef, accountSoon: Promise<Known<AccountBrief>>, signal?: AbortSignal): Promise<ObservedCluster> {
  const tokens: Right = { clusterId: ref.id, verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' };
  const lists: Right = { clusterId: ref.id, verb: 'list', group: '', resource: 'serviceaccounts' };
  const rights = await askRights(gateways.transport, [tokens], signal);
  const may = rights[0]?.allowed ?? false;
  const [accounts, token, brief] = await Promise.all([
    may ? look(() => listAccounts(gateways.transport, ref.id, signal)) : unknown<KubeObject[]>('forbidden', 'irsa.obstacle.right', { right: lists }),
    may ? observeIssuer(gateways, ref, unknown<KubeObject[]>('not-asked', 'irsa.obstacle.notAsked'), signal) : unknown<{ iss: string }>('forbidden', 'irsa.obstacle.right', { right: tokens }),
    accountSoon,
  ]);
  const account = brief.known ? brief.value.account : undefined;
  const provider = brief.known && token.known ? brief.value.providers.find((arn) => issuerOfProviderArn(arn) === token.value.iss) : undefined;

  return {
    cluster:  ref,
    at:       Date.now(),
    issuer:   token.known ? { known: true, value: token.value.iss } : token,
    keys:     unknown('not-asked', 'irsa.obstacle.notAsked'),
    account:  account ? { known: true, value: account } : brief.known ? unknown('not-asked', 'irsa.obstacle.noArn') : brief,
    provider: !brief.known ? brief : !token.known ? token : { known: true, value: provider ? { arn: provider } : null },
    webhook:  ref.distribution === 'eks' ? { known: true, value: { kind: 'built-in' } } : unknown('not-asked', 'irsa.obstacle.notAsked'),
    sts:      unknown('not-asked', 'irsa.obstacle.notAsked'),
    bindings: accounts.known ? {
      known: true,
      value: accounts.value.filter(isBound).map((one) => ({
        account: observedAccount(one.metadata.namespace ?? '', one.metadata.name, one), owner: { kind: 'nobody' as const }, role: unknown('not-asked', 'irsa.obstacle.notAsked'), workloads: [], pods: []
      })),
    } : accounts,
    ...(accounts.known ? { accounts: placesOf(accounts.value) } : {}),
    ...(brief.known ? { providers: brief.value.providers } : {}),
    rights,
  };
}
