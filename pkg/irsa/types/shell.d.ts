/**
 * What TypeScript cannot find out about the shell by itself: its sources written in JavaScript. Declarations that the shell ships
 * for some of them, components without types, and the globals that every template has.
 */
/// <reference path="../../../node_modules/@rancher/shell/types/shell/index.d.ts" />
/// <reference path="../../../node_modules/@rancher/shell/types/vue-shim.d.ts" />

declare module '@shell/*.vue' {
  import type { DefineComponent } from 'vue';

  const component: DefineComponent<Record<string, unknown>, Record<string, unknown>, unknown>;

  export default component;
}

declare module '@shell/components/SortableTable' {
  export { default } from '@shell/components/SortableTable/index.vue';
}

declare module '*.yaml' {
  const content: Record<string, unknown>;

  export default content;
}
