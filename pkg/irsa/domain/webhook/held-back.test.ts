import { describe, expect, it } from 'vitest';
import { heldBack } from './held-back';

const RELEASE = { namespace: 'pod-identity-webhook', name: 'pod-identity-webhook' };
const known = <T>(value: T) => ({ known: true as const, value });

describe('installing the webhook\'s chart', () => {
  it.each([
    ['a cluster of EKS', { webhook: known({ kind: 'built-in' as const }), missing: [] }, undefined, 'irsa.heldBack.builtIn'],
    ['somebody else\'s webhook', { webhook: known({ kind: 'installed' as const, name: 'a' }), missing: [] }, undefined, 'irsa.heldBack.foreign'],
    ['somebody else\'s, also when ours is upgraded', { webhook: known({ kind: 'installed' as const, name: 'a' }), missing: [] }, RELEASE, 'irsa.heldBack.foreign'],
    ['ours already', { webhook: known({ kind: 'installed' as const, name: 'a', release: RELEASE }), missing: [] }, undefined, 'irsa.heldBack.ours'],
    ['ours under another release', { webhook: known({ kind: 'installed' as const, name: 'a', release: RELEASE }), missing: [] }, { ...RELEASE, name: 'second' }, 'irsa.heldBack.ours'],
    ['a right that is missing', { webhook: known({ kind: 'absent' as const }), missing: [{ clusterId: 'c', verb: 'create', group: 'g', resource: 'r' }] }, undefined, 'irsa.heldBack.rights'],
  ])('is held back by %s', (_, place, release, key) => {
    expect(heldBack(place, release)?.key).toBe(key);
  });

  it.each([
    ['there is none', { webhook: known({ kind: 'absent' as const }), missing: [] }, undefined],
    ['this very release is upgraded', { webhook: known({ kind: 'installed' as const, name: 'a', release: RELEASE }), missing: [] }, RELEASE],
    ['nobody could look: the chart looks itself', { webhook: { known: false as const, why: { kind: 'forbidden' as const, text: { key: '' } } }, missing: [] }, undefined],
  ])('is not where %s', (_, place, release) => {
    expect(heldBack(place, release)).toBeUndefined();
  });
});
