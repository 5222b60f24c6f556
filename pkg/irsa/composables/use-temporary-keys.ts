import { readonly, shallowRef, type ShallowRef } from 'vue';
import { useRouter, type Router } from 'vue-router';
import { useStore, type Store } from 'vuex';
import { irsaError } from '../domain/errors';
import type { TemporaryKeys } from '../gateways/aws/signer';

/** Stands for them where a credential is named by its id: in the picker, in the address. */
export const TEMPORARY = 'temporary';

/** What may be shown of temporary credentials. */
export interface TemporaryState {
  /** `expired`: they are gone, and why is worth saying. */
  status: 'none' | 'held' | 'expired';
  /** When they were pasted, in milliseconds since 1970. */
  since?: number;
  /** Milliseconds since 1970; unknown where the pasted text did not say. */
  expires?: number;
  /** Number of the account, as soon as IAM told. */
  account?: string;
  /** The person's last choice was them: pages that are opened with no other in their address take them, too. */
  chosen?: boolean;
}

/** How they stand where somebody has to sign: not there, there if nothing else is, or what this person chose last. */
export type Standing = 'none' | 'there' | 'chosen';

/** Temporary credentials of this browser tab. */
export interface TemporaryCredentials {
  state: Readonly<ShallowRef<TemporaryState>>;
  hold(keys: TemporaryKeys, expires?: number): void;
  /** For who signs, at each request. @throws IrsaError CREDENTIAL_EXPIRED, CREDENTIAL_FORGOTTEN */
  keys(): TemporaryKeys;
  /** AWS said so. */
  expire(): void;
  forget(): void;
  belongsTo(account: string): void;
  standing(): Standing;
  /** The person chose a credential, by its id. */
  choose(id: string | undefined): void;
}

/** Browsers' longest timer, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Holds the keys in a closure and nowhere else: not in a Vuex module, a ref or an object that anybody could list. They go when told,
 * when they expire, and with the tab.
 */
export function createTemporaryCredentials(now: () => number = Date.now): TemporaryCredentials {
  const state = shallowRef<TemporaryState>({ status: 'none' });
  let held: TemporaryKeys | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function drop(next: TemporaryState): void {
    clearTimeout(timer);
    held = undefined;
    state.value = next;
  }

  const expire = (): void => drop({ ...state.value, status: 'expired' });

  return {
    state: readonly(state) as Readonly<ShallowRef<TemporaryState>>,
    hold(keys, expires) {
      drop({ status: 'held', since: now(), expires, chosen: true });
      held = { ...keys };
      if (expires !== undefined) {
        timer = setTimeout(expire, Math.min(Math.max(0, expires - now()), LONGEST_TIMER));
      }
    },
    keys() {
      // A timer of a tab in the background may be late.
      if (held && (state.value.expires ?? Infinity) <= now()) {
        expire();
      }
      if (!held) {
        throw irsaError(state.value.status === 'expired' ? 'CREDENTIAL_EXPIRED' : 'CREDENTIAL_FORGOTTEN', { message: '' });
      }

      return held;
    },
    expire() {
      if (held) {
        expire();
      }
    },
    forget: () => drop({ status: 'none' }),
    standing: () => state.value.status === 'none' ? 'none' : state.value.chosen ? 'chosen' : 'there',
    choose(id) {
      if (state.value.status !== 'none' && (state.value.chosen ?? false) !== (id === TEMPORARY)) {
        state.value = { ...state.value, chosen: id === TEMPORARY };
      }
    },
    belongsTo(account) {
      if (held && state.value.account !== account) {
        state.value = { ...state.value, account };
      }
    },
  };
}

/**
 * One for each dashboard, that is for each tab: pages come and go, and the credentials are for all of them. Weak, so that nothing of them
 * outlives the dashboard's store. The only state of this kind: anything that a page could reach otherwise would be stored state.
 */
const tabs = new WeakMap<object, TemporaryCredentials>();

/** The temporary credentials of this tab; forgotten when the person logs out, is logged out, or comes to a page before the log-in. */
export function useTemporaryCredentials(): TemporaryCredentials {
  const store = useStore();
  const router = useRouter();
  const known = tabs.get(store);

  if (known) {
    return known;
  }
  const made = createTemporaryCredentials();

  tabs.set(store, made);
  forgetAtLogout(made, store, router);

  return made;
}

/** @internal for tests */
export function forgetAtLogout(credentials: TemporaryCredentials, store: Pick<Store<unknown>, 'subscribe'>, router: Pick<Router, 'afterEach'>): void {
  store.subscribe(({ type }) => {
    if (type === 'auth/loggedOut' || type === 'auth/loggedInAs') {
      credentials.forget();
    }
  });
  router.afterEach(({ path }) => {
    if (path.startsWith('/auth/')) {
      credentials.forget();
    }
  });
  // A page that the browser keeps for the Back button would keep them too.
  window.addEventListener('pagehide', () => credentials.forget());
}
