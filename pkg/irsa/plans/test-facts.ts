/** Facts for tests: wishes, the charts' accounts, and every way we know in which things are otherwise. */
import { roleTags } from '../domain/aws/ownership';
import {
  binding, cluster, hidden, PROVIDER, role, SUBJECT, unbound, value
} from '../domain/chain/test-facts';
import type { AccountOwner, InstalledApp, Known, ObservedBinding, ObservedCluster, ObservedRole } from '../domain/facts';
import { lintTrust, newTrust, parseTrust } from '../domain/trust';
import type { FleetCluster, ObservedFleet } from '../domain/fleet/fleet';
import { backupKeyUse } from '../domain/keys/backup';
import { outputKeyUse } from '../domain/keys/output';
import { keyContainers, workloadKeyUse, type KeyWorkload } from '../domain/keys/workload';
import type { WebhookSource } from '../domain/webhook/source';
import { rancherBackup } from '../presets/rancher-backup';
import { rancherLogging } from '../presets/rancher-logging';
import { planAddAudience } from './add-audience';
import { planAdopt } from './adopt';
import { planBind } from './bind';
import type { BindWish } from './bind-wish';
import { planEditPermissions, planEditTrust } from './edit-policy';
import { planCreateOutput } from './create-output';
import { planEnable } from './enable';
import { planMendTrust } from './mend-trust';
import { permissionsFor, planMove, type Moving } from './move';
import { planRebind } from './rebind';
import { planCloseHost, planOpenSts } from './open-sts';
import { planFleetWebhook, planRemoveFleetWebhook, type FleetTarget } from './fleet-webhook';
import { backupBuckets, hostings, KEYS, lives, SELF_MANAGED } from './test-issuer-facts';
import { planHostIssuer } from './host-issuer';
import { planInstallWebhook } from './install-webhook';
import type { Plan } from './plan';
import { planRemoveWebhook } from './remove-webhook';
import { planRestart } from './restart';
import { planTightenAll, planTightenTrust } from './tighten-trust';
import { planRelease, planUnbind } from './unbind';
import { planUpgradeWebhook } from './upgrade-webhook';

export * from '../domain/chain/test-facts';

export function wish(change: Partial<BindWish> = {}): BindWish {
  return { target: unbound(), permissions: { kind: 'none' }, role: { kind: 'new', name: 'reader-role' }, region: 'eu-central-1', ...change };
}

export const BACKUP_APP: AccountOwner & { kind: 'app' } = {
  kind:      'app',
  release:   'rancher-backup',
  namespace: 'cattle-resources-system',
  chart:     'rancher-backup',
  version:   '110.0.0+up11.0.1',
  repo:      { type: 'cluster', name: 'rancher-charts' },
  values:    { global: { cattle: { url: 'https://rancher.example' } }, debug: true, s3: { enabled: true, bucketName: 'old', credentialSecretName: 'keys', endpointCA: 'LS0t' } },
};

/** Rancher Backups, installed, working with an access key. */
export function backup(change: Partial<ObservedBinding> = {}): ObservedBinding {
  return unbound({
    owner:     BACKUP_APP,
    workloads: [{ kind: 'Deployment', namespace: 'cattle-resources-system', name: 'rancher-backup', replicas: 1 }],
    pods:      [{ name: 'rancher-backup-1', createdAt: '', ready: true, workload: { kind: 'Deployment', name: 'rancher-backup' } }],
    ...change,
  }, { namespace: 'cattle-resources-system', name: 'rancher-backup' });
}

export const BACKUP_PERMISSIONS: BindWish['permissions'] = { kind: 'preset', preset: rancherBackup, parameters: { bucket: 'acme-backups', folder: 'prod', region: 'eu-central-1' } };

export function logging(change: Partial<ObservedBinding> = {}, account: Partial<ObservedBinding['account']> = {}): ObservedBinding {
  const app = { release: 'rancher-logging', namespace: 'cattle-logging-system', chart: 'rancher-logging', version: '110.0.0+up4.10.0', repo: { type: 'cluster', name: 'rancher-charts' }, values: {} };

  return unbound({
    owner:     { kind: 'controller', apiVersion: 'logging.banzaicloud.io/v1beta1', controllerKind: 'Logging', name: 'rancher-logging-root', app },
    workloads: [{ kind: 'StatefulSet', namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd', replicas: 1 }],
    pods:      [],
    ...change,
  }, { namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd', ...account });
}

/** The fluentd of its Logging for EKS, which sends what root sends. */
export function eksLogging(change: Partial<ObservedBinding> = {}, account: Partial<ObservedBinding['account']> = {}): ObservedBinding {
  const { account: root, owner, ...rest } = logging();
  const name = 'rancher-logging-eks-fluentd';

  return { ...rest, owner: { ...owner, name: 'rancher-logging-eks' } as ObservedBinding['owner'], workloads: [{ kind: 'StatefulSet', namespace: root.namespace, name, replicas: 1 }], ...change, account: { ...root, name, ...account } };
}

export const LOGGING_PERMISSIONS: BindWish['permissions'] = { kind: 'preset', preset: rancherLogging, parameters: { logGroup: '/rancher/prod' } };

const S3 = 's3.eu-central-1.amazonaws.com';

/** Rancher forwards by what was made here: a ProxyEndpoint, or (older) an entry of the setting, beside one of others; the last to S3. */
export const MADE_HERE = [{ name: 'irsa-sts', uid: 'u', resourceVersion: '7', stays: false }, { value: 'sts.%.amazonaws.com,a.example', made: ['sts.%.amazonaws.com'], stays: true }, { domain: S3, name: 'irsa-s3', uid: 'u', stays: false }].map((entry) => value({ host: entry.domain ?? 'sts.eu-central-1.amazonaws.com', state: 'allowed' as const, entry: { domain: 'sts.%.amazonaws.com', ...entry } }));
export const OPENABLE = value({ host: 'sts.eu-central-1.amazonaws.com', state: 'openable' as const, via: { kind: 'proxyEndpoint' as const } });

/** The repository that we came from, and a cluster of three nodes that does not have it. */
export const SOURCE: WebhookSource = {
  repository: { name: 'irsa', spec: { url: 'https://charts.example/irsa' }, private: false }, taken: ['rancher-charts'], version: '0.1.0', nodes: 3, shellImage: 'registry.example:5000/rancher/shell:v0.8.1', systemRegistry: 'registry.example:5000',
};

/** The webhook's release, older than what the repository has. */
export const WEBHOOK_APP: InstalledApp = { release: 'w', namespace: 'w', chart: 'pod-identity-webhook', version: '0.0.9', repo: { type: 'cluster', name: 'irsa' }, revision: 2, values: { region: 'eu-central-1', audience: 'sts.example' } };

const fleetCluster = (name: string): FleetCluster => ({ workspace: 'fleet-default', name, clusterId: `c-m-${ name }`, labels: {}, namespace: `cluster-fleet-default-${ name }` });

export const STORE: FleetTarget = { cluster: fleetCluster('store'), traits: { region: 'eu-central-1', nodes: 1 } };
export const EDGE: FleetTarget = { cluster: fleetCluster('edge'), traits: { nodes: 1 } };
/** Fleet has an older version in one of two clusters. */
export const FLEET: ObservedFleet = {
  clusters: [STORE.cluster, EDGE.cluster],
  releases: [{ workspace: 'fleet-default', version: '0.0.9', seen: [{ clusterName: 'edge' }], targets: [{ cluster: 'edge', values: {} }], states: { edge: { state: 'ready' } }, foreign: false }],
};

export const LOGGING = { name: 'rancher-logging-root', controlNamespace: 'cattle-logging-system', loggingRef: '', hasFluentd: true, watchNamespaces: [], fromAllNamespaces: false };
const KEY = { valueFrom: { secretKeyRef: { name: 'aws', key: 'id' } } };

export const OWN_KEYS = { aws_key_id: KEY, aws_sec_key: KEY };

/** One of each kind of thing that uses a key, with the secret behind it. */
export const KEY_USES = {
  output:   outputKeyUse({ kind: 'clusteroutput', namespace: 'cattle-logging-system', name: 'logs', spec: { s3: { ...OWN_KEYS, s3_bucket: 'acme-logs', s3_region: 'eu-central-1', s3_endpoint: 's3.eu-central-1.amazonaws.com' } } }, [LOGGING])!,
  open:     outputKeyUse({ kind: 'output', namespace: 'shop', name: 'logs', spec: { sqs: { aws_key_id: { value: 'x' }, queue_name: 'q' } } }, [])!,
  backup:   backupKeyUse({ kind: 'backup', name: 'nightly', spec: { storageLocation: { s3: { bucketName: 'acme-backups', region: 'eu-central-1', folder: 'prod', endpoint: 's3.eu-central-1.amazonaws.com', endpointCA: 'x', insecureTLSSkipVerify: true, credentialSecretName: 'keys', credentialSecretNamespace: 'default' } } } })!,
  workload: workloadKeyUse({ kind: 'Deployment', namespace: 'shop', name: 'web', serviceAccount: 'reader', owner: { kind: 'helm', name: 'web' }, containers: keyContainers({ containers: [{ name: 'app', env: [{ name: 'AWS_ACCESS_KEY_ID', ...KEY }] }] }) }, () => undefined)!,
  /** The whole of a secret, beside another: the list is written anew. */
  whole:    (kind: KeyWorkload['kind']) => workloadKeyUse({ kind, namespace: 'shop', name: 'web', serviceAccount: 'reader', containers: keyContainers({ containers: [{ name: 'app', envFrom: [{ secretRef: { name: 'aws' } }, { secretRef: { name: 'plain' } }] }] }) }, ({ name }) => name === 'aws' ? ['AWS_ACCESS_KEY_ID'] : [])!,
};

export const NO_SECRETS: Moving['secrets'] = { removable: [], kept: [] };
const SECRETS: Moving['secrets'] = { removable: [{ namespace: 'shop', name: 'aws', uid: 'u1' }], kept: [{ namespace: 'shop', name: 'other', users: ['deployment shop/other'] }] };

/** Every way we know to move something. */
function moves(): Plan[] {
  const move = (use: NonNullable<Moving['use']>, target: ObservedBinding, more: Partial<Moving> = {}, observed = cluster()) => planMove(observed, wish({ target, permissions: permissionsFor(use, observed) ?? { kind: 'none' } }), { what: use, use, secrets: NO_SECRETS, ...more });

  return [
    move(KEY_USES.output, logging(), { secrets: SECRETS, deleteSecret: true }), move(KEY_USES.output, logging(), { secrets: SECRETS }),
    move(KEY_USES.open, logging(), { secrets: { ...NO_SECRETS, unseen: true } }), move({ ...KEY_USES.output, fields: [] }, logging()),
    move(KEY_USES.backup, backup()), move({ ...KEY_USES.output, assumes: 'arn:aws:iam::999988887777:role/writer' }, logging()),
    move(KEY_USES.workload, binding()), move(KEY_USES.workload, unbound({ workloads: [] }), { secrets: SECRETS }), move(KEY_USES.output, logging(), {}, cluster({ sts: OPENABLE })), move(KEY_USES.output, logging(), {}, cluster({ sts: hidden('forbidden') })),
    move(KEY_USES.workload, unbound({ workloads: (['Deployment', 'StatefulSet', 'DaemonSet'] as const).map((kind) => ({ kind, namespace: 'shop', name: kind.toLowerCase(), replicas: 1 })), pods: [] })),
    ...(['statefulset', 'daemonset'] as const).map((kind) => move({ ...KEY_USES.workload, kind, removal: { ...KEY_USES.workload.removal!, path: KEY_USES.workload.removal!.path.replace('deployments', `${ kind }s`) } }, binding())),
    ...(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job'] as const).map((kind) => move(KEY_USES.whole(kind), binding())),
    move({ ...KEY_USES.output, kind: 'output', removal: { ...KEY_USES.output.removal!, path: KEY_USES.output.removal!.path.replace('clusteroutputs', 'outputs') } }, logging()),
    planMove(cluster(), wish({ target: logging() }), { what: KEY_USES.output, secrets: SECRETS, deleteSecret: true }),
    move({ ...KEY_USES.output, accounts: [...KEY_USES.output.accounts, { namespace: 'x', name: 'y' }] }, logging()),
    planMove(cluster(), wish({ target: logging(), beside: [eksLogging()], permissions: permissionsFor(KEY_USES.output)! }), { what: KEY_USES.output, use: KEY_USES.output, secrets: NO_SECRETS }),
    planMove(cluster(), wish({ target: logging(), beside: [eksLogging({}, { roleArn: 'arn:aws:iam::111122223333:role/hand-made' })] }), { what: KEY_USES.output, use: KEY_USES.output, secrets: NO_SECRETS }),
  ];
}

/** One of each: what is observed, and the plans that can be made of it. */
export function situations(): { name: string; observed: ObservedCluster; plans: Plan[] }[] {
  const bare = cluster({ provider: value(null) });
  const other = (trust: Partial<typeof SUBJECT>) => role({ trustPolicy: JSON.stringify(newTrust({ ...SUBJECT, ...trust })) });
  const statement = (change: object) => role({ trustPolicy: JSON.stringify({ Statement: { ...[newTrust(SUBJECT).Statement].flat()[0], ...change } }) });
  const roles: Known<ObservedRole | null>[] = [
    value(role()), value(null), value(other({ serviceAccount: 'writer' })), value(other({ providerArn: `${ PROVIDER }X` })), value(role({ trustPolicy: JSON.stringify(newTrust({ ...SUBJECT, audience: 'x' } as typeof SUBJECT)) })),
    value(statement({ Effect: 'Deny' })), value(statement({ Action: 'sts:AssumeRole' })), value(statement({ Condition: { StringEquals: { 'other.example:sub': 'x' } } })), value(statement({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })),
    value(role({ trustPolicy: '{' })), value(role({ arn: 'arn:aws:iam::111122223333:role/reader-role', path: '/' })), value(role({ inlinePolicies: { a: '{}' }, tags: undefined })),
    hidden('no-credential'), hidden('refused', { aws: { action: 'iam:GetRole' } }), hidden('forbidden', { right: { clusterId: 'c-m-prod', verb: 'list', group: 'apps', resource: 'deployments', namespace: 'shop' } }), hidden('unreachable'),
  ];
  // An IfExists, an open pattern that shuts one of two users out, no version.
  const loose = [statement({ Condition: { StringEqualsIfExists: { [`${ PROVIDER.split('provider/')[1] }:sub`]: 'system:serviceaccount:shop:reader' } } }), role({ ...statement({ Condition: { StringLike: { [`${ PROVIDER.split('provider/')[1] }:sub`]: 'system:serviceaccount:shop:*' } } }), tags: {} })];
  const policy = (change: object) => JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*', ...change } });
  const inline = role({ tags: {}, permissionsBoundary: 'arn:aws:iam::111122223333:policy/b', inlinePolicies: { p: policy({}), other: 'x'.repeat(10_300) } });
  const edits = [
    planEditTrust(cluster({ bindings: value([binding()]) }), role(), { json: JSON.stringify(newTrust({ ...SUBJECT, serviceAccount: 'x'.repeat(2000) })), from: role().trustPolicy }),
    planEditPermissions(cluster(), inline, { name: 'p', json: policy({ Action: 's3:*' }), from: policy({}) }),
    ...loose.map((one) => planTightenAll(cluster({ bindings: value([binding()]) }), one, {})),
  ];
  const bindings = [
    ...roles.map((known) => binding({ role: known })),
    binding({}, { exists: false }), binding({}, { roleArn: 'x' }), binding({}, { audience: 'other' }), unbound(), binding({ pods: [] }), binding({ pods: unbound().pods }),
    binding({ pods: [binding().pods[0]!, ...unbound().pods, ...unbound().pods, { ...binding().pods[0]!, identity: { roleArn: 'old' } }] }),
    binding({ identity: { at: 0, result: 'verified', assumedRoleArn: 'arn' } }), binding({ identity: { at: 0, result: 'refused', aws: { code: 'AccessDenied', message: 'no' } } }), binding({ identity: { at: 0, result: 'not-checked' } }),
  ];
  const local = { ...cluster().cluster, distribution: 'rke2' as const };
  const binds = (observed: ObservedCluster, wishes: Partial<BindWish>[]) => wishes.map((change) => planBind(observed, wish(change)));

  return [
    { name: 'healthy', observed: cluster({ bindings: value(bindings) }), plans: [planEnable(cluster()), planRestart(cluster(), binding({ pods: unbound().pods })), planRestart(cluster(), binding({ pods: unbound().pods, workloads: [] })), planMendTrust(cluster(), binding({ role: roles[2]! })), ...loose.flatMap((one) => lintTrust(parseTrust(one.trustPolicy)).filter(({ remedy }) => remedy).map((finding) => planTightenTrust(cluster({ bindings: value([binding(), binding({}, { name: 'writer' })]) }), one, finding))), ...edits] },
    { name: 'not registered', observed: { ...bare, bindings: value([binding(), unbound()]) }, plans: [planEnable(bare), ...binds(bare, [{}, { target: backup(), permissions: BACKUP_PERMISSIONS }, { target: logging(), permissions: LOGGING_PERMISSIONS }])] },
    {
      name:     'existing roles',
      observed: cluster({ sts: OPENABLE, bindings: value([binding()]) }),
      plans:    binds(cluster({ sts: OPENABLE, webhook: value({ kind: 'absent' }) }), [
        { role: { kind: 'existing', role: role({ tags: {}, trustPolicy: JSON.stringify(newTrust({ ...SUBJECT, serviceAccount: 'x'.repeat(2000) })) }) }, permissions: { kind: 'policy', name: 'p', json: `{"Statement":"${ 'x'.repeat(11_000) }"}` } },
        { role: { kind: 'new', name: 'reader-role', found: role({ tags: roleTags({ name: 'x' }, 'y', { namespace: 'shop', name: 'writer' }), trustPolicy: '{"Statement":[]}' }) } },
        { role: { kind: 'existing', role: (roles[5] as { value: ObservedRole }).value } }, { role: { kind: 'existing', role: (roles[8] as { value: ObservedRole }).value } },
        { target: unbound({}, { exists: false }) }, { target: unbound({}, { exists: false }), missingAccount: 'leave' }, { target: { ...backup({ owner: { kind: 'nobody' } }), account: { ...backup().account, exists: false } }, permissions: BACKUP_PERMISSIONS },
        { target: unbound({ owner: { kind: 'helm', release: 'r', namespace: 'n' } }) }, { target: unbound({ owner: { kind: 'controller', apiVersion: 'v1', controllerKind: 'K', name: 'n' } }) },
        { target: backup({ owner: { ...BACKUP_APP, version: '1.1.0' } }) }, { target: backup({ owner: { ...BACKUP_APP, repo: undefined, values: { persistence: { enabled: true }, s3: { insecureTLSSkipVerify: true } } } }) },
      ]).concat(planOpenSts(cluster({ sts: OPENABLE })), MADE_HERE.map((reach, index) => planCloseHost(reach, ['local', 'edge'].slice(index)))),
    },
    { name: 'moving off keys', observed: cluster(), plans: moves() },
    { name: 'rebinding', observed: cluster(), plans: [true, false].map((deleteRole) => planRebind(cluster(), wish({ target: binding(), role: { kind: 'new', name: 'next' } }), role({ inlinePolicies: { read: '{}' }, managedPolicies: value(['arn:aws:iam::aws:policy/ReadOnlyAccess']) }), deleteRole)) },
    { name: 'adopting', observed: cluster(), plans: [planAdopt(cluster(), role({ tags: {} })), planAdopt(cluster(), role())] },
    {
      name:     'unbinding',
      observed: cluster({ bindings: value([binding()]) }),
      plans:    [
        ...[true, false].map((deleteRole) => planUnbind(cluster(), binding({ role: value(role({ inlinePolicies: { read: '{}' }, managedPolicies: value(['arn:aws:iam::aws:policy/ReadOnlyAccess']) })) }), deleteRole)),
        planUnbind(cluster(), binding({ role: value(role({ tags: {}, trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [...[newTrust(SUBJECT).Statement].flat(), { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] }) })) })),
        planUnbind(cluster(), binding({ role: value(role({ trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: { ...[newTrust(SUBJECT).Statement].flat()[0], Condition: { StringLike: { [`${ PROVIDER.split('oidc-provider/')[1] }:sub`]: 'system:serviceaccount:shop:*' } } } }) })), workloads: [], owner: { kind: 'helm', release: 'web', namespace: 'shop' } })),
        planRelease(cluster(), binding(), false), planUnbind(cluster(), binding({ role: hidden('no-credential') })),
        planUnbind(cluster(), binding({ role: value(null), owner: { kind: 'controller', apiVersion: 'v1', controllerKind: 'Thing', name: 'x' } })),
      ],
    },
    { name: 'audience', observed: cluster({ provider: value({ arn: PROVIDER, audiences: [] }) }), plans: [planAddAudience(cluster({ provider: value({ arn: PROVIDER, audiences: ['x'] }) }))] },
    ...['https://kubernetes.default.svc.cluster.local', 'http://x.example', 'https://x.example:1', 'https://x.example?y', 'https://u@x.example', 'x', `https://x.example/${ 'x'.repeat(300) }`].map((issuer) => ({
      name: issuer, observed: cluster({ cluster: local, issuer: value(issuer), provider: value(null), webhook: value({ kind: 'absent' }) }), plans: []
    })),
    { name: 'self-managed', observed: cluster({ cluster: local, issuer: value('https://x.example/y'), keys: value({ ids: ['a'], publishedBy: 'unchecked' }), webhook: value({ kind: 'installed', name: 'w' }) }), plans: [] },
    {
      name:     'without a webhook',
      observed: cluster({ cluster: local, webhook: value({ kind: 'absent' }) }),
      plans:    [SOURCE, { ...SOURCE, inCluster: 'ours' }, { ...SOURCE, repository: { ...SOURCE.repository, private: true } }].flatMap((source) => [local, { ...local, region: undefined }].map((ref) => planInstallWebhook(cluster({ cluster: ref, webhook: value({ kind: 'absent' }) }), source))).concat([[], [binding()]].map((bindings) => planRemoveWebhook(cluster({ cluster: local, webhook: value({ kind: 'installed', name: 'w', release: { name: 'w', namespace: 'w' } }), bindings: value(bindings) }))), planRemoveWebhook(cluster({ webhook: value({ kind: 'installed', release: { name: 'w', namespace: 'w' } }), bindings: hidden('forbidden') })), [{ ...SOURCE, inCluster: 'irsa', isStale: true as const }, { ...SOURCE, repository: { ...SOURCE.repository, private: true } }].map((source) => planUpgradeWebhook(cluster({ cluster: local, webhook: value({ kind: 'installed', name: 'w', release: { name: 'w', namespace: 'w' } }) }), source, WEBHOOK_APP))),
    },
    { name: 'hosting an issuer', observed: SELF_MANAGED, plans: [...hostings().map(([hosting, options]) => planHostIssuer(SELF_MANAGED, hosting, KEYS, options)), ...backupBuckets(), ...(['clusteroutput', 'output'] as const).map((kind) => planCreateOutput(cluster(), { kind, namespace: 'shop', name: 'logs', spec: { cloudwatch: { region: 'eu-central-1', log_group_name: '/acme' } } }, { senders: [] }, new Map([[role().arn, role()]]))), ...lives()] },
    { name: 'by Fleet', observed: cluster(), plans: [planFleetWebhook(FLEET, [], SOURCE), planFleetWebhook(FLEET, [STORE, EDGE], SOURCE), planFleetWebhook({ ...FLEET, releases: [] }, [STORE, { ...EDGE, traits: {} }], SOURCE), planFleetWebhook({ ...FLEET, releases: FLEET.releases.map((one) => ({ ...one, targets: [{ cluster: 'edge', values: { replicaCount: 1 } }], version: SOURCE.version })) }, [EDGE], SOURCE), planRemoveFleetWebhook(FLEET)] },
    { name: 'dark', observed: cluster({ issuer: hidden('forbidden'), keys: hidden('not-asked'), account: hidden('no-credential'), provider: hidden('no-credential'), webhook: hidden('forbidden'), sts: hidden('not-asked'), bindings: hidden('unreachable') }), plans: [] },
    { name: 'attention', observed: cluster({ keys: value({ ids: [], publishedBy: 'eks' }), sts: value({ host: 'sts.eu-central-1.amazonaws.com', state: 'closed' }), bindings: value([binding({ pods: [...binding().pods, ...unbound().pods] })]) }), plans: [] },
  ];
}
