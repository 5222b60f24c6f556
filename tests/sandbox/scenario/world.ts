import type { AwsAccount } from '../aws/account.ts';
import type { Faults, KubeCluster } from '../contracts.ts';
import { Catalog } from '../catalog/catalog.ts';
import { runBackupOperator } from '../catalog/backup-operator.ts';
import { rancherBackupCharts } from '../catalog/charts/rancher-backup.ts';
import { irsaCharts } from '../catalog/charts/pod-identity-webhook.ts';
import { rancherLoggingCharts } from '../catalog/charts/rancher-logging.ts';
import { ChartSources, download, runRepositoryController } from '../catalog/repositories.ts';
import { createFaults } from '../faults.ts';
import type { SandboxCluster } from '../kubernetes/cluster.ts';
import { KeyPool } from '../kubernetes/tokens/keys.ts';
import type { Tokens } from '../rancher/auth/tokens.ts';
import { Clusters, ManagedCluster } from '../rancher/clusters.ts';
import { runFleetController } from '../rancher/controllers/fleet.ts';
import { runMembershipController } from '../rancher/controllers/memberships.ts';
import { runProvisioningController } from '../rancher/controllers/provisioning.ts';
import { runRkeController } from '../rancher/controllers/rke.ts';
import type { RollServers } from '../rancher/controllers/rke.ts';
import { createCredential } from '../rancher/norman/cloud-credentials.ts';
import { Rancher } from '../rancher/rancher.ts';
import { bind, seedClusterRoles, seedLocalRoles } from '../rancher/roles.ts';
import { rancherHooks } from '../rancher/type-hooks.ts';
import { runPluginController } from '../rancher/ui/installed-plugins.ts';
import { UiPlugins } from '../rancher/ui/ui-plugins.ts';
import { bornCluster, seedBorn } from './born.ts';
import { seedClusterRecords } from './cluster-records.ts';
import { nodeNames, populate, seedOwnRepository } from './populate.ts';
import { put, typeIn } from './put.ts';
import { IRSA_CHARTS, RANCHER_CHARTS, seedRancherRecords, seedRepository } from './rancher-records.ts';
import { makeAws, makeCluster, makeMetaProxy } from './rooms.ts';
import { relocated } from './relocate.ts';
import { CREDENTIAL, fleetCluster, REGION, scenarioClusters } from './scenario.ts';
import type { ScenarioCluster } from './scenario.ts';
import { DOWNSTREAM_TYPES, LOCAL_TYPES } from './types.ts';
import { SANDBOX_USERS } from './users.ts';

export interface WorldOptions {
  /** What the `server-url` setting says. */
  url: string;
  /** The kind of cluster Rancher runs in. */
  local?: 'eks' | 'rke2';
  /** Where account and clusters are, and with it the partition; default `eu-central-1`. */
  region?: string;
  /** Whether the backup operator's stand-in makes Backups, by itself and at its own time; default: it does. */
  backups?: boolean;
  /** Five hundred more clusters, each made when it is first asked. */
  fleet?: boolean;
  /** Milliseconds a visible step of a controller takes. */
  pace?: number;
  dashboard?: string;
  extension?: string;
  /** Nobody has installed us, nor added the repository that we come from. */
  bare?: boolean;
  /** Sessions to keep. */
  tokens?: Tokens;
  /** Signing keys to use; making new ones takes time. */
  keys?: KeyPool;
}

/** Everything the sandbox models. */
export interface World {
  /** What lies behind repository addresses; a test may serve more. */
  sources: ChartSources;
  clusters: Clusters;
  /** The Kubernetes of a cluster, by name or management id, with what tests need beyond the contract. */
  kube(name: string): SandboxCluster;
  rancher: Rancher;
  catalog: Catalog;
  aws: AwsAccount;
  faults: Faults;
  /** Machines register with a cluster that somebody made on Rancher's page, and it starts with what is asked of it by then. */
  startMachines(name: string, count: number): Promise<void>;
  stop(): void;
}

/** Builds the world the scenario describes. */
export async function buildWorld(options: WorldOptions): Promise<World> {
  const pace = options.pace ?? 400;
  const sources = new ChartSources();
  const catalog = new Catalog({ sources, pace });
  const clusters = new Clusters();
  const faults = createFaults();
  const stops: (() => void)[] = [];
  const keys = options.keys ?? new KeyPool();
  const kubes = new Map<string, SandboxCluster>();
  const region = options.region ?? REGION;
  const described = relocated(scenarioClusters(options.local ?? 'eks'), region);
  const all = [...described, ...options.fleet ? Array.from({ length: 500 }, (_, index) => fleetCluster(index + 1)) : []];

  sources.serve(RANCHER_CHARTS, [...rancherBackupCharts(), ...rancherLoggingCharts()]);
  sources.serve(IRSA_CHARTS, irsaCharts());
  const make = (cluster: ScenarioCluster): SandboxCluster => {
    const made = makeKube(cluster, { sources, pace, keys, stops, bare: options.bare ?? false });

    kubes.set(cluster.record.id, made);

    return made;
  };

  for (const cluster of all) {
    clusters.add(new ManagedCluster({ id: cluster.record.id, name: cluster.record.name, make: () => make(cluster) }));
  }
  const kube = (name: string): SandboxCluster => {
    const cluster = clusters.get(name) ?? clusters.find(name);
    const found = cluster?.kube && kubes.get(cluster.id);

    if (!found) {
      throw new Error(`the world has no cluster ${ name }`);
    }

    return found;
  };

  const aws = makeAws(all, { faults, region, jwks: (id) => kube(id).jwks() });
  const local = clusters.local.kube;

  seedRancherRecords(local, { serverUrl: options.url, serverVersion: 'v2.15.0' });
  all.forEach((cluster) => seedClusterRecords(local, cluster.record, { nodeNames: described.includes(cluster) ? nodeNames(cluster) : [] }));
  const rancher = new Rancher({
    clusters,
    hooks:     new Map([...rancherHooks(), ...catalog.hooks()]),
    metaProxy: makeMetaProxy(aws, clusters.local),
    version:   { Version: 'v2.15.0', GitCommit: 'sandbox', RancherPrime: 'false' },
    dashboard: options.dashboard,
    extension: options.extension,
    tokens:    options.tokens
  });

  const roll: RollServers = (id, args) => kubes.get(id)?.servers.roll(args) ?? Promise.resolve();

  if (options.backups !== false) {
    stops.push(runBackupOperator(local, () => aws));
  }
  stops.push(runPluginController(clusters.local.kube), runProvisioningController(clusters, pace), runMembershipController(clusters), runRkeController(clusters, roll));
  stops.push(runFleetController({ clusters, sources, pace }));
  seedPeople(rancher, all);
  await seedExtension(clusters.local.kube, options);
  createCredential(clusters.local, {
    id: CREDENTIAL.id, name: CREDENTIAL.name, owner: 'user-admin', annotations: { 'provisioning.cattle.io/driver': 'aws' },
    data: Object.fromEntries(Object.entries({ accessKey: CREDENTIAL.accessKey, secretKey: CREDENTIAL.secretKey, defaultRegion: region })
      .map(([key, value]) => [`amazonec2credentialConfig-${ key }`, Buffer.from(value).toString('base64')]))
  });

  await Promise.all(described.map((cluster) => kube(cluster.record.id).idle()));

  return {
    kube, sources, clusters, rancher, catalog, aws, faults,
    startMachines: async(name, count) => {
      const cluster = bornCluster(clusters, name, { count, region });

      clusters.get(cluster.record.id)?.provision(() => make(cluster));
      await kube(name).idle();
      seedBorn(local, cluster.record, nodeNames(cluster));
    },
    stop: () => {
      stops.forEach((stop) => stop());
      clusters.stop();
    }
  };
}

interface Making {
  bare: boolean;
  sources: ChartSources;
  pace: number;
  keys: KeyPool;
  stops: (() => void)[];
}

/** Makes one cluster and fills it; for the fleet this happens when it is first asked. */
function makeKube(cluster: ScenarioCluster, { sources, pace, keys, stops, bare }: Making): SandboxCluster {
  const kube = makeCluster(cluster, { pace, keys });

  // What the API server made of itself is nobody's history: a watch from then is "too old", as in a cluster that has run for a while.
  kube.store.compact();
  (cluster.record.id === 'local' ? LOCAL_TYPES : DOWNSTREAM_TYPES).forEach((type) => kube.store.addType(type));
  seedClusterRoles(kube);
  if (cluster.record.id === 'local') {
    seedLocalRoles(kube);
  }
  for (const user of SANDBOX_USERS.filter((one) => one.admin)) {
    bind(kube, `globaladmin-${ user.id }`, user.id, 'cluster-admin');
  }
  stops.push(populate(kube, cluster, sources));
  seedRepository(kube);
  if (cluster.record.id === 'local' && !bare) {
    seedOwnRepository(kube, sources);
  }
  const repositories = typeIn(kube, 'catalog.cattle.io', 'clusterrepos');

  kube.store.list(repositories).forEach((repository) => download(kube, repositories, repository, sources));
  stops.push(runRepositoryController(kube, sources, pace));

  return kube;
}

/** The record of the extension that Rancher would keep after its installation. */
async function seedExtension(local: KubeCluster, options: WorldOptions): Promise<void> {
  const extension = await new UiPlugins(options.extension).read();

  if (extension) {
    const { name, version, annotations } = extension;

    put(local, 'catalog.cattle.io', 'uiplugins', {
      metadata: { name, namespace: 'cattle-ui-plugin-system' },
      spec:     { plugin: { name, version, endpoint: `${ options.url }/v1/uiplugins/${ name }/${ version }/plugin`, noCache: false, metadata: annotations } },
      status:   { cacheState: 'cached', ready: true, observedGeneration: 1 }
    });
  }
}

/** The people of the scenario and their roles, as Rancher records them; its controller makes the rights. */
function seedPeople(rancher: Rancher, described: ScenarioCluster[]): void {
  const local = rancher.clusters.local.kube;
  const group = 'management.cattle.io';

  for (const user of SANDBOX_USERS) {
    const who = { userName: user.id, userPrincipalName: `local://${ user.id }` };

    rancher.users.add(user);
    put(local, group, 'globalrolebindings', { metadata: { name: `grb-${ user.id }` }, globalRoleName: user.admin ? 'admin' : 'user', ...who });
    for (const { record } of described) {
      const role = user.clusters[record.name];
      const projectRole = user.projects[record.name];

      if (role) {
        put(local, group, 'clusterroletemplatebindings', { metadata: { name: `crtb-${ user.id }`, namespace: record.id }, clusterName: record.id, roleTemplateName: role, ...who });
      }
      if (projectRole) {
        put(local, group, 'projectroletemplatebindings', { metadata: { name: `prtb-${ user.id }`, namespace: `${ record.id }-p-default` }, projectName: `${ record.id }:p-default`, roleTemplateName: projectRole, ...who });
      }
    }
  }
}
