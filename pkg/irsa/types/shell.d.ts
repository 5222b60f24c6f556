/**
 * What TypeScript cannot find out about the shell by itself: components written in JavaScript, folders that stand for a component.
 * (The root tsconfig.json adds the declarations that the shell ships for its JavaScript modules and for template globals.)
 */

declare module '*.yaml' {
  const content: Record<string, unknown>;

  export default content;
}

declare module 'vue-select' {
  import type { DefineComponent } from 'vue';

  const component: DefineComponent<Record<string, unknown>, Record<string, unknown>, unknown>;

  export default component;
}
