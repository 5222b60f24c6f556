import {
  computed, onMounted, ref, shallowRef, type ComputedRef, type ShallowRef
} from 'vue';
import type { Finding, ObservedCluster } from '../domain/facts';
import { driftFindings } from '../domain/issuer/drift';
import {
  isPublished, isSwitchedByRancher, stageOf, type IssuerStage, type ObservedIssuer
} from '../domain/issuer/setup';
import { signsSince } from '../domain/issuer/servers';
import type { IssuerWish } from '../gateways/observe/issuer';
import { LAST_TOKEN } from '../plans/switch-issuer';
import { failureOf, type Failure } from './failure';
import type { Engine } from './use-engine';
import { useVisibleInterval } from './use-visible-interval';

export interface IssuerLook {
  setup: ShallowRef<ObservedIssuer | undefined>;
  failure: ShallowRef<Failure | undefined>;
  stage: ComputedRef<IssuerStage | undefined>;
  published: ComputedRef<boolean>;
  findings: ComputedRef<Finding[]>;
  /** Rancher gives the servers their arguments. */
  byRancher: ComputedRef<boolean>;
  /** When the old issuers may go, in milliseconds; undefined where it is not known or not time to ask. */
  retirable: ComputedRef<number | undefined>;
  /** That time has come. */
  due: ComputedRef<boolean>;
  look(): Promise<ObservedIssuer | undefined>;
  /** Looks at the servers alone, which is one request or two. */
  follow(): Promise<void>;
}

/** Whether a cluster runs its own API servers, and may thus have an issuer that we host. */
export function runsItself({ cluster }: ObservedCluster): boolean {
  return cluster.distribution === 'rke2' || cluster.distribution === 'k3s';
}

/** A finding about the issuer of a cluster that runs itself leads to the steps that mend it: no single plan does. */
export function withIssuerRemedy(found: Finding | undefined, observed: ObservedCluster | undefined): Finding | undefined {
  return found && !found.remedy && observed && runsItself(observed) && /^(ISSUER|KEYS|PROVIDER)_/.test(found.code) ? { ...found, remedy: { id: 'host-issuer', label: { key: 'irsa.cluster.enable' } } } : found;
}

/** How far a cluster is on its way to an issuer of its own, looked at again while the page is seen. */
export function useIssuer(observed: () => ObservedCluster, engine: () => Promise<Engine>, { wish, pace = 20_000 }: { wish?: () => IssuerWish; pace?: number } = {}): IssuerLook {
  const setup = shallowRef<ObservedIssuer>();
  const failure = shallowRef<Failure>();
  const now = ref(Date.now());
  let turn = 0;
  let follows = 0;

  async function look(): Promise<ObservedIssuer | undefined> {
    const mine = ++turn;
    const before = follows;

    try {
      const seen = await (await engine()).issuer(observed(), wish?.());

      now.value = Date.now();
      if (mine === turn) {
        // A look at the servers alone that began later knows better.
        setup.value = before === follows || !setup.value ? seen : { ...seen, servers: setup.value.servers };
        failure.value = undefined;
      }

      return seen;
    } catch (error) {
      if (mine === turn) {
        failure.value = failureOf(error);
      }

      return undefined;
    }
  }

  async function follow(): Promise<void> {
    const servers = await (await engine()).servers(observed()).catch(() => undefined);

    now.value = Date.now();
    if (servers?.known && setup.value) {
      follows++;
      setup.value = { ...setup.value, servers };
    }
  }

  const stage = computed(() => setup.value && stageOf(observed(), setup.value));
  const retirable = computed(() => {
    const { servers, target } = setup.value ?? {};
    const since = stage.value === 'retire' && target && servers?.known ? signsSince(servers.value, target.issuer) : undefined;

    return since === undefined ? undefined : since + LAST_TOKEN;
  });

  onMounted(look);
  useVisibleInterval(look, pace);

  return {
    setup,
    failure,
    stage,
    published: computed(() => !!setup.value && isPublished(setup.value)),
    // What is not there yet is nothing to tell before all is published.
    findings:  computed(() => setup.value?.drift && stage.value ? driftFindings(setup.value.drift, setup.value.target.issuer).filter(({ code }) => stage.value !== 'publish' || /WRITE|CLOSED/.test(code)) : []),
    byRancher: computed(() => isSwitchedByRancher(observed())),
    retirable,
    due:       computed(() => retirable.value !== undefined && retirable.value <= now.value),
    look,
    follow,
  };
}
