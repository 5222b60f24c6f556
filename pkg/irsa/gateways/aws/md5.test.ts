import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { contentMd5 } from './md5';

it('is what Node makes of it, at every length around a block', () => {
  for (const text of [...Array.from({ length: 140 }, (_, length) => 'aé'.repeat(length).slice(0, length)), 'x'.repeat(100_000)]) {
    expect(contentMd5(text)).toBe(createHash('md5').update(text).digest('base64'));
  }
});
