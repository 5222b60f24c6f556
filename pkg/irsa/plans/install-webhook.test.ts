import { describe, expect, it } from 'vitest';
import type { WebhookSource } from '../domain/webhook/source';
import { planInstallWebhook } from './install-webhook';
import { cluster, hidden, SOURCE, value } from './test-facts';

const bare = cluster({ cluster: { ...cluster().cluster, distribution: 'k3s' }, webhook: value({ kind: 'absent' }) });
const plan = (source: Partial<WebhookSource> = {}, observed = bare) => planInstallWebhook(observed, { ...SOURCE, ...source });
const given = (source: Partial<WebhookSource> = {}, observed = bare) => plan(source, observed).steps.at(-1)!.helm!.values;

describe('installing the webhook', () => {
  it('adds the repository that we came from, waits for it, and has Helm install the chart', () => {
    const { steps } = plan();

    expect(steps.map(({ id }) => id)).toEqual(['create-repository', 'repository-downloaded', 'install-webhook']);
    expect(steps[0]!.call).toMatchObject({ rancher: { verb: 'POST', body: { metadata: { name: 'irsa' }, spec: { url: 'https://charts.example/irsa' } } } });
    expect(steps[2]!.call).toMatchObject({ rancher: { path: '/k8s/clusters/c-m-prod/v1/catalog.cattle.io.clusterrepos/irsa?action=install', body: { namespace: 'pod-identity-webhook', wait: true, charts: [{ chartName: 'pod-identity-webhook', version: '0.1.0', releaseName: 'pod-identity-webhook' }] } } });
    expect(steps[2]!.until).toEqual({ helmOperation: { clusterId: 'c-m-prod', app: { namespace: 'pod-identity-webhook', name: 'pod-identity-webhook' } } });
  });

  it('uses the repository that the cluster has, whatever its name', () => {
    const { steps } = plan({ inCluster: 'theirs' });

    expect(steps.map(({ id }) => id)).toEqual(['repository-downloaded', 'install-webhook']);
    expect(steps[1]!.call).toMatchObject({ rancher: { path: expect.stringContaining('clusterrepos/theirs?action=install') } });
  });

  it('leaves a repository of the same name and another address alone', () => {
    expect(plan({ taken: ['irsa'] }).steps[0]!.call).toMatchObject({ rancher: { body: { metadata: { name: 'irsa-irsa' } } } });
  });

  it.each([['built-in'], ['installed']] as const)('has nothing to do where one is %s', (kind) => {
    expect(plan({}, cluster({ webhook: value({ kind }) })).steps).toEqual([]);
  });

  it('does not guess where nobody can tell', () => {
    expect(() => plan({}, cluster({ webhook: hidden('forbidden') }))).toThrow('WEBHOOK_NOT_SEEN');
  });

  it('gives region, replicas, the renewal image and the registry', () => {
    expect(given()).toEqual({ region: 'eu-central-1', replicaCount: 2, tls: { renewal: { image: { repository: 'rancher/shell', tag: 'v0.8.1' } } }, global: { cattle: { systemDefaultRegistry: 'registry.example:5000' } } });
    expect(given({ nodes: 1, shellImage: undefined, systemRegistry: undefined })).toEqual({ region: 'eu-central-1', replicaCount: 1 });
    expect(given({ nodes: undefined, shellImage: 'rancher/shell@sha256:abc', systemRegistry: undefined })).toEqual({ region: 'eu-central-1', replicaCount: 2 });
  });

  it('has images come from the cluster’s own registry, before Rancher’s, and says where a pull secret goes', () => {
    const own = { ...bare, cluster: { ...bare.cluster, registry: 'own.example' } };

    expect(given({}, own)).toMatchObject({ global: { cattle: { systemDefaultRegistry: 'own.example' } } });
    expect(given({ systemRegistry: undefined }, own)).toMatchObject({ global: { cattle: { systemDefaultRegistry: 'own.example' } } });
    expect(plan({}, own).warnings.find(({ key }) => key === 'irsa.warning.registry')?.args).toEqual({ registry: 'own.example' });
    expect(plan({ systemRegistry: undefined }).warnings.map(({ key }) => key)).not.toContain('irsa.warning.registry');
  });

  it('says what it cannot do', () => {
    const warnings = (source: Partial<WebhookSource>, observed = bare) => plan(source, observed).warnings.map(({ key }) => key.split('.').pop());

    expect(warnings({})).toEqual(['registry', 'webhookNewPods']);
    expect(warnings({ repository: { ...SOURCE.repository, private: true } })).toEqual(['privateRepository', 'registry', 'webhookNewPods']);
    expect(warnings({ repository: { ...SOURCE.repository, private: true }, inCluster: 'theirs' })).toEqual(['registry', 'webhookNewPods']);
    expect(warnings({}, { ...bare, cluster: { ...bare.cluster, region: undefined } })).toEqual(['noRegion', 'registry', 'webhookNewPods']);
  });
});
