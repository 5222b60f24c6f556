import type { Plan, Step, StepState } from '../../pkg/irsa/plans/plan';
import type { RunResult } from '../../pkg/irsa/plans/run';
import type { World } from '../sandbox/scenario/world.ts';
import type { Person } from './target';

/** What may go wrong at a step. */
export const FAULTS = ['refused', 'throttled', '5xx', 'time-out before', 'answer lost after', 'conflict', 'not everywhere yet', 'browser closed', 'server stuck mid-roll'] as const;
export type FaultName = typeof FAULTS[number];

export const KINDS = { refused: 'deny', throttled: 'throttle', '5xx': 'error', 'time-out before': 'timeout', 'answer lost after': 'lost-answer', conflict: 'conflict', 'not everywhere yet': 'not-yet' } as const satisfies Partial<Record<FaultName, string>>;

/**
 * Somebody else does something to what a step is about, just before it. Gives a question for later: whether their work is still there.
 * Undefined for steps that nobody can come in the way of like that (a wait, a check, a policy that only this plan knows).
 */
export function interference({ call, expects }: Step, world: World): (() => boolean) | undefined {
  const { aws } = world;

  if ('aws' in call) {
    const { RoleName, Url, ClientIDList } = call.aws.input as { RoleName?: string; Url?: string; ClientIDList?: string[] };

    switch (call.aws.command) {
    case 'CreateOpenIDConnectProvider': {
      const { arn } = aws.seedProvider({ url: Url!, clientIds: ClientIDList, tags: { owner: 'somebody' } });

      return () => aws.state.providers.get(arn)?.tags.get('owner') === 'somebody';
    }
    case 'CreateRole': {
      const { trust } = aws.seedRole({ name: RoleName!, trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } });

      return () => roleNamed(world, RoleName!)?.trust === trust;
    }
    case 'TagRole':
    case 'UpdateAssumeRolePolicy': {
      const role = roleNamed(world, RoleName!)!;
      const policy = JSON.parse(role.trust) as { Statement: object[] };

      role.trust = JSON.stringify({ ...policy, Statement: [...policy.Statement, { Sid: 'Theirs', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] });

      return () => roleNamed(world, RoleName!)!.trust.includes('Theirs');
    }
    case 'PutRolePolicy': {
      // One that is rewritten; of a new one only this plan knows.
      if (!expects || !('inlinePolicy' in expects)) {
        return undefined;
      }
      const { policyName } = expects.inlinePolicy;
      const { inline } = roleNamed(world, RoleName!)!;

      inline.set(policyName, JSON.stringify({ ...JSON.parse(inline.get(policyName)!) as object, Id: 'Theirs' }));

      return () => inline.get(policyName)!.includes('Theirs');
    }
    case 'DetachRolePolicy':
    case 'DeleteRolePolicy':
    case 'DeleteRole': {
      const role = roleNamed(world, RoleName!)!;
      const policy = JSON.parse(role.trust) as { Statement: object[] };

      role.trust = JSON.stringify({ ...policy, Statement: [...policy.Statement, { Sid: 'Theirs', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] });

      return () => roleNamed(world, RoleName!)?.trust.includes('Theirs') === true;
    }
    default: return undefined;
    }
  }
  if ('rancher' in call && call.rancher.path === '/v1/management.cattle.io.proxyendpoints') {
    const { store } = world.clusters.local.kube;
    const type = store.findType('management.cattle.io', 'proxyendpoints')!;
    const { name } = (call.rancher.body as { metadata: { name: string } }).metadata;

    store.create(type, { apiVersion: 'management.cattle.io/v3', kind: 'ProxyEndpoint', metadata: { name }, spec: { routes: [{ domain: 'api.their.example' }] } });

    return () => JSON.stringify(store.get(type, undefined, name)?.spec) === '{"routes":[{"domain":"api.their.example"}]}';
  }
  if ('kubernetes' in call && call.kubernetes.path.includes('/deployments/') && expects) {
    const [, namespace = '', name = ''] = /namespaces\/([^/]+)\/deployments\/([^/]+)$/.exec(call.kubernetes.path) ?? [];
    const { store } = world.kube('prod-eks');
    const type = store.findType('apps', 'deployments')!;
    const template = () => (store.get(type, namespace, name)!.spec as { template: { spec: { containers: { envFrom?: { secretRef: { name: string } }[] }[] } } }).template;
    const [container, ...more] = template().spec.containers;

    store.patch(type, namespace, name, 'application/merge-patch+json', { spec: { template: { spec: { containers: [{ ...container, envFrom: [...container!.envFrom ?? [], { secretRef: { name: 'theirs' } }] }, ...more] } } } });

    return () => JSON.stringify(template()).includes('theirs');
  }
  if ('kubernetes' in call && call.kubernetes.path.includes('/helmops') && expects) {
    const [, namespace = '', name = ''] = /namespaces\/([^/]+)\/helmops\/([^/]+)$/.exec(call.kubernetes.path) ?? [];
    const { store } = world.clusters.local.kube;
    const type = store.findType('fleet.cattle.io', 'helmops')!;
    const targets = () => (store.get(type, namespace, name)?.spec as { targets?: { clusterName?: string }[] } | undefined)?.targets ?? [];

    store.patch(type, namespace, name, 'application/merge-patch+json', { spec: { targets: [...targets(), { name: 'theirs', clusterName: 'theirs', helm: { values: {} } }] as never } });

    return () => targets().some(({ clusterName }) => clusterName === 'theirs');
  }
  if ('kubernetes' in call && call.kubernetes.path.includes('/provisioning.cattle.io/') && expects) {
    const { store } = world.clusters.local.kube;
    const type = store.findType('provisioning.cattle.io', 'clusters')!;
    const list = () => (store.get(type, 'fleet-default', 'edge-rke2')!.spec as { rkeConfig: { machineGlobalConfig: Record<string, string[] | undefined> } }).rkeConfig.machineGlobalConfig['kube-apiserver-arg'] ?? [];

    store.patch(type, 'fleet-default', 'edge-rke2', 'application/merge-patch+json', { spec: { rkeConfig: { machineGlobalConfig: { 'kube-apiserver-arg': [...list(), 'audit-log-maxbackup=7'] } } } });

    return () => list().includes('audit-log-maxbackup=7');
  }
  if ('kubernetes' in call && /serviceaccounts\/|settings\//.test(call.kubernetes.path)) {
    const [, namespace, resource = '', name = ''] = /^\/(?:api|apis\/[^/]+)\/[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)\/([^/]+)$/.exec(call.kubernetes.path) ?? [];
    const { store } = world.kube(call.kubernetes.clusterId);
    const type = store.findType(resource === 'settings' ? 'management.cattle.io' : '', resource)!;

    store.patch(type, namespace, name, 'application/merge-patch+json', { metadata: { labels: { theirs: 'yes' } } });

    return () => store.get(type, namespace, name)?.metadata.labels?.theirs === 'yes';
  }

  return undefined;
}

function roleNamed(world: World, name: string) {
  return [...world.aws.state.roles.values()].find((role) => role.name === name);
}

/** What of the sandbox' requests a step sends: an action of AWS, or verb and path. */
export function requestOf({ call }: Step): string {
  if ('aws' in call) {
    return call.aws.command;
  }
  if ('kubernetes' in call) {
    return `${ call.kubernetes.verb } /k8s/clusters/${ call.kubernetes.clusterId }${ call.kubernetes.path.split('?')[0] }`;
  }
  if ('rancher' in call) {
    return `${ call.rancher.verb } ${ call.rancher.path.split('?')[0] }`;
  }
  if ('verify' in call) {
    return 'AssumeRoleWithWebIdentity';
  }

  // A wait only looks.
  return 'GET /k8s/clusters/';
}

/** Whether a fault can come over a step: only what IAM writes takes its time to be everywhere, and only where servers are followed one can be stuck. */
export function canStrike(fault: FaultName, { call, until }: Step): boolean {
  const condition = 'wait' in call ? call.wait.until : until;

  return fault === 'server stuck mid-roll' ? condition !== undefined && 'serversIssuer' in condition : fault !== 'not everywhere yet' || 'aws' in call;
}

/** Milliseconds that a person looks at a server that does not come back. */
const STUCK = 150;

/** Runs a plan with one fault at one step; it strikes when that step begins, and no other. */
export async function runWith(fault: FaultName, step: Step, plan: Plan, person: Person, world: World): Promise<{ result: RunResult; struck: boolean }> {
  const leaving = new AbortController();
  const { servers } = world.kube('edge-rke2');
  let begun = false;

  const onStep = ({ id, status }: StepState) => {
    if (begun || id !== step.id || status !== 'running') {
      return;
    }
    begun = true;
    if (fault === 'server stuck mid-roll') {
      // The second one; whoever watches gives up after a while.
      servers.stuckAt = servers.servers[1]!.name;
      setTimeout(() => leaving.abort(), STUCK);
    } else if (fault === 'browser closed') {
      // Its request is under way by then, or not yet sent: both happen.
      setTimeout(() => leaving.abort(), 3);
    } else {
      world.faults.add({ id: fault, match: requestOf(step), kind: KINDS[fault], times: fault === 'refused' ? 99 : 1, delay: fault === 'not everywhere yet' ? 80 : 1 });
    }
  };
  const result = await person.run(plan, { onStep, signal: leaving.signal });

  const struck = fault === 'server stuck mid-roll' ? begun && result.status !== 'done' : world.faults.struck() > 0;

  // Somebody mends the server; the roll-out goes on by itself.
  servers.stuckAt = undefined;

  world.faults.clear();

  return { result, struck };
}
