import type { ClusterAssessment, ObservedCluster } from '../facts';

/** Judges a cluster: issuer, keys, provider, apiServer, webhook, bindings. */
export function assessCluster(_observed: ObservedCluster): ClusterAssessment {
  return { links: [], findings: [], state: 'unknown', bindings: [] };
}
