import { issuerOfProviderArn } from '../../domain/issuer/issuer';
import { accountOfArn, parseRoleArn } from '../../domain/aws/arn';
import type { AwsAccount, ClusterRef, Known, ObservedBinding, ObservedCluster, ObservedRole, Right } from '../../domain/facts';
import type { Iam } from '../aws/iam';
import type { Gateways } from '../index';
import { isBound, listAccounts, observedAccount, placesOf } from '../kubernetes/accounts';
import type { KubeObject } from '../kubernetes/client';
import type { WebhookSettings } from '../../domain/workload/settings';
import { askRights } from '../kubernetes/rights';
import { settingsFor } from '../kubernetes/webhook';
import { observeIssuer } from './cluster';
import { look, unknown } from './known';
import { regionOf } from './region';
import { observeNodes } from './webhook-place';

/** What all clusters of one credential share. */
export interface AccountBrief {
  /** ARNs of the IAM OIDC providers. */
  providers: string[];
  account?: AwsAccount;
}

/** What clusters of one account share, asked for when it is known where the cluster is: IAM's host hangs on that. */
export interface SharedByClusters {
  account(cluster: ClusterRef): Promise<Known<AccountBrief>>;
  /** The account's roles by ARN; asked for when the first account of a cluster names one. */
  roles(cluster: ClusterRef): Promise<Known<Map<string, ObservedRole>>>;
}

export interface BriefOptions {
  signal?: AbortSignal;
  /**
   * Only bindings matter: a cluster of which no account asks for a role is not asked for its issuer, and whoever may change a cluster in
   * Rancher is not asked for their rights in it (they own it; a refusal would be an answer, too).
   */
  onlyBound?: boolean;
}

/** The account's providers, and which account it is: from the first provider, else from the first role that IAM lists. */
export async function observeAccountBrief(iam: Iam, signal?: AbortSignal): Promise<AccountBrief> {
  const providers = await iam.listProviders(signal);

  return { providers, account: providers.map(accountOfArn).find(Boolean) ?? await iam.firstAccount(signal) };
}

/** Every role of the account, a thousand with each request: what the bindings of many clusters name is among them. */
export async function observeRoles(iam: Iam, signal?: AbortSignal): Promise<Map<string, ObservedRole>> {
  return new Map((await iam.listRoles({ signal })).map((role) => [role.arn, role]));
}

/**
 * What a list of clusters shows: three requests to the cluster at most (a fourth for the region of one that runs itself), and the account's
 * providers and roles, which all clusters of one credential share. Of a binding, annotation, role and trust are judged; its pods are not
 * read. Two requests more where an account's annotation hints at a webhook with a prefix of its own: else the prefix is taken for everybody's.
 */
export async function observeClusterBrief(
  gateways: Gateways, ref: ClusterRef, shared: SharedByClusters, { signal, onlyBound }: BriefOptions = {}
): Promise<ObservedCluster> {
  const tokens: Right = { clusterId: ref.id, verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' };
  const lists: Right = { clusterId: ref.id, verb: 'list', group: '', resource: 'serviceaccounts' };
  const accountSoon = ref.region ? shared.account(ref) : undefined;
  const rights = onlyBound && ref.editable ? [] : await askRights(gateways.transport, [tokens], signal);
  const may = rights[0]?.allowed ?? ref.editable;
  const accountsSoon = may ? look(() => listAccounts(gateways.transport, ref.id, signal)) : Promise.resolve(unknown<KubeObject[]>('forbidden', 'irsa.obstacle.right', { right: lists }));
  const settingsSoon = accountsSoon.then((found) => found.known && ref.distribution !== 'eks' ? settingsFor(gateways.transport, ref.id, found.value, signal) : undefined);

  // A look that is given up throws where the accounts are awaited; then nobody waits for what was to follow from them.
  settingsSoon.catch(() => undefined);
  const boundIn = async(found: KubeObject[]): Promise<KubeObject[]> => {
    const settings = await settingsSoon;

    return found.filter((one) => isBound(one, settings));
  };
  // One after the other only where the first may make the second needless.
  const isWanted = !onlyBound || await accountsSoon.then(async(found) => !found.known || (await boundIn(found.value)).length > 0);
  const notAsked = <T>(): Known<T> => unknown<T>('not-asked', 'irsa.obstacle.notAsked');
  const [accounts, settings, token, nodes] = await Promise.all([
    accountsSoon,
    settingsSoon,
    !isWanted ? notAsked<{ iss: string }>() : may ? observeIssuer(gateways, ref, notAsked(), signal) : unknown<{ iss: string }>('forbidden', 'irsa.obstacle.right', { right: tokens }),
    // Elsewhere the issuer tells the region, or Rancher was told.
    may && !onlyBound && !ref.region && ref.distribution !== 'eks' ? look(() => observeNodes(gateways.transport, ref.id, signal)) : undefined,
  ]);
  const issuer: Known<string> = token.known ? { known: true, value: token.value.iss } : token;
  const region = regionOf(ref, issuer, nodes);
  const cluster = region ? { ...ref, region } : ref;
  const brief = await (accountSoon ?? shared.account(cluster));
  const account = brief.known ? brief.value.account : undefined;
  const provider = brief.known && token.known ? brief.value.providers.find((arn) => issuerOfProviderArn(arn) === token.value.iss) : undefined;

  return {
    cluster,
    at:       Date.now(),
    issuer,
    keys:     notAsked(),
    account:  account ? { known: true, value: account } : brief.known ? unknown('not-asked', 'irsa.obstacle.noArn') : brief,
    provider: !brief.known ? brief : !token.known ? token : { known: true, value: provider ? { arn: provider } : null },
    webhook:  ref.distribution === 'eks' ? { known: true, value: { kind: 'built-in' } } : settings ? { known: true, value: { kind: 'installed', settings } } : notAsked(),
    sts:      notAsked(),
    bindings: accounts.known ? { known: true, value: await bindingsOf(await boundIn(accounts.value), settings, account, () => shared.roles(cluster)) } : accounts,
    ...(accounts.known ? { accounts: placesOf(accounts.value) } : {}),
    ...(brief.known ? { providers: brief.value.providers } : {}),
    rights,
  };
}

async function bindingsOf(bound: KubeObject[], settings: WebhookSettings | undefined, account: AwsAccount | undefined, rolesSoon: () => ReturnType<SharedByClusters['roles']>): Promise<ObservedBinding[]> {
  if (!bound.length) {
    return [];
  }
  const roles = await rolesSoon();

  return bound.map((one) => {
    const found = observedAccount(one.metadata.namespace ?? '', one.metadata.name, one, settings);

    return { account: found, owner: { kind: 'nobody' }, role: roleOf(found.roleArn ?? '', account, roles), workloads: [], pods: [] };
  });
}

/** A role of another account is not to be found with this credential: that says nothing about whether it is there. */
function roleOf(arn: string, account: AwsAccount | undefined, roles: Known<Map<string, ObservedRole>>): ObservedBinding['role'] {
  if (!roles.known) {
    return roles;
  }
  const named = parseRoleArn(arn);

  return named && account && named.id !== account.id ? unknown('not-asked', 'irsa.obstacle.otherAccount', { args: { account: named.id } }) : { known: true, value: roles.value.get(arn) ?? null };
}
