import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { put, putNamespace } from '../sandbox/scenario/put.ts';
import { axeFindings } from './support/axe';
import { expectQuiet } from './support/quiet';
import { picture, Stage, type Visit } from './support/stage';
import { apply, openCluster } from './support/steps';

const WEBHOOK = 'pod-identity-webhook';

/** The webhook in many clusters by Fleet: Rancher itself on RKE2, and two more without a webhook of their own. */
describe('the webhook in many clusters', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open({ local: 'rke2' });
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(() => visit?.leave());

  const state = (cluster: string) => visit.page.getByTestId(`irsa-fleet-${ cluster }`).getAttribute('data-state');
  const becomes = (cluster: string, wanted: string) => visit.page.locator(`[data-testid="irsa-fleet-${ cluster }"][data-state="${ wanted }"]`).waitFor({ timeout: 40_000 });
  const tick = (cluster: string) => visit.page.getByTestId(`irsa-fleet-tick-${ cluster }`).getByRole('checkbox').click();
  const box = (cluster: string) => visit.page.getByTestId(`irsa-fleet-tick-${ cluster }`).getByRole('checkbox');
  const objects = (cluster: string, group: string, resource: string) => {
    const { store } = stage.sandbox.world.kube(cluster);

    return store.list(store.findType(group, resource)!).filter(({ metadata: { name, namespace } }) => name.includes(WEBHOOK) || namespace === WEBHOOK);
  };
  const region = (cluster: string) => /--aws-default-region=([^"]+)/.exec(JSON.stringify(objects(cluster, 'apps', 'deployments')))?.[1];

  /** Each cluster in a region of its own. */
  function spread(regions: Record<string, string>): void {
    for (const [cluster, name] of Object.entries(regions)) {
      const { store } = stage.sandbox.world.kube(cluster);
      const type = store.findType('', 'nodes')!;

      store.list(type).forEach((node) => store.patch(type, undefined, node.metadata.name, 'application/merge-patch+json', { metadata: { labels: { 'topology.kubernetes.io/region': name } } }));
    }
  }

  async function open(options: Parameters<Stage['visit']>[0] = {}): Promise<void> {
    visit = await stage.visit(options);
    await visit.goto('/c/_/irsa/clusters');
    await visit.click('irsa-to-fleet');
    await visit.page.locator('[data-testid="irsa-fleet-tick-store-k3s"] input:enabled').waitFor();
  }

  it('comes to three of them, one of which fails and says why, and is taken away again', async() => {
    const edge = stage.sandbox.world.kube('edge-rke2');
    const regions = { 'store-k3s': 'eu-central-1', 'edge-rke2': 'eu-west-1', local: 'us-east-1' };

    spread(regions);
    // Somebody's own account, which Helm will not take over.
    putNamespace(edge, WEBHOOK);
    put(edge, '', 'serviceaccounts', { metadata: { name: WEBHOOK, namespace: WEBHOOK } });
    await open();
    expect(await state('prod-eks')).toBe('held-back');
    expect(await visit.page.getByTestId('irsa-fleet-prod-eks').innerText()).toContain('EKS');
    await tick('store-k3s');
    await tick('edge-rke2');
    await tick('local');
    expect(await axeFindings(visit.page, '[data-testid="irsa-fleet"]')).toEqual([]);
    await picture(visit.page, 'fleet-chosen');
    await visit.click('irsa-fleet-review');
    await visit.page.getByTestId('irsa-plan').waitFor();
    await picture(visit.page, 'fleet-plan');
    expect(await apply(visit)).toBe('failed');
    const told = await visit.page.getByTestId('irsa-outcome').innerText();

    expect(told).toContain('edge-rke2: ');
    expect(told).toContain('invalid ownership metadata');
    await picture(visit.page, 'fleet-failed');
    await visit.goto('/c/_/irsa/fleet');
    await becomes('edge-rke2', 'failed');
    await becomes('store-k3s', 'ready');
    await becomes('local', 'ready');
    await picture(visit.page, 'fleet-states');

    // Fleet tries again by itself once the way is free.
    edge.store.delete(edge.store.findType('', 'serviceaccounts')!, WEBHOOK, WEBHOOK);
    await becomes('edge-rke2', 'ready');
    for (const [cluster, wanted] of Object.entries(regions)) {
      expect(objects(cluster, 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations'), cluster).toHaveLength(1);
      expect([cluster, region(cluster)]).toEqual([cluster, wanted]);
    }

    await visit.click('irsa-fleet-undo');
    await visit.page.getByTestId('irsa-plan').waitFor();
    await visit.click('irsa-consent');
    expect(await apply(visit)).toBe('done');
    for (const cluster of ['store-k3s', 'edge-rke2', 'local']) {
      expect(objects(cluster, 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations'), cluster).toEqual([]);
    }
    expectQuiet(visit);
  });

  it('is Fleet’s on the cluster’s own page, which leads back; one that was changed there is told', async() => {
    await open();
    await tick('store-k3s');
    await visit.click('irsa-fleet-review');
    expect(await apply(visit)).toBe('done');
    await openCluster(visit, 'c-m-store001');
    await visit.page.getByTestId('irsa-webhook-fleet').waitFor();
    expect(await visit.page.getByTestId('irsa-remove-webhook').count()).toBe(0);
    await picture(visit.page, 'webhook-by-fleet');
    const { store } = stage.sandbox.world.kube('store-k3s');

    store.patch(store.findType('apps', 'deployments')!, WEBHOOK, WEBHOOK, 'application/merge-patch+json', { spec: { replicas: 3 } });
    await visit.click('irsa-webhook-fleet');
    await becomes('store-k3s', 'modified');
    expect(await visit.page.getByTestId('irsa-fleet-store-k3s').innerText()).toMatch(/changed in the cluster since\s+deployment\.apps\/v1 .* modified/);
    await picture(visit.page, 'fleet-modified');
    expectQuiet(visit);
  });

  it('is told by label, and leaves a cluster that is no longer ticked', async() => {
    await open({ theme: 'dark' });
    await visit.page.getByTestId('irsa-fleet-label').click();
    await visit.page.getByRole('option', { name: 'env=edge' }).click();
    expect(await box('edge-rke2').isChecked()).toBe(true);
    expect(await box('store-k3s').isChecked()).toBe(false);
    await tick('store-k3s');
    await picture(visit.page, 'fleet-chosen-dark');
    await visit.click('irsa-fleet-review');
    expect(await apply(visit), await visit.page.getByTestId('irsa-plan').innerText()).toBe('done');
    await visit.goto('/c/_/irsa/fleet');
    await becomes('store-k3s', 'ready');
    await tick('edge-rke2');
    await visit.click('irsa-fleet-review');
    await visit.page.getByTestId('irsa-plan').waitFor();
    await visit.click('irsa-consent');
    expect(await apply(visit)).toBe('done');
    expect(objects('edge-rke2', 'apps', 'deployments')).toEqual([]);
    expect(objects('store-k3s', 'apps', 'deployments')).toHaveLength(1);
    expectQuiet(visit);
  });

  it('says what a member of a cluster lacks, and begins nothing', async() => {
    // Nothing is asked that is known to be refused: the browser would print it.
    visit = await stage.visit({ user: 'olivia', provoked: /management\.cattle\.io\.clusters\/local/ });
    await visit.goto('/c/_/irsa/clusters');
    await visit.page.getByText('edge-rke2').first().waitFor();
    expect(await visit.page.getByTestId('irsa-to-fleet').count()).toBe(0);
    await visit.goto('/c/_/irsa/fleet');
    await visit.page.getByTestId('irsa-fleet-failed').waitFor();
    expect(await visit.page.getByTestId('irsa-fleet-failed').innerText()).toContain('fleet.cattle.io');
    await picture(visit.page, 'fleet-forbidden');
    expectQuiet(visit);
  });
});
