import { expect, it } from 'vitest';
import { newTrust } from '../../domain/trust';
import { planAdopt } from '../adopt';
import { planBind } from '../bind';
import { planEditTrust } from '../edit-policy';
import type { Plan } from '../plan';
import { planRestart } from '../restart';
import { binding, cluster, role, SUBJECT, situations, unbound, value, wish } from '../test-facts';
import { lives } from '../test-issuer-facts';
import { planUnbind } from '../unbind';
import { exportOf } from './index';
import { whyWithout } from './without';

const foreign = role({ tags: {} });
const trust = planEditTrust(cluster(), foreign, { from: foreign.trustPolicy, json: JSON.stringify(newTrust({ ...SUBJECT, serviceAccount: 'writer' })) });
const resolved = planBind(cluster({ provider: value(null) }), wish({ permissions: { kind: 'policy', name: 'read', json: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{resolve:ssm:x}}"}]}' } }));
const none = (plan: Plan, form: 'terraform' | 'cloudformation') => plan.steps.length > 0 && !exportOf(plan, form).length;

it.each<[string, Plan, 'terraform' | 'cloudformation', string]>([
  ['the trust policy of a role that others made', trust, 'cloudformation', 'owned'],
  ['the tags of one', planAdopt(cluster(), foreign), 'terraform', 'part'],
  ['pods that are made anew', planRestart(cluster({ bindings: value([binding()]) }), binding({ pods: unbound().pods })), 'cloudformation', 'outside'],
  ['the same', planRestart(cluster({ bindings: value([binding()]) }), binding({ pods: unbound().pods })), 'terraform', 'order'],
  ['an annotation that goes', planUnbind(cluster(), binding({ role: value(null) })), 'terraform', 'removes'],
])('%s: %#', (_what, plan, form, reason) => {
  expect(none(plan, form)).toBe(true);
  expect(whyWithout(plan, form)).toBe(reason);
});

it('what CloudFormation would take for its own is another reason than that nothing is made', () => {
  const steps = resolved.steps.filter(({ call }) => 'aws' in call && JSON.stringify(call).includes('resolve:'));

  expect(steps).toHaveLength(1);
  expect(none({ ...resolved, steps }, 'cloudformation')).toBe(true);
  expect(whyWithout({ ...resolved, steps }, 'cloudformation')).toBe('held');
});

it('of no plan that has something to remove in it is said that it changes a part, and of none without AWS that nothing there is new', () => {
  const plans = [...situations().flatMap(({ plans: some }) => some), ...lives()];
  const seen = new Set<string>();

  for (const plan of plans) {
    for (const form of ['terraform', 'cloudformation'] as const) {
      if (none(plan, form)) {
        const reason = whyWithout(plan, form);
        const kinds = plan.steps.map(({ change }) => change);

        seen.add(reason);
        expect(reason === 'outside' && plan.steps.some(({ call, change }) => 'aws' in call && change !== 'check'), plan.id).toBe(false);
        expect(reason === 'owned' && kinds.some((kind) => kind === 'create'), plan.id).toBe(false);
        expect(reason === 'part' && !kinds.includes('change'), plan.id).toBe(false);
      }
    }
  }
  expect([...seen].sort()).toEqual(['order', 'outside', 'owned', 'part', 'removes']);
});
