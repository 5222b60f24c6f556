import { inject } from 'vue';

/**
 * In place of `vuex`: the store itself is the host's, and a component only has to find it. The library and its developer tools are
 * 5 KB (gzip). A component that takes something else of it fails the build (see vue.config.js): add it here.
 */
export const useStore = () => inject('store');

/** `['a/b']` or `{ name: 'a/b' }` as entries of name and what it stands for. */
const entries = (map) => Array.isArray(map) ? map.map((name) => [name, name]) : Object.entries(map);

/** Computed properties; `place` is the module's name, where one is given. */
const computed = (read) => (place, map) => {
  const prefix = typeof place === 'string' && map ? `${ place.replace(/\/$/, '') }/` : '';

  return Object.fromEntries(entries(map ?? place).map(([name, what]) => [name, function() {
    return read(this.$store, what, prefix, this);
  }]));
};

export const mapGetters = computed((store, name, prefix) => store.getters[prefix + name]);

export const mapState = computed((store, what, prefix, component) => {
  const state = prefix ? prefix.split('/').filter(Boolean).reduce((inside, name) => inside[name], store.state) : store.state;

  return typeof what === 'function' ? what.call(component, state, store.getters) : state[what];
});
