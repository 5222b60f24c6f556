import { describe, expect, it } from 'vitest';
import { binding, hidden, ROLE_ARN, unbound, value } from '../chain/test-facts';
import { lastMutation } from './last-mutation';

const pod = (name: string, createdAt: string) => ({ name, createdAt, ready: true, identity: { roleArn: ROLE_ARN } });

describe('when the webhook was last seen at work', () => {
  it('is when the newest pod that carries a role was made', () => {
    const bindings = value([binding({ pods: [pod('a', '2026-11-23T10:00:00Z')] }), binding({ pods: [pod('b', '2026-11-23T11:00:00Z')] }, { namespace: 'pos', name: 'x' })]);

    expect(lastMutation({ bindings })).toEqual({ pod: 'pos/b', at: '2026-11-23T11:00:00Z' });
  });

  it('is not known from pods without a role, or with one that their template gives them', () => {
    expect(lastMutation({ bindings: value([unbound(), binding({ pods: [{ ...pod('a', '2026-11-23T10:00:00Z'), overrides: ['main'] }] })]) })).toBeUndefined();
    expect(lastMutation({ bindings: hidden('forbidden') })).toBeUndefined();
  });
});
