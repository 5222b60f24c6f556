import { IrsaError } from '../../domain/errors';
import type { ObservedBinding, ObservedCluster, ObservedRole } from '../../domain/facts';
import { webhookSettings } from '../../domain/workload/settings';
import type { Iam } from '../aws/iam';
import type { Gateways } from '../index';
import { findAccount, observedAccount } from '../kubernetes/accounts';
import { observeNamespace } from '../kubernetes/workloads';
import { look, unknown } from './known';
import { ownersIn } from './owner';

/** One service account as it is now; it need not exist. Its role is the one the cluster's own look found, if it is bound. */
export async function observeBinding(gateways: Gateways, observed: ObservedCluster, account: { namespace: string; name: string }, signal?: AbortSignal): Promise<ObservedBinding> {
  const { cluster, rights, bindings } = observed;
  const { transport } = gateways;
  const settings = webhookSettings(observed);
  const found = await findAccount(transport, cluster.id, account.namespace, account.name, signal);
  const may = (verb: string, resource: string) => rights.find(({ right }) => right.verb === verb && right.resource === resource)?.allowed ?? false;
  const mayReadApps = may('list', 'apps') && may('get', 'secrets');
  const [load, owners] = await Promise.all([
    observeNamespace(transport, cluster.id, account.namespace, signal, settings),
    found ? ownersIn(gateways, cluster.id, [found], mayReadApps, signal) : [],
  ]);
  const seenAccount = observedAccount(account.namespace, account.name, found, settings);
  const seen = bindings.known ? bindings.value.find((one) => one.account.namespace === account.namespace && one.account.name === account.name) : undefined;

  return {
    account:   seenAccount,
    owner:     owners[0] ?? { kind: 'nobody' },
    role:      seen && seen.account.roleArn === seenAccount.roleArn ? seen.role : seenAccount.roleArn ? unknown('not-asked', 'irsa.obstacle.notAsked') : { known: true, value: null },
    workloads: load.workloads(account.name),
    pods:      load.pods(account.name),
  };
}

export interface FindRoleOptions {
  /** The role was seen a moment ago: no need to list all roles first. */
  seen?: boolean;
  /** Names of the inline policies to read; all of them when left out. */
  policies?: string[];
  /** Which managed policies are attached is asked for, too; where that is refused, the role says so. */
  attached?: boolean;
  signal?: AbortSignal;
}

/**
 * A role with its tags and inline policies, or null: two reads where it was seen before and one policy is asked for. Otherwise the
 * list of roles is read first, as IAM answers an error for a role that is not there and browsers print that as one of ours.
 */
export async function findRole(iam: Iam, name: string, { seen, policies, attached, signal }: FindRoleOptions = {}): Promise<ObservedRole | null> {
  // Role names are unique without regard to case (IAM API reference, CreateRole).
  const actual = seen ? name : (await iam.listRoles({ wanted: [name], signal })).find((role) => role.name.toLowerCase() === name.toLowerCase())?.name;

  if (!actual) {
    return null;
  }
  const role = await unlessGone(() => iam.getRole(actual, signal));

  if (!role) {
    return null;
  }
  const [inlinePolicies, managedPolicies] = await Promise.all([readPolicies(iam, actual, policies, signal), attached ? look(() => iam.attachedPolicies(actual, signal)) : undefined]);

  return { ...role, inlinePolicies, ...(managedPolicies ? { managedPolicies } : {}) };
}

/** What was there a moment ago may be gone; the rest of what can go wrong is thrown. */
async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof IrsaError && error.kind === 'gone') {
      return undefined;
    }
    throw error;
  }
}

async function readPolicies(iam: Iam, role: string, wanted: string[] | undefined, signal?: AbortSignal): Promise<Record<string, string>> {
  const names = wanted ?? (await iam.send<{ PolicyNames?: string[] }>('ListRolePolicies', { RoleName: role }, signal)).PolicyNames ?? [];

  return await unlessGone(() => iam.inlinePolicies(role, names, signal)) ?? {};
}
