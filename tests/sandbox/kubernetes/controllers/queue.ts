/** Work by key, done later and once: what asks again before it is done is the same work. */
export class WorkQueue {
  private readonly waiting = new Map<string, NodeJS.Timeout | NodeJS.Immediate>();
  private readonly distant = new Map<string, NodeJS.Timeout>();
  private readonly running = new Set<Promise<unknown>>();
  private readonly watchers = new Set<() => void>();
  private stopped = false;

  /** Does the work after some milliseconds; at once means after whoever asks now is through. */
  add(key: string, delay: number, work: () => void | Promise<void>): void {
    if (this.stopped || this.waiting.has(key)) {
      return;
    }
    const run = (): void => {
      this.waiting.delete(key);
      const done = work();

      if (done) {
        this.running.add(done);
        // A failing controller is a defect: it surfaces as an unhandled rejection.
        void done.finally(() => {
          this.running.delete(done);
          this.settle();
        });
      }
      this.settle();
    };

    this.waiting.set(key, delay > 0 ? setTimeout(run, delay).unref() : setImmediate(run));
  }

  /** As `add`, for what is far off: nobody waits for it to call things idle. */
  later(key: string, delay: number, work: () => void): void {
    if (this.stopped || this.distant.has(key)) {
      return;
    }
    this.distant.set(key, setTimeout(() => {
      this.distant.delete(key);
      work();
    }, delay).unref());
  }

  /** When nothing is left to do. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.waiting.size === 0 && this.running.size === 0) {
          this.watchers.delete(look);
          resolve();
        }
      };

      this.watchers.add(look);
      look();
    });
  }

  stop(): void {
    this.stopped = true;
    for (const handle of this.waiting.values()) {
      clearTimeout(handle as NodeJS.Timeout);
      clearImmediate(handle as NodeJS.Immediate);
    }
    this.distant.forEach((timer) => clearTimeout(timer));
    this.waiting.clear();
    this.distant.clear();
    this.settle();
  }

  private settle(): void {
    [...this.watchers].forEach((look) => look());
  }
}
