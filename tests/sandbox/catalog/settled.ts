import type { KubeCluster, KubeObject } from '../contracts.ts';
import { valueAt } from '../rancher/values.ts';
import { typeFor } from './helm.ts';

const WORKLOADS = ['Deployment', 'StatefulSet'];

/** Waits, as `helm --wait` does, until the release's workloads are ready; gives up after a hundred looks. */
export async function settled(cluster: KubeCluster, manifest: KubeObject[], pace: number): Promise<void> {
  const workloads = manifest.filter((object) => WORKLOADS.includes(object.kind));
  const ready = (object: KubeObject): boolean => {
    const type = typeFor(cluster, object);
    const live = type && cluster.store.get(type, object.metadata.namespace, object.metadata.name);

    return !!live && Number(valueAt(live, 'status.readyReplicas') ?? 0) >= Number(valueAt(live, 'spec.replicas') ?? 1);
  };

  for (let look = 0; look < 100 && !workloads.every(ready); look++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(5, pace / 4)).unref());
  }
}
