import { expect } from 'vitest';
import type { Visit } from './stage';

/** No error in the browser's console, and none that nobody caught. */
export function expectQuiet({ complaints }: Visit): void {
  expect(complaints).toEqual([]);
}

/**
 * No secret of this visit lies anywhere that a script, a file, an address or a log could give it away.
 * @param but  what a journey cannot help, each with its reason where it is given
 */
export async function expectNoSecrets({ secrets, page }: Visit, but: RegExp = /^$/): Promise<void> {
  if (!page.isClosed()) {
    expect((await secrets.findings()).filter((finding) => !but.test(finding)).join('\n')).toBe('');
  }
}
