import { beforeAll, describe, it } from 'vitest';
import { observeNamespace, observeRollout } from '../../../pkg/irsa/gateways/kubernetes/workloads';
import { workload } from '../../sandbox/kubernetes/testing.ts';
import { CLUSTER, transportOf, type Comparison } from './target';

/** What our gateways read of workloads; with controllers, how roll-outs go. */
export function workloadCases(comparison: () => Comparison): void {
  describe('workloads', () => {
    let see: Comparison;
    let namespace: string;

    beforeAll(async() => {
      see = comparison();
      namespace = await see.namespace();
    });

    it('are found by the account that they name', async() => {
      for (const [kind, plural, spec] of [['Deployment', 'deployments', { replicas: 0 }], ['StatefulSet', 'statefulsets', { replicas: 0, serviceName: 'x' }], ['DaemonSet', 'daemonsets', {}]] as const) {
        await see.post(`/apis/apps/v1/namespaces/${ namespace }/${ plural }`, { ...workload(kind, 'app', spec, { serviceAccountName: 'reader', nodeSelector: { no: 'node' } }), metadata: { name: 'app' } });
      }
      const load = await observeNamespace(transportOf(see.target), CLUSTER, namespace);

      see.gives('workloads', load.workloads('reader').map(({ kind, replicas }) => [kind, replicas]), [['Deployment', 0], ['StatefulSet', 0], ['DaemonSet', 0]]);
      see.gives('of another account', [load.workloads('default'), load.pods('reader')], [[], []]);
    });

    it('roll out: seen by the controller, all new, none old', async({ skip }) => {
      skip(!see.target.controllers, 'no controllers here');
      const transport = transportOf(see.target);
      const rollout = (name: string) => observeRollout(transport, CLUSTER, 'Deployment', namespace, name);
      const settled = async(name: string) => {
        for (const until = Date.now() + 15_000; !(await rollout(name)).done && Date.now() < until;) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }

        return rollout(name);
      };

      see.gives('nothing', await rollout('none'), { done: false, ready: 0, wanted: 0 });
      see.gives('scaled to zero', await settled('app'), { done: true, ready: 0, wanted: 0 });
      await see.done({ method: 'PATCH', path: `/apis/apps/v1/namespaces/${ namespace }/deployments/app`, contentType: 'application/strategic-merge-patch+json', body: { spec: { template: { metadata: { annotations: { x: 'y' } } } } } });
      see.gives('changed', await settled('app'), { done: true, ready: 0, wanted: 0 });
    });
  });
}
