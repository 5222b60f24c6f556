/**
 * What the dashboard registers globally before any component of ours is mounted, reduced to what a test needs. Words are the
 * real ones out of l10n, formatted as the dashboard formats them, so that a missing key fails a test.
 */
import { config } from '@vue/test-utils';
import FloatingVue from 'floating-vue';
import IntlMessageFormat from 'intl-messageformat';
import vSelect from 'vue-select';
import engineWords from '../../pkg/irsa/l10n/engine.en-us.yaml';
import mainWords from '../../pkg/irsa/l10n/en-us.yaml';
import rightsWords from '../../pkg/irsa/l10n/rights.en-us.yaml';
import temporaryWords from '../../pkg/irsa/l10n/temporary.en-us.yaml';

const words = { irsa: { ...mainWords.irsa as object, ...engineWords.irsa as object, ...rightsWords.irsa as object, ...temporaryWords.irsa as object } };

type Arguments = Record<string, string | number>;

function lookUp(key: string): string | undefined {
  const found = key.split('.').reduce<unknown>((branch, part) => (branch as Record<string, unknown> | undefined)?.[part], words);

  return typeof found === 'string' ? found : undefined;
}

/** As the dashboard's: a key that is not there shows as `%key%`. */
function translate(key: string, args: Arguments = {}): string {
  const text = lookUp(key);

  return text === undefined ? `%${ key }%` : String(new IntlMessageFormat(text, 'en-us').format(args));
}

/** The part of the dashboard's store that words need; a test that needs more provides its own. */
const store = { getters: { 'i18n/t': translate, 'i18n/exists': (key: string) => lookUp(key) !== undefined } };

config.global.mocks = { $store: store, t: translate };
config.global.provide = { store };

config.global.plugins = [FloatingVue];
config.global.components = { 'v-select': vSelect, t: { props: ['k'], template: '<span>{{ t(k, $attrs) }}</span>' } };

config.global.directives = {
  t(element: HTMLElement, { value, arg }: { value: string | { key: string }; arg?: string }) {
    if (!arg) {
      element.innerHTML = translate(typeof value === 'string' ? value : value.key);
    }
  },
  'clean-html': (element: HTMLElement, { value }: { value: string }) => {
    element.innerHTML = value;
  },
  'clean-tooltip':       () => undefined,
  'stripped-aria-label': (element: HTMLElement, { value }: { value?: string }) => {
    element.setAttribute('aria-label', (value ?? '').replace(/<[^>]*>/g, ''));
  },
};
