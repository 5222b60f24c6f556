import { partitionOfRegion } from '../domain/aws/partitions';
import type { ClusterRef, Known, ObservedCluster } from '../domain/facts';
import { createGateways, type Gateways } from '../gateways';
import { fetchTransport } from '../gateways/fetch-transport';
import { findRole, observeBinding } from '../gateways/observe/binding';
import { observeClusterBrief } from '../gateways/observe/brief';
import { observeCluster } from '../gateways/observe/cluster';
import { verifyIdentity } from '../gateways/observe/identity';
import { look, unknown } from '../gateways/observe/known';
import { listAccounts } from '../gateways/kubernetes/accounts';
import { storeTransport, type Dispatch } from '../gateways/store-transport';
import { runPlan } from '../plans/run';
import type { Engine } from './use-engine';

/** Milliseconds for which answers are used again that change rarely and that each look would otherwise pay for. */
const RIGHTS_LAST = 60_000;
const PROVIDERS_LAST = 30_000;

interface Remembered<T> { at: number; value: T }

/**
 * The providers of an account, shared by the short looks of a page at its clusters. Outlives the engine of one cluster, hence at
 * the store: it goes when the page's store goes.
 */
const providersOf = new WeakMap<object, Map<string, Remembered<Promise<Known<string[]>>>>>();

/** The engine over the dashboard's store, for one credential. */
export function createEngine(store: { dispatch: Dispatch }, credentialId: string | undefined): Engine {
  const transport = storeTransport((action, payload) => store.dispatch(action, payload));
  const direct = fetchTransport({ credentials: 'omit' });
  const rights = new Map<string, Remembered<ObservedCluster['rights']>>();
  /** Roles that a look at a cluster found, so that they need not be searched for. */
  const rolesSeen = new Set<string>();
  let region: string | undefined;

  const gatewaysOf = (): Gateways => createGateways({
    transport, direct, credentialId, partition: partitionOfRegion(region ?? '')
  });
  const to = (cluster: ClusterRef): Gateways => {
    region = cluster.region ?? region;

    return gatewaysOf();
  };

  function providers({ iam }: Gateways): Promise<Known<string[]>> {
    if (!iam || !credentialId) {
      return Promise.resolve(unknown<string[]>('no-credential', 'irsa.obstacle.noCredential'));
    }
    const shared = providersOf.get(store) ?? new Map<string, Remembered<Promise<Known<string[]>>>>();
    const key = `${ credentialId } ${ partitionOfRegion(region ?? '') }`;
    const last = shared.get(key);

    providersOf.set(store, shared);
    if (last && Date.now() - last.at < PROVIDERS_LAST) {
      return last.value;
    }
    // Without the asker's signal: others wait for the same answer.
    const value = look(() => iam.listProviders());

    shared.set(key, { at: Date.now(), value });

    return value;
  }

  return {
    async observe(cluster, signal) {
      const last = rights.get(cluster.id);
      const observed = await observeCluster(to(cluster), cluster, { signal, rights: last && Date.now() - last.at < RIGHTS_LAST ? last.value : undefined });

      if (!last || last.value !== observed.rights) {
        rights.set(cluster.id, { at: Date.now(), value: observed.rights });
      }
      region = observed.cluster.region ?? region;
      for (const { role } of observed.bindings.known ? observed.bindings.value : []) {
        if (role.known && role.value) {
          rolesSeen.add(role.value.name);
        }
      }

      return observed;
    },
    observeBrief(cluster, signal) {
      const gateways = to(cluster);

      return observeClusterBrief(gateways, cluster, providers(gateways), signal);
    },
    observeBinding(observed, account, signal) {
      return observeBinding(to(observed.cluster), observed, account, signal);
    },
    async observeRole(name, { policies, signal } = {}) {
      const { iam } = gatewaysOf();

      return iam ? findRole(iam, name, { seen: rolesSeen.has(name), policies, signal }) : null;
    },
    async roleNames(signal) {
      const roles = await gatewaysOf().iam?.listRoles({ signal }) ?? [];

      return roles.map(({ name }) => name);
    },
    async accounts(clusterId, signal) {
      const accounts = await listAccounts(transport, clusterId, signal);

      return accounts.map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: metadata.name }));
    },
    verify(observed, { account }, signal) {
      const { namespace, name, audience, roleArn = '' } = account;
      const { sts, cluster } = observed;

      return verifyIdentity(to(cluster), {
        clusterId:      cluster.id,
        serviceAccount: name,
        stsHost:        sts.known ? sts.value.host : `sts.${ cluster.region ?? 'us-east-1' }.amazonaws.com`,
        proxied:        sts.known ? sts.value.state === 'allowed' : undefined,
        namespace,
        audience,
        roleArn,
      }, signal);
    },
    run(plan, { onStep, stopped }) {
      return runPlan(plan, gatewaysOf(), { onStep, stopped });
    },
  };
}
