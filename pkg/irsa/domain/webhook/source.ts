/** Where the webhook's chart comes from, and what its values depend on, as it was found. */
export interface WebhookSource {
  /** Where the extension itself was installed from, without a secret: that stays in Rancher's own cluster. */
  repository: {
    name: string;
    /** Fields of a ClusterRepo's spec that say where and how it is fetched. */
    spec: Record<string, string | boolean>;
    /** It is read with a secret, which the cluster would lack. */
    private: boolean;
  };
  /** The ClusterRepo in the cluster that leads to the same place; undefined: there is none. */
  inCluster?: string;
  /** What the cluster knows of it is older than what is there: it has to be fetched again. */
  isStale?: true;
  /** Names of ClusterRepos that are taken there. */
  taken: string[];
  /** Newest version of the chart in the repository. */
  version: string;
  /** Nodes of the cluster; undefined when they could not be counted. */
  nodes?: number;
  /** Rancher's image with kubectl and Helm (`rancher/shell:v0.8.1`); undefined where it may not be read. */
  shellImage?: string;
  /** Rancher's registry for all charts; undefined: none, or not to be read. */
  systemRegistry?: string;
}
