import {
  getCurrentInstance, h, inject, nextTick, onErrorCaptured, ref, type Component
} from 'vue';

/** What of Rancher's page for charts matters here (shell, pages/c/_cluster/apps/charts/install.vue). */
interface InstallPage { valuesComponent?: Component | null; hasQuestions?: boolean; preFormYamlOption?: string; $parent?: InstallPage | null }

interface Getters { 'type-map/hasCustomChart': (name: string) => boolean; 'type-map/importChart': (name: string) => Component }

/** Nothing, once what is in it cannot be set up or drawn: codes 0 and 1 of Vue's, and what they are called while developing. */
const UNDRAWN = /^(setup|render) f|-[01]$/;

const orNothing = (section: Component): Component => ({
  inheritAttrs: false,
  setup(_props, { attrs }) {
    const failed = ref(false);

    onErrorCaptured((error, _instance, info) => {
      if (!UNDRAWN.test(info)) {
        return;
      }
      failed.value = true;
      // eslint-disable-next-line no-console -- Vue would have said it there, too
      console.error(error);

      return false;
    });

    return () => failed.value ? null : h(section, attrs);
  },
});

/**
 * Rancher's own form for a chart, whole and as it is, with a section of ours above it, for `register`. Where ours cannot be loaded or drawn, the form
 * stands there alone; and where Rancher has none, its page does what it does with charts that have none.
 * @param host  the host's name of its form
 */
export const aboveForm = (load: () => Promise<Component>, host: string) => async(): Promise<Component> => {
  const section = await load().then(orNothing, () => null);

  return {
    inheritAttrs: false,
    setup(_props, { attrs }) {
      const { proxy } = getCurrentInstance()!;
      // As Vuex' `useStore` has it.
      const { getters } = inject<{ getters: Getters }>('store')!;
      const own = getters['type-map/hasCustomChart'](host) ? getters['type-map/importChart'](host) : undefined;
      /** It reads some values only when it is made. */
      const generation = ref(0);

      if (!own) {
        let page = proxy as InstallPage | null | undefined;

        while (page && !('valuesComponent' in page)) {
          page = page.$parent;
        }
        // Once it is done with showing what it takes for a form.
        void nextTick(() => page && Object.assign(page, { valuesComponent: null, preFormYamlOption: page.hasQuestions ? 'FORM' : 'YAML' }));
      }

      return () => own && h('div', { style: 'width:100%' }, [
        section && h(section, { ...attrs, onAnew: () => generation.value++ }),
        h(own, { ...attrs, key: generation.value }),
      ]);
    },
  };
};
