import type { ClusterRef, ObservedCluster, Partition } from '../../pkg/irsa/domain/facts';
import { createGateways, type Gateways } from '../../pkg/irsa/gateways';
import { fetchTransport } from '../../pkg/irsa/gateways/fetch-transport';
import { observeBinding, findRole } from '../../pkg/irsa/gateways/observe/binding';
import type { Engine } from '../../pkg/irsa/composables/use-engine';
import { knownCaller } from '../../pkg/irsa/gateways/aws/caller';
import { findKeyUse, observeKeySecrets } from '../../pkg/irsa/gateways/observe/key-uses';
import { observeCluster } from '../../pkg/irsa/gateways/observe/cluster';
import { toClusterRefs } from '../../pkg/irsa/gateways/rancher/clusters';
import type { Sign } from '../../pkg/irsa/gateways/aws/signer';
import { rancher } from '../../pkg/irsa/gateways/rancher/client';
import { TransportError, type Transport } from '../../pkg/irsa/gateways/transport';
import { planBind, planEnable } from '../../pkg/irsa/plans';
import type { Plan, StepState } from '../../pkg/irsa/plans/plan';
import { runPlan, type RunResult } from '../../pkg/irsa/plans/run';
import type { Clock } from '../../pkg/irsa/plans/run-context';
import { filledIn, presets } from '../../pkg/irsa/presets';
import { policyNameOf } from '../../pkg/irsa/presets/policy-name';
import { predictRoleName } from '../../pkg/irsa/domain/names/names';

/** One call as the AWS side saw it. */
export interface SeenCall {
  service?: string;
  action: string;
  write: boolean;
  errorCode?: string;
}

/** A world that contract cases run against: the sandbox today, real parts where they are there. */
export interface Target {
  name: string;
  url: string;
  users: Record<string, string>;
  awsCalls(): SeenCall[];
  fault(fault: { match: string; kind: string; times?: number; each?: boolean; delay?: number }): void;
  clearFaults(): void;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export type PlanEngine = Pick<Engine, 'observeBinding' | 'observeRole' | 'caller' | 'keyUse' | 'keySecrets'>;

/** A person at the dashboard, with the session that a browser would have. */
export interface Person {
  transport: Transport;
  /** Everything that was sent, for tests of what must not be. */
  sent: { method: string; url: string }[];
  gateways(): Gateways;
  observe(cluster: string): Promise<ObservedCluster>;
  /** What a page asks of the engine, as far as plans are made from it there. */
  engine(): PlanEngine;
  enable(cluster: string): Promise<Plan>;
  bind(cluster: string, wish?: Partial<Wish>): Promise<Plan>;
  run(plan: Plan, more?: { stopped?: () => boolean; onStep?: (state: StepState) => void; signal?: AbortSignal }): Promise<RunResult>;
}

export interface Wish {
  preset: string;
  parameters: Record<string, string>;
  account: { namespace: string; name: string };
  role: string;
  /** All inline policies of the role are read, as where it gets another. */
  whole: boolean;
  tidies: boolean;
}

/** Waits as long as the world needs, and no longer: back-off would only make the tests slow. */
const quickly: Clock = { now: () => Date.now(), random: () => 0.5, sleep: (duration) => new Promise((resolve) => setTimeout(resolve, Math.min(duration, 30))) };

const BUCKET = { bucket: 'acme-backups', folder: 'local/', region: 'eu-central-1' };

/** Signs itself, with temporary credentials. */
export interface Signing {
  sign: Sign;
  onExpired?(): void;
}

/** Logs in and hands over what a page of ours has. */
export async function logIn(target: Target, username: string, credential: string | Signing | null = 'cattle-global-data:cc-awsprod', partition?: Partition): Promise<Person> {
  const answer = await fetch(`${ target.url }/v1-public/login`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'localProvider', username, password: target.users[username], responseType: 'cookie' })
  });
  const session = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).find((cookie) => cookie?.startsWith('R_SESS='));
  const inner = fetchTransport({ base: target.url, headers: { cookie: `${ session }; CSRF=0123456789`, 'x-api-csrf': '0123456789', 'user-agent': 'Mozilla/5.0' } });
  const sent: Person['sent'] = [];
  const transport: Transport = {
    request(request) {
      sent.push({ method: request.method, url: request.url });

      return inner.request(request);
    },
  };
  const nowhere: Transport = { request: async({ url }) => Promise.reject(new TransportError('network', `there is no way to ${ url } from here`, false)) };
  const gateways = (): Gateways => createGateways({ transport, direct: nowhere, partition, ...typeof credential === 'string' ? { credentialId: credential } : credential });

  async function ref(name: string): Promise<ClusterRef> {
    const [management, provisioning] = await Promise.all(['management', 'provisioning'].map((group) => rancher<{ data: object[] }>(transport, { path: `/v1/${ group }.cattle.io.clusters` })));
    const found = toClusterRefs(management!.data, provisioning!.data).find((one) => one.name === name);

    if (!found) {
      throw new Error(`no cluster ${ name } for ${ username }`);
    }

    return found;
  }
  const observe = async(name: string): Promise<ObservedCluster> => observeCluster(gateways(), await ref(name));

  return {
    transport,
    sent,
    gateways,
    observe,
    engine: () => ({
      observeBinding: (observed, account) => observeBinding(gateways(), observed, account),
      observeRole:    (name) => findRole(gateways().iam!, name),
      caller:         () => knownCaller(gateways()),
      keyUse:         (id, what) => findKeyUse(transport, id, what),
      keySecrets:     (id, secrets, what) => observeKeySecrets(transport, id, secrets, what),
    }),
    enable: async(name) => planEnable(await observe(name)),
    async bind(name, wish = {}) {
      const observed = await observe(name);
      const preset = wish.account ? undefined : presets.find(({ id }) => id === (wish.preset ?? 'rancher-backup'))!;
      const subject = preset?.subject();
      const account = wish.account ?? { namespace: subject!.namespace, name: subject!.serviceAccount };
      const role = wish.role ?? predictRoleName(name, account.namespace, account.name);
      const seen = observed.bindings.known && observed.bindings.value.some((binding) => binding.role.known && binding.role.value?.name === role);
      const [binding, found] = await Promise.all([
        observeBinding(gateways(), observed, account),
        findRole(gateways().iam!, role, { seen, policies: seen && preset && !wish.whole ? [policyNameOf(preset, filledIn(preset, wish.parameters ?? BUCKET))] : undefined }),
      ]);

      return planBind(observed, {
        target:      binding,
        permissions: preset ? { kind: 'preset', preset, parameters: wish.parameters ?? BUCKET } : { kind: 'none' },
        role:        { kind: 'new', name: role, found },
        region:      wish.parameters?.region ?? 'eu-central-1',
        tidies:      wish.tidies,
      });
    },
    run: (plan, { stopped, onStep, signal } = {}) => runPlan(plan, gateways(), { clock: quickly, stopped, onStep: onStep ?? (() => undefined), signal }),
  };
}
