import type { KubeCluster, KubeUser } from '../contracts.ts';
import { AccessSets } from './access-set.ts';
import type { AccessSet } from './access-set.ts';

export interface ClusterOptions {
  /** The management id: `local`, `c-m-xxxxx`. */
  id: string;
  name: string;
  /** Makes the cluster on first use; undefined while nothing is provisioned. */
  make?: () => KubeCluster;
}

/** A cluster as Rancher holds it: known by its management id, maybe not there yet, maybe not connected. */
export class ManagedCluster {
  readonly id: string;
  readonly name: string;
  /** False makes every path through the agent fail as it does when the tunnel is gone. */
  connected = true;
  private make?: () => KubeCluster;
  private reached?: { kube: KubeCluster; access: AccessSets };

  constructor(options: ClusterOptions) {
    this.id = options.id;
    this.name = options.name;
    this.make = options.make;
  }

  /** Whether there is a cluster behind the record at all. */
  get provisioned(): boolean {
    return !!this.make;
  }

  /** Whether it was asked for anything yet. */
  get made(): boolean {
    return !!this.reached;
  }

  /** Its Kubernetes; made on first use. Ask `provisioned` first. */
  get kube(): KubeCluster {
    return this.reach().kube;
  }

  /** Its machines are there: from now on there is a cluster behind the record. */
  provision(make: () => KubeCluster): void {
    this.make = make;
  }

  accessOf(user: KubeUser): AccessSet {
    return this.reach().access.of(user);
  }

  /** Changes whenever rights in this cluster may have changed. */
  accessVersion(): number {
    return this.reach().access.version();
  }

  stop(): void {
    this.reached?.access.stop();
    this.reached?.kube.stop();
  }

  private reach(): { kube: KubeCluster; access: AccessSets } {
    if (!this.make) {
      throw new Error(`cluster ${ this.id } is not provisioned`);
    }
    if (!this.reached) {
      const kube = this.make();

      this.reached = { kube, access: new AccessSets(kube) };
    }

    return this.reached;
  }
}

/** Every cluster Rancher knows. */
export class Clusters {
  private readonly byId = new Map<string, ManagedCluster>();

  add(cluster: ManagedCluster): ManagedCluster {
    this.byId.set(cluster.id, cluster);

    return cluster;
  }

  get(id: string): ManagedCluster | undefined {
    return this.byId.get(id);
  }

  find(name: string): ManagedCluster | undefined {
    return [...this.byId.values()].find((cluster) => cluster.name === name);
  }

  get local(): ManagedCluster {
    const local = this.byId.get('local');

    if (!local) {
      throw new Error('no local cluster');
    }

    return local;
  }

  all(): ManagedCluster[] {
    return [...this.byId.values()];
  }

  remove(id: string): void {
    this.byId.get(id)?.stop();
    this.byId.delete(id);
  }

  stop(): void {
    this.byId.forEach((cluster) => cluster.stop());
  }
}
