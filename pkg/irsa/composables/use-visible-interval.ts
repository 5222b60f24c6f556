import { onBeforeUnmount, onMounted } from 'vue';

/** Calls while the page is seen; when it is seen again after a while, at once. Never two calls at a time. */
export function useVisibleInterval(call: () => Promise<unknown>, milliseconds: number): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Date.now();
  let calling = false;
  let ended = false;

  function look(): void {
    void tick();
  }

  async function tick(): Promise<void> {
    clearTimeout(timer);
    if (!document.hidden && !calling && Date.now() - last >= milliseconds) {
      calling = true;
      try {
        await call();
      } finally {
        calling = false;
        last = Date.now();
      }
    }
    if (!ended && !document.hidden) {
      timer = setTimeout(look, Math.max(200, milliseconds - (Date.now() - last)));
    }
  }

  onMounted(() => {
    document.addEventListener('visibilitychange', look);
    timer = setTimeout(look, milliseconds);
  });
  onBeforeUnmount(() => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  });
}
