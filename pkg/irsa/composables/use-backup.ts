import {
  onBeforeUnmount, shallowRef, watch, type Ref, type ShallowRef
} from 'vue';
import { isObject } from '../domain/json/same';
import { accountOfArn, isElsewhere, parseRoleArn, type RoleArn } from '../domain/aws/arn';
import type { ClusterRef, Known, ObservedRole } from '../domain/facts';
import type { IssuerBucket, ObservedBackupBucket } from '../domain/issuer/hosting';
import { BACKUP_ACCOUNT } from '../domain/keys/backup';
import type { BackupIdentity } from '../domain/keys/backup-reach';
import type { Caller } from '../gateways/aws/caller';
import { readAccount } from '../gateways/observe/account';
import { look, unknown } from '../gateways/observe/known';
import { listApps, readApp } from '../gateways/rancher/apps';
import type { Transport } from '../gateways/transport';
import type { Engine } from './use-engine';

/** What a Backup's page needs beside the Backup: the operator's identity, and where the chart sends what says nothing itself. */
export interface BackupFacts {
  identity: BackupIdentity;
  /** Of the credential, where that is known. */
  account?: string;
  chart: Known<Record<string, unknown>>;
}

/**
 * @param engine  of a credential that can be used without asking; undefined: what the role may do is not known
 */
export async function observeBackup(transport: Transport, clusterId: string, engine: Pick<Engine, 'expect' | 'observeRole' | 'caller'> | undefined, signal?: AbortSignal): Promise<BackupFacts> {
  const [{ roleArn }, chart] = await Promise.all([readAccount(transport, clusterId, BACKUP_ACCOUNT, signal), look(() => chartValues(transport, clusterId, signal))]);
  const named = roleArn ? parseRoleArn(roleArn) : undefined;

  if (named) {
    engine?.expect(named.partition);
  }
  // Without a role nobody knows yet in which partition to ask.
  const caller = named && await engine?.caller(signal);
  const role = roleArn && engine ? await roleOf(roleArn, named, engine, caller, signal) : unknown<null>('no-credential', 'irsa.backupPanel.noCredential');
  const found = role.known ? role.value : null;

  return {
    chart,
    ...(caller?.known && caller.value.account ? { account: caller.value.account.id } : {}),
    identity: {
      ...(roleArn ? { roleArn, partition: accountOfArn(roleArn)?.partition } : {}),
      // A role that IAM does not know allows nothing.
      policies:   role.known ? { known: true, value: Object.values(found?.inlinePolicies ?? {}) } : role,
      hasManaged: found?.managedPolicies ? !found.managedPolicies.known || found.managedPolicies.value.length > 0 : false,
    },
  };
}

/** A role of another account is not to be found with this credential, and one of its name here is another role. */
async function roleOf(roleArn: string, named: RoleArn | undefined, engine: Pick<Engine, 'observeRole'>, caller: Known<Caller> | undefined, signal?: AbortSignal): Promise<Known<ObservedRole | null>> {
  const elsewhere = unknown<ObservedRole | null>('not-asked', 'irsa.obstacle.otherAccount', { args: { account: named?.id ?? '' } });

  if (named && caller?.known && isElsewhere(roleArn, { known: true, value: caller.value.account })) {
    return elsewhere;
  }
  const role = await look(() => engine.observeRole(named?.name ?? roleArn, { attached: true, signal }));

  // Who asks is not always known; the role that is found says whose it is.
  return named && role.known && role.value && accountOfArn(role.value.arn)?.id !== named.id ? elsewhere : role;
}

async function chartValues(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<Record<string, unknown>> {
  const app = (await listApps(transport, clusterId, BACKUP_ACCOUNT.namespace, signal)).find(({ spec }) => spec?.chart?.metadata?.name === 'rancher-backup');
  const values = app ? (await readApp(transport, clusterId, app, signal)).values : {};

  return isObject(values) ? values : {};
}

/** Milliseconds without a key after which somebody is taken to have typed enough. */
const TYPING = 500;

/** The bucket that is named, as a look at S3 finds it; undefined until then, and where nobody can look. */
export function useBackupBucket(named: Ref<IssuerBucket | undefined>, engine: Ref<Pick<Engine, 'backupBucket'> | undefined>, cluster: ClusterRef | undefined): ShallowRef<ObservedBackupBucket | undefined> {
  const found = shallowRef<ObservedBackupBucket>();
  let abort = new AbortController();
  let typing: ReturnType<typeof setTimeout> | undefined;

  function forget(): void {
    clearTimeout(typing);
    abort.abort();
  }

  async function look(bucket: IssuerBucket, { signal } = abort = new AbortController()): Promise<void> {
    try {
      const seen = await engine.value!.backupBucket(cluster!, bucket, signal);

      if (!signal.aborted) {
        found.value = seen;
      }
    } catch (error) {
      // Somebody typed on, or left the page: nobody waits for this one.
      if (!signal.aborted) {
        throw error;
      }
    }
  }

  watch([() => named.value?.name, () => named.value?.region, engine], () => {
    forget();
    found.value = undefined;
    if (named.value && engine.value && cluster) {
      typing = setTimeout(look, TYPING, named.value);
    }
  }, { immediate: true });
  onBeforeUnmount(forget);

  return found;
}
