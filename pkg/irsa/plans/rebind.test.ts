import { expect, it } from 'vitest';
import { newTrust } from '../domain/trust';
import { planBind } from './bind';
import { planRebind } from './rebind';
import { binding, cluster, role, SUBJECT, value, wish } from './test-facts';

const next = wish({ target: binding(), role: { kind: 'new', name: 'next' } });
const whole = role({ inlinePolicies: { read: '{}' }, managedPolicies: value([]) });
const ids = (plan: { steps: { id: string }[] }) => plan.steps.map(({ id }) => id);

it('leaves the role before only when the new identity is verified', () => {
  const plan = planRebind(cluster(), next, whole);

  expect(ids(plan)).toEqual([...ids(planBind(cluster(), next)), 'leave-trust']);
  expect(ids(plan).at(-2)).toBe('verify');
  expect(plan.steps.at(-1)).toMatchObject({ call: { aws: { command: 'UpdateAssumeRolePolicy', input: { RoleName: 'reader-role' } } }, expects: { roleTrustPolicy: { is: whole.trustPolicy } } });
  expect(plan.documents.map(({ id }) => id)).toEqual(['trust', 'left']);
  expect(plan.choice).toMatchObject({ id: 'delete-role', on: false });
});

it('deletes it when asked, where it was made here for this account and lets nobody else in', () => {
  expect(ids(planRebind(cluster(), next, whole, true)).slice(-2)).toEqual(['delete-policy-1', 'delete-role']);
  const shared = { ...whole, trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [...[newTrust(SUBJECT).Statement].flat(), ...[newTrust({ ...SUBJECT, serviceAccount: 'other' }).Statement].flat()] }) };

  expect(ids(planRebind(cluster(), next, shared, true)).at(-1)).toBe('leave-trust');
});

it('asks for consent before it changes a role of somebody else', () => {
  expect(planRebind(cluster(), next, role({ tags: {} })).consent).toBeDefined();
});

it('is a binding like any other where there is no role to leave', () => {
  for (const from of [null, role({ name: 'NEXT' }), role({ trustPolicy: JSON.stringify(newTrust({ ...SUBJECT, serviceAccount: 'other' })) })]) {
    expect(ids(planRebind(cluster(), next, from))).toEqual(ids(planBind(cluster(), next)));
  }
});
