import { describe, expect, it } from 'vitest';
import { binding, cluster, hidden, ROLE_ARN, value } from '../chain/test-facts';
import { clusterPods, podTruth } from './truth';

const AUDIENCE = 'sts.amazonaws.com';
const pod = (name: string, more: object = {}) => ({ name, createdAt: '2026-11-23T10:00:00Z', ready: true, ...more });
const bound = binding({
  pods: [
    pod('fine', { identity: { roleArn: ROLE_ARN, audience: AUDIENCE } }), pod('old', { createdAt: '2026-11-23T08:00:00Z' }), pod('raced'), pod('former', { identity: { roleArn: 'old' } }), pod('other', { identity: { roleArn: ROLE_ARN, audience: 'x' } }),
    pod('own', { overrides: ['main'] }), pod('out', { skipped: 'label' }),
  ],
}, { annotatedAt: '2026-11-23T09:00:00Z' });

describe('the truth about pods', () => {
  it('counts who should carry the identity and who does, and says why not', () => {
    const { should, carry, lacking } = podTruth(cluster(), bound);

    expect({ should, carry }).toEqual({ should: 6, carry: 1 });
    expect(lacking.map(({ pod: { name }, lack, restart }) => [name, lack, restart])).toEqual([
      ['old', 'older', true], ['raced', 'missed', true], ['former', 'stale', true], ['other', 'audience', true], ['own', 'overridden', false], ['out', 'skipped', false],
    ]);
  });

  it('blames the webhook\'s absence where there is none, which no restart mends', () => {
    const { lacking } = podTruth(cluster({ webhook: value({ kind: 'absent' }) }), bound);

    expect(lacking.map(({ lack }) => lack)).toEqual(['no-webhook', 'no-webhook', 'stale', 'audience', 'overridden', 'skipped']);
    expect(lacking.some(({ restart }) => restart)).toBe(false);
  });

  it('says which pods are older than the webhook, which a restart mends', () => {
    const { lacking } = podTruth(cluster({ webhook: value({ kind: 'installed', name: 'w', since: '2026-11-23T11:00:00Z' }) }), bound);

    expect(lacking.slice(0, 2).map(({ pod: { name }, lack, restart }) => [name, lack, restart])).toEqual([['old', 'older', true], ['raced', 'early', true]]);
  });

  it('is summed up for a cluster, and not told where nothing runs or nothing was seen', () => {
    expect(clusterPods(cluster({ bindings: value([bound, bound, binding({ pods: [] })]) }))).toEqual({ should: 12, carry: 2 });
    expect(clusterPods(cluster({ bindings: value([]) }))).toBeUndefined();
    expect(clusterPods(cluster({ bindings: hidden('forbidden') }))).toBeUndefined();
  });

  it('is nothing where nothing runs', () => {
    expect(podTruth(cluster(), binding({ pods: [] }))).toEqual({ should: 0, carry: 0, lacking: [] });
  });
});
