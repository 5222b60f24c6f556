import day from 'dayjs';
import { describe, expect, it } from 'vitest';
import { formatDate } from './dates';

/** All that Rancher's page of preferences offers (@rancher/shell store/prefs.js). */
const PATTERNS = ['ddd, MMM D YYYY', 'ddd, D MMM YYYY', 'D/M/YYYY', 'M/D/YYYY', 'YYYY-MM-DD', 'h:mm:ss a', 'HH:mm:ss'];
const TIMES = ['2026-01-02T03:04:05', '2026-11-27T00:00:00', '2027-05-31T12:30:59', '2028-02-29T23:59:01'];

describe('formatDate', () => {
  it.each(PATTERNS)('writes %s as Rancher’s own library does', (pattern) => {
    for (const time of TIMES) {
      const at = new Date(time).getTime();

      expect(formatDate(at, pattern)).toBe(day(at).format(pattern));
    }
  });
});
