import { describe, expect, it } from 'vitest';
import { planRemoveWebhook } from './remove-webhook';
import { binding, cluster, hidden, value } from './test-facts';

const release = { name: 'pod-identity-webhook', namespace: 'pod-identity-webhook' };
const ours = cluster({ webhook: value({ kind: 'installed', name: 'pod-identity-webhook', release }) });

describe('removing the webhook', () => {
  it('has Helm uninstall our release, and waits until it is gone', () => {
    expect(planRemoveWebhook(ours).steps).toEqual([expect.objectContaining({
      change: 'remove',
      call:   { rancher: { verb: 'POST', path: '/k8s/clusters/c-m-prod/v1/catalog.cattle.io.apps/pod-identity-webhook/pod-identity-webhook?action=uninstall', body: {} } },
      until:  { helmOperation: { clusterId: 'c-m-prod', app: release, removed: true } },
    })]);
  });

  it('asks for a yes where accounts depend on it, by name', () => {
    expect(planRemoveWebhook({ ...ours, bindings: value([]) }).consent).toBeUndefined();
    expect(planRemoveWebhook({ ...ours, bindings: value([binding()]) }).consent?.text).toEqual({ key: 'irsa.warning.webhookNeeded', args: { count: 1, accounts: 'shop/reader' } });
    expect(planRemoveWebhook({ ...ours, bindings: hidden('forbidden') }).warnings.map(({ key }) => key)).toEqual(['irsa.warning.webhookUseUnknown']);
  });

  it('leaves one that Fleet keeps there to Fleet', () => {
    expect(() => planRemoveWebhook({ ...ours, webhook: value({ kind: 'installed', name: 'w', release, fleet: 'default-irsa-pod-identity-webhook' }) })).toThrow(expect.objectContaining({ code: 'WEBHOOK_BY_FLEET' }));
  });

  it('says that the namespace stays, and how it goes', () => {
    expect(planRemoveWebhook(ours).steps[0]!.detail).toEqual({ key: 'irsa.step.remove-webhook.detail', args: { namespace: 'pod-identity-webhook' } });
  });

  it.each([['built-in'], ['installed']] as const)('leaves one that is not ours alone (%s)', (kind) => {
    expect(() => planRemoveWebhook(cluster({ webhook: value({ kind, name: 'theirs' }) }))).toThrow('WEBHOOK_FOREIGN');
  });

  it('has nothing to do where none is, and does not guess', () => {
    expect(planRemoveWebhook(cluster({ webhook: value({ kind: 'absent' }) })).steps).toEqual([]);
    expect(() => planRemoveWebhook(cluster({ webhook: hidden('forbidden') }))).toThrow('WEBHOOK_NOT_SEEN');
  });
});
