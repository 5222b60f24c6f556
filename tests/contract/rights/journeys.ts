import { planAddAudience, planBind, planEnable, planMendTrust, planOpenSts, planRestart } from '../../../pkg/irsa/plans';
import type { BindWish } from '../../../pkg/irsa/plans';
import { observeBinding, findRole } from '../../../pkg/irsa/gateways/observe/binding';
import type { ObservedCluster } from '../../../pkg/irsa/domain/facts';
import type { Plan } from '../../../pkg/irsa/plans/plan';
import { rancherBackup } from '../../../pkg/irsa/presets/rancher-backup';
import { rancherLogging } from '../../../pkg/irsa/presets/rancher-logging';
import { ACCOUNT, eksIssuer } from '../../sandbox/scenario/scenario.ts';
import { put } from '../../sandbox/scenario/put.ts';
import type { World } from '../../sandbox/scenario/world.ts';
import type { Person } from '../target';

/** One thing that people do, from the look to the plan; without a plan it is only the look. */
export interface Journey {
  name: string;
  cluster: string;
  /** Clusters that it takes to own. */
  owns?: string[];
  /** What an admin did before. */
  before?(world: World): void;
  plan?(person: Person, observed: ObservedCluster): Promise<Plan> | Plan;
}

const POLICY = { kind: 'policy' as const, name: 'read', json: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-catalogue/*"}]}' };

function registered({ aws }: World, clientIds: string[] = ['sts.amazonaws.com']): void {
  aws.seedProvider({ url: eksIssuer('5E1FD0D5E1FD0D5E1FD0D5E1FD0D0002'), clientIds });
}

async function bind(person: Person, observed: ObservedCluster, [namespace, name]: [string, string], wish: Partial<BindWish> & { existing?: string }): Promise<Plan> {
  const { existing, ...rest } = wish;
  const { iam } = person.gateways();
  const target = await observeBinding(person.gateways(), observed, { namespace, name });
  const role = existing ?? `${ observed.cluster.name }-${ name }`;
  const found = await findRole(iam!, role);

  return planBind(observed, { target, permissions: { kind: 'none' }, region: 'eu-central-1', role: existing && found ? { kind: 'existing', role: found } : { kind: 'new', name: role, found }, ...rest });
}

export const JOURNEYS: Journey[] = [
  { name: 'look at an EKS cluster', cluster: 'prod-eks' },
  { name: 'look at an RKE2 cluster', cluster: 'edge-rke2' },
  { name: 'enable', cluster: 'prod-eks', plan: (_person, observed) => planEnable(observed) },
  { name: 'add-audience', cluster: 'prod-eks', before: (world) => registered(world, ['other']), plan: (_person, observed) => planAddAudience(observed) },
  { name: 'bind an account, new role with a policy', cluster: 'prod-eks', plan: (person, observed) => bind(person, observed, ['shop', 'writer'], { permissions: POLICY }) },
  { name: 'bind an account that is not there yet', cluster: 'prod-eks', before: (world) => registered(world), plan: (person, observed) => bind(person, observed, ['shop', 'fresh'], { missingAccount: 'create' }) },
  { name: 'bind an account to a role of somebody else', cluster: 'prod-eks', before: (world) => registered(world), plan: (person, observed) => bind(person, observed, ['shop', 'writer'], { existing: 's3-reader', permissions: { ...POLICY, name: 'more' } }) },
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
  {
    name:    'mend-trust',
    cluster: 'prod-eks',
    async plan(person, observed) {
      const target = await observeBinding(person.gateways(), observed, { namespace: 'shop', name: 'reader' });
      const role = await findRole(person.gateways().iam!, 's3-reader', { policies: [] });

      return planMendTrust(observed, { ...target, role: { known: true, value: role } });
    },
  },
  {
    name:    'restart',
    cluster: 'prod-eks',
    before(world) {
      registered(world);
      put(world.clusters.local.kube, 'management.cattle.io', 'proxyendpoints', { metadata: { name: 'sts' }, spec: { routes: [{ domain: 'sts.%.amazonaws.com' }] } });
      const { aws } = world;
      const host = eksIssuer('5E1FD0D5E1FD0D5E1FD0D5E1FD0D0002').slice(8);
      const { store } = world.kube('prod-eks');
      const type = store.findType('', 'serviceaccounts')!;
      const account = store.get(type, 'shop', 'writer')!;

      // Bound by somebody who forgot the pods.
      aws.seedRole({
        name: 'writer', path: '/rancher-irsa/', trust: {
          Version:   '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ ACCOUNT }:oidc-provider/${ host }` }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ host }:aud`]: 'sts.amazonaws.com', [`${ host }:sub`]: 'system:serviceaccount:shop:writer' } } }],
        }
      });
      store.update(type, { ...account, metadata: { ...account.metadata, annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${ ACCOUNT }:role/rancher-irsa/writer` } } });
    },
    plan: async(person, observed) => planRestart(observed, await observeBinding(person.gateways(), observed, { namespace: 'shop', name: 'writer' })),
  },
  { name: 'open-sts', cluster: 'prod-eks', plan: (_person, observed) => planOpenSts(observed) },
];

