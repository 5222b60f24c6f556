import { createCluster } from '../kubernetes/cluster.ts';
import type { SandboxCluster } from '../kubernetes/cluster.ts';
import type { KeyPool } from '../kubernetes/tokens/keys.ts';
import { argumentsOf } from '../rancher/controllers/rke.ts';
import { nodeNames } from './populate.ts';
import type { ScenarioCluster } from './scenario.ts';

/** Makes the Kubernetes side of a scenario's cluster, as its distribution sets it up. */
export function makeCluster(cluster: ScenarioCluster, options: { pace: number; keys: KeyPool }): SandboxCluster {
  const { distribution, issuer, record, region } = cluster;
  const args = argumentsOf({ apiVersion: '', kind: '', metadata: { name: '' }, spec: record.provisioningSpec ?? {} });
  const servers = distribution === 'eks' ? undefined : nodeNames(cluster).slice(0, 3).map((name) => ({ name, args }));

  return createCluster({
    id:      record.id,
    version: record.version,
    issuers: [issuer],
    // RKE2 and K3s name themselves as a further audience; EKS accepts its in-cluster name.
    audiences: distribution === 'eks' ? ['https://kubernetes.default.svc'] : [issuer, distribution],
    ...distribution === 'eks' ? { builtInWebhook: { region } } : {},
    pace:    options.pace,
    rsaKey:  options.keys.take(),
    ...servers ? { servers } : {},
    restart: options.pace * 5,
  });
}
