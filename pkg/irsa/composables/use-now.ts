import {
  onBeforeUnmount, ref, watch, type Ref
} from 'vue';

/** The time, ticking while `running`. */
export function useNow(running: Ref<boolean>, interval = 100): Ref<number> {
  const now = ref(Date.now());
  let timer: ReturnType<typeof setInterval> | undefined;

  watch(running, (on) => {
    clearInterval(timer);
    now.value = Date.now();
    if (on) {
      timer = setInterval(() => (now.value = Date.now()), interval);
    }
  }, { immediate: true });
  onBeforeUnmount(() => clearInterval(timer));

  return now;
}
