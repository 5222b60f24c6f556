import { setTimeout as sleep } from 'node:timers/promises';
import type { Fields, Watch } from './target';

const WITHIN = 15_000;

/** Reads a watch: one JSON event a line. `start` hands over the parts of the answer as they come and returns what ends it. */
export function eventsOf(start: (write: (part: string) => void, end: () => void) => () => void): Watch {
  const seen: { type: string; object: Fields }[] = [];
  let rest = '';
  const state = { ended: false };
  const stop = start((part) => {
    const lines = (rest + part).split('\n');

    rest = lines.pop() ?? '';
    seen.push(...lines.filter(Boolean).map((line) => JSON.parse(line) as { type: string; object: Fields }));
  }, () => {
    state.ended = true;
  });

  return {
    stop,
    async events(count) {
      for (const until = Date.now() + WITHIN; seen.length < count && !state.ended && Date.now() < until;) {
        await sleep(10);
      }

      return [...seen];
    },
  };
}
