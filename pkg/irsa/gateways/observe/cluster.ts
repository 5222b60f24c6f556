import { accountOfArn, parseRoleArn } from '../../domain/aws/arn';
import { isRegion, serviceHost } from '../../domain/aws/partitions';
import type { AwsAccount, ClusterRef, Known, ObservedBinding, ObservedCluster, ObservedProvider, ObservedRole, ObservedWebhook, Right, StsReach } from '../../domain/facts';
import { isEksIssuer, issuerOfProviderArn } from '../../domain/issuer/issuer';
import { webhookSettings, type WebhookSettings } from '../../domain/workload/settings';
import type { Iam } from '../aws/iam';
import type { Gateways } from '../index';
import { isBound, listAccounts, observedAccount, placesOf } from '../kubernetes/accounts';
import type { KubeObject } from '../kubernetes/client';
import { askRights } from '../kubernetes/rights';
import { PROBE_AUDIENCE, readToken, requestToken } from '../kubernetes/tokens';
import { findWebhook, findWebhookSettings } from '../kubernetes/webhook';
import { observeNamespace } from '../kubernetes/workloads';
import { observeProxyHost, READ_PROXY_ENDPOINTS } from '../rancher/proxy-hosts';
import { look, unknown } from './known';
import { ownersIn } from './owner';
import { observeWebhookDetails } from './webhook-details';
import { regionOf } from './region';
import { observeNodes } from './webhook-place';

export interface ObserveOptions {
  signal?: AbortSignal;
  /** Answers about rights that were had a moment ago: rights change rarely, and each costs a request. */
  rights?: ObservedCluster['rights'];
  /** Only this account is of interest: the others' roles and pods are not read. */
  only?: { namespace: string; name: string };
  /** The gateways of where a cluster is. Rancher may not know that, IAM's host hangs on it, and the hosts of other partitions refuse. */
  located?: (cluster: ClusterRef) => Gateways;
}

type May = (verb: string, resource: string, subresource?: string) => boolean;
type Missing = <T>(verb: string, group: string, resource: string, subresource?: string) => Known<T>;

/** What the plans of this cluster need; asked per cluster and verb, never guessed from role names (design §6). */
export function neededRights({ id, distribution }: ClusterRef): Right[] {
  const right = (verb: string, group: string, resource: string, subresource?: string): Right => ({ clusterId: id, verb, group, resource, ...(subresource ? { subresource } : {}) });

  return [
    right('list', '', 'serviceaccounts'),
    right('create', '', 'serviceaccounts', 'token'),
    right('patch', '', 'serviceaccounts'),
    right('list', '', 'pods'),
    right('list', 'apps', 'deployments'),
    right('list', 'apps', 'statefulsets'),
    right('list', 'apps', 'daemonsets'),
    right('patch', 'apps', 'deployments'),
    right('patch', 'apps', 'statefulsets'),
    right('patch', 'apps', 'daemonsets'),
    right('list', 'catalog.cattle.io', 'apps'),
    // An App's own values stand in the secret of its release.
    right('get', '', 'secrets'),
    ...(distribution === 'eks' ? [] : [right('list', 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations'), right('list', '', 'nodes')]),
  ];
}

/** One look at a cluster and its AWS account. Each fact is there or says why it is not; only an abort throws. */
export async function observeCluster(gateways: Gateways, ref: ClusterRef, options: ObserveOptions = {}): Promise<ObservedCluster> {
  const { transport } = gateways;
  const { signal, only, located = () => gateways } = options;
  const rights = options.rights ?? await askRights(transport, neededRights(ref), signal);
  const may: May = (verb, resource, subresource) => rights.some(({ right, allowed }) => allowed && right.verb === verb && right.resource === resource && right.subresource === subresource);
  const missing: Missing = (verb, group, resource, subresource) => {
    const right = { clusterId: ref.id, verb, group, resource, ...(subresource ? { subresource } : {}) };

    return unknown('forbidden', 'irsa.obstacle.right', { right });
  };

  const listProviders = ({ iam }: Gateways): Promise<Known<string[]>> => iam ? look(() => iam.listProviders(signal)) : Promise.resolve(unknown('no-credential', 'irsa.obstacle.noCredential'));
  const providersSoon = ref.region ? listProviders(gateways) : undefined;

  // A look that is given up throws at the first that is awaited; then nobody waits for this one.
  providersSoon?.catch(() => undefined);
  const accounts = may('list', 'serviceaccounts') ? await look(() => listAccounts(transport, ref.id, signal)) : missing<KubeObject[]>('list', '', 'serviceaccounts');
  const [token, webhook] = await Promise.all([
    may('create', 'serviceaccounts', 'token') ? observeIssuer(gateways, ref, accounts, signal) : missing<{ iss: string; kid?: string }>('create', '', 'serviceaccounts', 'token'),
    observeWebhook(gateways, ref, may('list', 'mutatingwebhookconfigurations'), missing, signal),
  ]);
  const issuer: Known<string> = token.known ? { known: true, value: token.value.iss } : token;
  const said = regionOf(ref, issuer, undefined);
  const cluster = { ...ref, region: said ?? (may('list', 'nodes') ? regionOf(ref, issuer, await look(() => observeNodes(transport, ref.id, signal))) : undefined) };
  const ours = located(cluster);
  const providers = await (providersSoon ?? listProviders(ours));
  const settings = webhookSettings({ webhook });
  const isWanted = ({ metadata }: KubeObject): boolean => !only || (metadata.namespace === only.namespace && metadata.name === only.name);
  const bound = accounts.known ? accounts.value.filter((one) => isBound(one, settings) && isWanted(one)) : [];
  const [provider, bindings, sts] = await Promise.all([
    observeProvider(ours, issuer, providers, signal),
    accounts.known ? look(() => observeBindings(ours, cluster, bound, may, settings, signal)) : Promise.resolve<ObservedCluster['bindings']>(accounts),
    observeSts(gateways, cluster, signal),
  ]);

  return {
    cluster,
    at:      Date.now(),
    issuer,
    keys:    token.known ? { known: true, value: { ids: token.value.kid ? [token.value.kid] : [], publishedBy: isEksIssuer(token.value.iss) ? 'eks' : 'unchecked' } } : token,
    account: await observeAccount(ours, providers, bindings, signal),
    provider,
    webhook,
    sts,
    bindings,
    ...(accounts.known ? { accounts: placesOf(accounts.value) } : {}),
    ...(providers.known ? { providers: providers.value } : {}),
    rights,
  };
}

/**
 * The issuer, from a token that the API server makes now: the discovery document is out of reach on `local`, and for members
 * elsewhere (rancher.md §2.4).
 */
export async function observeIssuer(gateways: Gateways, ref: ClusterRef, accounts: Known<KubeObject[]>, signal?: AbortSignal): Promise<Known<{ iss: string; kid?: string }>> {
  const preferred = { namespace: 'default', name: 'default' };
  const all = accounts.known ? accounts.value.map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: metadata.name })) : [preferred];
  const account = all.find(({ namespace, name }) => namespace === preferred.namespace && name === preferred.name) ?? all[0] ?? preferred;
  const token = await look(async() => readToken(await requestToken(gateways.transport, ref.id, account, PROBE_AUDIENCE, signal)));

  if (!token.known) {
    return token;
  }

  return token.value ? { known: true, value: { iss: token.value.iss, kid: token.value.kid } } : unknown('refused', 'irsa.obstacle.token');
}

async function observeWebhook(gateways: Gateways, ref: ClusterRef, may: boolean, missing: Missing, signal?: AbortSignal): Promise<Known<ObservedWebhook>> {
  if (ref.distribution === 'eks') {
    return { known: true, value: { kind: 'built-in' } };
  }

  if (!may) {
    return missing('list', 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations');
  }

  return look(async() => {
    const { service, ...found } = await findWebhook(gateways.transport, ref.id, signal);
    const [details, settings] = await Promise.all([
      found.release ? observeWebhookDetails(gateways.transport, ref.id, found.release, signal) : undefined,
      // The look at our own release reads its Deployment anyway.
      service && !found.release ? look(() => findWebhookSettings(gateways.transport, ref.id, service, signal)) : undefined,
    ]);

    return { ...found, ...(details ? { details } : {}), ...(settings?.known && settings.value ? { settings: settings.value } : {}) };
  });
}

/** The provider of an issuer among the account's: the list holds ARNs alone, one further call reads the audiences. */
async function observeProvider({ iam }: Gateways, issuer: Known<string>, providers: Known<string[]>, signal?: AbortSignal): Promise<Known<ObservedProvider | null>> {
  if (!providers.known) {
    return providers;
  }
  if (!issuer.known) {
    return issuer;
  }
  const arn = providers.value.find((one) => issuerOfProviderArn(one) === issuer.value);

  return arn && iam ? look(() => iam.getProvider(arn, signal)) : { known: true, value: null };
}

/** Account id and partition, from whatever ARN IAM answered; for an account that has nothing of ours, from its first role. */
async function observeAccount({ iam }: Gateways, providers: Known<string[]>, bindings: ObservedCluster['bindings'], signal?: AbortSignal): Promise<Known<AwsAccount>> {
  if (!iam || !providers.known) {
    return iam && !providers.known ? providers : unknown('no-credential', 'irsa.obstacle.noCredential');
  }
  const roles = bindings.known ? bindings.value.flatMap(({ role }) => role.known && role.value ? role.value.arn : []) : [];
  const account = [...providers.value, ...roles].map(accountOfArn).find(Boolean);

  if (account) {
    return { known: true, value: account };
  }
  const first = await look(() => iam.firstAccount(signal));

  if (!first.known) {
    return first;
  }

  return first.value ? { known: true, value: first.value } : unknown('not-asked', 'irsa.obstacle.noArn');
}

async function observeBindings(gateways: Gateways, cluster: ClusterRef, bound: KubeObject[], may: May, settings: WebhookSettings, signal?: AbortSignal): Promise<ObservedBinding[]> {
  const { transport, iam } = gateways;
  const accounts = bound.map((one) => observedAccount(one.metadata.namespace ?? '', one.metadata.name, one, settings));
  const namespaces = [...new Set(accounts.map(({ namespace }) => namespace))];
  const mayLook = ['pods', 'deployments', 'statefulsets', 'daemonsets'].every((resource) => may('list', resource));
  const [loads, roles, owners] = await Promise.all([
    Promise.all(namespaces.map(async(namespace) => [namespace, mayLook ? await observeNamespace(transport, cluster.id, namespace, signal, settings) : undefined] as const)),
    iam ? look(() => rolesOf(iam, accounts.flatMap(({ roleArn }) => roleArn ?? []), signal)) : unknown<Map<string, ObservedRole>>('no-credential', 'irsa.obstacle.noCredential'),
    ownersIn(gateways, cluster.id, bound, may('list', 'apps') && may('get', 'secrets'), signal),
  ]);
  const loadOf = new Map(loads);

  return accounts.map((account, index) => ({
    account,
    owner:     owners[index]!,
    role:      roles.known ? { known: true, value: roles.value.get(account.roleArn ?? '') ?? null } : roles,
    workloads: loadOf.get(account.namespace)?.workloads(account.name) ?? [],
    pods:      loadOf.get(account.namespace)?.pods(account.name) ?? [],
    ...(mayLook ? {} : { podsUnseen: true as const }),
  }));
}

/** The roles of these ARNs, listed by path: asking for a role that is not there would be an error. */
async function rolesOf(iam: Iam, arns: string[], signal?: AbortSignal): Promise<Map<string, ObservedRole>> {
  const wanted = Map.groupBy(arns.flatMap((arn) => parseRoleArn(arn) ?? []), ({ path }) => path);
  const lists = await Promise.all([...wanted].map(([path, roles]) => iam.listRoles({ path, wanted: roles.map(({ name }) => name), signal })));

  return new Map(lists.flat().map((role) => [role.arn, role]));
}

async function observeSts({ transport }: Gateways, { region }: ClusterRef, signal?: AbortSignal): Promise<Known<StsReach>> {
  // The region becomes part of a host that Rancher may be told to forward to; whoever writes it must not choose another host.
  const host = serviceHost('sts', region && isRegion(region) ? region : 'us-east-1');
  const reach = await look(() => observeProxyHost(transport, host, signal));

  if (!reach.known) {
    return reach;
  }

  return reach.value ? { known: true, value: reach.value } : unknown('forbidden', 'irsa.obstacle.right', { right: READ_PROXY_ENDPOINTS });
}
