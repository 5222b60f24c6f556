/** How each state looks; the word beside it says the same. */
export const NEED_TONES = {
  there:   { icon: 'icon-checkmark', tone: 'good' },
  missing: { icon: 'icon-error', tone: 'bad' },
  unsure:  { icon: 'icon-question-mark', tone: 'notice' },
  unknown: { icon: 'icon-question-mark', tone: 'quiet' },
  asking:  { icon: 'icon-spinner', tone: 'quiet' },
} as const;
