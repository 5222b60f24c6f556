import type { ObservedCluster } from '../../pkg/irsa/domain/facts';
import { lintTrust, parseTrust } from '../../pkg/irsa/domain';
import { findWebhookSource } from '../../pkg/irsa/gateways/rancher/catalog';
import { observeBinding } from '../../pkg/irsa/gateways/observe/binding';
import * as plans from '../../pkg/irsa/plans';
import type { Plan } from '../../pkg/irsa/plans/plan';
import { saveApp } from '../sandbox/catalog/apps.ts';
import { deploy } from '../sandbox/catalog/helm.ts';
import { putNamespace } from '../sandbox/scenario/put.ts';
import type { World } from '../sandbox/scenario/world.ts';
import type { Person } from './target';

/** A plan that a person makes in a world that is ready for it. */
export interface PlanCase {
  name: string;
  /** The plan functions that it goes through. */
  covers: (keyof typeof plans)[];
  /** Puts the world into the state that the plan starts from. */
  prepare?(world: World): void;
  /** Looks and plans; called again for each further attempt, as the pages do. */
  make(person: Person): Promise<Plan>;
}

const WEBHOOK = 'pod-identity-webhook';
const READER = { namespace: 'shop', name: 'reader' };
const WRITER = { namespace: 'shop', name: 'writer' };
const LOGS = { preset: 'rancher-logging', parameters: { destination: 'cloudwatch', logGroup: 'acme', region: 'eu-central-1' } };

async function bindingOf(person: Person, observed: ObservedCluster, account: typeof READER) {
  return observeBinding(person.gateways(), observed, account);
}

/** A role of shop/writer that lets in every account of the namespace. */
function seedLooseRole(world: World): void {
  const issuer = world.kube('prod-eks').issuer().slice('https://'.length);
  const { arn } = world.aws.seedProvider({ url: `https://${ issuer }`, clientIds: ['sts.amazonaws.com'] });

  world.aws.seedRole({
    name:  'loose',
    trust: {
      Version:   '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        { Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ issuer }:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${ issuer }:sub`]: 'system:serviceaccount:shop:*' } } },
      ],
    },
  });
  annotate(world, WRITER, 'loose');
}

function annotate(world: World, { namespace, name }: typeof READER, role: string): void {
  const { store } = world.kube('prod-eks');

  store.patch(store.findType('', 'serviceaccounts')!, namespace, name, 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::111122223333:role/${ role }` } } });
}

/** Our chart in store-k3s, as Rancher installs it. */
function seedWebhook(world: World): void {
  const kube = world.kube('store-k3s');
  const chart = world.sources.at('https://charts.example/irsa')!.find(({ name }) => name === WEBHOOK)!;

  putNamespace(kube, WEBHOOK);
  const { release, secret } = deploy(kube, { name: 'system:admin', groups: ['system:masters'] }, { chart, release: WEBHOOK, namespace: WEBHOOK, values: {}, annotations: {}, upgrade: false });

  saveApp(kube, release, secret, 'irsa');
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
  { name: 'bind to a role that is there', covers: ['planBind'], make: (person) => person.bind('prod-eks', { account: WRITER, role: 'ci-deployer' }) },
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
    name:   'mend trust',
    covers: ['planMendTrust'],
    async make(person) {
      const observed = await person.observe('prod-eks');

      return plans.planMendTrust(observed, await bindingOf(person, observed, READER));
    },
  },
  {
    name:   'tighten trust',
    covers: ['planTightenTrust'],
    prepare: seedLooseRole,
    async make(person) {
      const observed = await person.observe('prod-eks');
      const { role } = await bindingOf(person, observed, WRITER);
      const found = role.known ? role.value! : undefined;
      const finding = lintTrust(parseTrust(found!.trustPolicy)).find(({ code }) => code === 'SUB_SA_WILDCARD');

      return finding ? plans.planTightenTrust(observed, found!, finding) : { id: 'tighten-trust', title: { key: '' }, steps: [], documents: [], warnings: [] };
    },
  },
  {
    name:    'restart',
    covers:  ['planRestart'],
    prepare: seedLooseRole,
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
    name:    'remove the webhook',
    covers:  ['planRemoveWebhook'],
    prepare: seedWebhook,
    make:    async(person) => plans.planRemoveWebhook(await person.observe('store-k3s')),
  },
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
];
