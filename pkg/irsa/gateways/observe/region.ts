import type { ClusterRef, Known } from '../../domain/facts';
import { eksIssuerRegion } from '../../domain/issuer/issuer';

/**
 * The AWS region of a cluster, by the same order on every page: what Rancher was told, what an EKS issuer carries, where most nodes are;
 * undefined where none of them says one that AWS could have.
 */
export function regionOf(ref: Pick<ClusterRef, 'region'>, issuer: Known<string> | undefined, nodes: Known<{ region?: string }> | undefined): string | undefined {
  return ref.region ?? (issuer?.known ? eksIssuerRegion(issuer.value) : undefined) ?? (nodes?.known ? nodes.value.region : undefined);
}
