import type { Right } from '../facts';
import { MANAGEMENT_CLUSTER } from './request';
import { KUBERNETES_NEEDS, type KubernetesNeed } from './table';

/** `serviceaccounts/token` */
export function resourceName({ resource, subresource }: Pick<Right, 'resource' | 'subresource'>): string {
  return subresource ? `${ resource }/${ subresource }` : resource;
}

/** The same with its API group, as kubectl writes it: `deployments.apps`. */
export function qualifiedName(right: Pick<Right, 'resource' | 'subresource' | 'group'>): string {
  return `${ resourceName(right) }${ right.group ? `.${ right.group }` : '' }`;
}

/** Whether a row of the table gives a right. A `*` is a right of its own: it is not read as «each of them». */
export function gives(need: KubernetesNeed, right: Right): boolean {
  const isThere = need.scope !== 'management' || right.clusterId === MANAGEMENT_CLUSTER;

  return isThere && need.verbs.includes(right.verb) && need.group === right.group && need.resources.includes(resourceName(right)) && (!need.names || need.names.includes(right.name ?? ''));
}

/** The rows that give a right; none: the table lacks it. */
export function needsFor(right: Right): KubernetesNeed[] {
  return KUBERNETES_NEEDS.filter((need) => gives(need, right));
}
