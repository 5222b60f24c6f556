import { describe, expect, it } from 'vitest';
import { binding, cluster, ROLE_ARN, unbound, value } from '../domain/chain/test-facts';
import { forWebhook } from '../presets/annotations';
import { planAddAudience } from './add-audience';
import { planBind } from './bind';
import { planEnable } from './enable';
import type { Plan } from './plan';
import { planUnbind } from './unbind';

const observed = cluster({ webhook: value({ kind: 'installed' as const, settings: { annotationPrefix: 'acme.example', audience: 'acme' } }) });
const text = (plan: object) => JSON.stringify(plan);
const annotations = ({ steps }: Plan, id: string) => {
  const { call } = steps.find((step) => step.id === id)!;

  return 'kubernetes' in call ? (call.kubernetes.body as { metadata: { annotations: Record<string, unknown> } }).metadata.annotations : {};
};

describe('plans under a webhook with settings of its own', () => {
  it('write its annotation, trust its audience and verify with it', () => {
    const plan = planBind(observed, { target: unbound(), role: { kind: 'new', name: 'fresh' }, permissions: { kind: 'none' }, region: 'eu-central-1' });

    expect(Object.keys(annotations(plan, 'annotate'))).toEqual(['acme.example/role-arn']);
    expect(plan.steps.find(({ id }) => id === 'verify')!.call).toMatchObject({ verify: { audience: 'acme' } });
    expect(plan.documents[0]!.after).toContain('"acme"');
    expect(text(plan)).not.toMatch(/sts\.amazonaws\.com"|eks\.amazonaws\.com\/role-arn/);
    expect(text(plan.steps)).toContain('"annotationPrefix":"acme.example"');
  });

  it('name another audience where the account asks for it, the public one too', () => {
    const plan = planBind(observed, { target: unbound(), role: { kind: 'new', name: 'fresh' }, permissions: { kind: 'none' }, region: 'eu-central-1', audience: 'sts.amazonaws.com' });

    expect(text(plan)).toContain('"acme.example/audience":"sts.amazonaws.com"');
  });

  it('register it at the provider', () => {
    expect(text(planEnable({ ...observed, provider: value(null) }))).toContain('"ClientIDList":["acme"]');
    expect(text(planAddAudience(observed))).toContain('"ClientID":"acme"');
  });

  it('take its annotation away, and leave the other one', () => {
    const plan = planUnbind(observed, binding({}, { annotations: { 'acme.example/role-arn': ROLE_ARN, 'eks.amazonaws.com/role-arn': ROLE_ARN }, audience: 'acme' }));

    expect(annotations(plan, 'remove-annotation')).toEqual({ 'acme.example/role-arn': null });
  });
});

describe('values of a preset', () => {
  it('bear the webhook’s prefix wherever a binding stands, and are as they were under everybody’s', () => {
    const values = { serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN, other: 'x' } }, list: [1] };

    expect(forWebhook(values, 'sts.amazonaws.com')).toEqual(values);
    expect(forWebhook(values, 'acme', { annotationPrefix: 'acme.example', audience: 'acme' })).toEqual({ serviceAccount: { annotations: { 'acme.example/role-arn': ROLE_ARN, other: 'x' } }, list: [1] });
    expect(forWebhook(values, 'sts.amazonaws.com', { audience: 'acme' }).serviceAccount.annotations).toMatchObject({ 'eks.amazonaws.com/audience': 'sts.amazonaws.com' });
  });
});
