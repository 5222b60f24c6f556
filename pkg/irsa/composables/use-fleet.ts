import {
  computed, onBeforeUnmount, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef
} from 'vue';
import { explanation, IrsaError } from '../domain/errors';
import type { ClusterRef, Text } from '../domain/facts';
import type { FleetCluster, FleetState, ObservedFleet } from '../domain/fleet/fleet';
import { text } from '../domain/text';
import { heldBack } from '../domain/webhook/held-back';
import type { WebhookSite } from '../gateways/observe/webhook-place';
import { planFleetWebhook, planRemoveFleetWebhook } from '../plans/index';
import type { Plan } from '../plans/plan';
import { failureOf, type Failure } from './failure';
import { fewAtOnce } from './few-at-once';
import { useClusterList } from './use-clusters';
import { useHiddenFleet } from './use-hidden-fleet';
import { useEngine, type Engine } from './use-engine';
import { useVisibleInterval } from './use-visible-interval';

/** Rancher's own cluster is where the source of the chart is read. */
const LOCAL = { id: 'local' } as ClusterRef;
const AT_ONCE = 4;
/** Milliseconds between two looks at what Fleet does. */
const PACE = 3000;
/** Labels that Rancher and Fleet write for themselves. */
const OWN_LABEL = /(^|\.)(cattle|rancher)\.io\/|^objectset\.rio|^name$|^provider/;

export interface FleetRow {
  cluster: ClusterRef;
  fleet?: FleetCluster;
  region?: string;
  /** Why it cannot have the webhook by Fleet. */
  reason?: Text;
  /** What stands behind the reason. */
  because?: Text;
  /** Fleet was told to have it there. */
  told: boolean;
  state?: FleetState;
  /** Of the chart that Fleet was told to install in its workspace; empty: none. */
  version: string;
  looking: boolean;
}

export interface Fleet {
  rows: ComputedRef<FleetRow[]>;
  observed: ShallowRef<ObservedFleet | undefined>;
  looking: Ref<boolean>;
  failure: ShallowRef<Failure | undefined>;
  /** `env=prod` of clusters that can be ticked, in order. */
  labels: ComputedRef<string[]>;
  engine(): Promise<Engine>;
  look(): Promise<void>;
  /** Looks at everything anew and plans. */
  planFor(ids: string[]): Promise<Plan>;
  planUndo(): Promise<Plan>;
}

/** Clusters, what Fleet knows of each, and whether the webhook can come there by it. */
export function useFleet(): Fleet {
  const { clusters, loading } = useClusterList();
  const createEngine = useEngine();
  const hidden = useHiddenFleet();
  const observed = shallowRef<ObservedFleet>();
  const failure = shallowRef<Failure>();
  const looking = ref(true);
  const places = reactive(new Map<string, WebhookSite | Failure>());
  const abort = new AbortController();
  const engine = (): Promise<Engine> => createEngine(undefined);

  async function lookAtFleet(): Promise<void> {
    if (hidden.value.length) {
      throw refusal(hidden.value);
    }
    observed.value = await (await engine()).fleet(abort.signal);
    failure.value = undefined;
  }

  async function lookAt(wanted: ClusterRef[]): Promise<void> {
    await fewAtOnce(wanted.filter(isOpen), AT_ONCE, abort.signal, async(cluster) => {
      try {
        places.set(cluster.id, await (await engine()).webhookSite(cluster, abort.signal));
      } catch (error) {
        places.set(cluster.id, failureOf(error));
      }
    });
  }

  async function look(): Promise<void> {
    looking.value = true;
    try {
      await Promise.all([lookAtFleet(), hidden.value.length ? undefined : lookAt(clusters.value)]);
    } catch (error) {
      failure.value = abort.signal.aborted ? undefined : failureOf(error);
    }
    looking.value = false;
  }

  const known = computed(() => new Map(observed.value?.clusters.map((one) => [one.clusterId, one])));

  function rowOf(cluster: ClusterRef): FleetRow {
    const fleet = known.value.get(cluster.id);
    const release = observed.value?.releases.find(({ workspace }) => workspace === fleet?.workspace);
    const told = !!release?.targets.some((one) => one.cluster === fleet?.name);
    const place = places.get(cluster.id);

    return {
      cluster,
      fleet,
      told,
      region:  cluster.region ?? (place && 'traits' in place ? place.traits.region : undefined),
      state:   told && fleet ? release?.states[fleet.name] ?? { state: 'waiting' } : undefined,
      version: release?.version ?? '',
      looking: !place && isOpen(cluster),
      ...reasonOf(cluster, fleet, told, place),
    };
  }

  const rows = computed(() => observed.value ? clusters.value.map(rowOf) : []);

  watch([loading, () => clusters.value.map(({ id, connected }) => `${ id } ${ connected }`).join()], () => {
    if (!loading.value) {
      void look();
    }
  }, { immediate: true });
  useVisibleInterval(async() => {
    if (!looking.value && !failure.value) {
      // A look that fails between two good ones is no news.
      await lookAtFleet().catch(() => undefined);
    }
  }, PACE);
  onBeforeUnmount(() => abort.abort());

  return {
    rows,
    observed,
    looking,
    failure,
    engine,
    look,
    labels: computed(() => [...new Set(rows.value.filter(({ reason, looking: isUnseen }) => !reason && !isUnseen).flatMap(({ fleet }) => labelsOf(fleet)))].sort()),
    async planFor(ids) {
      const source = await (await engine()).webhookSource(LOCAL, abort.signal);

      await look();
      if (!observed.value) {
        await lookAtFleet();
      }
      const wanted = rows.value.filter(({ cluster, reason }) => ids.includes(cluster.id) && !reason);

      return planFleetWebhook(observed.value!, wanted.map(({ cluster, fleet, region }) => {
        const place = places.get(cluster.id);

        return { cluster: fleet!, traits: { ...(place && 'traits' in place ? place.traits : {}), ...(region ? { region } : {}), ...(cluster.registry ? { registry: cluster.registry } : {}) } };
      }), source);
    },
    async planUndo() {
      await lookAtFleet();

      return planRemoveFleetWebhook(observed.value!);
    },
  };
}

/** The answer would be a refusal. */
function refusal(rights: string[]): IrsaError {
  const args = { scope: 'rancher', right: rights.join(', ') };

  return new IrsaError('KUBERNETES_FORBIDDEN', { ...explanation('KUBERNETES_FORBIDDEN', args), why: text('irsa.fleet.hidden', args) });
}

/** It can be looked at; EKS' own only for a region that Rancher was not told. */
function isOpen({ connected, distribution, region }: ClusterRef): boolean {
  return connected && (distribution !== 'eks' || !region);
}

/** The labels of a cluster that somebody gave it: `env=prod`. */
export function labelsOf(cluster: FleetCluster | undefined): string[] {
  return Object.entries(cluster?.labels ?? {}).filter(([key]) => !OWN_LABEL.test(key)).map(([key, value]) => `${ key }=${ value }`);
}

function reasonOf(cluster: ClusterRef, fleet: FleetCluster | undefined, told: boolean, place: WebhookSite | Failure | undefined): { reason?: Text; because?: Text } {
  if (cluster.distribution === 'eks') {
    return { reason: heldBack({ webhook: { known: true, value: { kind: 'built-in' } }, missing: [] }) };
  }
  if (!cluster.connected) {
    return told ? {} : { reason: text('irsa.fleet.reasons.disconnected') };
  }
  if (!fleet) {
    return { reason: text('irsa.fleet.reasons.noFleet') };
  }
  if (told || !place) {
    return {};
  }
  if ('what' in place) {
    return { reason: text('irsa.fleet.reasons.failed'), because: place.why };
  }
  if (!place.webhook.known) {
    return { reason: text('irsa.fleet.reasons.notSeen'), because: place.webhook.why.text };
  }

  // Fleet's agent installs it: what this person may do in the cluster does not matter.
  return { reason: heldBack({ webhook: place.webhook, missing: [] }) };
}
