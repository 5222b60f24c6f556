import type { ObservedCluster, ObservedRole } from '../domain/facts';
import { planBind } from './bind';
import type { BindWish } from './bind-wish';
import type { Plan } from './plan';
import { leavePart } from './unbind';

/**
 * Binds an account to another role than the one it has: everything that binding takes, and once the new identity is verified, the account's
 * statement out of the role that it had. Until then both let it in, so that no pod is ever without.
 * @param from        the role it had, whole, as it is now; null: it is gone. Told and not looked up, as a second run finds the account at the new one
 * @param deleteRole  delete it, where it was made here for this cluster and lets nobody else in
 * @throws IrsaError as `planBind`; TRUST_UNREADABLE also for the role it had
 */
export function planRebind(observed: ObservedCluster, wish: BindWish, from: ObservedRole | null, deleteRole = false): Plan {
  const plan = planBind(observed, wish);
  const to = wish.role.kind === 'existing' ? wish.role.role.name : wish.role.name;

  // Names of roles are unique without regard to case.
  if (!from || from.name.toLowerCase() === to.toLowerCase()) {
    return plan;
  }
  const left = leavePart(observed, wish.target, from, deleteRole);
  const consent = plan.consent ?? left.consent;

  return {
    ...plan,
    steps:     [...plan.steps, ...left.steps.map((step) => step.id === 'update-trust' ? { ...step, id: 'leave-trust' } : step)],
    documents: [...plan.documents, ...left.documents.map((document) => ({ ...document, id: 'left' as const }))],
    warnings:  [...plan.warnings, ...left.warnings],
    ...(left.choice ? { choice: left.choice } : {}),
    ...(consent ? { consent } : {}),
  };
}
