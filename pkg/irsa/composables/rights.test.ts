import { describe, expect, it } from 'vitest';
import type { ObservedCluster } from '../domain/facts';
import { missingRights, remediesFor } from './rights';

const right = (verb: string, resource: string, allowed: boolean) => ({ right: { clusterId: 'local', verb, group: '', resource }, allowed });
const observed = (change: Partial<ObservedCluster> = {}) => ({
  issuer:   { known: true, value: 'https://oidc.eks.eu-central-1.amazonaws.com/id/EX' },
  provider: { known: true, value: null },
  sts:      { known: true, value: { host: 'sts.eu-central-1.amazonaws.com', state: 'openable' } },
  webhook:  { known: true, value: { kind: 'built-in' } },
  rights:   [],
  ...change,
}) as unknown as ObservedCluster;

/** What AWS alone has to do with. */
const OF_ROLE = ['tighten-trust', 'edit-trust', 'edit-permissions', 'adopt', 'create-bucket'] as const;

describe('what is offered', () => {
  it('is everything to those who may and have a credential', () => {
    expect(remediesFor(observed(), 'a:b')).toEqual(['enable', 'add-audience', 'bind', 'move', 'unbind', 'mend-trust', ...OF_ROLE, 'restart', 'open-sts']);
  });

  it.each([
    ['with an entry for STS that this person may not take back', observed({ sts: { known: true, value: { host: 'x', state: 'allowed', entry: {}, missing: {} } } as never }), undefined, ['unbind', 'restart']],
    ['with an entry for STS that was made here', observed({ sts: { known: true, value: { host: 'x', state: 'allowed', entry: {} } } as never }), undefined, ['unbind', 'restart', 'close-sts']],
    ['without a credential', observed(), undefined, ['unbind', 'restart', 'open-sts']],
    ['while the issuer is not known', observed({ issuer: { known: false } as never }), 'a:b', ['unbind', ...OF_ROLE, 'restart', 'open-sts']],
    ['with an issuer that AWS cannot reach', observed({ issuer: { known: true, value: 'https://kubernetes.default.svc.cluster.local' } }), 'a:b', ['unbind', ...OF_ROLE, 'restart', 'open-sts']],
    ['without the right to change accounts', observed({ rights: [right('patch', 'serviceaccounts', false)] }), 'a:b', ['enable', 'add-audience', 'mend-trust', ...OF_ROLE, 'restart', 'open-sts']],
    ['without the right to restart', observed({ rights: [right('patch', 'deployments', false)] }), 'a:b', ['enable', 'add-audience', 'unbind', 'mend-trust', ...OF_ROLE, 'open-sts']],
    ['without a webhook', observed({ webhook: { known: true, value: { kind: 'absent' } } }), undefined, ['unbind', 'restart', 'open-sts', 'install-webhook']],
    ['with a webhook of whatever chart', observed({ webhook: { known: true, value: { kind: 'installed', name: 'any' } } }), undefined, ['unbind', 'restart', 'open-sts']],
    ['with a webhook of ours', observed({ webhook: { known: true, value: { kind: 'installed', name: 'any', release: { name: 'a', namespace: 'b' } } } }), undefined, ['unbind', 'restart', 'open-sts', 'upgrade-webhook', 'remove-webhook']],
    ['where nobody can tell about the webhook', observed({ webhook: { known: false } as never }), undefined, ['unbind', 'restart', 'open-sts']],
    ['where STS is open', observed({ sts: { known: true, value: { host: 'x', state: 'allowed' } } }), 'a:b', ['enable', 'add-audience', 'bind', 'move', 'unbind', 'mend-trust', ...OF_ROLE, 'restart']],
  ] as const)('%s', (_what, facts, credential, expected) => {
    expect(remediesFor(facts, credential)).toEqual(expected);
  });

  it('names the rights that are missing, and no other', () => {
    expect(missingRights(observed({ rights: [right('list', 'pods', true), right('patch', 'serviceaccounts', false)] }))).toEqual([{ clusterId: 'local', verb: 'patch', group: '', resource: 'serviceaccounts' }]);
  });
});
