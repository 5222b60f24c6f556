import type { ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { BindWish } from './bind-wish';
import type { Plan } from './plan';

/** Everything between «this account shall have this role» and a verified identity; what is so already is left out. */
export function planBind(_observed: ObservedCluster, _wish: BindWish): Plan {
  return { id: 'bind', title: text('irsa.plan.bind.title'), steps: [], documents: [], warnings: [] };
}
