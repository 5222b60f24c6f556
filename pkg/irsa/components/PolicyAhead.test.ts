import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import type { Engine } from '../composables/use-engine';
import { role } from '../domain/chain/test-facts';
import type { ObservedRole } from '../domain/facts';
import PolicyAhead from './PolicyAhead.vue';

const policy = (Resource: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Objects', Effect: 'Allow', Action: 's3:GetObject', Resource }] });
const WISHED = policy('arn:aws:s3:::acme/*');

function open(observeRole: () => Promise<ObservedRole | null>) {
  const look = vi.fn(observeRole);

  return { look, view: mount(PolicyAhead, { props: { policy: WISHED, role: 'reader', engine: async() => ({ observeRole: look }) as unknown as Engine, policyIn: ({ inlinePolicies }) => inlinePolicies?.files } }) };
}

describe('what is said of a policy before it is written', () => {
  it.each<[string, ObservedRole | null, string, string[]]>([
    ['the role is to be made', null, 'This policy is new.', []],
    ['the role is there without it', role({ inlinePolicies: { other: WISHED } }), 'The role reader-role is there; this policy is new to it.', []],
    ['the role has that very policy', role({ inlinePolicies: { files: WISHED } }), 'This policy stays as it is.', ['untouched']],
    ['the role has another', role({ inlinePolicies: { files: policy('arn:aws:s3:::old/*') } }), 'Statement by statement. What is not marked as added, changed or removed stays as it is.', ['changed']],
  ])('is true where %s', async(_case, found, words, parts) => {
    const { view } = open(async() => found);

    await flushPromises();
    expect(view.get('.note').text()).toBe(words);
    expect(view.findAll('[data-testid="irsa-policy-part"]').map((part) => part.attributes('data-change'))).toEqual(parts);
  });

  it('is nothing while it is looked, or where nobody can', async() => {
    const { view } = open(async() => Promise.reject(new Error('no right')));

    expect(view.find('.note').exists()).toBe(false);
    await flushPromises();
    expect(view.find('.note').exists()).toBe(false);
    expect(view.text()).toContain('arn:aws:s3:::acme/*');
  });

  it('is about the role that is chosen now, whichever is answered last', async() => {
    const answers: ((found: ObservedRole | null) => void)[] = [];
    const { view, look } = open(async() => new Promise((resolve) => answers.push(resolve)));

    await flushPromises();
    await view.setProps({ role: 'second' });
    await flushPromises();
    expect((look.mock.calls as unknown[][]).map(([name]) => name)).toEqual(['reader', 'second']);
    answers[1]!(role({ inlinePolicies: { files: WISHED } }));
    answers[0]!(null);
    await flushPromises();
    expect(view.get('.note').text()).toBe('This policy stays as it is.');
  });
});
