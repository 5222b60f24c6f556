import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findKeyUse, observeKeySecrets, observeKeyUses, observeSigners } from '../../pkg/irsa/gateways/observe/key-uses';
import { install } from '../sandbox/scenario/populate.ts';
import { put } from '../sandbox/scenario/put.ts';
import type { World } from '../sandbox/scenario/world.ts';
import { sandboxTarget } from './sandbox-target';
import { seedKeyedBackup, seedKeyedOutput, seedKeyedWhole, seedKeyedWorkload } from './seeds';
import { logIn, type Person, type Target } from './target';

const CHECKOUT = { kind: 'deployment' as const, namespace: 'shop', name: 'checkout' };
const SECRET = { namespace: 'shop', name: 'checkout-aws' };
const reference = { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: { name: 'checkout-aws', key: 'AWS_ACCESS_KEY_ID' } } };
const container = (change: object) => ({ containers: [{ name: 'app', image: 'x', ...change }] });

/** What uses keys, found in live clusters; and who else needs the secret behind one. */
describe('access keys in a cluster', () => {
  let target: Target & { world(): World };
  let admin: Person;

  beforeAll(async() => {
    target = await sandboxTarget();
  });
  afterAll(() => target.stop());
  beforeEach(async() => {
    await target.reset();
    admin = await logIn(target, 'admin');
  });

  const deployment = (name: string, spec: object, namespace = 'shop') => put(target.world().kube('prod-eks'), 'apps', 'deployments', { metadata: { name, namespace }, spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec } } });
  const secrets = (person = admin, secret = SECRET, what: Parameters<typeof observeKeySecrets>[3] = CHECKOUT, cluster = 'c-eks01') => observeKeySecrets(person.transport, cluster, [secret], what);
  const ids = ({ uses }: Awaited<ReturnType<typeof observeKeyUses>>) => uses.map(({ kind, namespace, name }) => [kind, namespace, name].join('/'));

  it('are found in workloads and outputs, with nothing of what is in the secrets', async() => {
    seedKeyedWorkload(target.world());
    seedKeyedOutput(target.world());
    deployment('uploads', { serviceAccountName: 'writer', ...container({ env: [{ name: 'S3_BUCKET', value: 'acme-data' }] }) });
    const found = await observeKeyUses(admin.transport, 'c-eks01');

    expect(ids(found)).toEqual(['deployment/shop/checkout', 'clusteroutput/cattle-logging-system/logs']);
    expect(found.withoutKey).toEqual([{ what: 'deployment shop/uploads', account: { namespace: 'shop', name: 'writer' }, sign: 'S3_BUCKET' }]);
    expect(found.missing).toEqual([]);
    expect(admin.sent.some(({ url }) => /secrets\/./.test(url))).toBe(false);
  });

  it('are found where whole secrets and ConfigMaps become variables, and files are mounted; what cannot be moved says why', async() => {
    const kube = target.world().kube('prod-eks');

    seedKeyedWhole(target.world());
    put(kube, '', 'secrets', { metadata: { name: 'mixed', namespace: 'shop' }, data: { ACCESS_KEY_ID: 'QQ==', DB_PASSWORD: 'QQ==' } });
    put(kube, '', 'configmaps', { metadata: { name: 'open', namespace: 'shop' }, data: { AWS_SECRET_ACCESS_KEY: 'x', LOG_LEVEL: 'info' } });
    put(kube, '', 'configmaps', { metadata: { name: 'only', namespace: 'shop' }, data: { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' } });
    deployment('with-prefix', container({ envFrom: [{ prefix: 'AWS_', secretRef: { name: 'mixed' } }] }));
    deployment('with-map', container({ envFrom: [{ configMapRef: { name: 'open' } }] }));
    deployment('map-only', container({ envFrom: [{ configMapRef: { name: 'only' } }, { secretRef: { name: 'not-there' } }] }));
    deployment('with-file', { ...container({ env: [{ name: 'AWS_SHARED_CREDENTIALS_FILE', value: '/creds/aws-credentials' }], volumeMounts: [{ name: 'v', mountPath: '/root/.aws' }] }), volumes: [{ name: 'v', secret: { secretName: 'checkout-aws' } }] });
    const { uses } = await observeKeyUses(admin.transport, 'c-eks01');

    expect(Object.fromEntries(uses.map(({ name, fields, obstacles }) => [name, [fields, obstacles.map(({ key }) => key)]]))).toEqual({
      checkout:    [['checkout: checkout-aws'], []],
      'with-prefix': [['app: mixed'], ['irsa.keyUse.mixed']],
      'with-map':    [['app: ConfigMap open'], ['irsa.keyUse.mixedMap']],
      'map-only':    [['app: ConfigMap only'], []],
      'with-file':   [['app: AWS_SHARED_CREDENTIALS_FILE', 'app: /root/.aws'], ['irsa.keyUse.file']],
    });
    // Lists are written whole: what is not the key stays in them.
    const bodies = uses.map(({ name, removal }) => [name, JSON.stringify(removal?.body)] as const);

    expect(new Map(bodies).get('checkout')).toContain('"envFrom":[{"configMapRef":{"name":"checkout"}}]');
    expect(new Map(bodies).get('map-only')).toContain('"envFrom":[{"secretRef":{"name":"not-there"}}]');
    expect(admin.sent.some(({ url }) => /(secrets|configmaps)\/./.test(url))).toBe(false);
  });

  it('are found in a Restore, which is named and cannot be moved', async() => {
    put(target.world().kube('local'), 'resources.cattle.io', 'restores', { metadata: { name: 'back' }, spec: { backupFilename: 'x', storageLocation: { s3: { bucketName: 'b', credentialSecretName: 'backup-aws', credentialSecretNamespace: 'default' } } } });
    put(target.world().kube('local'), 'resources.cattle.io', 'restores', { metadata: { name: 'keyless' }, spec: { backupFilename: 'x', storageLocation: { s3: { bucketName: 'b' } } } });
    const { uses } = await observeKeyUses(admin.transport, 'local');

    expect(uses.map(({ kind, name, removal, obstacles }) => [kind, name, removal, obstacles.map(({ key }) => key)])).toEqual([['restore', 'back', undefined, ['irsa.keyUse.restore']]]);
  });

  it('are found in what runs at its time or once, and in ConfigMaps; not in what has run', async() => {
    const kube = target.world().kube('prod-eks');
    const template = { spec: { restartPolicy: 'Never', ...container({ env: [reference] }) } };

    put(kube, 'batch', 'cronjobs', { metadata: { name: 'report', namespace: 'shop' }, spec: { schedule: '0 1 * * *', jobTemplate: { spec: { template } } } });
    put(kube, 'batch', 'jobs', { metadata: { name: 'once', namespace: 'shop' }, spec: { suspend: true, template } });
    put(kube, 'batch', 'jobs', { metadata: { name: 'of-report', namespace: 'shop', ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'report', uid: 'u', controller: true }] }, spec: { suspend: true, template } });
    put(kube, '', 'configmaps', { metadata: { name: 'aws', namespace: 'shop' }, data: { AWS_ACCESS_KEY_ID: 'AKIA' } });
    deployment('open', container({ envFrom: [{ configMapRef: { name: 'aws' } }] }));
    expect(ids(await observeKeyUses(admin.transport, 'c-eks01'))).toEqual(['deployment/shop/open', 'cronjob/shop/report', 'job/shop/once']);
    expect(await findKeyUse(admin.transport, 'c-eks01', { kind: 'cronjob', namespace: 'shop', name: 'report' })).toMatchObject({ fields: ['app: AWS_ACCESS_KEY_ID'] });
  });

  it('are found in Backups; those without one have the node’s role to fall back on', async() => {
    seedKeyedBackup(target.world());
    put(target.world().kube('local'), 'resources.cattle.io', 'backups', { metadata: { name: 'keyless' }, spec: { resourceSetName: 'x', storageLocation: { s3: { bucketName: 'acme-backups', endpoint: 's3.eu-central-1.amazonaws.com' } } } });
    const found = await observeKeyUses(admin.transport, 'local');

    expect(ids(found)).toEqual(['backup//nightly']);
    // The chart that is there names no key either.
    expect(found.withoutKey).toEqual(['backup keyless', 'chart rancher-backup'].map((what) => ({ what, account: { namespace: 'cattle-resources-system', name: 'rancher-backup' }, sign: 's3://acme-backups' })));
  });

  it('are found in the values of the backup chart, for all Backups that name no place themselves', async() => {
    const world = target.world();
    const s3 = { enabled: true, bucketName: 'acme-backups', endpoint: 's3.eu-central-1.amazonaws.com' };

    install(world.kube('local'), world.sources, { chart: 'rancher-backup', release: 'rancher-backup', namespace: 'cattle-resources-system', values: { s3: { ...s3, credentialSecretName: 'backup-aws', credentialSecretNamespace: 'default' } } });
    put(world.kube('local'), 'resources.cattle.io', 'backups', { metadata: { name: 'plain' }, spec: { resourceSetName: 'x' } });
    const account = { namespace: 'cattle-resources-system', name: 'rancher-backup' };

    expect(await observeKeyUses(admin.transport, 'local')).toMatchObject({ uses: [{ kind: 'chart', name: 'rancher-backup', accounts: [account], secrets: [{ namespace: 'default', name: 'backup-aws' }] }], withoutKey: [], missing: [] });
  });

  it.each([['without a key', {}, ['backup plain', 'chart rancher-backup']], ['at a store of another maker', { endpoint: 'minio.example', credentialSecretName: 'x' }, []]])('are none in that chart %s; its node’s role may be one', async(_how, change, found) => {
    const world = target.world();

    install(world.kube('local'), world.sources, { chart: 'rancher-backup', release: 'rancher-backup', namespace: 'cattle-resources-system', values: { s3: { enabled: true, bucketName: 'acme-backups', endpoint: '', ...change } } });
    put(world.kube('local'), 'resources.cattle.io', 'backups', { metadata: { name: 'plain' }, spec: { resourceSetName: 'x' } });
    const { uses, withoutKey } = await observeKeyUses(admin.transport, 'local');

    expect([uses, withoutKey.map(({ what }) => what)]).toEqual([[], found]);
    expect(withoutKey.every(({ sign }) => sign === 's3://acme-backups')).toBe(true);
  });

  it('are not looked for where a person may not list', async() => {
    seedKeyedWorkload(target.world());
    const milo = await logIn(target, 'milo');
    const { uses, missing } = await observeKeyUses(milo.transport, 'c-eks01');

    expect([uses, missing.map(({ resource }) => resource)]).toEqual([[], expect.arrayContaining(['deployments'])]);
    expect(await observeKeySecrets(milo.transport, 'c-eks01', [{ namespace: 'kube-system', name: 'x' }], CHECKOUT)).toEqual({ removable: [], kept: [], unseen: true });
  });

  it('are one at a time as they are now', async() => {
    seedKeyedWorkload(target.world());
    expect(await findKeyUse(admin.transport, 'c-eks01', CHECKOUT)).toMatchObject({ secrets: [SECRET], accounts: [{ namespace: 'shop', name: 'writer' }] });
    expect(await findKeyUse(admin.transport, 'c-eks01', { ...CHECKOUT, name: 'catalogue' })).toBeUndefined();
    expect(await findKeyUse(admin.transport, 'c-eks01', { kind: 'clusteroutput', namespace: 'cattle-logging-system', name: 'gone' })).toBeUndefined();
  });

  describe('the secret behind one', () => {
    beforeEach(() => seedKeyedWorkload(target.world()));

    it('may go where nothing else needs it; its own pods do not count', async() => {
      await target.world().kube('prod-eks').idle();
      expect(await secrets()).toMatchObject({ removable: [{ ...SECRET, uid: expect.stringMatching(/./) as string }], kept: [] });
    });

    const users: [string, (world: World) => unknown, string][] = [
      ['another workload', () => deployment('other', container({ envFrom: [{ secretRef: { name: 'checkout-aws' } }] })), 'deployment shop/other'],
      ['a mounted volume', () => deployment('files', { ...container({ volumeMounts: [{ name: 'v', mountPath: '/x' }] }), volumes: [{ name: 'v', secret: { secretName: 'checkout-aws' } }] }), 'deployment shop/files'],
      ['a scheduled job', (world) => put(world.kube('prod-eks'), 'batch', 'cronjobs', { metadata: { name: 'report', namespace: 'shop' }, spec: { schedule: '0 1 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', ...container({ env: [reference] }) } } } } } }), 'cronjob shop/report'],
      ['a pod of nobody’s', (world) => put(world.kube('prod-eks'), '', 'pods', { metadata: { name: 'by-hand', namespace: 'shop' }, spec: container({ env: [reference] }) }), 'pod by-hand'],
      ['a suspended job', (world) => put(world.kube('prod-eks'), 'batch', 'jobs', { metadata: { name: 'later', namespace: 'shop' }, spec: { suspend: true, template: { spec: { restartPolicy: 'Never', ...container({ env: [reference] }) } } } }), 'job shop/later'],
      ['a volume that nothing mounts', () => deployment('spare', { ...container({}), volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'checkout-aws' } }] } }] }), 'deployment shop/spare'],
      ['an image’s registry', () => deployment('pulled', { ...container({}), imagePullSecrets: [{ name: 'checkout-aws' }] }), 'deployment shop/pulled'],
      ['itself, for something else', (world) => world.kube('prod-eks').store.patch(world.kube('prod-eks').store.findType('apps', 'deployments')!, 'shop', 'checkout', 'application/strategic-merge-patch+json', { spec: { template: { spec: { containers: [{ name: 'checkout', env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'checkout-aws', key: 'db' } } }] }] } } } }), 'deployment shop/checkout'],
      ['a service account that hands it to its pods', (world) => put(world.kube('prod-eks'), '', 'serviceaccounts', { metadata: { name: 'puller', namespace: 'shop' }, imagePullSecrets: [{ name: 'checkout-aws' }] }), 'serviceaccount puller'],
      ['a service account whose it is', (world) => put(world.kube('prod-eks'), '', 'serviceaccounts', { metadata: { name: 'owner', namespace: 'shop' }, secrets: [{ name: 'checkout-aws' }] }), 'serviceaccount owner'],
      ['an output', (world) => put(world.kube('prod-eks'), 'logging.banzaicloud.io', 'outputs', { metadata: { name: 'logs', namespace: 'shop' }, spec: { sqs: { aws_key_id: { valueFrom: { secretKeyRef: { name: 'checkout-aws', key: 'x' } } } } } }), 'output shop/logs'],
    ];

    it.each(users)('stays for %s', async(_name, seed, user) => {
      seed(target.world());
      expect(await secrets()).toMatchObject({ removable: [], kept: [{ ...SECRET, users: expect.arrayContaining([user]) as string[] }] });
    });

    it('stays for Longhorn', async() => {
      const kube = target.world().kube('prod-eks');

      put(kube, 'apiextensions.k8s.io', 'customresourcedefinitions', { metadata: { name: 'backuptargets.longhorn.io' }, spec: { group: 'longhorn.io', scope: 'Namespaced', names: { plural: 'backuptargets', kind: 'BackupTarget' }, versions: [{ name: 'v1beta2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }] } });
      put(kube, 'longhorn.io', 'backuptargets', { metadata: { name: 'default', namespace: 'shop' }, spec: { backupTargetURL: 's3://b@eu-central-1/', credentialSecret: 'checkout-aws' } });
      expect(await secrets()).toMatchObject({ removable: [], kept: [{ users: ['backuptarget default'] }] });
    });

    it('is none once it is gone', async() => {
      expect(await secrets(admin, { ...SECRET, name: 'gone' })).toEqual({ removable: [], kept: [] });
    });
  });

  it('keeps the secret of a Backup that the chart, or a Restore, needs too', async() => {
    const world = target.world();

    seedKeyedBackup(world);
    const secret = { namespace: 'default', name: 'backup-aws' };
    const look = () => secrets(admin, secret, { kind: 'backup', name: 'nightly' }, 'local');

    expect(await look()).toMatchObject({ removable: [secret] });
    put(world.kube('local'), 'resources.cattle.io', 'restores', { metadata: { name: 'back' }, spec: { storageLocation: { s3: { bucketName: 'b', credentialSecretName: 'backup-aws', credentialSecretNamespace: 'default' } } } });
    expect(await look()).toMatchObject({ kept: [{ users: ['restore back'] }] });
    install(world.kube('local'), world.sources, { chart: 'rancher-backup', release: 'rancher-backup', namespace: 'cattle-resources-system', values: { s3: { enabled: true, bucketName: 'b', endpoint: 'x', credentialSecretName: 'backup-aws', credentialSecretNamespace: 'default' } } });
    expect(await look()).toMatchObject({ kept: [{ users: ['restore back', 'chart rancher-backup'] }] });
  });

  describe('the secret behind an output’s key', () => {
    const LOGS = { kind: 'clusteroutput' as const, namespace: 'cattle-logging-system', name: 'own' };
    const AWS = { namespace: LOGS.namespace, name: 'logging-aws' };
    const key = (name: string, entry: string) => ({ valueFrom: { secretKeyRef: { name, key: entry } } });
    const output = (name: string, spec: object) => put(target.world().kube('prod-eks'), 'logging.banzaicloud.io', 'clusteroutputs', { metadata: { name, namespace: LOGS.namespace }, spec });
    const s3 = (change: object = {}) => ({ s3: { s3_bucket: 'acme-logs', s3_region: 'eu-central-1', aws_key_id: key('logging-aws', 'id'), aws_sec_key: key('logging-aws', 'secret'), ...change } });
    const look = () => secrets(admin, AWS, LOGS);

    beforeEach(() => {
      seedKeyedOutput(target.world());
      put(target.world().kube('prod-eks'), '', 'secrets', { metadata: { name: 'logging-aws', namespace: LOGS.namespace }, data: { id: 'QQ==', secret: 'QQ==' } });
    });

    const cases: [string, () => unknown, string[]][] = [
      ['goes with the key where nothing is left of it', () => output('own', s3()), []],
      ['stays for the encryption of the same output', () => output('own', s3({ sse_customer_key: key('logging-aws', 'sse') })), ['clusteroutput cattle-logging-system/own']],
      ['stays for a buffer’s or another field’s mounted file', () => output('own', s3({ format: { secret: { mountFrom: { secretKeyRef: { name: 'logging-aws', key: 'ca' } } } } })), ['clusteroutput cattle-logging-system/own']],
      ['stays for another output', () => [output('own', s3()), output('copy', s3())], ['clusteroutput cattle-logging-system/copy']],
      ['stays for one at a store of another maker', () => [output('own', s3()), output('minio', s3({ s3_endpoint: 'http://minio.acme.example' }))], ['clusteroutput cattle-logging-system/minio']],
    ];

    it.each(cases)('%s', async(_name, seed, users) => {
      seed();
      const found = await look();

      expect(found.kept.flatMap((one) => one.users)).toEqual(users);
      expect(found.removable.map(({ name }) => name)).toEqual(users.length ? [] : ['logging-aws']);
    });
  });

  it('are none of AWS at a store of another maker', async() => {
    const s3 = { bucketName: 'b', endpoint: 'minio.acme.example:9000' };
    const kube = target.world().kube('local');

    put(kube, 'resources.cattle.io', 'backups', { metadata: { name: 'keyed' }, spec: { storageLocation: { s3: { ...s3, credentialSecretName: 'minio', credentialSecretNamespace: 'default' } } } });
    put(kube, 'resources.cattle.io', 'backups', { metadata: { name: 'keyless' }, spec: { storageLocation: { s3 } } });
    put(target.world().kube('prod-eks'), 'logging.banzaicloud.io', 'clusteroutputs', { metadata: { name: 'minio', namespace: 'cattle-logging-system' }, spec: { s3: { s3_bucket: 'b', s3_endpoint: 'http://minio.acme.example', aws_key_id: { value: 'x' } } } });
    for (const cluster of ['local', 'c-eks01']) {
      const { uses, withoutKey } = await observeKeyUses(admin.transport, cluster);

      expect([uses, withoutKey.filter(({ what }) => !what.startsWith('chart '))]).toEqual([[], []]);
    }
    expect(await secrets(admin, { namespace: 'default', name: 'minio' }, { kind: 'backup', name: 'other' }, 'local')).toEqual({ removable: [], kept: [] });
  });

  it('once gone, leave what stops with the role: Backups by their place or the chart’s, outputs by their fluentd', async() => {
    const world = target.world();
    const kube = world.kube('local');
    const s3 = { bucketName: 'acme-backups', endpoint: 's3.eu-central-1.amazonaws.com' };
    const operator = { namespace: 'cattle-resources-system', name: 'rancher-backup' };

    put(kube, 'resources.cattle.io', 'backups', { metadata: { name: 'own' }, spec: { storageLocation: { s3 } } });
    put(kube, 'resources.cattle.io', 'backups', { metadata: { name: 'keyed' }, spec: { storageLocation: { s3: { ...s3, credentialSecretName: 'k', credentialSecretNamespace: 'default' } } } });
    put(kube, 'resources.cattle.io', 'backups', { metadata: { name: 'volume' }, spec: {} });
    expect(await observeSigners(admin.transport, 'local', operator)).toEqual(['backup own', 'backup volume']);
    expect(await observeSigners(admin.transport, 'local', { ...operator, name: 'other' })).toEqual([]);

    seedKeyedOutput(world);
    put(world.kube('prod-eks'), 'logging.banzaicloud.io', 'clusteroutputs', { metadata: { name: 'keyless', namespace: 'cattle-logging-system' }, spec: { cloudwatch: { region: 'eu-central-1' } } });
    expect(await observeSigners(admin.transport, 'c-eks01', { namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' })).toEqual(['clusteroutput cattle-logging-system/keyless']);
    expect(await observeSigners((await logIn(target, 'milo')).transport, 'c-eks01', { namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' })).toEqual([]);
  });
});
