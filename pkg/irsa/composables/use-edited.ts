import { computed, getCurrentInstance, type ComputedRef } from 'vue';

/**
 * The object that the form on this page of Rancher's is writing. A panel is given the object as it is saved, while the form edits a copy;
 * both are data of the same component (shell, ResourceDetail: `liveModel` and `value`). Where that is not found, it is the saved one.
 */
export function useEdited<T extends object>(saved: () => T | undefined): ComputedRef<T | undefined> {
  let page = getCurrentInstance()?.parent;

  while (page && !('liveModel' in (page.proxy?.$data ?? {}))) {
    page = page.parent;
  }
  const data = page?.proxy?.$data as { value?: T } | undefined;

  return computed(() => data?.value ?? saved());
}
