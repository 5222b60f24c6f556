import { expect } from 'vitest';
import type { Visit } from './stage';

/** No error in the browser's console, and none that nobody caught. */
export function expectQuiet({ complaints }: Visit): void {
  expect(complaints.join('\n')).toBe('');
}
