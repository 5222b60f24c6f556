import { describe, expect, it, vi } from 'vitest';
import { duration, lastLines, run, show } from './progress.mjs';

describe('duration', () => {
  it.each([
    [412, '0.4 s'],
    [34_400, '34 s'],
    [125_000, '2 min 05 s'],
    [119_900, '2 min 00 s'],
  ])('%i ms is %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));
});

it('lastLines', () => expect(lastLines('a\nb\nc\n\n', 2)).toBe('b\nc'));

describe('show', () => {
  it('says what runs, how it ended and how long it took', async() => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);

    await show('Counting', { about: 45, verdict: (n) => ({ good: n > 1, text: `${ n } counted` }) }, async() => 1);
    expect(log.mock.calls.flat().join('\n')).toMatch(/^… Counting \(takes about 45 s\)\n✗ Counting: 1 counted, 0\.0 s$/);
    log.mockRestore();
  });
});

describe('run', () => {
  it('a failing program is told with its last words, its log and what to do', async() => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const failing = run('Trying', {
      command: process.execPath, args: ['-e', 'console.log("first"); console.error("no registry"); process.exit(3)'], log: 'progress-test', advice: 'Try npm ping.'
    });

    await expect(failing).rejects.toThrow(/^Trying failed \(exit code 3\)[\s\S]*no registry[\s\S]*All of it: .cache\/logs\/progress-test.log\nTry npm ping\.$/);
    log.mockRestore();
  });

  it('a program that is not there as well', async() => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);

    await expect(run('Trying', { command: 'no-such-program', args: [], log: 'progress-test' })).rejects.toThrow('ENOENT');
    log.mockRestore();
  });
});
