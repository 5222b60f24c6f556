import type { Store } from 'vuex';
import { partitionOfRegion } from '../domain/aws/partitions';
import type { ClusterRef, Known, ObservedCluster, Partition } from '../domain/facts';
import { fetchTransport } from '../gateways/fetch-transport';
import { createGateways, type Gateways } from '../gateways/index';
import { listAccounts } from '../gateways/kubernetes/accounts';
import { findRole, observeBinding } from '../gateways/observe/binding';
import { observeClusterBrief } from '../gateways/observe/brief';
import { observeCluster } from '../gateways/observe/cluster';
import { verifyIdentity } from '../gateways/observe/identity';
import { look, unknown } from '../gateways/observe/known';
import { storeTransport } from '../gateways/store-transport';
import { runPlan } from '../plans/run';
import type { Engine } from './use-engine';

/** Milliseconds for which clusters in a list share what the account answered. */
const SHARED = 20_000;

/** The engine of one person and one credential, over the dashboard's store. */
export function createEngine(store: Store<unknown>, credentialId: string | undefined): Engine {
  const transport = storeTransport((action, payload) => store.dispatch(action, payload));
  // Other hosts get nothing of Rancher's: no cookie, no token.
  const direct = fetchTransport({ credentials: 'omit' });
  const made = new Map<Partition, Gateways>();
  /** Of the cluster last looked at: IAM's host depends on the partition, and that on where the cluster is. */
  let partition: Partition = 'aws';

  function gateways(cluster?: ClusterRef): Gateways {
    partition = cluster?.region ? partitionOfRegion(cluster.region) : partition;
    const known = made.get(partition) ?? createGateways({ transport, direct, credentialId, partition });

    made.set(partition, known);

    return known;
  }

  /** Rights change rarely, and each costs a request: they are asked once a cluster. */
  const rights = new Map<string, ObservedCluster['rights']>();
  const providers = new Map<Partition, { at: number; list: Promise<Known<string[]>> }>();

  function sharedProviders({ iam }: Gateways): Promise<Known<string[]>> {
    const known = providers.get(partition);

    if (known && Date.now() - known.at < SHARED) {
      return known.list;
    }
    const list = iam ? look(() => iam.listProviders()) : Promise.resolve(unknown<string[]>('no-credential', 'irsa.obstacle.noCredential'));

    providers.set(partition, { at: Date.now(), list });

    return list;
  }

  return {
    async observe(cluster, signal) {
      const observed = await observeCluster(gateways(cluster), cluster, { signal, rights: rights.get(cluster.id) });

      rights.set(cluster.id, observed.rights);

      return observed;
    },
    observeBrief(cluster, signal) {
      const ours = gateways(cluster);

      return observeClusterBrief(ours, cluster, sharedProviders(ours), signal);
    },
    observeBinding: (observed, account, signal) => observeBinding(gateways(observed.cluster), observed, account, signal),
    async observeRole(name, options) {
      const { iam } = gateways();

      return iam ? findRole(iam, name, options) : null;
    },
    roleNames: async(signal) => (await gateways().iam?.listRoles({ signal }) ?? []).map(({ name }) => name).sort((a, b) => a.localeCompare(b)),
    accounts:  async(clusterId, signal) => (await listAccounts(transport, clusterId, signal)).map(({ metadata: { namespace = '', name } }) => ({ namespace, name })),
    verify:    ({ cluster, sts }, { account: { namespace, name, audience, roleArn = '' } }, signal) => verifyIdentity(gateways(cluster), {
      clusterId:      cluster.id,
      namespace,
      serviceAccount: name,
      audience,
      roleArn,
      stsHost:        sts.known ? sts.value.host : 'sts.amazonaws.com',
      proxied:        sts.known ? sts.value.state === 'allowed' : undefined,
    }, signal),
    run: (plan, options) => runPlan(plan, gateways(), options),
  };
}
