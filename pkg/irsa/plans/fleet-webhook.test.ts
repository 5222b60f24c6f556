import { describe, expect, it } from 'vitest';
import { HELM_OP, type ObservedFleet } from '../domain/fleet/fleet';
import { planFleetWebhook, planRemoveFleetWebhook } from './fleet-webhook';
import { EDGE, FLEET, SOURCE, STORE } from './test-facts';

const NEW: ObservedFleet = { ...FLEET, releases: [] };
const TOLD = [{ cluster: 'store', values: { region: 'eu-central-1', replicaCount: 1 } }];
const SAME: ObservedFleet = { ...FLEET, releases: [{ ...FLEET.releases[0]!, version: SOURCE.version, targets: TOLD, states: { store: { state: 'ready' } } }] };

interface Sent { kubernetes: { verb: string; path: string; body?: Record<string, Record<string, unknown>> } }
const call = ({ steps }: ReturnType<typeof planFleetWebhook>, index = 0) => (steps[index]!.call as Sent).kubernetes;

describe('the webhook by Fleet', () => {
  it('is one HelmOp, in which each cluster has its own region and as many replicas as its nodes can carry', () => {
    const plan = planFleetWebhook(NEW, [STORE, EDGE], SOURCE);
    const { verb, path, body } = call(plan);

    expect(plan.steps).toHaveLength(1);
    expect([verb, path]).toEqual(['POST', '/apis/fleet.cattle.io/v1alpha1/namespaces/fleet-default/helmops']);
    expect(body!.metadata).toEqual({ name: HELM_OP, namespace: 'fleet-default' });
    expect(body!.spec).toMatchObject({
      defaultNamespace: 'pod-identity-webhook',
      helm:             { repo: 'https://charts.example/irsa', chart: 'pod-identity-webhook', version: '0.1.0', releaseName: 'pod-identity-webhook', values: { global: { cattle: { systemDefaultRegistry: 'registry.example:5000' } } } },
    });
    expect(body!.spec!.targets).toEqual([
      { name: 'edge', clusterName: 'edge', helm: { values: { replicaCount: 1 } } },
      { name: 'store', clusterName: 'store', helm: { values: { region: 'eu-central-1', replicaCount: 1 } } },
    ]);
    expect(plan.warnings.map(({ key }) => key)).toContain('irsa.warning.fleetNoRegion');
  });

  it('has Fleet overlook what others write into objects of the release, and keeps what an admin has it overlook', () => {
    const ours = [{ kind: 'Secret', name: 'pod-identity-webhook-cert', jsonPointers: ['/data'] }, { kind: 'MutatingWebhookConfiguration', name: 'pod-identity-webhook', jsonPointers: [expect.stringContaining('caBundle'), expect.stringContaining('caBundle')] }];
    const theirs = { apiVersion: 'apps/v1', kind: 'Deployment', jsonPointers: ['/spec/replicas'] };

    expect(call(planFleetWebhook(NEW, [STORE], SOURCE)).body!.spec).toMatchObject({ diff: { comparePatches: ours } });
    expect(call(planFleetWebhook({ ...FLEET, releases: [{ ...FLEET.releases[0]!, overlooked: [theirs, { ...ours[0], jsonPointers: ['/'] }] }] }, [STORE], SOURCE)).body!.spec).toMatchObject({ diff: { comparePatches: [theirs, { ...ours[0], jsonPointers: ['/'] }, ours[1]] } });
  });

  it('keeps all that an admin wrote into a target, and waits for nothing where it says doNotDeploy', () => {
    const whole = { name: 'their-name', clusterName: 'store', doNotDeploy: true, helm: { releaseName: 'own', valuesFrom: [{ secretKeyRef: { name: 'values', key: 'v' } }], values: { region: 'eu-west-1' } } };
    const release = { ...SAME.releases[0]!, version: '0.0.9', targets: [{ cluster: 'store', values: whole.helm.values, held: true as const, whole }], states: {} };
    const plan = planFleetWebhook({ ...SAME, releases: [release] }, [STORE, EDGE], SOURCE);

    expect((call(plan).body!.spec!.targets as unknown[])[1]).toEqual({ ...whole, helm: { ...whole.helm, values: { region: 'eu-west-1', replicaCount: 1 } } });
    expect(plan.steps[0]!.until).toMatchObject({ fleetDeployed: { clusters: [{ name: 'edge' }] } });
    expect(plan.warnings.find(({ key }) => key === 'irsa.warning.fleetHeld')?.args).toEqual({ clusters: 'store' });
    expect(planFleetWebhook({ ...SAME, releases: [{ ...release, version: SOURCE.version, targets: [{ ...release.targets[0]!, values: { region: 'eu-west-1', replicaCount: 1 } }] }] }, [STORE], SOURCE).steps).toEqual([]);
  });

  it('has images come from a cluster’s own registry, before Rancher’s', () => {
    const plan = planFleetWebhook(NEW, [{ ...STORE, traits: { ...STORE.traits, registry: 'own.example' } }, EDGE], SOURCE);

    expect(call(plan).body!.spec!.targets).toEqual([
      { name: 'edge', clusterName: 'edge', helm: { values: { replicaCount: 1 } } },
      { name: 'store', clusterName: 'store', helm: { values: { region: 'eu-central-1', replicaCount: 1, global: { cattle: { systemDefaultRegistry: 'own.example' } } } } },
    ]);
    expect(plan.warnings.find(({ key }) => key === 'irsa.warning.registry')?.args).toEqual({ registry: 'own.example, registry.example:5000' });
  });

  it('is there, too, where somebody changed it in the cluster since: Fleet has come to it', () => {
    expect(planFleetWebhook({ ...SAME, releases: [{ ...SAME.releases[0]!, states: { store: { state: 'modified' } } }] }, [STORE], SOURCE).steps).toEqual([]);
  });

  it('has one in each workspace', () => {
    const local = { ...EDGE, cluster: { ...EDGE.cluster, workspace: 'fleet-local', name: 'local' } };

    const { steps } = planFleetWebhook(NEW, [STORE, local], SOURCE);

    expect(steps.map(({ id }) => id)).toEqual(['create-helmop-fleet-default', 'create-helmop-fleet-local']);
    // All are told before any is waited for: one that fails keeps no other from having it.
    expect(steps.map(({ until }) => until)).toEqual([undefined, { fleetDeployed: { clusters: [expect.objectContaining({ name: 'store' }), expect.objectContaining({ name: 'local' })], gone: [] } }]);
  });

  it('names only the chart’s own address in a registry', () => {
    const { body } = call(planFleetWebhook(NEW, [STORE], { ...SOURCE, repository: { ...SOURCE.repository, spec: { url: 'oci://registry.example/charts/' } } }));

    // Fleet refuses a chart beside it.
    expect(body!.spec!.helm).toMatchObject({ repo: 'oci://registry.example/charts/pod-identity-webhook' });
    expect(body!.spec!.helm).not.toHaveProperty('chart');
  });

  it('writes nothing where Fleet was told the same, and waits where it is at it', () => {
    expect(planFleetWebhook(SAME, [STORE], SOURCE).steps).toEqual([]);
    const [step, ...others] = planFleetWebhook({ ...SAME, releases: [{ ...SAME.releases[0]!, states: { store: { state: 'failed' } } }] }, [STORE], SOURCE).steps;

    expect(others).toEqual([]);
    expect(step).toMatchObject({ change: 'wait', call: { wait: { until: { fleetDeployed: { clusters: [{ name: 'store', namespace: 'cluster-fleet-default-store' }] } } } } });
  });

  it('changes what is there, keeps what somebody set for a cluster, and expects to find what it saw', () => {
    const own: ObservedFleet = { ...SAME, releases: [{ ...SAME.releases[0]!, seen: ['seen'], targets: [{ cluster: 'store', values: { region: 'eu-west-1', failurePolicy: 'Fail' } }] }] };
    const plan = planFleetWebhook(own, [STORE, EDGE], SOURCE);
    const { verb, body } = call(plan);

    expect(verb).toBe('PATCH');
    expect((body!.spec!.targets as unknown[])[1]).toEqual({ name: 'store', clusterName: 'store', helm: { values: { region: 'eu-west-1', replicaCount: 1, failurePolicy: 'Fail' } } });
    expect(plan.steps[0]!.expects).toMatchObject({ kubernetesObject: { field: ['spec', 'targets'], is: ['seen'] } });
    expect(plan.consent).toBeUndefined();
  });

  it('asks before a cluster loses it, and deletes what is for nobody', () => {
    const leaves = planFleetWebhook(FLEET, [STORE], SOURCE);

    expect(leaves.consent?.text.args).toMatchObject({ count: 1, clusters: 'edge' });
    expect(leaves.steps[0]!.until).toMatchObject({ fleetDeployed: { clusters: [{ name: 'store' }], gone: [{ name: 'edge' }] } });
    for (const plan of [planFleetWebhook(FLEET, [], SOURCE), planRemoveFleetWebhook(FLEET)]) {
      expect(call(plan)).toMatchObject({ verb: 'DELETE', path: expect.stringMatching(`/helmops/${ HELM_OP }$`) });
      expect(plan.steps[0]!.until).toEqual({ fleetDeployed: { clusters: [], gone: [{ name: 'edge', namespace: 'cluster-fleet-default-edge' }] } });
      expect(plan.consent?.text.args).toMatchObject({ clusters: 'edge' });
    }
  });

  it.each([
    ['git', { ...SOURCE.repository, spec: { gitRepo: 'https://git.example/charts' } }],
    ['a secret', { ...SOURCE.repository, private: true }],
  ])('is refused for a repository with %s, before anything is written', (_what, repository) => {
    expect(() => planFleetWebhook(NEW, [STORE], { ...SOURCE, repository })).toThrow(expect.objectContaining({ code: 'FLEET_NO_ADDRESS' }));
  });

  it('leaves alone what somebody changed by hand', () => {
    const foreign: ObservedFleet = { ...FLEET, releases: [{ ...FLEET.releases[0]!, foreign: true }] };

    for (const make of [() => planFleetWebhook(foreign, [STORE], SOURCE), () => planRemoveFleetWebhook(foreign)]) {
      expect(make).toThrow(expect.objectContaining({ code: 'FLEET_FOREIGN' }));
    }
  });
});
