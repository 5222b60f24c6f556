import { issuerOfProviderArn } from '../../domain/issuer/issuer';
import { accountOfArn } from '../../domain/aws/arn';
import type { ClusterRef, Known, ObservedCluster, Right } from '../../domain/facts';
import type { Gateways } from '../index';
import { isBound, listAccounts, observedAccount } from '../kubernetes/accounts';
import type { KubeObject } from '../kubernetes/client';
import { askRights } from '../kubernetes/rights';
import { observeIssuer } from './cluster';
import { look, unknown } from './known';

/**
 * What a list of clusters shows: three requests to the cluster, and the account's providers, which all clusters of one credential
 * share. Bindings are counted, not judged.
 */
export async function observeClusterBrief(gateways: Gateways, ref: ClusterRef, providers: Promise<Known<string[]>>, signal?: AbortSignal): Promise<ObservedCluster> {
  const tokens: Right = { clusterId: ref.id, verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' };
  const lists: Right = { clusterId: ref.id, verb: 'list', group: '', resource: 'serviceaccounts' };
  const rights = await askRights(gateways.transport, [tokens], signal);
  const may = rights[0]?.allowed ?? false;
  const [accounts, token, arns] = await Promise.all([
    may ? look(() => listAccounts(gateways.transport, ref.id, signal)) : unknown<KubeObject[]>('forbidden', 'irsa.obstacle.right', { right: lists }),
    may ? observeIssuer(gateways, ref, unknown<KubeObject[]>('not-asked', 'irsa.obstacle.notAsked'), signal) : unknown<{ iss: string }>('forbidden', 'irsa.obstacle.right', { right: tokens }),
    providers,
  ]);
  const account = arns.known ? arns.value.map(accountOfArn).find(Boolean) : undefined;
  const provider = arns.known && token.known ? arns.value.find((arn) => issuerOfProviderArn(arn) === token.value.iss) : undefined;

  return {
    cluster:  ref,
    at:       Date.now(),
    issuer:   token.known ? { known: true, value: token.value.iss } : token,
    keys:     unknown('not-asked', 'irsa.obstacle.notAsked'),
    account:  account ? { known: true, value: account } : arns.known ? unknown('not-asked', 'irsa.obstacle.noArn') : arns,
    provider: !arns.known ? arns : !token.known ? token : { known: true, value: provider ? { arn: provider } : null },
    webhook:  ref.distribution === 'eks' ? { known: true, value: { kind: 'built-in' } } : unknown('not-asked', 'irsa.obstacle.notAsked'),
    sts:      unknown('not-asked', 'irsa.obstacle.notAsked'),
    bindings: accounts.known ? {
      known: true,
      value: accounts.value.filter(isBound).map((one) => ({
        account: observedAccount(one.metadata.namespace ?? '', one.metadata.name, one), owner: { kind: 'nobody' as const }, role: unknown('not-asked', 'irsa.obstacle.notAsked'), workloads: [], pods: []
      })),
    } : accounts,
    rights,
  };
}
