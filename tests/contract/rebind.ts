import { findRole, observeBinding } from '../../pkg/irsa/gateways/observe/binding';
import { planRebind } from '../../pkg/irsa/plans';
import type { Plan } from '../../pkg/irsa/plans/plan';
import type { Person } from './target';

/** shop/writer to another role, as the wizard makes it: the role that is left is named, whatever the account has by now. */
export async function rebind(person: Person, deleteRole: boolean): Promise<Plan> {
  const gateways = person.gateways();
  const observed = await person.observe('prod-eks');
  const target = await observeBinding(gateways, observed, { namespace: 'shop', name: 'writer' });
  const [found, from] = [await findRole(gateways.iam!, 'next'), await findRole(gateways.iam!, 'prod-eks_shop_writer', { attached: true })];

  return planRebind(observed, { target, permissions: { kind: 'none' }, region: 'eu-central-1', role: { kind: 'new', name: 'next', found } }, from, deleteRole);
}
