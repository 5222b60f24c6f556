import type { Store } from 'vuex';
import { partitionOfRegion } from '../domain/aws/partitions';
import type { AccountQuotas, ClusterRef, Known, ObservedCluster, Partition, Right } from '../domain/facts';
import type { Iam } from '../gateways/aws/iam';
import { createSigner } from '../gateways/aws/signer';
import { fetchTransport } from '../gateways/fetch-transport';
import { createGateways, type Gateways } from '../gateways/index';
import { isBound, listAccounts, observedAccount, placesOf } from '../gateways/kubernetes/accounts';
import { planKeysJob, runKeysJob } from '../gateways/kubernetes/keys-job';
import { hasRight } from '../gateways/kubernetes/rights';
import { settingsFor } from '../gateways/kubernetes/webhook';
import { observePods } from '../gateways/kubernetes/workloads';
import { readAccount } from '../gateways/observe/account';
import { findRole, observeBinding } from '../gateways/observe/binding';
import { observeAccountBrief, observeClusterBrief, observeRoles, type SharedByClusters } from '../gateways/observe/brief';
import { observeCluster } from '../gateways/observe/cluster';
import { findKeyUse, observeKeySecrets, observeKeyUses, observeOutputs, observeSigners } from '../gateways/observe/key-uses';
import { observeBackupBucket } from '../gateways/observe/hosting';
import { verifyIdentity } from '../gateways/observe/identity';
import { lookAtServers, observeIssuerSetup } from '../gateways/observe/issuer';
import { look, unknown } from '../gateways/observe/known';
import { observeOutput } from '../gateways/observe/output';
import { readWebhookApp } from '../gateways/observe/webhook-details';
import { knownCaller, type Caller } from '../gateways/aws/caller';
import { observeWebhookSite } from '../gateways/observe/webhook-place';
import { toClusterRefs } from '../gateways/rancher/clusters';
import { findWebhookSource } from '../gateways/rancher/catalog';
import { observeFleet } from '../gateways/rancher/fleet';
import { storeTransport } from '../gateways/store-transport';
import { checkNeeds } from '../plans/rights/check';
import { preflight } from '../plans/rights/preflight';
import { runPlan } from '../plans/run';
import type { Engine } from './use-engine';
import type { TemporaryCredentials } from './use-temporary-keys';

/** Milliseconds for which clusters in a list share what the account answered. */
const SHARED = 20_000;
/** Milliseconds for which an answer about rights holds. */
const RIGHTS_HOLD = 60_000;

/** Who signs; nobody where both are missing. */
export interface Signing {
  credentialId?: string;
  temporary?: TemporaryCredentials;
}

/** The engine of one person and one credential, over the dashboard's store. */
export function createEngine(store: Store<unknown>, { credentialId, temporary }: Signing): Engine {
  const transport = storeTransport((action, payload) => store.dispatch(action, payload));
  // Other hosts get nothing of Rancher's: no cookie, no token.
  const direct = fetchTransport({ credentials: 'omit', cache: 'no-store' });
  const sign = temporary && createSigner(temporary.keys);
  const made = new Map<Partition, Gateways>();
  /** Of the cluster last looked at, or as an ARN tells: IAM's host depends on the partition, and that on where the cluster is. */
  let partition: Partition = 'aws';

  const placeOf = (cluster?: ClusterRef): Partition => cluster?.region ? partitionOfRegion(cluster.region) : partition;

  /** Of a cluster that is looked at beside others: what is asked next is asked where it was asked before. */
  function gatewaysOf(cluster?: ClusterRef): Gateways {
    const its = placeOf(cluster);
    const known = made.get(its) ?? createGateways({
      transport, direct, credentialId, sign, partition: its, onExpired: temporary?.expire
    });

    made.set(its, known);

    return known;
  }

  function gateways(cluster?: ClusterRef): Gateways {
    partition = placeOf(cluster);

    return gatewaysOf();
  }

  /** Rights change rarely, and each costs a request. */
  const rights = new Map<string, { at: number; answers: ObservedCluster['rights'] }>();
  /** Roles that a look found: they need not be searched for among all of the account's. */
  const rolesSeen = new Set<string>();

  /** What all clusters of an account share for a while. */
  function shared<T>(ask: (iam: Iam) => Promise<T>): (cluster: ClusterRef) => Promise<Known<T>> {
    const answers = new Map<Partition, { at: number; answer: Promise<Known<T>> }>();

    return (cluster) => {
      const { iam } = gatewaysOf(cluster);
      const its = placeOf(cluster);
      const known = answers.get(its);

      if (known && Date.now() - known.at < SHARED) {
        return known.answer;
      }
      const answer = iam ? look(() => ask(iam)) : Promise.resolve(unknown<T>('no-credential', 'irsa.obstacle.noCredential'));

      answers.set(its, { at: Date.now(), answer });

      return answer;
    };
  }

  const byAll: SharedByClusters = { account: shared((iam) => observeAccountBrief(iam)), roles: shared((iam) => observeRoles(iam)) };

  /** What does not change while a page is open: asked once of each partition, unless there was no answer. */
  async function askedOnce<T>(answers: Map<Partition, Known<T>>, ask: (ours: Gateways) => Promise<Known<T>>): Promise<Known<T>> {
    const its = partition;
    const known = answers.get(its);
    const found = known?.known ? known : await ask(gateways());

    answers.set(its, found);

    return found;
  }

  const asked = new Map<string, Promise<boolean>>();

  function askOnce(right: Right, signal?: AbortSignal): Promise<boolean> {
    const key = JSON.stringify(right);
    const answer = asked.get(key) ?? hasRight(transport, right, signal);

    asked.set(key, answer);

    return answer;
  }

  /** Keys do not change hands, and quotas change once in years. */
  const callers = new Map<Partition, Known<Caller>>();
  const quotas = new Map<Partition, Known<AccountQuotas>>();
  const caller = (signal?: AbortSignal): Promise<Known<Caller>> => askedOnce(callers, (ours) => knownCaller(ours, signal));

  function withQuotas(observed: ObservedCluster): ObservedCluster {
    const found = quotas.get(partition);

    return found?.known && observed.account.known ? { ...observed, account: { known: true, value: { ...observed.account.value, quotas: found.value } } } : observed;
  }

  return {
    async observe(cluster, signal, only) {
      const last = rights.get(cluster.id);
      const held = last && Date.now() - last.at < RIGHTS_HOLD ? last.answers : undefined;
      const observed = await observeCluster(gateways(cluster), cluster, { signal, rights: held, only, located: gateways });

      if (!held) {
        rights.set(cluster.id, { at: Date.now(), answers: observed.rights });
      }
      for (const { role } of observed.bindings.known ? observed.bindings.value : []) {
        if (role.known && role.value) {
          rolesSeen.add(role.value.name);
        }
      }

      return withQuotas(observed);
    },
    isBound: async(cluster, account, signal) => (await readAccount(transport, cluster.id, account, signal)).roleArn !== undefined,
    observeBrief: (cluster, options) => observeClusterBrief(gatewaysOf(cluster), cluster, byAll, options),
    async podsIn(cluster, namespace, signal) {
      const mayList = cluster.editable || await askOnce({ clusterId: cluster.id, verb: 'list', group: '', resource: 'pods' }, signal);

      return mayList ? look(() => observePods(transport, cluster.id, namespace, signal)) : unknown('forbidden', 'irsa.obstacle.right');
    },
    expect(its) {
      partition = its;
    },
    observeBinding: (observed, account, signal) => observeBinding(gateways(observed.cluster), observed, account, signal),
    async observeRole(name, options) {
      const { iam } = gateways();

      return iam ? findRole(iam, name, { ...options, seen: rolesSeen.has(name) }) : null;
    },
    managedPolicies: (arns, signal) => look(async() => {
      const { iam } = gateways();

      return Object.fromEntries(await Promise.all(iam ? arns.map(async(arn) => [arn, await iam.managedPolicy(arn, signal)] as const) : []));
    }),
    async roleNames(signal) {
      const names = (await gateways().iam?.listRoles({ signal }) ?? []).map(({ name }) => name);

      names.forEach((name) => rolesSeen.add(name));

      return names.sort((a, b) => a.localeCompare(b));
    },
    async neighbours({ cluster }) {
      // The dashboard keeps this list. Of a cluster that is not EKS it does not say where it is.
      const all = toClusterRefs(await store.dispatch('management/findAll', { type: 'management.cattle.io.cluster' }) as unknown[], []);

      return all.filter(({ id, region }) => id !== cluster.id && (!region || partitionOfRegion(region) === partition)).map(({ name }) => name);
    },
    quotas:    (signal) => askedOnce(quotas, async({ iam }) => iam ? look(() => iam.quotas(signal)) : unknown('no-credential', 'irsa.obstacle.noCredential')),
    accounts:  async(clusterId, signal) => placesOf(await listAccounts(transport, clusterId, signal)),
    verify:    ({ cluster, sts }, { account: { namespace, name, audience, roleArn = '' } }, signal) => verifyIdentity(gateways(cluster), {
      clusterId:      cluster.id,
      namespace,
      serviceAccount: name,
      audience,
      roleArn,
      stsHost:        sts.known ? sts.value.host : 'sts.amazonaws.com',
      proxied:        sts.known ? sts.value.state === 'allowed' : undefined,
    }, signal),
    caller,
    appAt:          (clusterId, release, signal) => readWebhookApp(transport, clusterId, release, signal),
    // A kind that somebody may not read is not among their schemas, and Rancher answers as if there were none.
    webhookSource: ({ id }, signal) => findWebhookSource(transport, id, signal, !store.getters['management/schemaFor']('catalog.cattle.io.app')),
    fleet:        (signal) => observeFleet(transport, signal),
    webhookSite:  (cluster, signal) => observeWebhookSite(transport, cluster, signal),
    issuer:     (observed, wish, signal) => observeIssuerSetup(gateways(observed.cluster), observed, wish, signal),
    keysJob:    (signal) => planKeysJob(transport, signal),
    fetchKeys:  (clusterId, job, signal) => runKeysJob(transport, clusterId, job, { signal }),
    servers:    (observed, signal) => lookAtServers(gateways(observed.cluster), observed, signal),
    keyUses:    (clusterId, signal) => observeKeyUses(transport, clusterId, signal),
    async boundAccounts(clusterId, signal) {
      if (!await askOnce({ clusterId, verb: 'list', group: '', resource: 'serviceaccounts' }, signal)) {
        return undefined;
      }
      const all = await listAccounts(transport, clusterId, signal);
      const settings = await settingsFor(transport, clusterId, all, signal);

      return all.filter((one) => isBound(one, settings)).map((one) => observedAccount(one.metadata.namespace ?? '', one.metadata.name, one, settings));
    },
    async signers(clusterId, account, signal) {
      const found = await look(() => observeSigners(transport, clusterId, account, signal));

      return found.known ? found.value : [];
    },
    keyUse:     (clusterId, what, signal) => findKeyUse(transport, clusterId, what, signal),
    keySecrets: (clusterId, secrets, what, signal) => observeKeySecrets(transport, clusterId, secrets, what, signal),
    preflight:  (plan, signal) => preflight(plan, gateways(), { caller: () => caller(signal), signal }),
    checkNeeds: (cluster, answers, signal) => checkNeeds(gateways(cluster), { ...answers, cluster, caller: () => caller(signal), signal }),
    backupBucket: async(cluster, bucket, signal) => ({ ...await observeBackupBucket(gateways(cluster), bucket, signal), signsItself: !!sign }),
    output: (clusterId, what, signal) => observeOutput(transport, clusterId, what, signal),
    outputs: (clusterId, signal) => observeOutputs(transport, clusterId, signal),
    run: (plan, options) => runPlan(plan, gateways(), options),
  };
}
