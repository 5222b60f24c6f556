import { ref } from 'vue';

/**
 * In place of the shell's `composables/useRuntimeFlag`: it compares the host's version with 2.11, for 10 KB (gzip). We ask for 2.12
 * at least (package.json).
 */
export const useRuntimeFlag = () => ({ featureDropdownMenu: ref(true) });
