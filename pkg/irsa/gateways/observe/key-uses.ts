import type { Known, Right } from '../../domain/facts';
import { backupKeyUse, backupPlace } from '../../domain/keys/backup';
import { keyUseName, type KeyUse, type SecretRef } from '../../domain/keys/key-use';
import { outputKeyUse, judgeOutput, senders, type LoggingOutput } from '../../domain/keys/output';
import { nodeRoleSign, secretsOf, workloadKeyUse, type EntriesOf, type KeyWorkload } from '../../domain/keys/workload';
import type { Transport } from '../transport';
import { hasRight } from '../kubernetes/rights';
import { listBackupObjects, listKeyWorkloads, listEntries, listPodSpecs, listSecretFacts, type SecretFacts } from '../kubernetes/key-workloads';
import { listLoggings, listOutputs, LOGGING_GROUP, servesGroup } from '../kubernetes/logging';
import { listApps, readApp } from '../rancher/apps';
import { look } from './known';

type What = Pick<KeyUse, 'kind' | 'namespace' | 'name'>;
const BACKUPS = 'resources.cattle.io';

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
  const may = async(group: string, ...resources: string[]): Promise<boolean> => {
    const rights = resources.map((resource) => ({ clusterId, verb: 'list', group, resource }));
    const allowed = await Promise.all(rights.map((right) => hasRight(transport, right, signal)));

    missing.push(...rights.filter((_right, index) => !allowed[index]));

    return allowed.every(Boolean);
  };
  const [workloads, outputs, backups, restores] = await Promise.all([
    may('apps', 'deployments', 'statefulsets', 'daemonsets').then((ok) => ok ? listKeyWorkloads(transport, clusterId, undefined, signal) : []),
    served(transport, clusterId, LOGGING_GROUP, may, ['loggings', 'clusteroutputs', 'outputs'], signal).then((ok) => ok ? outputsIn(transport, clusterId, signal) : []),
    ...(['backup', 'restore'] as const).map((kind) => served(transport, clusterId, BACKUPS, may, [`${ kind }s`], signal).then((ok) => ok ? listBackupObjects(transport, clusterId, kind, signal) : [])),
  ]);
  const entriesOf = await entriesIn(transport, clusterId, workloads, async(resource) => may('', resource), undefined, signal);
  const ofWorkloads = workloads.map((workload) => ({ workload, use: workloadKeyUse(workload, entriesOf) }));

  return {
    uses: [
      ...ofWorkloads.flatMap(({ use }) => use ?? []),
      // One that has no key and would not work with a role either is a matter for its own page.
      ...outputs.flatMap(({ use }) => use?.fields.length ? use : []),
      ...[...backups!, ...restores!].flatMap((backup) => backupKeyUse(backup) ?? []).filter(({ fields }) => fields.length),
    ],
    withoutKey: [
      ...ofWorkloads.flatMap(({ workload, use }) => {
        const sign = use ? undefined : nodeRoleSign(workload);

        return sign ? { what: `${ workload.kind.toLowerCase() } ${ workload.namespace }/${ workload.name }`, account: { namespace: workload.namespace, name: workload.serviceAccount }, sign } : [];
      }),
      ...outputs.flatMap(({ output, access, accounts }) => access === 'role' ? accounts.map((account) => ({ what: keyUseName(output), account, sign: judgeOutput(output).destination ?? '' })) : []),
      ...backups!.flatMap(({ name, spec }) => {
        const place = backupPlace({ spec });

        return place && !place.secret ? { what: `backup ${ name }`, account: { namespace: 'cattle-resources-system', name: 'rancher-backup' }, sign: `s3://${ place.bucket }` } : [];
      }),
    ],
    missing,
  };
}

type May = (group: string, ...resources: string[]) => Promise<boolean>;

async function served(transport: Transport, clusterId: string, group: string, may: May, resources: string[], signal?: AbortSignal): Promise<boolean> {
  return await servesGroup(transport, clusterId, group, signal) && may(group, ...resources);
}

interface SeenOutput { output: LoggingOutput; use: KeyUse | undefined; access: ReturnType<typeof judgeOutput>['access']; accounts: { namespace: string; name: string }[] }

async function outputsIn(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<SeenOutput[]> {
  const [loggings, ...outputs] = await Promise.all([
    listLoggings(transport, clusterId, signal), listOutputs(transport, clusterId, 'clusteroutput', undefined, signal), listOutputs(transport, clusterId, 'output', undefined, signal)
  ]);

  return outputs.flat().map((output) => ({ output, use: outputKeyUse(output, loggings), access: judgeOutput(output).access, accounts: senders(output, loggings).map(({ account }) => account) }));
}

/** Which entries secrets and ConfigMaps have matters only where whole ones become variables. */
async function entriesIn(transport: Transport, clusterId: string, workloads: KeyWorkload[], may: (resource: string) => Promise<boolean>, namespace?: string, signal?: AbortSignal): Promise<EntriesOf> {
  const wholes = workloads.flatMap(({ containers }) => containers.flatMap(({ envFrom }) => envFrom));
  const of = async(kind: 'secret' | 'configMap', resource: 'secrets' | 'configmaps') => {
    const found = wholes.some((one) => one[kind]) && await may(resource) ? await listEntries(transport, clusterId, resource, namespace, signal) : [];

    return new Map(found.map((one) => [`${ one.namespace }/${ one.name }`, one.entries]));
  };
  const [secrets, configMaps] = await Promise.all([of('secret', 'secrets'), of('configMap', 'configmaps')]);

  return (ref, kind) => (kind ? configMaps : secrets).get(`${ ref.namespace }/${ ref.name }`);
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
  const workload = (await listKeyWorkloads(transport, clusterId, namespace, signal)).find((one) => one.name === name && one.kind.toLowerCase() === kind);

  return workload && workloadKeyUse(workload, await entriesIn(transport, clusterId, [workload], async() => true, namespace, signal));
}

/** Rancher's own: cloud credentials are used by what no list here shows. */
const NEVER = ['cattle-global-data', 'cattle-system', 'kube-system'];

/** Secrets that nothing else needs, and those that something does, with what that is. */
export interface SecretUsers {
  removable: (SecretRef & { uid: string })[];
  kept: (SecretRef & { users: string[] })[];
  unseen?: true;
}

/** Which of some secrets nothing else needs. Where that cannot be seen whole, all of them are kept. */
export async function observeKeySecrets(transport: Transport, clusterId: string, secrets: SecretRef[], what: What, signal?: AbortSignal): Promise<SecretUsers> {
  const namespaces = [...new Set(secrets.map(({ namespace }) => namespace))];
  const seen = await look(async() => Promise.all(namespaces.map(async(namespace) => ({ namespace, ...await usersIn(transport, clusterId, namespace, signal) }))));
  const elsewhere: Known<{ user: string; secret: SecretRef }[]> = seen.known && secrets.length ? await look(() => usersElsewhere(transport, clusterId, signal)) : { known: true, value: [] };

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

    return [{ ...secret, uid: fact.uid, users: [...new Set(users)].filter((user) => !isSelf(user, what)) }];
  });

  return {
    removable: judged.filter(({ users }) => !users.length).map(({ namespace, name, uid }) => ({ namespace, name, uid })),
    kept:      judged.filter(({ users }) => users.length).map(({ namespace, name, users }) => ({ namespace, name, users })),
  };
}

/** What is moved, and its own pods: those go when it is written anew. */
function isSelf(user: string, { kind, namespace, name }: What): boolean {
  return user === keyUseName({ kind, namespace, name });
}

interface NamespaceUsers { facts: SecretFacts[]; users: { user: string; names: string[] }[] }

async function usersIn(transport: Transport, clusterId: string, namespace: string, signal?: AbortSignal): Promise<NamespaceUsers> {
  const [facts, workloads, others] = await Promise.all([
    listSecretFacts(transport, clusterId, namespace, signal), listKeyWorkloads(transport, clusterId, namespace, signal), listPodSpecs(transport, clusterId, namespace, signal)
  ]);
  const owned = (owner: string | undefined) => owner !== undefined && workloads.some(({ name }) => owner === name || new RegExp(`^${ name.replace(/\./g, '\\.') }-[a-z0-9]{1,10}$`).test(owner));

  return {
    facts,
    users: [
      ...workloads.map((workload) => ({ user: keyUseName({ kind: workload.kind.toLowerCase() as KeyUse['kind'], namespace, name: workload.name }), names: secretsOf(workload) })),
      // A workload's pods are as it is; those of something else count by themselves.
      ...others.filter(({ owner }) => !owned(owner)).map(({ user, workload }) => ({ user, names: secretsOf(workload) })),
    ],
  };
}

async function usersElsewhere(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<{ user: string; secret: SecretRef }[]> {
  const all = async <T>(group: string, lists: () => Promise<T[]>[]): Promise<T[]> => await servesGroup(transport, clusterId, group, signal) ? (await Promise.all(lists())).flat() : [];
  const [outputs, backups, apps] = await Promise.all([
    all(LOGGING_GROUP, () => (['clusteroutput', 'output'] as const).map((kind) => listOutputs(transport, clusterId, kind, undefined, signal))),
    all(BACKUPS, () => (['backup', 'restore'] as const).map((kind) => listBackupObjects(transport, clusterId, kind, signal))),
    clusterId === 'local' ? listApps(transport, clusterId, 'cattle-resources-system', signal) : [],
  ]);
  const charts = await Promise.all(apps.filter(({ spec }) => spec?.chart?.metadata?.name === 'rancher-backup').map((app) => readApp(transport, clusterId, app, signal)));

  return [
    ...outputs.flatMap((output) => secretNamesIn(output.spec).map((name) => ({ user: keyUseName(output), secret: { namespace: output.namespace, name } }))),
    ...backups.flatMap(({ kind, name, spec }) => {
      const secret = backupPlace({ spec })?.secret;

      return secret ? [{ user: `${ kind } ${ name }`, secret }] : [];
    }),
    ...charts.flatMap(({ release, values }) => {
      const secret = backupPlace({ spec: {} }, values)?.secret;

      return secret ? [{ user: `chart ${ release }`, secret }] : [];
    }),
  ];
}

/** Every secret that an output names, whatever for. */
function secretNamesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const ref = (value as { secretKeyRef?: { name?: unknown } }).secretKeyRef?.name;

  return [...(typeof ref === 'string' ? [ref] : []), ...Object.values(value).flatMap(secretNamesIn)];
}
