import type { ClusterRef, Distribution } from '../../domain/facts';

interface ManagementCluster {
  id?: string;
  links?: { update?: string };
  metadata?: { name?: string };
  spec?: {
    displayName?: string;
    eksConfig?: { region?: string; amazonCredentialSecret?: string; imported?: boolean } | null;
    imported?: boolean;
  };
  status?: {
    provider?: string;
    driver?: string;
    version?: { gitVersion?: string } | null;
    conditions?: { type: string; status: string }[];
  };
}

interface ProvisioningCluster {
  links?: { update?: string };
  metadata?: { namespace?: string; name?: string };
  spec?: { rkeConfig?: object | null; cloudCredentialSecretName?: string };
  status?: { clusterName?: string };
}

const DISTRIBUTIONS: Record<string, Distribution> = { eks: 'eks', rke2: 'rke2', 'rke2.windows': 'rke2', k3s: 'k3s' };

/**
 * What Rancher's own lists say of its clusters. Takes plain objects or the dashboard's live models.
 * @param management    management.cattle.io.cluster
 * @param provisioning  provisioning.cattle.io.cluster; one without its counterpart is not there yet and left out
 */
export function toClusterRefs(management: unknown[], provisioning: unknown[]): ClusterRef[] {
  const counterparts = new Map((provisioning as ProvisioningCluster[]).map((cluster) => [cluster.status?.clusterName, cluster]));

  return (management as ManagementCluster[]).map((cluster) => toClusterRef(cluster, counterparts.get(idOf(cluster)))).filter(({ id }) => id !== '');
}

function idOf({ id, metadata }: ManagementCluster): string {
  return id ?? metadata?.name ?? '';
}

function toClusterRef(cluster: ManagementCluster, counterpart: ProvisioningCluster | undefined): ClusterRef {
  const id = idOf(cluster);
  const { spec = {}, status = {} } = cluster;
  const name = counterpart?.metadata?.name;

  return {
    id,
    name:           spec.displayName || name || id,
    provisioningId: name ? `${ counterpart?.metadata?.namespace }/${ name }` : undefined,
    distribution:   DISTRIBUTIONS[status.provider ?? ''] ?? (spec.eksConfig ? 'eks' : 'other'),
    origin:         id === 'local' ? 'local' : counterpart?.spec?.rkeConfig || (spec.eksConfig && !spec.eksConfig.imported) ? 'rancher' : 'imported',
    version:        status.version?.gitVersion,
    region:         spec.eksConfig?.region || undefined,
    credentialId:   counterpart?.spec?.cloudCredentialSecretName || spec.eksConfig?.amazonCredentialSecret || undefined,
    editable:       [cluster, counterpart].some((one) => Boolean(one?.links?.update) && one?.links?.update !== 'blocked'),
    connected:      isTrue(status.conditions, 'Connected') ?? isTrue(status.conditions, 'Ready') ?? false,
  };
}

function isTrue(conditions: { type: string; status: string }[] | undefined, type: string): boolean | undefined {
  const found = conditions?.find((condition) => condition.type === type);

  return found && found.status === 'True';
}
