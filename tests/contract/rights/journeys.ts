import {
  planAddAudience, planAdopt, planBind, planEditPermissions, planEditTrust, planEnable, planInstallWebhook, planMendTrust, planCloseHost, planOpenSts,
  planRemoveWebhook, planRestart, planTightenAll, planTightenTrust, planUnbind,
  planUpgradeWebhook
} from '../../../pkg/irsa/plans';
import { lintFacts, lintTrust, parseTrust } from '../../../pkg/irsa/domain';
import { BOUNDARY_TAG } from '../../../pkg/irsa/domain/rights/policy';
import { knownCaller } from '../../../pkg/irsa/gateways/aws/caller';
import type { BindWish } from '../../../pkg/irsa/plans';
import { observeBinding, findRole } from '../../../pkg/irsa/gateways/observe/binding';
import { observeKeyUses } from '../../../pkg/irsa/gateways/observe/key-uses';
import { observeOutput } from '../../../pkg/irsa/gateways/observe/output';
import { planKeysJob, runKeysJob } from '../../../pkg/irsa/gateways/kubernetes/keys-job';
import { look } from '../../../pkg/irsa/gateways/observe/known';
import { readWebhookApp } from '../../../pkg/irsa/gateways/observe/webhook-details';
import { findWebhookSource } from '../../../pkg/irsa/gateways/rancher/catalog';
import type { Known, ObservedCluster, ObservedRole } from '../../../pkg/irsa/domain/facts';
import type { UseId } from '../../../pkg/irsa/domain/rights/table';
import type { Plan } from '../../../pkg/irsa/plans/plan';
import { rancherBackup } from '../../../pkg/irsa/presets/rancher-backup';
import { rancherLogging } from '../../../pkg/irsa/presets/rancher-logging';
import { ACCOUNT } from '../../sandbox/scenario/scenario.ts';
import { put } from '../../sandbox/scenario/put.ts';
import type { World } from '../../sandbox/scenario/world.ts';
import { seedHalfBucket, seedHosted, seedSwitched } from '../issuer-seeds';
import { host, move, newOutput, PLAN_CASES, retire, switchTo, tearDown } from '../plan-cases';
import { closeS3, createBackupBucket, openS3, seedHalfBackupBucket } from '../backup-buckets';
import { rebind } from '../rebind';
import { byFleet, seedHelmOp } from '../fleet-seeds';
import {
  seedBound, seedBoundBackup, seedBoundLogging, seedLooseRole, seedOldWebhook, seedOpenKeys, seedS3Endpoint, seedStsEndpoint, seedStsSetting, seedTwoGroups, seedWebhook, withoutProxyEndpoints
} from '../seeds';
import type { Person } from '../target';
import { allowSts, POLICY, registered, seedKeys, seedRole, setSetting } from './journey-seeds';
import { OTHER_ROLE, type PolicyAnswers } from './people';

/** One thing that people do, from the look to the plan; without a plan it is only the look. */
export interface Journey {
  name: string;
  cluster: string;
  /** Where it begins, beside the cluster's page. */
  page?: UseId;
  /** Clusters that it takes to own. */
  owns?: string[];
  /** What the credential's policy is made for. */
  policy?: PolicyAnswers;
  /** Of the credential's user. */
  tags?: Record<string, string>;
  /** Without these nobody can tell beforehand; IAM does when it refuses. */
  untold?: string[];
  /** What an admin did before. */
  before?(world: World): void | Promise<void>;
  plan?(person: Person, observed: ObservedCluster): Promise<Plan> | Plan;
  /** What is looked at beside the cluster. */
  also?(person: Person): Promise<Known<unknown>[]>;
}

const edited = async(person: Person): Promise<ObservedRole> => (await findRole(person.gateways().iam!, 'edited'))!;

/** A panel shows the words of what refused it, and these name the right. */
function withRight(fact: Known<unknown>): Known<unknown> {
  const [verb, resource] = fact.known ? [] : String(fact.why.text.args?.right ?? '').split(/[ .]/);

  return verb && resource && !fact.known ? { known: false, why: { ...fact.why, right: { clusterId: '', verb, group: '', resource } } } : fact;
}

async function bind(person: Person, observed: ObservedCluster, [namespace, name]: [string, string], wish: Partial<BindWish> & { existing?: string }): Promise<Plan> {
  const { existing, ...rest } = wish;
  const { iam } = person.gateways();
  const target = await observeBinding(person.gateways(), observed, { namespace, name });
  const role = existing ?? `${ observed.cluster.name }-${ name }`;
  const found = await findRole(iam!, role);

  return planBind(observed, { target, permissions: { kind: 'none' }, region: 'eu-central-1', role: existing && found ? { kind: 'existing', role: found } : { kind: 'new', name: role, found }, ...rest });
}

/** One that the matrix of faults has, too. */
function likeCase(name: string, more: Partial<Journey> = {}): Journey {
  const { prepare, make } = PLAN_CASES.find((one) => one.name === name)!;

  return { name, cluster: 'prod-eks', before: prepare, plan: (person) => make(person), ...more };
}

const EDGE = `arn:aws:iam::${ ACCOUNT }:policy/edge`;

export const BOUNDED = 'bind an account, new role within a boundary';

export const JOURNEYS: Journey[] = [
  { name: 'look at an EKS cluster', cluster: 'prod-eks' },
  { name: 'look at an RKE2 cluster', cluster: 'edge-rke2' },
  {
    name:    'look at a role',
    cluster: 'prod-eks',
    page:    'page-role',
    before:  seedRole,
    async also(person) {
      const iam = person.gateways().iam!;
      const role = await look(() => findRole(iam, 'edited', { attached: true }));

      const managed = role.known ? role.value?.managedPolicies : undefined;
      const said = managed?.known ? await Promise.all(managed.value.map((arn) => look(() => iam.managedPolicy(arn)))) : [];

      return [role, ...(managed ? [managed] : []), ...said, await look(() => iam.quotas())];
    },
  },
  {
    name:    'edit-trust',
    cluster: 'prod-eks',
    page:    'page-role',
    before:  seedRole,
    async plan(person, observed) {
      const role = await edited(person);

      return planEditTrust(observed, role, { json: role.trustPolicy.replace('ec2', 'lambda'), from: role.trustPolicy });
    },
  },
  {
    name:    'edit-permissions',
    cluster: 'prod-eks',
    page:    'page-role',
    before:  seedRole,
    async plan(person, observed) {
      const role = await edited(person);

      return planEditPermissions(observed, role, { name: 'read', json: POLICY.json.replace('GetObject', 'GetObjectVersion'), from: POLICY.json });
    },
  },
  { name: 'bind an account to another role, and delete the one before', cluster: 'prod-eks', before: (world) => seedBound(world), plan: (person) => rebind(person, true) },
  { name: 'adopt', cluster: 'prod-eks', policy: { others: true }, plan: async(person, observed) => planAdopt(observed, (await findRole(person.gateways().iam!, 's3-reader', { policies: [] }))!) },
  { name: 'enable', cluster: 'prod-eks', plan: (_person, observed) => planEnable(observed) },
  { name: 'add-audience', cluster: 'prod-eks', before: (world) => registered(world, ['other']), plan: (_person, observed) => planAddAudience(observed) },
  { name: 'bind an account, new role with a policy', cluster: 'prod-eks', plan: (person, observed) => bind(person, observed, ['shop', 'writer'], { permissions: POLICY }) },
  {
    name:    BOUNDED,
    cluster: 'prod-eks',
    policy:  { boundary: EDGE },
    tags:    { [BOUNDARY_TAG]: EDGE },
    // The boundary stands in a tag of the user: who may not read the user makes the role without.
    untold:  ['iam:GetUser'],
    before({ aws }) {
      aws.seedPolicy('edge', { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] });
    },
    async plan(person, observed) {
      // As the wizard does: where the user does not tell, the role is made without.
      const caller = await knownCaller(person.gateways());
      const permissionsBoundary = caller.known ? caller.value.boundary : undefined;
      const name = 'prod-eks-writer';

      return bind(person, observed, ['shop', 'writer'], { permissions: POLICY, role: { kind: 'new', name, found: await findRole(person.gateways().iam!, name), ...permissionsBoundary ? { permissionsBoundary } : {} } });
    },
  },
  likeCase('make a role ready for a chart that is not installed yet'),
  likeCase('take off what a chart left of its role', { owns: ['prod-eks'] }),
  likeCase('no webhook by Fleet any more', { cluster: 'store-k3s', page: 'page-fleet' }),
  { name: 'bind an account that is not there yet', cluster: 'prod-eks', before: (world) => registered(world), plan: (person, observed) => bind(person, observed, ['shop', 'fresh'], { missingAccount: 'create' }) },
  { name: 'bind an account to a role of somebody else', cluster: 'prod-eks', policy: { others: true }, before: (world) => registered(world), plan: (person, observed) => bind(person, observed, ['shop', 'writer'], { existing: 's3-reader', permissions: { ...POLICY, name: 'more' } }) },
  {
    name:    'bind Rancher Backups',
    cluster: 'local',
    owns:    ['local'],
    plan:    (person, observed) => bind(person, observed, ['cattle-resources-system', 'rancher-backup'], { permissions: { kind: 'preset', preset: rancherBackup, parameters: { bucket: 'acme-backups', folder: 'local/', region: 'eu-central-1' } } }),
  },
  {
    name:    'bind Logging',
    cluster: 'prod-eks',
    owns:    ['prod-eks'],
    plan:    (person, observed) => bind(person, observed, ['cattle-logging-system', 'rancher-logging-root-fluentd'], { permissions: { kind: 'preset', preset: rancherLogging, parameters: { destination: 'cloudwatch', logGroup: 'acme', region: 'eu-central-1' } } }),
  },
  ...(['prod-eks', 'local'] as const).map((cluster): Journey => ({
    name:    `look for access keys in ${ cluster }`,
    cluster,
    before:  seedKeys,
    async also(person) {
      const seen = await look(() => observeKeyUses(person.transport, cluster === 'local' ? 'local' : 'c-eks01'));

      return [seen, ...(seen.known ? seen.value.missing.map((right): Known<never> => ({ known: false, why: { kind: 'forbidden', text: { key: '' }, right } })) : [])];
    },
  })),
  {
    name:    'look at an output',
    cluster: 'prod-eks',
    page:    'page-output',
    before:  seedKeys,
    async also(person) {
      return [await look(() => observeOutput(person.transport, 'c-eks01', { kind: 'clusteroutput', namespace: 'cattle-logging-system', name: 'logs' }))].map(withRight);
    },
  },
  ...(['clusteroutput', 'output'] as const).map((kind): Journey => ({ name: `create-output, a ${ kind }`, cluster: 'prod-eks', page: 'page-output', before: seedBoundLogging, plan: (person) => newOutput(person, kind) })),
  { name: 'create-output, and remove a superfluous policy', cluster: 'prod-eks', page: 'page-output', before: seedTwoGroups, plan: (person) => newOutput(person, 'output', true) },
  { name: 'move, and remove a superfluous policy', cluster: 'prod-eks', before(world) {
    seedTwoGroups(world);
    seedKeys(world);
  }, plan: (person) => move(person, { use: 'clusteroutput/cattle-logging-system/logs', also: 'policy' }) },
  ...([
    ['an output', 'prod-eks', seedBoundLogging, { use: 'clusteroutput/cattle-logging-system/logs' }],
    ['an output of a namespace', 'prod-eks', seedBoundLogging, { use: 'output/shop/orders' }],
    ['a workload', 'prod-eks', seedBound, { use: 'deployment/shop/checkout' }],
    ['a Backup', 'local', seedBoundBackup, { use: 'backup//nightly' }],
    ...(['deployment', 'statefulset', 'daemonset', 'cronjob'] as const).map((kind) => [`a ${ kind } off a ConfigMap`, 'prod-eks', (world: World) => {
      seedBound(world);
      seedOpenKeys(world, kind);
    }, { use: `${ kind }/shop/open` }] as const),
  ] as const).map(([what, cluster, bound, place]): Journey => ({
    name: `move ${ what }`,
    cluster,
    before(world) {
      bound(world);
      seedKeys(world);
    },
    plan: (person) => move(person, place, cluster),
  })),
  { name: 'move an output that is not bound yet, and delete the secret', cluster: 'prod-eks', owns: ['prod-eks'], before: seedKeys, plan: (person) => move(person, { use: 'clusteroutput/cattle-logging-system/logs', also: 'secret' }) },
  ...[true, false].map((deleteRole): Journey => ({
    name:    deleteRole ? 'unbind, and delete the role' : 'unbind',
    cluster: 'prod-eks',
    before:  (world) => seedBound(world),
    async plan(person, observed) {
      const target = await observeBinding(person.gateways(), observed, { namespace: 'shop', name: 'writer' });
      const role = await findRole(person.gateways().iam!, 'prod-eks_shop_writer', { attached: true });

      return planUnbind(observed, { ...target, role: { known: true, value: role } }, deleteRole);
    },
  })),
  {
    name:    'mend-trust',
    cluster: 'prod-eks',
    policy:  { others: true },
    async plan(person, observed) {
      const target = await observeBinding(person.gateways(), observed, { namespace: 'shop', name: 'reader' });
      const role = await findRole(person.gateways().iam!, 's3-reader', { policies: [] });

      return planMendTrust(observed, { ...target, role: { known: true, value: role } });
    },
  },
  {
    name:    'tighten-trust',
    cluster: 'prod-eks',
    policy:  { others: true },
    // The one of somebody else that the credential's policy names.
    before:  (world) => seedLooseRole(world, OTHER_ROLE.split('/').at(-1)!),
    async plan(person, observed) {
      const { role } = await observeBinding(person.gateways(), observed, { namespace: 'shop', name: 'writer' });
      const found = role.known ? role.value : undefined;
      const finding = found && lintTrust(parseTrust(found.trustPolicy)).find(({ code }) => code === 'SUB_SA_WILDCARD');

      if (!found || !finding) {
        // The page shows what it lacks instead of the finding.
        throw new Error(`nothing to tighten: ${ JSON.stringify(role) }`);
      }

      return planTightenTrust(observed, found, finding);
    },
  },
  {
    name:    'tighten-trust, all findings at once',
    cluster: 'prod-eks',
    page:    'page-role',
    policy:  { others: true },
    before:  (world) => seedLooseRole(world, OTHER_ROLE.split('/').at(-1)!),
    async plan(person, observed) {
      const role = (await findRole(person.gateways().iam!, OTHER_ROLE.split('/').at(-1)!, { attached: true }))!;

      return planTightenAll(observed, role, lintFacts(observed, role));
    },
  },
  {
    name:    'restart, workloads of every kind',
    cluster: 'prod-eks',
    before(world) {
      seedLooseRole(world);
      allowSts(world);
      for (const [resource, kind] of [['statefulsets', 'StatefulSet'], ['daemonsets', 'DaemonSet']] as const) {
        put(world.kube('prod-eks'), 'apps', resource, {
          kind,
          metadata: { name: `write-${ resource }`, namespace: 'shop' },
          spec:     { ...resource === 'statefulsets' ? { replicas: 1, serviceName: 'write' } : {}, selector: { matchLabels: { app: resource } }, template: { metadata: { labels: { app: resource } }, spec: { serviceAccountName: 'writer', containers: [{ name: 'app', image: 'registry.example/acme/app:1.4.2' }] } } },
        });
      }
    },
    plan: async(person, observed) => planRestart(observed, await observeBinding(person.gateways(), observed, { namespace: 'shop', name: 'writer' })),
  },
  {
    name:    'install-webhook',
    cluster: 'store-k3s',
    owns:    ['store-k3s'],
    before:  ({ clusters }) => setSetting(clusters.local.kube, 'system-default-registry', 'registry.example'),
    plan:    async(person, observed) => planInstallWebhook(observed, await findWebhookSource(person.transport, observed.cluster.id)),
  },
  {
    name:    'upgrade-webhook',
    cluster: 'store-k3s',
    owns:    ['store-k3s'],
    before:  seedOldWebhook,
    async plan(person, observed) {
      const source = await findWebhookSource(person.transport, observed.cluster.id);

      return planUpgradeWebhook(observed, { ...source, isStale: true }, await readWebhookApp(person.transport, observed.cluster.id, { namespace: 'pod-identity-webhook', name: 'pod-identity-webhook' }));
    },
  },
  { name: 'remove-webhook', cluster: 'store-k3s', owns: ['store-k3s'], before: seedWebhook, plan: (_person, observed) => planRemoveWebhook(observed) },
  { name: 'the webhook by Fleet', cluster: 'store-k3s', page: 'page-fleet', plan: (person) => byFleet(person, ['store-k3s']) },
  {
    name:    'the webhook by Fleet in other clusters',
    cluster: 'store-k3s',
    page:    'page-fleet',
    before(world) {
      seedHelmOp(world, 'edge-rke2');
      seedHelmOp(world, 'local', 'fleet-local');
    },
    plan: (person) => byFleet(person, ['store-k3s']),
  },
  { name: 'switch-issuer', cluster: 'edge-rke2', owns: ['edge-rke2'], plan: (person) => switchTo(person) },
  { name: 'retire-issuer', cluster: 'edge-rke2', owns: ['edge-rke2'], before: seedSwitched, plan: (person) => retire(person) },
  { name: 'teardown-issuer', cluster: 'edge-rke2', owns: ['edge-rke2'], policy: { issuers: true }, before: seedHosted, plan: (person) => tearDown(person) },
  {
    name:    'fetch the keys of Rancher’s own cluster',
    cluster: 'local',
    page:    'host-issuer',
    owns:    ['local'],
    also:    async(person) => [withRight(await look(async() => (await runKeysJob(person.transport, 'local', await planKeysJob(person.transport), { pace: 5 })).length))],
  },
  { name: 'host-issuer', cluster: 'edge-rke2', owns: ['edge-rke2'], policy: { issuers: true }, before: seedHalfBucket, plan: (person) => host(person) },
  { name: 'host-issuer, from nothing', cluster: 'edge-rke2', owns: ['edge-rke2'], policy: { issuers: true }, plan: (person) => host(person) },
  { name: 'create-bucket', cluster: 'local', page: 'page-backup', policy: { buckets: true }, before: seedHalfBackupBucket, plan: (person) => createBackupBucket(person) },
  { name: 'create-bucket, from nothing', cluster: 'local', page: 'page-backup', policy: { buckets: true }, plan: (person) => createBackupBucket(person) },
  { name: 'open-sts', cluster: 'prod-eks', plan: (_person, observed) => planOpenSts(observed) },
  { name: 'open-sts for a bucket’s region', cluster: 'local', page: 'page-backup', plan: (person) => openS3(person) },
  { name: 'open-sts before Rancher 2.14', cluster: 'prod-eks', before: withoutProxyEndpoints, plan: (_person, observed) => planOpenSts(observed) },
  { name: 'close-sts', cluster: 'prod-eks', before: (world) => seedStsEndpoint(world), plan: (_person, observed) => planCloseHost(observed.sts) },
  { name: 'close-sts for a bucket’s region', cluster: 'local', page: 'page-backup', before: seedS3Endpoint, plan: (person) => closeS3(person) },
  { name: 'close-sts before Rancher 2.14', cluster: 'prod-eks', before: (world) => seedStsSetting(world), plan: (_person, observed) => planCloseHost(observed.sts) },
];

