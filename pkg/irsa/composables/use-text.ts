import { useStore } from 'vuex';
import engineWords from '../l10n/engine.en-us.yaml';
import words from '../l10n/en-us.yaml';
import rightsWords from '../l10n/rights.en-us.yaml';
import type { Text } from '../domain/facts';
import { visible } from '../domain/text';
import { formatDate } from './dates';

export type Args = Record<string, string | number>;

export interface Words {
  /** One of our words, or one of the dashboard's. Plain text: interpolate it, never render it as HTML. */
  t(key: string, args?: Args): string;
  /** What the engine has to say. */
  say(text: Text | undefined): string;
  /** Somebody else's text as it was received; what would show nothing, or turn the words around it, is named. */
  show(text: string | undefined): string;
  /** A day as this person wants Rancher to write it, with the time of day where it matters; from milliseconds since the epoch. */
  date(at: number, withTime?: boolean): string;
  /** What the engine has to say, where Rancher's own page will read it as HTML. */
  hint(text: Text | undefined): string | undefined;
}

/** Words of one topic, for the parts that speak of it; `irsa.topic.<name>` stands in each and says that they are there. */
export interface Topic { name: string; words: Record<string, unknown> }

/**
 * Words for a component. The first one of ours on the page brings them to the dashboard: at login it knows only our menu's, because
 * everything in `l10n/en-us.yaml` would otherwise be downloaded by people who never open a page of ours.
 */
export function useText(...topics: Topic[]): Words {
  const store = useStore();

  if (!store.getters['i18n/exists']('irsa.words')) {
    for (const translations of [words, engineWords, rightsWords]) {
      store.commit('i18n/mergeLoadTranslations', { locale: 'en-us', translations });
    }
  }
  for (const { name, words: translations } of topics) {
    if (!store.getters['i18n/exists'](`irsa.topic.${ name }`)) {
      store.commit('i18n/mergeLoadTranslations', { locale: 'en-us', translations });
    }
  }

  const t = (key: string, args?: Args): string => store.getters['i18n/t'](key, args && shown(args)) ?? `%${ key }%`;
  const say: Words['say'] = (text) => text ? t(text.key, text.args) : '';

  const date: Words['date'] = (at, withTime) => (withTime ? ['date-format', 'time-format'] : ['date-format']).map((name) => formatDate(at, store.getters['prefs/get']?.(name) || 'YYYY-MM-DD')).join(' ');

  return { t, say, date, show: (text) => visible(text ?? ''), hint: (text) => escaped(say(text)) || undefined };
}

function shown(args: Args): Args {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? visible(value, { spaces: true }) : value]));
}

/** For what Rancher’s own page reads as HTML. */
export function escaped(words: string): string {
  return words.replace(/[&<>"']/g, (character) => `&#${ character.charCodeAt(0) };`);
}
