import { nextTick, watch } from 'vue';
import { foundIn, type FoundAccess } from '../presets/found-in';
import type { Preset } from '../presets/preset';
import { answersSaid } from './chart-page';

export interface ChartBelow {
  /** What the section does with the values itself: nobody said that below. */
  wrote(write: () => void): void;
  /** While an answer from below is taken over: it is in the values already. */
  isTaking(): boolean;
}

/**
 * Hears in a chart's values what somebody answers in Rancher's own form below the section.
 * @param said  what the values said first
 */
export function chartBelow(value: Record<string, unknown>, preset: Preset, said: FoundAccess, hear: { key(): void; answers(given: Record<string, string>): void }): ChartBelow {
  let isTaking = false;

  watch(() => foundIn(value, preset), async(now) => {
    const given = answersSaid(said, now);
    const isKey = now.usesKey && !said.usesKey;

    said = now;
    if (isKey) {
      hear.key();
    }
    if (Object.keys(given).length) {
      isTaking = true;
      hear.answers(given);
      await nextTick();
      isTaking = false;
    }
  });

  return {
    wrote(write) {
      write();
      said = foundIn(value, preset);
    },
    isTaking: () => isTaking,
  };
}
