import { inject, type InjectionKey } from 'vue';
import { useStore } from 'vuex';
import type { Account } from './accounts';
import type {
  ClusterRef, IdentityCheck, ObservedBinding, ObservedCluster, ObservedRole
} from '../domain/facts';
import type { Plan } from '../plans/plan';
import type { RunOptions, RunResult } from '../plans/run';

/** What the pages ask of the engine: one cluster, one credential. Everything is read live at each call. */
export interface Engine {
  observe(cluster: ClusterRef, signal?: AbortSignal): Promise<ObservedCluster>;
  /** The same with as few requests as a list can afford; bindings are counted, not judged. */
  observeBrief(cluster: ClusterRef, signal?: AbortSignal): Promise<ObservedCluster>;
  observeBinding(observed: ObservedCluster, account: Account, signal?: AbortSignal): Promise<ObservedBinding>;
  /** `policies` names the inline policies to read; all of them when left out. */
  observeRole(name: string, options?: { policies?: string[]; signal?: AbortSignal }): Promise<ObservedRole | null>;
  roleNames(signal?: AbortSignal): Promise<string[]>;
  accounts(clusterId: string, signal?: AbortSignal): Promise<Account[]>;
  verify(observed: ObservedCluster, binding: ObservedBinding, signal?: AbortSignal): Promise<IdentityCheck>;
  run(plan: Plan, options: Pick<RunOptions, 'onStep' | 'stopped'>): Promise<RunResult>;
}

export type EngineFactory = (credentialId: string | undefined) => Promise<Engine>;

/** Tests put their own engine here. */
export const ENGINE: InjectionKey<EngineFactory> = Symbol('irsa.engine');

/** The engine over the dashboard's own request action. It is loaded when first needed: the AWS SDK is the largest part of ours. */
export function useEngine(): EngineFactory {
  const store = useStore();
  const real: EngineFactory = async(credentialId) => (await import(/* webpackChunkName: "engine" */ './engine')).createEngine(store, credentialId);

  return inject(ENGINE, real);
}
