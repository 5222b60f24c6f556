import type { ObservedCluster, ObservedRole } from '../../pkg/irsa/domain/facts';
import { outputSpec } from '../../pkg/irsa/domain/keys/output';
import { lintFacts, lintTrust, parseTrust } from '../../pkg/irsa/domain';
import { observeFleet } from '../../pkg/irsa/gateways/rancher/fleet';
import { findWebhookSource } from '../../pkg/irsa/gateways/rancher/catalog';
import { readWebhookApp } from '../../pkg/irsa/gateways/observe/webhook-details';
import { findRole, observeBinding } from '../../pkg/irsa/gateways/observe/binding';
import { observeOutput } from '../../pkg/irsa/gateways/observe/output';
import { observeServers } from '../../pkg/irsa/gateways/observe/servers';
import { observeHosting, readJwks } from '../../pkg/irsa/gateways/observe/hosting';
import { bucketName, type IssuerBucket } from '../../pkg/irsa/domain/issuer/hosting';
import { keySet, parseKeySet } from '../../pkg/irsa/domain/issuer/jwks';
import { makeMove, makeOutput } from '../../pkg/irsa/composables/move';
import type { Place } from '../../pkg/irsa/composables/use-place';
import * as plans from '../../pkg/irsa/plans';
import type { Plan } from '../../pkg/irsa/plans/plan';
import type { World } from '../sandbox/scenario/world.ts';
import { byFleet, seedDeployed } from './fleet-seeds';
import { NEW_ISSUER, seedHalfBucket, seedHosted, seedNoArguments, seedOldDocuments, seedRolling, seedSelected, seedSwitched } from './issuer-seeds';
import { seedBound, seedBoundBackup, seedBoundLogging, seedLeftLogging, seedLooseRole, seedOldWebhook, seedStsEndpoint, seedStsSetting, seedTwoGroups, seedWebhook } from './seeds';
import { BUCKET_CASES } from './backup-buckets';
import { moveCases } from './move-cases';
import { rebind } from './rebind';
import type { Person } from './target';

/** A plan that a person makes in a world that is ready for it. */
export interface PlanCase {
  name: string;
  /** The plan functions that it goes through. */
  covers: (keyof typeof plans)[];
  /** Puts the world into the state that the plan starts from. */
  prepare?(world: World): void | Promise<void>;
  /** Looks and plans; called again for each further attempt, as the pages do. */
  make(person: Person): Promise<Plan>;
}

const WEBHOOK = 'pod-identity-webhook';
const READER = { namespace: 'shop', name: 'reader' };
const WRITER = { namespace: 'shop', name: 'writer' };
const LOGS = { preset: 'rancher-logging', parameters: { destination: 'cloudwatch', logGroup: 'acme', region: 'eu-central-1' } };

const FILES = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/*' } };

async function bindingOf(person: Person, observed: ObservedCluster, account: typeof READER) {
  return observeBinding(person.gateways(), observed, account);
}

/** As the pages and forms see it: the role is read whole. */
async function leaving(person: Person, cluster: string, account: typeof READER) {
  const observed = await person.observe(cluster);
  const binding = await bindingOf(person, observed, account);
  const named = binding.role.known ? binding.role.value?.name : undefined;
  const role = named ? await findRole(person.gateways().iam!, named, { attached: true }) : null;

  return [observed, { ...binding, role: { known: true as const, value: role } }] as const;
}

async function unbind(person: Person, cluster: string, account: typeof READER, deleteRole = false): Promise<Plan> {
  return plans.planUnbind(...await leaving(person, cluster, account), deleteRole);
}

/** As the cluster's page makes it from its address. */
export async function move(person: Person, place: Place, cluster = 'prod-eks'): Promise<Plan> {
  return makeMove(await person.observe(cluster), place, person.engine());
}

/** As the page makes it from its address. */
export async function newOutput(person: Person, kind: 'clusteroutput' | 'output', tidies = false): Promise<Plan> {
  const output = { kind, namespace: 'cattle-logging-system', name: 'fresh', spec: outputSpec({ destination: 'cloudwatch', logGroup: '/rancher/prod', region: 'eu-central-1' }) };

  return makeOutput(await person.observe('prod-eks'), output, { output: (id, what) => observeOutput(person.transport, id, what), observeRole: person.engine().observeRole }, tidies);
}

/** As the pages make it: the cluster's own keys, the bucket that its name and key give. */
export async function host(person: Person, cluster = 'edge-rke2', change: Partial<IssuerBucket> = {}): Promise<Plan> {
  const observed = await person.observe(cluster);
  const [kid = ''] = observed.keys.known ? observed.keys.value.ids : [];
  const bucket = { name: bucketName(observed.cluster, kid), region: 'eu-central-1', ...change };
  const gateways = person.gateways();

  return plans.planHostIssuer(observed, await observeHosting(gateways, bucket), await keySet(parseKeySet(await readJwks(gateways.transport, observed.cluster.id))));
}

export async function tearDown(person: Person): Promise<Plan> {
  const observed = await person.observe('edge-rke2');
  const [kid = ''] = observed.keys.known ? observed.keys.value.ids : [];
  const gateways = person.gateways();

  return plans.planTeardownIssuer(observed, await observeHosting(gateways, { name: bucketName(observed.cluster, kid), region: 'eu-central-1' }), await observeServers(gateways.transport, observed.cluster));
}

export async function switchTo(person: Person): Promise<Plan> {
  const observed = await person.observe('edge-rke2');

  return plans.planSwitchIssuer(observed, await observeServers(person.transport, observed.cluster), NEW_ISSUER, true);
}

/** The other servers get their change once the plan is made. */
function goOnWithSwitch(): PlanCase {
  let letGo: (() => void) | undefined;

  return {
    name:   'go on with a switch of which one server is done',
    covers: ['planSwitchIssuer'],
    async prepare(world) {
      letGo = await seedRolling(world, [`service-account-issuer+=${ NEW_ISSUER }`]);
    },
    async make(person) {
      const plan = await switchTo(person);

      letGo?.();

      return plan;
    },
  };
}

/** A day later. */
export async function retire(person: Person): Promise<Plan> {
  const observed = await person.observe('edge-rke2');

  return plans.planRetireIssuer(observed, await observeServers(person.transport, observed.cluster), NEW_ISSUER, Date.now() + 25 * 60 * 60_000);
}

/** The role of `seedLooseRole`, as a role's page reads it. */
async function looseRole(person: Person): Promise<ObservedRole> {
  return (await findRole(person.gateways().iam!, 'loose', { attached: true }))!;
}

function roleNamed(world: World, name: string) {
  return [...world.aws.state.roles.values()].find((role) => role.name === name)!;
}

/**
 * A case for every way that a plan can go; what runs over all plans (faults, rights) takes them from here. A plan function without a case
 * fails the test beside this file, so a new plan brings its own rows.
 */
export const PLAN_CASES: PlanCase[] = [
  { name: 'enable', covers: ['planEnable'], make: (person) => person.enable('prod-eks') },
  { name: 'bind a plain account', covers: ['planBind'], make: (person) => person.bind('prod-eks', { account: WRITER }) },
  { name: 'bind an account that a chart owns', covers: ['planBind'], make: (person) => person.bind('local') },
  { name: 'bind an account that a controller writes', covers: ['planBind'], make: (person) => person.bind('prod-eks', LOGS) },
  {
    name:   'make a role ready for a chart that is not installed yet',
    covers: ['planAccess'],
    async make(person) {
      const observed = await person.observe('prod-eks');
      const target = await bindingOf(person, observed, { namespace: 'cattle-logging-system', name: 'fluentd' });
      const found = await findRole(person.gateways().iam!, 'fluentd');

      return plans.planAccess(observed, { target, permissions: { kind: 'policy', name: 'read', json: JSON.stringify(FILES) }, region: 'eu-central-1', role: { kind: 'new', name: 'fluentd', found } });
    },
  },
  { name: 'bind to a role that is there', covers: ['planBind'], make: (person) => person.bind('prod-eks', { account: WRITER, role: 'ci-deployer' }) },
  { name: 'bind a chart to a role that is there', covers: ['planBind'], make: (person) => person.bind('prod-eks', { ...LOGS, role: 'ci-deployer' }) },
  { name: 'bind an account that is not there yet', covers: ['planBind'], make: (person) => person.bind('prod-eks', { account: { namespace: 'shop', name: 'newcomer' } }) },
  {
    name:   'add an audience',
    covers: ['planAddAudience'],
    prepare(world) {
      world.aws.seedProvider({ url: world.kube('prod-eks').issuer(), clientIds: ['elsewhere'] });
    },
    make: async(person) => plans.planAddAudience(await person.observe('prod-eks')),
  },
  {
    name:    'unbind, and delete the role',
    covers:  ['planUnbind'],
    prepare: (world) => seedBound(world),
    make:    (person) => unbind(person, 'prod-eks', WRITER, true),
  },
  {
    name:    'unbind one of several that a role lets in',
    covers:  ['planUnbind'],
    prepare: (world) => seedBound(world, [{ Sid: 'Mine', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }]),
    make:    (person) => unbind(person, 'prod-eks', WRITER, true),
  },
  { name: 'unbind the only one of a role that stays', covers: ['planUnbind'], prepare: (world) => seedBound(world), make: (person) => unbind(person, 'prod-eks', WRITER) },
  { name: 'unbind an account with running pods', covers: ['planUnbind'], make: (person) => unbind(person, 'prod-eks', READER) },
  {
    name:    'unbind an account that a chart owns',
    covers:  ['planUnbind'],
    prepare: seedBoundBackup,
    make:    (person) => unbind(person, 'local', { namespace: 'cattle-resources-system', name: 'rancher-backup' }),
  },
  {
    name:    'take off what a chart left of its role',
    covers:  ['planRelease'],
    prepare: seedLeftLogging,
    make:    async(person) => plans.planRelease(...await leaving(person, 'prod-eks', { namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' }), false),
  },
  {
    name:    'unbind an account that a controller writes',
    covers:  ['planUnbind'],
    prepare: seedBoundLogging,
    make:    (person) => unbind(person, 'prod-eks', { namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' }, true),
  },
  ...moveCases(move),
  {
    name:   'mend trust',
    covers: ['planMendTrust'],
    async make(person) {
      const observed = await person.observe('prod-eks');

      return plans.planMendTrust(observed, await bindingOf(person, observed, READER));
    },
  },
  ...[true, false].map((deleteRole): PlanCase => ({
    name:    deleteRole ? 'move to another role, and delete the one before' : 'move to another role, and leave the one before',
    covers:  ['planRebind'],
    prepare: (world) => seedBound(world),
    make:    (person) => rebind(person, deleteRole),
  })),
  {
    name:   'adopt a role of somebody else',
    covers: ['planAdopt'],
    make:   async(person) => plans.planAdopt(await person.observe('prod-eks'), (await findRole(person.gateways().iam!, 's3-reader', { policies: [] }))!),
  },
  {
    name:    'unbind from an adopted role, which stays',
    covers:  ['planUnbind'],
    prepare(world) {
      seedBound(world);
      roleNamed(world, 'prod-eks_shop_writer').tags.set('rancher.io/irsa', 'adopted');
    },
    make: (person) => unbind(person, 'prod-eks', WRITER, true),
  },
  {
    name:   'tighten trust',
    covers: ['planTightenTrust'],
    prepare: (world) => seedLooseRole(world),
    async make(person) {
      const observed = await person.observe('prod-eks');
      const { role } = await bindingOf(person, observed, WRITER);
      const found = role.known ? role.value! : undefined;
      const finding = lintTrust(parseTrust(found!.trustPolicy)).find(({ code }) => code === 'SUB_SA_WILDCARD');

      return finding ? plans.planTightenTrust(observed, found!, finding) : { id: 'tighten-trust', title: { key: '' }, steps: [], documents: [], warnings: [] };
    },
  },
  {
    name:    'tighten trust, all findings at once',
    covers:  ['planTightenAll'],
    prepare: seedLooseRole,
    async make(person) {
      const observed = await person.observe('prod-eks');
      const role = await looseRole(person);

      return plans.planTightenAll(observed, role, lintFacts(observed, role));
    },
  },
  {
    name:    'edit trust',
    covers:  ['planEditTrust'],
    prepare: seedLooseRole,
    async make(person) {
      const observed = await person.observe('prod-eks');
      const role = await looseRole(person);
      const document = parseTrust(role.trustPolicy);
      const edited = { ...document, Statement: [...[document.Statement].flat().filter(({ Sid }) => Sid !== 'Mine'), { Sid: 'Mine', Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }] };

      return plans.planEditTrust(observed, role, { json: JSON.stringify(edited), from: role.trustPolicy });
    },
  },
  {
    name:   'edit permissions',
    covers: ['planEditPermissions'],
    prepare(world) {
      seedLooseRole(world);
      roleNamed(world, 'loose').inline.set('files', JSON.stringify(FILES));
    },
    async make(person) {
      const observed = await person.observe('prod-eks');
      const role = await looseRole(person);

      return plans.planEditPermissions(observed, role, { name: 'files', json: JSON.stringify({ ...JSON.parse(role.inlinePolicies!.files!) as object, Statement: { ...FILES.Statement, Action: 's3:GetObjectVersion' } }), from: role.inlinePolicies!.files! });
    },
  },
  {
    name:    'restart',
    covers:  ['planRestart'],
    prepare: (world) => seedLooseRole(world),
    async make(person) {
      const observed = await person.observe('prod-eks');

      return plans.planRestart(observed, await bindingOf(person, observed, WRITER));
    },
  },
  {
    name:   'install the webhook',
    covers: ['planInstallWebhook'],
    async make(person) {
      const observed = await person.observe('store-k3s');

      return plans.planInstallWebhook(observed, await findWebhookSource(person.transport, observed.cluster.id));
    },
  },
  {
    name:    'upgrade the webhook',
    covers:  ['planUpgradeWebhook'],
    prepare: seedOldWebhook,
    async make(person) {
      const observed = await person.observe('store-k3s');
      const { clusterId, release } = { clusterId: observed.cluster.id, release: { namespace: WEBHOOK, name: WEBHOOK } };
      const source = await findWebhookSource(person.transport, clusterId);
      const plan = plans.planUpgradeWebhook(observed, source, await readWebhookApp(person.transport, clusterId, release));

      // As if the cluster's copy of the repository were old: then it is fetched again first.
      return plan.steps.length ? plans.planUpgradeWebhook(observed, { ...source, isStale: true }, await readWebhookApp(person.transport, clusterId, release)) : plan;
    },
  },
  {
    name:    'remove the webhook',
    covers:  ['planRemoveWebhook'],
    prepare: seedWebhook,
    make:    async(person) => plans.planRemoveWebhook(await person.observe('store-k3s')),
  },
  { name: 'the webhook by Fleet', covers: ['planFleetWebhook'], make: (person) => byFleet(person, ['edge-rke2', 'store-k3s']) },
  { name: 'the webhook by Fleet in other clusters', covers: ['planFleetWebhook'], prepare: (world) => seedDeployed(world, 'edge-rke2'), make: (person) => byFleet(person, ['store-k3s']) },
  { name: 'no webhook by Fleet any more', covers: ['planRemoveFleetWebhook'], prepare: (world) => seedDeployed(world, 'edge-rke2'), make: async(person) => plans.planRemoveFleetWebhook(await observeFleet(person.transport)) },
  { name: 'host an issuer, and let Rancher forward to S3', covers: ['planHostIssuer'], make: (person) => host(person) },
  { name: 'host an issuer in a bucket that was half made', covers: ['planHostIssuer'], prepare: seedHalfBucket, make: (person) => host(person) },
  { name: 'host an issuer over older documents', covers: ['planHostIssuer'], prepare: seedOldDocuments, make: (person) => host(person) },
  ...(['clusteroutput', 'output'] as const).map((kind): PlanCase => ({ name: `make a ${ kind }`, covers: ['planCreateOutput'], prepare: seedBoundLogging, make: (person) => newOutput(person, kind) })),
  { name: 'make an output, and remove the policy that those of places made superfluous', covers: ['planCreateOutput'], prepare: seedTwoGroups, make: (person) => newOutput(person, 'output', true) },
  ...BUCKET_CASES,
  { name: 'switch the issuer', covers: ['planSwitchIssuer'], make: switchTo },
  { name: 'switch the issuer, over selected machines too', covers: ['planSwitchIssuer'], prepare: seedSelected, make: switchTo },
  { name: 'switch the issuer: no arguments yet', covers: ['planSwitchIssuer'], prepare: seedNoArguments, make: switchTo },
  goOnWithSwitch(),
  { name: 'retire the old issuer', covers: ['planRetireIssuer'], prepare: seedSwitched, make: retire },
  ...(['-', ''] as const).map((operator): PlanCase => ({ name: `tear an issuer down${ operator ? '' : ' that is the only one' }`, covers: ['planTeardownIssuer'], prepare: (world) => seedHosted(world, operator), make: tearDown })),
  { name: 'allow STS by a ProxyEndpoint', covers: ['planOpenSts'], make: async(person) => plans.planOpenSts(await person.observe('prod-eks')) },
  {
    name:   'allow STS by the older setting',
    covers: ['planOpenSts'],
    async make(person) {
      const observed = await person.observe('prod-eks');
      const host = observed.sts.known ? observed.sts.value.host : '';
      const { body } = await person.transport.request({ method: 'GET', url: '/v1/management.cattle.io.settings/whitelist-domain', headers: { accept: 'application/json' } });
      const { value = '', default: otherwise = '', metadata } = JSON.parse(body) as { value?: string; default?: string; metadata: { resourceVersion: string } };
      const listed = value || otherwise;

      return plans.planOpenSts({ ...observed, sts: { known: true, value: listed.includes('sts.') ? { host, state: 'allowed' } : { host, state: 'openable', via: { kind: 'whitelistDomain', value: listed, resourceVersion: metadata.resourceVersion } } } });
    },
  },
  ...[{ name: 'stop forwarding to STS: the ProxyEndpoint', prepare: seedStsEndpoint }, { name: 'stop forwarding to STS: the older setting', prepare: seedStsSetting }].map(({ name, prepare }): PlanCase => ({ name, prepare: (world) => prepare(world), covers: ['planCloseHost'], make: async(person) => plans.planCloseHost((await person.observe('prod-eks')).sts, ['local']) })),
];
