import type { Known, Right } from '../../domain/facts';
import { BACKUP_ACCOUNT, backupKeyUse, backupPlace, isOfAws } from '../../domain/keys/backup';
import { keyUseName, type KeyUse, type SecretRef } from '../../domain/keys/key-use';
import { outputKeyUse, judgeOutput, senders, type LoggingOutput } from '../../domain/keys/output';
import { nodeRoleSign, secretsLeft, secretsOf, workloadKeyUse, type EntriesOf, type KeyWorkload } from '../../domain/keys/workload';
import type { Transport } from '../transport';
import { hasRight } from '../kubernetes/rights';
import { listAccountSecrets, listBackupObjects, listBackupTargets, listKeyJobs, listKeyWorkloads, listPodSpecs, listSecretFacts, type SecretFacts } from '../kubernetes/key-workloads';
import { listLoggings, listOutputs, LOGGING_GROUP, servesGroup } from '../kubernetes/logging';
import { listApps, readApp } from '../rancher/apps';
import { look } from './known';

type What = Pick<KeyUse, 'kind' | 'namespace' | 'name'>;
const BACKUPS = 'resources.cattle.io';
const LONGHORN = 'longhorn.io';

/** Something that talks to AWS without a key, whose account has no role: what is left to it is the role of its node. */
export interface NodeRoleUse {
  what: string;
  account: { namespace: string; name: string };
  /** What tells it: a variable's name, or where it sends to. */
  sign: string;
}

/** What of a cluster uses keys, or seems to use its nodes' role. */
export interface KeyUses {
  uses: KeyUse[];
  /** Whether their accounts have a role is not looked at here. */
  withoutKey: NodeRoleUse[];
  /** Lists that this person may not read; what they would tell is missing. */
  missing: Right[];
}

/** All that uses a key in a cluster. Each list is read only by who may, and no secret's contents ever. */
export async function observeKeyUses(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<KeyUses> {
  const missing: Right[] = [];
  const ask = async(rights: Right[]): Promise<boolean> => {
    const allowed = await Promise.all(rights.map((right) => hasRight(transport, right, signal)));

    missing.push(...rights.filter((_right, index) => !allowed[index]));

    return allowed.every(Boolean);
  };
  const may: May = async(group, ...resources) => ask(resources.map((resource) => ({ clusterId, verb: 'list', group, resource })));
  // What a release's values are comes with its secret.
  const mayRead: Right[] = [{ clusterId, verb: 'list', group: 'catalog.cattle.io', resource: 'apps' }, { clusterId, verb: 'get', group: '', resource: 'secrets', namespace: BACKUP_ACCOUNT.namespace }];
  const [lasting, jobs, outputs, charts, backups, restores] = await Promise.all([
    may('apps', 'deployments', 'statefulsets', 'daemonsets').then((ok) => ok ? listKeyWorkloads(transport, clusterId, undefined, signal) : []),
    may('batch', 'cronjobs', 'jobs').then((ok) => ok ? listKeyJobs(transport, clusterId, undefined, signal) : []),
    served(transport, clusterId, LOGGING_GROUP, may, ['loggings', 'clusteroutputs', 'outputs'], signal).then((ok) => ok ? outputsIn(transport, clusterId, signal) : []),
    clusterId === 'local' && await servesGroup(transport, clusterId, BACKUPS, signal) ? ask(mayRead).then((ok) => ok ? backupCharts(transport, clusterId, signal) : []) : [],
    ...(['backup', 'restore'] as const).map((kind) => served(transport, clusterId, BACKUPS, may, [`${ kind }s`], signal).then((ok) => ok ? listBackupObjects(transport, clusterId, kind, signal) : [])),
  ]);
  const workloads = [...lasting, ...jobs];
  const entriesOf = await entriesFor(transport, clusterId, workloads, undefined, async(resource) => may('', resource), signal);
  // The chart's place is that of all Backups that have none of their own.
  const ofCharts = charts.flatMap(({ release, values }) => {
    const place = backupPlace({ spec: {} }, values);

    return place && isOfAws(place.endpoint) ? [{ what: `chart ${ release }`, release, place }] : [];
  });
  const ofWorkloads = workloads.map((workload) => ({ workload, use: workloadKeyUse(workload, entriesOf) }));

  return {
    uses: [
      ...ofWorkloads.flatMap(({ use }) => use ?? []),
      // One that has no key and would not work with a role either is a matter for its own page.
      ...outputs.flatMap(({ use }) => use?.fields.length ? use : []),
      ...[...backups!, ...restores!].flatMap((backup) => backupKeyUse(backup) ?? []).filter(({ fields }) => fields.length),
      ...ofCharts.flatMap(({ release, place: { secret } }): KeyUse[] => secret ? [{ kind: 'chart', name: release, accounts: [BACKUP_ACCOUNT], fields: ['s3.credentialSecretName'], secrets: [secret], obstacles: [], mends: [] }] : []),
    ],
    withoutKey: [
      ...ofWorkloads.flatMap(({ workload, use }) => {
        const sign = use ? undefined : nodeRoleSign(workload);

        return sign ? { what: `${ workload.kind.toLowerCase() } ${ workload.namespace }/${ workload.name }`, account: { namespace: workload.namespace, name: workload.serviceAccount }, sign } : [];
      }),
      ...outputs.flatMap(({ output, access, accounts }) => access === 'role' ? accounts.map((account) => ({ what: keyUseName(output), account, sign: judgeOutput(output).destination ?? '' })) : []),
      ...[...backups!.map(({ name, spec }) => ({ what: `backup ${ name }`, place: backupPlace({ spec }, charts[0]?.values) })), ...ofCharts]
        .flatMap(({ what, place }) => place && !place.secret && isOfAws(place.endpoint) ? [{ what, account: BACKUP_ACCOUNT, sign: `s3://${ place.bucket }` }] : []),
    ],
    missing,
  };
}

/**
 * What signs with the role of one account alone, as it names no key: outputs that its fluentd sends, and Backups. Where a list may not be
 * read, what is in it is not named. People's words: `backup nightly`.
 */
export async function observeSigners(transport: Transport, clusterId: string, { namespace, name }: { namespace: string; name: string }, signal?: AbortSignal): Promise<string[]> {
  const may: May = async(group, ...resources) => (await Promise.all(resources.map((resource) => hasRight(transport, { clusterId, verb: 'list', group, resource }, signal)))).every(Boolean);
  const isBackup = namespace === BACKUP_ACCOUNT.namespace && name === BACKUP_ACCOUNT.name;
  const [outputs, backups] = await Promise.all([
    served(transport, clusterId, LOGGING_GROUP, may, ['loggings', 'clusteroutputs', 'outputs'], signal).then((ok) => ok ? outputsIn(transport, clusterId, signal) : []),
    isBackup && await served(transport, clusterId, BACKUPS, may, ['backups'], signal) ? Promise.all([listBackupObjects(transport, clusterId, 'backup', signal), backupCharts(transport, clusterId, signal)]).then(([all, [chart]]) => all.filter(({ spec }) => {
      const place = backupPlace({ spec }, chart?.values);

      return place && !place.secret && isOfAws(place.endpoint);
    })) : [],
  ]);

  return [...outputs.filter(({ access, accounts }) => access === 'role' && accounts.some((one) => one.namespace === namespace && one.name === name)).map(({ output }) => keyUseName(output)), ...backups.map(keyUseName)];
}

type May = (group: string, ...resources: string[]) => Promise<boolean>;

async function served(transport: Transport, clusterId: string, group: string, may: May, resources: string[], signal?: AbortSignal): Promise<boolean> {
  return await servesGroup(transport, clusterId, group, signal) && may(group, ...resources);
}

/** An output with the accounts that send it. */
export interface SeenOutput { output: LoggingOutput; use: KeyUse | undefined; access: ReturnType<typeof judgeOutput>['access']; accounts: { namespace: string; name: string }[] }

/** All outputs of a cluster; none where it has no Logging. */
export async function observeOutputs(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<SeenOutput[]> {
  return await servesGroup(transport, clusterId, LOGGING_GROUP, signal) ? outputsIn(transport, clusterId, signal) : [];
}

async function outputsIn(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<SeenOutput[]> {
  const [loggings, ...outputs] = await Promise.all([
    listLoggings(transport, clusterId, signal), listOutputs(transport, clusterId, 'clusteroutput', undefined, signal), listOutputs(transport, clusterId, 'output', undefined, signal)
  ]);

  return outputs.flat().map((output) => ({ output, use: outputKeyUse(output, loggings), access: judgeOutput(output).access, accounts: senders(output, loggings).map(({ account }) => account) }));
}

/** Which entries secrets and ConfigMaps have: that matters only where whole ones become variables. */
async function entriesFor(
  transport: Transport, clusterId: string, workloads: KeyWorkload[], namespace: string | undefined, may: (resource: string) => Promise<boolean>, signal?: AbortSignal
): Promise<EntriesOf> {
  const wholes = workloads.flatMap(({ containers }) => containers.flatMap(({ envFrom }) => envFrom));
  const facts = async(resource: 'secrets' | 'configmaps', isUsed: boolean) => isUsed && await may(resource) ? listSecretFacts(transport, clusterId, namespace, signal, resource) : [];
  const [secret, configMap] = await Promise.all([facts('secrets', wholes.some((one) => one.secret)), facts('configmaps', wholes.some((one) => one.configMap))]);

  return entriesFrom({ secret, configMap });
}

function entriesFrom(facts: Record<'secret' | 'configMap', SecretFacts[]>): EntriesOf {
  const known = new Map(Object.entries(facts).flatMap(([kind, list]) => list.map(({ namespace, name, entries }) => [`${ kind }/${ namespace }/${ name }`, entries])));

  return ({ kind, namespace, name }) => known.get(`${ kind }/${ namespace }/${ name }`);
}

/** One of them as it is now; undefined where it has no key any more, or is not there. */
export async function findKeyUse(transport: Transport, clusterId: string, { kind, namespace = '', name }: What, signal?: AbortSignal): Promise<KeyUse | undefined> {
  if (kind === 'output' || kind === 'clusteroutput') {
    const [loggings, [output]] = await Promise.all([listLoggings(transport, clusterId, signal), listOutputs(transport, clusterId, kind, { namespace, name }, signal)]);

    return output && outputKeyUse(output, loggings);
  }
  if (kind === 'backup') {
    const backup = (await listBackupObjects(transport, clusterId, 'backup', signal)).find((one) => one.name === name);

    return backup && backupKeyUse(backup);
  }
  const lists = kind === 'cronjob' || kind === 'job' ? listKeyJobs : listKeyWorkloads;
  const workload = (await lists(transport, clusterId, namespace, signal)).find((one) => one.name === name && one.kind.toLowerCase() === kind);

  return workload && workloadKeyUse(workload, await entriesFor(transport, clusterId, [workload], namespace, async() => true, signal));
}

/** Rancher's own: cloud credentials are used by what no list here shows. */
const NEVER = ['cattle-global-data', 'cattle-system', 'kube-system'];

/** Secrets that nothing else needs, and those that something does, with what that is. */
export interface SecretUsers {
  removable: (SecretRef & { uid: string; resourceVersion?: string })[];
  kept: (SecretRef & { users: string[] })[];
  unseen?: true;
}

/** Which of some secrets nothing else needs. Where that cannot be seen whole, all of them are kept. */
export async function observeKeySecrets(transport: Transport, clusterId: string, secrets: SecretRef[], what: What, signal?: AbortSignal): Promise<SecretUsers> {
  const namespaces = [...new Set(secrets.map(({ namespace }) => namespace))];
  const seen = await look(async() => Promise.all(namespaces.map(async(namespace) => ({ namespace, ...await usersIn(transport, clusterId, namespace, what, signal) }))));
  const elsewhere: Known<{ user: string; secret: SecretRef }[]> = seen.known && secrets.length ? await look(() => usersElsewhere(transport, clusterId, what, signal)) : { known: true, value: [] };

  if (!seen.known || !elsewhere.known) {
    return { removable: [], kept: [], unseen: true };
  }
  const judged = secrets.flatMap((secret) => {
    const place = seen.value.find(({ namespace }) => namespace === secret.namespace);
    const fact = place?.facts.find(({ name }) => name === secret.name);

    if (!fact) {
      return [];
    }
    const users = [
      ...(fact.owner ? [fact.owner] : []),
      ...(NEVER.includes(secret.namespace) ? ['Rancher'] : []),
      ...place!.users.filter(({ names }) => names.includes(secret.name)).map(({ user }) => user),
      ...elsewhere.value.filter((one) => one.secret.namespace === secret.namespace && one.secret.name === secret.name).map(({ user }) => user),
    ];

    const { uid, resourceVersion } = fact;

    return [{ ...secret, uid, ...(resourceVersion ? { resourceVersion } : {}), users: [...new Set(users)] }];
  });

  return {
    removable: judged.filter(({ users }) => !users.length).map(({ users: _none, ...one }) => one),
    kept:      judged.filter(({ users }) => users.length).map(({ namespace, name, users }) => ({ namespace, name, users })),
  };
}

interface NamespaceUsers { facts: SecretFacts[]; users: { user: string; names: string[] }[] }

/** What refers to secrets of its namespace. Of what is moved counts only what is left once its keys are taken away. */
async function usersIn(transport: Transport, clusterId: string, namespace: string, what: What, signal?: AbortSignal): Promise<NamespaceUsers> {
  const [facts, configMaps, lasting, jobs, pods, accounts] = await Promise.all([
    listSecretFacts(transport, clusterId, namespace, signal), listSecretFacts(transport, clusterId, namespace, signal, 'configmaps'),
    listKeyWorkloads(transport, clusterId, namespace, signal), listKeyJobs(transport, clusterId, namespace, signal),
    listPodSpecs(transport, clusterId, namespace, signal), listAccountSecrets(transport, clusterId, namespace, signal)
  ]);
  const entriesOf = entriesFrom({ secret: facts, configMap: configMaps });
  const isMoved = ({ kind, name }: KeyWorkload) => kind.toLowerCase() === what.kind && namespace === what.namespace && name === what.name;
  // Pods are as their workload is; those of something else count by themselves.
  const isCounted = ({ kind, name }: { kind: string; name: string }) => lasting.some((one) => one.kind === kind && one.name === name) || (kind === 'ReplicaSet' && lasting.some((one) => one.kind === 'Deployment' && name.replace(/-[a-z0-9]{1,10}$/, '') === one.name));

  return {
    facts,
    users: [
      ...[...lasting, ...jobs].map((workload) => ({ user: keyUseName({ kind: workload.kind.toLowerCase() as KeyUse['kind'], namespace, name: workload.name }), names: isMoved(workload) ? secretsLeft(workload, entriesOf) : secretsOf(workload) })),
      ...pods.filter(({ owner }) => !owner || !isCounted(owner)).map(({ name, secrets }) => ({ user: `pod ${ name }`, names: secrets })),
      ...accounts.map(({ name, secrets }) => ({ user: `serviceaccount ${ name }`, names: secrets })),
    ],
  };
}

async function usersElsewhere(transport: Transport, clusterId: string, what: What, signal?: AbortSignal): Promise<{ user: string; secret: SecretRef }[]> {
  const all = async <T>(group: string, lists: () => Promise<T[]>[]): Promise<T[]> => await servesGroup(transport, clusterId, group, signal) ? (await Promise.all(lists())).flat() : [];
  const [outputs, backups, targets, charts] = await Promise.all([
    all(LOGGING_GROUP, () => (['clusteroutput', 'output'] as const).map((kind) => listOutputs(transport, clusterId, kind, undefined, signal))),
    all(BACKUPS, () => (['backup', 'restore'] as const).map((kind) => listBackupObjects(transport, clusterId, kind, signal))),
    all(LONGHORN, () => [listBackupTargets(transport, clusterId, signal)]),
    backupCharts(transport, clusterId, signal),
  ]);
  const isMoved = (one: What) => keyUseName(one) === keyUseName(what);

  return [
    ...outputs.flatMap((output) => secretNamesIn(isMoved(output) ? withoutKeys(output) : output.spec).map((name) => ({ user: keyUseName(output), secret: { namespace: output.namespace, name } }))),
    ...backups.flatMap(({ kind, name, spec }) => {
      const user = `${ kind } ${ name }`;
      const secret = user === keyUseName(what) ? undefined : backupPlace({ spec })?.secret;
      const encryption = spec.encryptionConfigSecretName;

      return [...(secret ? [{ user, secret }] : []), ...(typeof encryption === 'string' ? [{ user, secret: { namespace: BACKUP_ACCOUNT.namespace, name: encryption } }] : [])];
    }),
    ...targets.map(({ name, secret }) => ({ user: `backuptarget ${ name }`, secret })),
    ...charts.flatMap(({ release, values }) => {
      const secret = backupPlace({ spec: {} }, values)?.secret;

      return secret ? [{ user: `chart ${ release }`, secret }] : [];
    }),
  ];
}

/** Releases of the backup operator, which is on Rancher's own cluster only. */
async function backupCharts(transport: Transport, clusterId: string, signal?: AbortSignal): ReturnType<typeof readApps> {
  return clusterId === 'local' ? readApps(transport, clusterId, signal) : [];
}

async function readApps(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<Awaited<ReturnType<typeof readApp>>[]> {
  const apps = await listApps(transport, clusterId, BACKUP_ACCOUNT.namespace, signal);

  return Promise.all(apps.filter(({ spec }) => spec?.chart?.metadata?.name === 'rancher-backup').map((app) => readApp(transport, clusterId, app, signal)));
}

/** An output as it will be. */
function withoutKeys(output: LoggingOutput): Record<string, unknown> {
  const { destination, change } = judgeOutput(output);

  return destination ? { ...output.spec, [destination]: { ...output.spec[destination] as object, ...change } } : output.spec;
}

/** Every secret that an output names, whatever for. */
function secretNamesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const ref = (value as { secretKeyRef?: { name?: unknown } }).secretKeyRef?.name;

  return [...(typeof ref === 'string' ? [ref] : []), ...Object.values(value).flatMap(secretNamesIn)];
}
