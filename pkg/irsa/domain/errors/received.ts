/** Characters of somebody else's text that are kept: enough for the longest message of AWS, and no page grows by megabytes. */
const LONGEST = 4000;

/**
 * A text that came from outside, as it was received but for its length. What is no text (an answer may lie about that) is written
 * as JSON; nothing at all is the empty text.
 */
export function received(value: unknown): string {
  const words = typeof value === 'string' ? value : value === undefined || value === null ? '' : written(value);

  return words.length > LONGEST ? `${ words.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '') }…` : words;
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Deeper than the stack, or in a circle: it has no text.
    return '';
  }
}
