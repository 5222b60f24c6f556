import type { ClusterRef, Finding, ObservedCluster, ObservedRole } from '../facts';
import { text } from '../text';
import { trustLink } from './trust-link';

/** An account whose annotation names a role that does not let it in. */
export interface Refusal {
  cluster: ClusterRef;
  /** `namespace/name` */
  account: string;
  finding: Finding;
}

/** Who asks for a role in vain, in clusters that were looked at; its own words say why, and the title who. */
export function refusals(role: ObservedRole, clusters: ObservedCluster[]): Refusal[] {
  return clusters.flatMap((observed) => observed.bindings.known ? observed.bindings.value.filter(({ account }) => account.roleArn === role.arn).flatMap((binding) => {
    const account = `${ binding.account.namespace }/${ binding.account.name }`;
    const [finding] = trustLink(observed, { ...binding, role: { known: true, value: role } }).findings;

    return finding ? [{ cluster: observed.cluster, account, finding: { ...finding, title: text('irsa.finding.refused', { account, cluster: observed.cluster.name, role: role.name }) } }] : [];
  }) : []);
}
