import { computed, type ComputedRef } from 'vue';
import { TEMPORARY_WORDS } from './temporary-words';
import { useNow } from './use-now';
import { useTemporaryCredentials, type TemporaryState } from './use-temporary-keys';
import { useText, type Words } from './use-text';

const MINUTE = 60_000;
/** How often what is left is told anew. */
const TOLD_EVERY = 5000;

/** How the temporary credentials of this tab are called: whose they are, and how long they are good. */
export function useTemporaryName(): ComputedRef<string> {
  const { t } = useText(TEMPORARY_WORDS);
  const { state } = useTemporaryCredentials();
  const now = useNow(computed(() => state.value.status === 'held' && state.value.expires !== undefined), TOLD_EVERY);

  return computed(() => temporaryName(state.value, now.value, t));
}

export function temporaryName({ status, expires, account }: TemporaryState, now: number, t: Words['t']): string {
  const name = account ? t('irsa.temporary.nameOf', { account }) : t('irsa.temporary.name');

  return status === 'expired' ? t('irsa.temporary.ends.expired', { name }) : t('irsa.temporary.ends.held', { name, left: left(expires, now, t) });
}

function left(expires: number | undefined, now: number, t: Words['t']): string {
  if (expires === undefined) {
    return t('irsa.temporary.ends.unknown');
  }
  const minutes = Math.floor((expires - now) / MINUTE);

  if (minutes < 1) {
    return t('irsa.temporary.ends.soon');
  }

  return minutes < 120 ? t('irsa.temporary.ends.minutes', { minutes }) : t('irsa.temporary.ends.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
