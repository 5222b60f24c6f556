import { markRaw } from 'vue';
import { useStore } from 'vuex';
import { TEMPORARY_WORDS } from '../composables/temporary-words';
import { useText } from '../composables/use-text';
import TemporaryForm from './TemporaryForm.vue';

export interface PasteOptions {
  /** Where the keyboard goes when the panel closes. */
  returnTo: string;
  onHeld(): void;
  /** Absent where this person may not create cloud credentials. */
  onCreate?(): void;
}

/** Opens Rancher's slide-in with the form for temporary credentials. Its properties lie in Vuex: none of them is a secret. */
export function usePasteTemporary(): (options: PasteOptions) => void {
  const store = useStore();
  const { t } = useText(TEMPORARY_WORDS);

  return ({ returnTo, onHeld, onCreate }) => store.commit('slideInPanel/open', {
    component:      markRaw(TemporaryForm),
    componentProps: {
      title:               t('irsa.temporary.title'),
      returnFocusSelector: returnTo,
      creatable:           !!onCreate,
      onCreate,
      onHeld:              () => {
        store.commit('slideInPanel/close');
        onHeld();
      },
    },
  });
}
