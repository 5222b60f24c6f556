import { ref } from 'vue';

/**
 * In place of the shell's `composables/useVeeValidateField`: fields of forms that validate as a whole register there, and it brings
 * a validation library of 11 KB (gzip). Ours have no name and so take no part; what they say comes from their rules.
 */
export function useVeeValidateField({ validationMessage }) {
  return {
    effectiveValidationMessage: validationMessage, veeHandleBlur: () => {}, veeValidate: () => {}, showAllErrors: ref(false)
  };
}
