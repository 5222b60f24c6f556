import { inject, type InjectionKey } from 'vue';
import { useStore } from 'vuex';
import type { Account } from './accounts';
import { createEngine } from './engine';
import type {
  AccountQuotas, ClusterRef, IdentityCheck, InstalledApp, Known, ObservedBinding, ObservedCluster, ObservedPod, ObservedRole, ObservedWebhook, Partition
} from '../domain/facts';
import type { ObservedFleet } from '../domain/fleet/fleet';
import type { IssuerBucket, ObservedBackupBucket } from '../domain/issuer/hosting';
import type { ObservedServers } from '../domain/issuer/servers';
import type { ObservedIssuer } from '../domain/issuer/setup';
import type { WebhookSource } from '../domain/webhook/source';
import type { Caller } from '../gateways/aws/caller';
import type { BriefOptions } from '../gateways/observe/brief';
import type { IssuerWish } from '../gateways/observe/issuer';
import type { KeyUse, SecretRef } from '../domain/keys/key-use';
import type { LoggingOutput } from '../domain/keys/output';
import type { OutputFacts } from '../gateways/observe/output';
import type { KeyUses, SeenOutput } from '../gateways/observe/key-uses';
import type { KeysJob } from '../gateways/kubernetes/keys-job';
import type { WebhookSite } from '../gateways/observe/webhook-place';
import type { KeySecrets } from '../plans/index';
import type { Plan } from '../plans/plan';
import type { NeedsCheck } from '../plans/rights/check';
import type { Preflight } from '../plans/rights/preflight';
import type { RunOptions, RunResult } from '../plans/run';
import { TEMPORARY, useTemporaryCredentials } from './use-temporary-keys';

/** What the pages ask of the engine: one cluster, one credential. Everything is read live at each call. */
export interface Engine {
  /** @param only  of all bindings, this account's alone */
  observe(cluster: ClusterRef, signal?: AbortSignal, only?: Account): Promise<ObservedCluster>;
  /** Whether it asks for a role. */
  isBound(cluster: ClusterRef, account: Account, signal?: AbortSignal): Promise<boolean>;
  /** The same with as few requests as a list can afford; of a binding, its pods are not read. */
  observeBrief(cluster: ClusterRef, options?: BriefOptions): Promise<ObservedCluster>;
  /** What runs in a namespace, by the service account it runs as. */
  podsIn(cluster: ClusterRef, namespace: string, signal?: AbortSignal): Promise<Known<Map<string, ObservedPod[]>>>;
  /** Where the account is, as an ARN of it tells; looking at a cluster tells as much. */
  expect(partition: Partition): void;
  observeBinding(observed: ObservedCluster, account: Account, signal?: AbortSignal): Promise<ObservedBinding>;
  /** `policies` names the inline policies to read; all of them when left out. */
  observeRole(name: string, options?: { policies?: string[]; attached?: boolean; signal?: AbortSignal }): Promise<ObservedRole | null>;
  /** What managed policies say, by ARN: two calls each. */
  managedPolicies(arns: string[], signal?: AbortSignal): Promise<Known<Record<string, string>>>;
  /** What IAM lets the account have. Asked once, and part of what `observe` finds from then on. */
  quotas(signal?: AbortSignal): Promise<Known<AccountQuotas>>;
  roleNames(signal?: AbortSignal): Promise<string[]>;
  accounts(clusterId: string, signal?: AbortSignal): Promise<Account[]>;
  verify(observed: ObservedCluster, binding: ObservedBinding, signal?: AbortSignal): Promise<IdentityCheck>;
  /** What a plan needs and this person or this credential lacks; nothing is changed by asking. */
  preflight(plan: Plan, signal?: AbortSignal): Promise<Preflight>;
  /** What of the table of needs is there: in Rancher, in a cluster where one is chosen, and at AWS. */
  checkNeeds(cluster: ClusterRef | undefined, answers: { boundary?: string; bucket?: string; issuers?: boolean }, signal?: AbortSignal): Promise<NeedsCheck>;
  /** Whose keys the credential holds; why not, where IAM does not tell. */
  caller(signal?: AbortSignal): Promise<Known<Caller>>;
  /** Where the webhook's chart comes from, for this cluster. */
  webhookSource(cluster: ClusterRef, signal?: AbortSignal): Promise<WebhookSource>;
  /** A release with the admin's values. */
  appAt(clusterId: string, release: NonNullable<ObservedWebhook['release']>, signal?: AbortSignal): Promise<InstalledApp>;
  /** Names of the other clusters that reach AWS by the same entry of Rancher's allow list. */
  neighbours(observed: ObservedCluster): Promise<string[]>;
  /** What Fleet knows and does about the webhook. */
  fleet(signal?: AbortSignal): Promise<ObservedFleet>;
  /** What has to be known of a cluster before the webhook comes there. */
  webhookSite(cluster: ClusterRef, signal?: AbortSignal): Promise<WebhookSite>;
  /** How far a cluster that runs itself is on its way to an issuer of its own. */
  issuer(observed: ObservedCluster, wish?: IssuerWish, signal?: AbortSignal): Promise<ObservedIssuer>;
  /** A Job that prints the public keys of Rancher's own cluster, to be seen before it is run. */
  keysJob(signal?: AbortSignal): Promise<KeysJob>;
  /** What it printed; it is gone then. */
  fetchKeys(clusterId: string, job: KeysJob, signal?: AbortSignal): Promise<string>;
  /** What the API servers of such a cluster run with now. */
  servers(observed: ObservedCluster, signal?: AbortSignal): Promise<Known<ObservedServers>>;
  /** What uses access keys in a cluster, and what seems to use its nodes' role. */
  keyUses(clusterId: string, signal?: AbortSignal): Promise<KeyUses>;
  /** The accounts that ask for a role, and nothing more about them. */
  boundAccounts(clusterId: string, signal?: AbortSignal): Promise<(Account & { roleArn?: string })[] | undefined>;
  /** What signs with the role of an account alone, in people's words; empty, too, where it could not be seen. */
  signers(clusterId: string, account: Account, signal?: AbortSignal): Promise<string[]>;
  /** One of them as it is now; undefined where it has no key any more. */
  keyUse(clusterId: string, what: Pick<KeyUse, 'kind' | 'namespace' | 'name'>, signal?: AbortSignal): Promise<KeyUse | undefined>;
  /** Which of some secrets nothing but it needs. */
  keySecrets(clusterId: string, secrets: SecretRef[], what: Pick<KeyUse, 'kind' | 'namespace' | 'name'>, signal?: AbortSignal): Promise<KeySecrets>;
  /** A bucket that backups are to go to. */
  backupBucket(cluster: ClusterRef, bucket: IssuerBucket, signal?: AbortSignal): Promise<ObservedBackupBucket>;
  /** An output of Logging as it is saved, and who sends it. */
  output(clusterId: string, what: Pick<LoggingOutput, 'kind' | 'namespace'> & { name?: string }, signal?: AbortSignal): Promise<OutputFacts>;
  /** All of them, with the accounts that send each. */
  outputs(clusterId: string, signal?: AbortSignal): Promise<SeenOutput[]>;
  run(plan: Plan, options: Pick<RunOptions, 'onStep' | 'stopped'>): Promise<RunResult>;
}

/** `TEMPORARY`, or the id of a cloud credential. */
export type EngineFactory = (credentialId: string | undefined) => Promise<Engine>;

/** Tests put their own engine here. */
export const ENGINE: InjectionKey<EngineFactory> = Symbol('irsa.engine');

/** The engine over the dashboard's own request action. */
export function useEngine(): EngineFactory {
  const store = useStore();
  const temporary = useTemporaryCredentials();
  const real: EngineFactory = async(credentialId) => createEngine(store, credentialId === TEMPORARY ? { temporary } : { credentialId });

  return inject(ENGINE, real);
}
