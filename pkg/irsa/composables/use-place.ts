import { computed, type ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export type Place = Record<string, string | undefined>;

export interface Places {
  place: ComputedRef<Place>;
  go(change: Place, how?: 'push' | 'replace'): void;
  /** Ends the work: back to Rancher's page that it began on, if it did; else to where it was opened. `made`: of what had yet to be made there, to the list. */
  leave(made?: boolean): void;
}

/**
 * Where a person is on the page, kept in the address: reloading keeps it, Back undoes it, and it can be sent to a colleague.
 * Nothing secret goes there.
 */
export function usePlace(): Places {
  const route = useRoute();
  const router = useRouter();
  const place = computed<Place>(() => Object.fromEntries(
    Object.entries(route.query ?? {}).map(([key, value]) => [key, (Array.isArray(value) ? value[0] : value) ?? undefined])
  ));

  function go(change: Place, how: 'push' | 'replace' = 'push'): void {
    const query = definedOf({ ...place.value, ...change });

    // `path`, not the name: inside Rancher's own pages the route is theirs.
    void router[how]({ path: route.path, query, hash: route.hash });
  }

  return {
    place,
    go,
    leave(made) {
      const { back } = place.value;

      // Whoever wrote the address, it leads to a page of this dashboard.
      if (back?.startsWith('/c/')) {
        void router.replace(made ? back.replace(/\/create([?#].*)?$/, '') : back);
      } else {
        go(withoutWork(place.value));
      }
    },
  };
}

/** A place as an address takes it. */
export function definedOf(place: Place = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(place).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** What a plan, a wizard or a role's page keeps there while it is open; questions of presets (`p.…`) besides. */
const WORK = [
  'back', 'plan', 'bind', 'account', 'namespace', 'name', 'review', 'role', 'of', 'edit', 'finding', 'also', 'from', 'issuer', 'bucket', 'region', 'address', 'confirmed', 'via', 'use', 'secrets'
];

/** The change that ends it and leaves the rest of the address as it is. */
export function withoutWork(place: Place): Place {
  return Object.fromEntries(Object.keys(place).filter((key) => WORK.includes(key) || key.startsWith('p.')).map((key) => [key, undefined]));
}
