import { describe, expect, it } from 'vitest';
import { toCli } from './export/cli';
import { cluster, hidden, SOURCE, value, WEBHOOK_APP } from './test-facts';
import { planUpgradeWebhook } from './upgrade-webhook';

const ours = cluster({ webhook: value({ kind: 'installed', name: 'w', release: { namespace: 'w', name: 'w' } }) });

describe('upgrading the webhook', () => {
  it('sends the admin\'s values whole, and the newest version, to the release that is there', () => {
    const { steps } = planUpgradeWebhook(ours, { ...SOURCE, inCluster: 'theirs' }, WEBHOOK_APP);

    expect(steps.map(({ id }) => id)).toEqual(['repository-downloaded', 'upgrade-webhook']);
    expect(steps[1]!.call).toMatchObject({ rancher: { path: '/k8s/clusters/c-m-prod/v1/catalog.cattle.io.clusterrepos/theirs?action=upgrade', body: { namespace: 'w', charts: [{ version: '0.1.0', releaseName: 'w', values: { $data: WEBHOOK_APP.values } }] } } });
    expect(steps[1]!.helm).toMatchObject({ revision: 2, changesVersion: true, values: {} });
  });

  it('leaves one that Fleet keeps there to Fleet', () => {
    const byFleet = cluster({ webhook: value({ kind: 'installed', name: 'w', release: { namespace: 'w', name: 'w' }, fleet: 'default-irsa-pod-identity-webhook' }) });

    expect(() => planUpgradeWebhook(byFleet, SOURCE, WEBHOOK_APP)).toThrow(expect.objectContaining({ code: 'WEBHOOK_BY_FLEET' }));
  });

  it('refreshes a repository that the cluster knows an older state of, and waits for that very fetch', () => {
    const { steps } = planUpgradeWebhook(ours, { ...SOURCE, inCluster: 'theirs', isStale: true }, WEBHOOK_APP);

    expect(steps.map(({ id }) => id)).toEqual(['refresh-repository', 'repository-downloaded', 'upgrade-webhook']);
    expect(steps[0]!.call).toMatchObject({ rancher: { verb: 'PATCH', body: { spec: { forceUpdate: '2026-11-23T12:00:00Z' } } } });
    expect(steps[1]!.call).toMatchObject({ wait: { until: { repositoryDownloaded: { since: '2026-11-23T12:00:00Z' } } } });
  });

  it.each(['0.1.0', '0.1.0+up1', '0.2.0', '1.0.0'])('has nothing to do where %s is installed and 0.1.0 is the newest', (version) => {
    expect(planUpgradeWebhook(ours, SOURCE, { ...WEBHOOK_APP, version }).steps).toEqual([]);
  });

  it('leaves alone what is not ours, and does not guess', () => {
    expect(() => planUpgradeWebhook(cluster(), SOURCE, undefined)).toThrow('WEBHOOK_FOREIGN');
    expect(() => planUpgradeWebhook(cluster({ webhook: value({ kind: 'installed', name: 'w' }) }), SOURCE, WEBHOOK_APP)).toThrow('WEBHOOK_FOREIGN');
    expect(() => planUpgradeWebhook(cluster({ webhook: hidden('forbidden') }), SOURCE, WEBHOOK_APP)).toThrow('WEBHOOK_NOT_SEEN');
  });

  it('keeps the admin\'s values in the script too, beside the defaults of the new version', () => {
    expect(toCli(planUpgradeWebhook(ours, SOURCE, WEBHOOK_APP))).toContain('--reset-then-reuse-values');
  });
});
