/** What a cluster tells about the values that suit it. */
export interface ClusterTraits {
  region?: string;
  /** Undefined when they could not be counted. */
  nodes?: number;
  /** Rancher's image with kubectl and Helm: `rancher/shell:v0.8.1`. */
  shellImage?: string;
  /** Where its images come from: its own registry, else Rancher's for all clusters. */
  registry?: string;
}

/** As Rancher's own form gives it to every chart (shell pages/c/_cluster/apps/charts/install.vue, addGlobalValuesTo). */
export function registryValues(registry: string | undefined): { global?: { cattle: { systemDefaultRegistry: string } } } {
  return registry ? { global: { cattle: { systemDefaultRegistry: registry } } } : {};
}

/**
 * The chart's values that a cluster itself answers: one node needs no second replica; the job that renews the certificate runs in the
 * image that Rancher itself uses.
 */
export function valuesFor({ region, nodes, shellImage }: ClusterTraits): { region?: string; replicaCount: number; tls?: { renewal: { image: { repository: string; tag: string } } } } {
  const [, repository, tag] = /^(?:[^/]*[.:][^/]*\/)?([a-z0-9._/-]+):([\w.-]+)$/.exec(shellImage ?? '') ?? [];

  return {
    ...(region ? { region } : {}),
    replicaCount: nodes === 1 ? 1 : 2,
    ...(repository && tag ? { tls: { renewal: { image: { repository, tag } } } } : {}),
  };
}
