import { describe, expect, it } from 'vitest';
import { diffLines, layOut } from './line-diff';

describe('the difference of two policies', () => {
  it('is nothing when only the spelling differs', () => {
    const lines = diffLines(layOut('{"a":[1,2]}'), layOut('{ "a": [1,\n 2] }'));

    expect(lines.every(({ kind }) => kind === 'same')).toBe(true);
  });

  it('shows what goes before what comes in its place, and keeps the rest', () => {
    expect(diffLines(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual([
      { kind: 'same', text: 'a' },
      { kind: 'removed', text: 'b' },
      { kind: 'added', text: 'x' },
      { kind: 'same', text: 'c' },
      { kind: 'added', text: 'd' },
    ]);
  });

  it('gives back both texts whole, whatever they are', () => {
    const before = 'the quick brown fox jumps'.split(' ');
    const after = 'a quick red fox jumps over'.split(' ');
    const lines = diffLines(before, after);

    expect(lines.filter(({ kind }) => kind !== 'added').map(({ text }) => text)).toEqual(before);
    expect(lines.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)).toEqual(after);
  });

  it('shows text that is not JSON as it is', () => {
    expect(layOut('not JSON {')).toEqual(['not JSON {']);
  });
});
