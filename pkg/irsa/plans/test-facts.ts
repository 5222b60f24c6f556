/** Facts for tests: wishes, the charts' accounts, and every way we know in which things are otherwise. */
import { roleTags } from '../domain/aws/ownership';
import {
  binding, cluster, hidden, PROVIDER, role, SUBJECT, unbound, value
} from '../domain/chain/test-facts';
import type { AccountOwner, Known, ObservedBinding, ObservedCluster, ObservedRole } from '../domain/facts';
import { lintTrust, newTrust, parseTrust } from '../domain/trust';
import type { WebhookSource } from '../domain/webhook-source';
import { rancherBackup } from '../presets/rancher-backup';
import { rancherLogging } from '../presets/rancher-logging';
import { planAddAudience } from './add-audience';
import { planBind } from './bind';
import type { BindWish } from './bind-wish';
import { planEnable } from './enable';
import { planMendTrust } from './mend-trust';
import { planOpenSts } from './open-sts';
import { planInstallWebhook } from './install-webhook';
import type { Plan } from './plan';
import { planRemoveWebhook } from './remove-webhook';
import { planRestart } from './restart';
import { planTightenTrust } from './tighten-trust';

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

export function logging(change: Partial<ObservedBinding> = {}): ObservedBinding {
  const app = { release: 'rancher-logging', namespace: 'cattle-logging-system', chart: 'rancher-logging', version: '110.0.0+up4.10.0', repo: { type: 'cluster', name: 'rancher-charts' }, values: {} };

  return unbound({
    owner:     { kind: 'controller', apiVersion: 'logging.banzaicloud.io/v1beta1', controllerKind: 'Logging', name: 'rancher-logging-root', app },
    workloads: [{ kind: 'StatefulSet', namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd', replicas: 1 }],
    pods:      [],
    ...change,
  }, { namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' });
}

export const LOGGING_PERMISSIONS: BindWish['permissions'] = { kind: 'preset', preset: rancherLogging, parameters: { logGroup: '/rancher/prod' } };

export const OPENABLE = value({ host: 'sts.eu-central-1.amazonaws.com', state: 'openable' as const, via: { kind: 'proxyEndpoint' as const } });

/** The repository that we came from, and a cluster of three nodes that does not have it. */
export const SOURCE: WebhookSource = {
  repository: { name: 'irsa', spec: { url: 'https://charts.example/irsa' }, private: false }, taken: ['rancher-charts'], version: '0.1.0', nodes: 3, shellImage: 'registry.example:5000/rancher/shell:v0.8.1', systemRegistry: 'registry.example:5000',
};

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
  const bindings = [
    ...roles.map((known) => binding({ role: known })),
    binding({}, { exists: false }), binding({}, { roleArn: 'x' }), binding({}, { audience: 'other' }), unbound(), binding({ pods: [] }), binding({ pods: unbound().pods }),
    binding({ pods: [binding().pods[0]!, ...unbound().pods, ...unbound().pods, { ...binding().pods[0]!, identity: { roleArn: 'old' } }] }),
    binding({ identity: { at: 0, result: 'verified', assumedRoleArn: 'arn' } }), binding({ identity: { at: 0, result: 'refused', aws: { code: 'AccessDenied', message: 'no' } } }), binding({ identity: { at: 0, result: 'not-checked' } }),
  ];
  const local = { ...cluster().cluster, distribution: 'rke2' as const };
  const binds = (observed: ObservedCluster, wishes: Partial<BindWish>[]) => wishes.map((change) => planBind(observed, wish(change)));

  return [
    { name: 'healthy', observed: cluster({ bindings: value(bindings) }), plans: [planEnable(cluster()), planRestart(cluster(), binding({ pods: unbound().pods })), planRestart(cluster(), binding({ pods: unbound().pods, workloads: [] })), planMendTrust(cluster(), binding({ role: roles[2]! })), ...loose.flatMap((one) => lintTrust(parseTrust(one.trustPolicy)).filter(({ remedy }) => remedy).map((finding) => planTightenTrust(cluster({ bindings: value([binding(), binding({}, { name: 'writer' })]) }), one, finding)))] },
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
      ]).concat(planOpenSts(cluster({ sts: OPENABLE }))),
    },
    { name: 'audience', observed: cluster({ provider: value({ arn: PROVIDER, audiences: [] }) }), plans: [planAddAudience(cluster({ provider: value({ arn: PROVIDER, audiences: ['x'] }) }))] },
    ...['https://kubernetes.default.svc.cluster.local', 'http://x.example', 'https://x.example:1', 'https://x.example?y', 'https://u@x.example', 'x', `https://x.example/${ 'x'.repeat(300) }`].map((issuer) => ({
      name: issuer, observed: cluster({ cluster: local, issuer: value(issuer), provider: value(null), webhook: value({ kind: 'absent' }) }), plans: []
    })),
    { name: 'self-managed', observed: cluster({ cluster: local, issuer: value('https://x.example/y'), keys: value({ ids: ['a'], publishedBy: 'unchecked' }), webhook: value({ kind: 'installed', name: 'w' }) }), plans: [] },
    {
      name:     'without a webhook',
      observed: cluster({ cluster: local, webhook: value({ kind: 'absent' }) }),
      plans:    [SOURCE, { ...SOURCE, inCluster: 'ours' }, { ...SOURCE, repository: { ...SOURCE.repository, private: true } }].flatMap((source) => [local, { ...local, region: undefined }].map((ref) => planInstallWebhook(cluster({ cluster: ref, webhook: value({ kind: 'absent' }) }), source))).concat([[], [binding()]].map((bindings) => planRemoveWebhook(cluster({ cluster: local, webhook: value({ kind: 'installed', name: 'w', release: { name: 'w', namespace: 'w' } }), bindings: value(bindings) }))), planRemoveWebhook(cluster({ webhook: value({ kind: 'installed', release: { name: 'w', namespace: 'w' } }), bindings: hidden('forbidden') }))),
    },
    { name: 'dark', observed: cluster({ issuer: hidden('forbidden'), keys: hidden('not-asked'), account: hidden('no-credential'), provider: hidden('no-credential'), webhook: hidden('forbidden'), sts: hidden('not-asked'), bindings: hidden('unreachable') }), plans: [] },
    { name: 'attention', observed: cluster({ keys: value({ ids: [], publishedBy: 'eks' }), sts: value({ host: 'sts.eu-central-1.amazonaws.com', state: 'closed' }), bindings: value([binding({ pods: [...binding().pods, ...unbound().pods] })]) }), plans: [] },
  ];
}
