import { inject } from 'vue';

/**
 * In place of `vuex`: the store itself is the host's, and a component only has to find it. The library and its developer tools are
 * 5 KB (gzip). What a component takes of it besides: add it here.
 */
export const useStore = () => inject('store');
