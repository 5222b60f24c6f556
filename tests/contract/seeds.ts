import { saveApp } from '../sandbox/catalog/apps.ts';
import { webhookChart } from '../sandbox/catalog/charts/pod-identity-webhook.ts';
import { deploy } from '../sandbox/catalog/helm.ts';
import { policyNameOf } from '../../pkg/irsa/presets/policy-name';
import type { Preset } from '../../pkg/irsa/presets/preset';
import { rancherBackup } from '../../pkg/irsa/presets/rancher-backup';
import { rancherLogging } from '../../pkg/irsa/presets/rancher-logging';
import { install } from '../sandbox/scenario/populate.ts';
import { put, putNamespace } from '../sandbox/scenario/put.ts';
import type { World } from '../sandbox/scenario/world.ts';

/** States of a world that journeys and plans begin with. */

const WEBHOOK = 'pod-identity-webhook';
const WRITER = { namespace: 'shop', name: 'writer' };

/** A role of shop/writer that lets in every account of the namespace; where the role is there, it gets this trust policy. */
export function seedLooseRole(world: World, name = 'loose'): void {
  const issuer = world.kube('prod-eks').issuer().slice('https://'.length);
  const { arn } = world.aws.seedProvider({ url: `https://${ issuer }`, clientIds: ['sts.amazonaws.com'] });

  const trust = {
    Version:   '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ issuer }:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${ issuer }:sub`]: 'system:serviceaccount:shop:*' } } },
    ],
  };
  const there = world.aws.state.roles.get(name);

  if (there) {
    there.trust = JSON.stringify(trust);
  } else {
    world.aws.seedRole({ name, trust });
  }
  annotate(world, WRITER, name);
}

/**
 * shop/writer bound as we bind: a role made for it alone, with policies of both kinds, and pods that carry it.
 * @param others  further statements of its trust policy
 */
export function seedBound(world: World, others: object[] = []): void {
  const kube = world.kube('prod-eks');
  const issuer = kube.issuer().slice('https://'.length);
  const { arn } = world.aws.seedProvider({ url: `https://${ issuer }`, clientIds: ['sts.amazonaws.com'] });

  world.aws.seedRole({
    name:     'prod-eks_shop_writer',
    path:     '/rancher-irsa/',
    trust:    { Version: '2012-10-17', Statement: [...others, { Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ issuer }:aud`]: 'sts.amazonaws.com', [`${ issuer }:sub`]: 'system:serviceaccount:shop:writer' } } }] },
    inline:   { write: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::acme/*' }] } },
    attached: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
    tags:     { 'rancher.io/irsa': 'managed', 'rancher.io/irsa-cluster': 'prod-eks', 'rancher.io/irsa-issuer': `https://${ issuer }`, 'rancher.io/irsa-account': 'shop/writer' },
  });

  annotate(world, WRITER, 'rancher-irsa/prod-eks_shop_writer');
  kube.store.patch(kube.store.findType('apps', 'deployments')!, 'shop', 'checkout', 'application/merge-patch+json', { spec: { template: { metadata: { annotations: { seeded: 'bound' } } } } });
}

/** shop/writer bound by hand: a role with a stranger's statement and tag, and an annotation beside another one. */
export function seedHandMade(world: World): void {
  const kube = world.kube('prod-eks');
  const issuer = kube.issuer().slice('https://'.length);
  const { arn } = world.aws.seedProvider({ url: `https://${ issuer }`, clientIds: ['sts.amazonaws.com'] });

  world.aws.seedRole({
    name:   'by-hand',
    trust:  {
      Version:   '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        { Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ issuer }:aud`]: 'sts.amazonaws.com', [`${ issuer }:sub`]: 'system:serviceaccount:shop:writer' } } },
      ],
    },
    inline: { write: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::acme/*' }] } },
    tags:   { owner: 'platform-team' },
  });
  kube.store.patch(kube.store.findType('', 'serviceaccounts')!, 'shop', 'writer', 'application/merge-patch+json', { metadata: { annotations: { 'acme.example/team': 'orders' } } });
  annotate(world, WRITER, 'by-hand');
  kube.store.patch(kube.store.findType('apps', 'deployments')!, 'shop', 'checkout', 'application/merge-patch+json', { spec: { template: { metadata: { annotations: { seeded: 'by hand' } } } } });
}

/** A role of ours for a chart's account, and the chart with it in its values. */
function bindChart(world: World, cluster: 'local' | 'prod-eks', app: { chart: string; namespace: string; account: string }, values: (roleArn: string) => Record<string, unknown>): void {
  const kube = world.kube(cluster);
  const issuer = kube.issuer().slice('https://'.length);
  const { arn } = world.aws.seedProvider({ url: `https://${ issuer }`, clientIds: ['sts.amazonaws.com'] });
  const name = `${ cluster }-${ app.chart }`;

  world.aws.seedRole({
    name,
    path:  '/rancher-irsa/',
    trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ issuer }:aud`]: 'sts.amazonaws.com', [`${ issuer }:sub`]: `system:serviceaccount:${ app.namespace }:${ app.account }` } } }] },
    tags:  { 'rancher.io/irsa': 'managed', 'rancher.io/irsa-cluster': cluster, 'rancher.io/irsa-issuer': `https://${ issuer }`, 'rancher.io/irsa-account': `${ app.namespace }/${ app.account }` },
  });
  install(kube, world.sources, { chart: app.chart, release: app.chart, namespace: app.namespace, values: values(`arn:aws:iam::111122223333:role/rancher-irsa/${ name }`) });
}

/** Rancher Backups bound as we bind, with what the admin had beside it. */
export function seedBoundBackup(world: World): void {
  bindChart(world, 'local', { chart: 'rancher-backup', namespace: 'cattle-resources-system', account: 'rancher-backup' }, (roleArn) => ({
    debug:          true,
    s3:             { enabled: true, bucketName: 'acme-backups', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com', folder: 'prod' },
    serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': roleArn, 'acme.example/team': 'platform' } },
  }));
}

/** A role's inline policies from before each place had one of its own, and those of its places: what the first says, the others say. */
export function seedSuperseded(world: World, role: string, preset: Preset, answers: Record<string, string>): void {
  const policy = JSON.stringify(preset.policy({ ...answers, partition: 'aws', accountId: '111122223333', region: answers.region ?? '' }));
  const { inline } = [...world.aws.state.roles.values()].find(({ name }) => name === role)!;

  inline.set(preset.policyName, policy);
  inline.set(policyNameOf(preset, answers), policy);
}

/** The same of Rancher Backups: the first bucket has a policy twice. */
export function seedTwoBuckets(world: World): void {
  seedBoundBackup(world);
  seedSuperseded(world, 'local-rancher-backup', rancherBackup, { bucket: 'acme-first', folder: '' });
}

/** And of Logging. */
export function seedTwoGroups(world: World): void {
  seedBoundLogging(world);
  seedSuperseded(world, 'prod-eks-rancher-logging', rancherLogging, { destination: 'cloudwatch', logGroup: '/rancher/first', region: 'eu-central-1' });
}

/** Rancher Logging bound as we bind: the operator hands the annotation on and never takes it off. */
export function seedBoundLogging(world: World): void {
  bindChart(world, 'prod-eks', { chart: 'rancher-logging', namespace: 'cattle-logging-system', account: 'rancher-logging-root-fluentd' }, (roleArn) => rancherLogging.values({ roleArn, audience: 'sts.amazonaws.com' }));
}

/** The same, and its values without the role again: on the account the operator leaves it. */
export function seedLeftLogging(world: World): void {
  seedBoundLogging(world);
  install(world.kube('prod-eks'), world.sources, { chart: 'rancher-logging', release: 'rancher-logging', namespace: 'cattle-logging-system', values: {} });
}

function annotate(world: World, { namespace, name }: typeof WRITER, role: string): void {
  const { store } = world.kube('prod-eks');

  store.patch(store.findType('', 'serviceaccounts')!, namespace, name, 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::111122223333:role/${ role }` } } });
}

/** Our chart in store-k3s, as Rancher installs it. */
export function seedWebhook(world: World): void {
  const kube = world.kube('store-k3s');
  const chart = world.sources.at('https://charts.example/irsa')!.find(({ name }) => name === WEBHOOK)!;

  putNamespace(kube, WEBHOOK);
  const { release, secret } = deploy(kube, { name: 'system:admin', groups: ['system:masters'] }, { chart, release: WEBHOOK, namespace: WEBHOOK, values: {}, annotations: {}, upgrade: false });

  saveApp(kube, release, secret, 'irsa');
}

/** The same, and a newer one in the repository that the cluster has it from. */
export function seedOldWebhook(world: World): void {
  seedWebhook(world);
  const { store } = world.kube('store-k3s');
  const url = 'https://charts.example/irsa';

  store.create(store.findType('catalog.cattle.io', 'clusterrepos')!, { apiVersion: 'catalog.cattle.io/v1', kind: 'ClusterRepo', metadata: { name: 'irsa' }, spec: { url } });
  world.sources.serve(url, [...world.sources.at(url)!.filter(({ name }) => name !== WEBHOOK), webhookChart('9.0.0')]);
}

/** A Rancher before 2.14, which has no ProxyEndpoints. */
export function withoutProxyEndpoints(world: World): void {
  const { store } = world.kube('local');

  store.types.splice(store.types.indexOf(store.findType('management.cattle.io', 'proxyendpoints')!), 1);
}

/** Logging with what Rancher calls «enhanced cloud provider logging»: a second Logging that sends every output too. */
export function seedEksLogging(world: World): void {
  install(world.kube('prod-eks'), world.sources, { chart: 'rancher-logging', release: 'rancher-logging', namespace: 'cattle-logging-system', values: { additionalLoggingSources: { eks: { enabled: true } } } });
}

/** An output of Logging that signs with a key out of a secret, and the secret. */
export function seedKeyedOutput(world: World, name = 'logs'): void {
  const kube = world.kube('prod-eks');
  const key = (entry: string) => ({ valueFrom: { secretKeyRef: { name: 'logs-aws', key: entry } } });

  put(kube, '', 'secrets', { metadata: { name: 'logs-aws', namespace: 'cattle-logging-system' }, type: 'Opaque', data: { id: 'QUtJQQ==', secret: 'c2VjcmV0' } });
  put(kube, 'logging.banzaicloud.io', 'clusteroutputs', {
    metadata: { name, namespace: 'cattle-logging-system' },
    spec:     { s3: { aws_key_id: key('id'), aws_sec_key: key('secret'), s3_bucket: 'acme-logs', s3_endpoint: 's3.eu-central-1.amazonaws.com', path: 'prod/%Y/', store_as: 'gzip' } },
  });
}

/** A deployment of shop/writer that takes a key from a secret, beside what else it has. */
export function seedKeyedWorkload(world: World): void {
  const kube = world.kube('prod-eks');
  const key = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: 'checkout-aws', key: name } } });

  put(kube, '', 'secrets', { metadata: { name: 'checkout-aws', namespace: 'shop' }, type: 'Opaque', data: { AWS_ACCESS_KEY_ID: 'QUtJQQ==', AWS_SECRET_ACCESS_KEY: 'c2VjcmV0' } });
  kube.store.patch(kube.store.findType('apps', 'deployments')!, 'shop', 'checkout', 'application/strategic-merge-patch+json', {
    spec: { template: { spec: { containers: [{ name: 'checkout', env: [{ name: 'LOG_LEVEL', value: 'info' }, key('AWS_ACCESS_KEY_ID'), key('AWS_SECRET_ACCESS_KEY')] }] } } }
  });
}

/** A scheduled job of shop/writer that takes a key from a secret of its own. */
export function seedKeyedCronJob(world: World): void {
  const kube = world.kube('prod-eks');
  const key = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: 'report-aws', key: name } } });
  const containers = [{ name: 'report', image: 'registry.example/acme/report:2.0', env: [{ name: 'LOG_LEVEL', value: 'info' }, key('AWS_ACCESS_KEY_ID'), key('AWS_SECRET_ACCESS_KEY')] }];

  put(kube, '', 'secrets', { metadata: { name: 'report-aws', namespace: 'shop' }, type: 'Opaque', data: { AWS_ACCESS_KEY_ID: 'QUtJQQ==', AWS_SECRET_ACCESS_KEY: 'c2VjcmV0' } });
  put(kube, 'batch', 'cronjobs', {
    metadata: { name: 'report', namespace: 'shop' },
    spec:     { schedule: '0 1 * * *', jobTemplate: { spec: { template: { metadata: { labels: { app: 'report' } }, spec: { serviceAccountName: 'writer', restartPolicy: 'Never', containers } } } } },
  });
}

/** The same, by whole lists of variables: a secret that holds nothing but the key, and a ConfigMap that has nothing to do with it. */
export function seedKeyedWhole(world: World): void {
  const kube = world.kube('prod-eks');

  put(kube, '', 'secrets', { metadata: { name: 'checkout-aws', namespace: 'shop' }, type: 'Opaque', data: { AWS_ACCESS_KEY_ID: 'QUtJQQ==', AWS_SECRET_ACCESS_KEY: 'c2VjcmV0', AWS_REGION: 'ZXU=' } });
  put(kube, '', 'configmaps', { metadata: { name: 'checkout', namespace: 'shop' }, data: { LOG_LEVEL: 'info' } });
  kube.store.patch(kube.store.findType('apps', 'deployments')!, 'shop', 'checkout', 'application/strategic-merge-patch+json', {
    spec: { template: { spec: { containers: [{ name: 'checkout', envFrom: [{ configMapRef: { name: 'checkout' } }, { secretRef: { name: 'checkout-aws' } }] }] } } }
  });
}

/** The same of a namespace's own kind. */
export function seedKeyedNamespaceOutput(world: World): void {
  const key = (entry: string) => ({ valueFrom: { secretKeyRef: { name: 'shop-aws', key: entry } } });

  put(world.kube('prod-eks'), 'logging.banzaicloud.io', 'outputs', { metadata: { name: 'orders', namespace: 'shop' }, spec: { cloudwatch: { aws_key_id: key('id'), aws_sec_key: key('secret'), region: 'eu-central-1', log_group_name: '/shop/orders', log_stream_name: 'all' } } });
}

/** A Backup that signs with the keys of a secret, wherever the chart's own ones go. */
export function seedKeyedBackup(world: World): void {
  const kube = world.kube('local');

  putNamespace(kube, 'default');
  put(kube, '', 'secrets', { metadata: { name: 'backup-aws', namespace: 'default' }, type: 'Opaque', data: { accessKey: 'QUtJQQ==', secretKey: 'c2VjcmV0' } });
  put(kube, 'resources.cattle.io', 'backups', {
    metadata: { name: 'nightly' },
    spec:     { resourceSetName: 'rancher-resource-set-full', schedule: '0 2 * * *', retentionCount: 10, storageLocation: { s3: { bucketName: 'acme-backups', folder: 'nightly', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com', credentialSecretName: 'backup-aws', credentialSecretNamespace: 'default' } } },
  });
}

/** A workload that takes its key, among other things, from a ConfigMap as a whole. */
export function seedOpenKeys(world: World, kind: 'deployment' | 'statefulset' | 'daemonset' | 'cronjob'): void {
  const kube = world.kube('prod-eks');
  const spec = { serviceAccountName: 'writer', containers: [{ name: 'app', image: 'x', envFrom: [{ configMapRef: { name: 'open-keys' } }, { configMapRef: { name: 'settings' } }] }] };
  const template = { metadata: { labels: { app: 'open' } }, spec };

  put(kube, '', 'configmaps', { metadata: { name: 'open-keys', namespace: 'shop' }, data: { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'x' } });
  put(kube, '', 'configmaps', { metadata: { name: 'settings', namespace: 'shop' }, data: { LOG_LEVEL: 'info' } });
  put(kube, kind === 'cronjob' ? 'batch' : 'apps', `${ kind }s`, {
    metadata: { name: 'open', namespace: 'shop' },
    spec:     kind === 'cronjob' ? { schedule: '0 1 * * *', jobTemplate: { spec: { template: { ...template, spec: { ...spec, restartPolicy: 'Never' } } } } } : { ...(kind === 'daemonset' ? {} : { replicas: 1 }), selector: { matchLabels: { app: 'open' } }, template }
  });
}

const S3_OF_REGION = 's3.eu-central-1.amazonaws.com';

/** Rancher forwards to STS by what a plan of ours made, and elsewhere by what others did. */
export function seedStsEndpoint(world: World, name = 'irsa-sts', host = 'sts.%.amazonaws.com'): void {
  const made = (name: string, domain: string, labels?: object) => put(world.kube('local'), 'management.cattle.io', 'proxyendpoints', { metadata: { name, ...(labels ? { labels } : {}) }, spec: { routes: [{ domain }] } } as never);

  made(name, host, { 'rancher.io/irsa': 'managed' });
  made('theirs', 'api.their.example');
}

/** The same before Rancher 2.14. */
export function seedStsSetting(world: World, host = 'sts.%.amazonaws.com'): void {
  const { store } = world.kube('local');

  withoutProxyEndpoints(world);
  store.patch(store.findType('management.cattle.io', 'settings')!, undefined, 'whitelist-domain', 'application/merge-patch+json', { metadata: { annotations: { 'rancher.io/irsa-allowed': host } }, value: `forums.rancher.com,${ host },api.their.example` });
}

/** To S3 in one region, likewise. */
export const seedS3Endpoint = (world: World): void => seedStsEndpoint(world, 'irsa-s3', S3_OF_REGION);

/** The same before Rancher 2.14. */
export const seedS3Setting = (world: World): void => seedStsSetting(world, S3_OF_REGION);
