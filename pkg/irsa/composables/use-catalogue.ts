import {
  computed, onMounted, ref, shallowReactive, type ComputedRef, type Ref
} from 'vue';
import type { ObservedBinding, ObservedCluster, Text } from '../domain/facts';
import { accountsOf } from '../presets/index';
import type { Preset } from '../presets/preset';
import { accountId, type Account } from './accounts';
import { presetState } from './use-bind-form';
import type { Engine } from './use-engine';

/** Looks at this many accounts at a time: each costs the cluster a few requests. */
const AT_ONCE = 3;

export interface CatalogueEntry {
  preset: Preset;
  /** Accounts of this chart that are in the cluster, the usual one first; other releases and namespaces give them other names. */
  found: Account[];
  state: Text;
  /** The first of them, once it was looked at. */
  target?: ObservedBinding;
}

export interface Catalogue {
  entries: ComputedRef<CatalogueEntry[]>;
  /** All accounts of the cluster; undefined until they are read, and where they may not be. */
  accounts: Ref<Account[] | undefined>;
}

/**
 * The accounts in a cluster that could be one of a preset's: those with its own name wherever they are, and those that begin or end
 * with it, as a release of another name makes them (`backup-velero-server`).
 */
export function accountsLike(preset: Preset, accounts: Account[]): Account[] {
  const usual = accountsOf(preset);
  const isUsual = (account: Account) => usual.some((one) => accountId(one) === accountId(account));
  const isLike = ({ name }: Account) => usual.some((one) => name.endsWith(one.name) || name.startsWith(`${ one.name }-`));

  return [...accounts.filter(isUsual), ...accounts.filter((account) => !isUsual(account) && isLike(account))];
}

/** How the charts stand in a cluster: one list of its accounts, then a closer look at those that are there. */
export function useCatalogue(observed: Ref<ObservedCluster>, engine: () => Promise<Engine>, offered: Ref<Preset[]>): Catalogue {
  const accounts = ref<Account[]>();
  const failed = ref(false);
  const targets = shallowReactive(new Map<string, ObservedBinding>());

  const entries = computed(() => offered.value.map((preset): CatalogueEntry => {
    const found = accountsLike(preset, accounts.value ?? []);
    const [first] = found;

    if (!first) {
      return { preset, found, state: { key: accounts.value ? 'irsa.bind.states.notInstalled' : failed.value ? 'irsa.bind.states.unknown' : 'irsa.bind.states.looking' } };
    }

    const target = targets.get(accountId(first));

    return { preset, found, state: presetState(preset, target), target };
  }));

  onMounted(async() => {
    let real: Engine;

    try {
      real = await engine();
      accounts.value = await real.accounts(observed.value.cluster.id);
    } catch {
      // Charts can be chosen without knowing how they stand; the plan will say what is in its way.
      failed.value = true;

      return;
    }
    const due = entries.value.flatMap(({ found: [first] }) => first ?? []);

    while (due.length) {
      await Promise.all(due.splice(0, AT_ONCE).map(async(account) => {
        try {
          targets.set(accountId(account), await real.observeBinding(observed.value, account));
        } catch {
          // Its card goes on saying that it is being looked at; the plan will say why when it is made.
        }
      }));
    }
  });

  return { entries, accounts };
}

/** What the catalogue shows of itself. */
export type CatalogueFilter = 'all' | 'installed' | 'rancher';

/**
 * The entries that a search finds, those in the cluster first: every word has to stand somewhere in a chart's name, title, summary,
 * or the names of AWS' services.
 * @param say  the words that are shown, as people look for those
 */
export function search<T extends { title: Text; summary: Text; chart: { name: string }; services: string[] }>(charts: T[], text: string, say: (text: Text) => string): T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);

  return charts.filter(({
    title, summary, chart, services
  }) => {
    const all = [say(title), say(summary), chart.name, ...services].join(' ').toLowerCase();

    return words.every((word) => all.includes(word));
  });
}
