import { escapeInvisible, visible } from '../domain/text';

export interface DiffLine { kind: 'same' | 'added' | 'removed'; text: string }

/**
 * Laid out one value a line, so that a changed value is a changed line. What would show nothing stands as JSON escapes it. What is not
 * JSON is shown as it is.
 */
export function layOut(json: string): string[] {
  try {
    return escapeInvisible(JSON.stringify(JSON.parse(json), null, 2)).split('\n');
  } catch {
    return json.split('\n').map((line) => visible(line, { spaces: true }));
  }
}

/** Cells of the table that a comparison may fill; policies of AWS need a few thousand. */
const LARGEST = 4_000_000;

/**
 * Lines of both texts in reading order; removed ones before what took their place (longest common subsequence). Beyond what a browser
 * compares in a moment, all lines between the same beginning and the same end count as changed.
 */
export function diffLines(before: string[], after: string[]): DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  let tail = 0;

  while (head < shorter && before[head] === after[head]) {
    head++;
  }
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) {
    tail++;
  }
  const same = (lines: string[]) => lines.map((text): DiffLine => ({ kind: 'same', text }));
  const [gone, come] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const between = gone.length * come.length > LARGEST ? [...gone.map((text): DiffLine => ({ kind: 'removed', text })), ...come.map((text): DiffLine => ({ kind: 'added', text }))] : compared(gone, come);

  return [...same(after.slice(0, head)), ...between, ...same(after.slice(after.length - tail))];
}

function compared(before: string[], after: string[]): DiffLine[] {
  const common: number[][] = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const length = (i: number, j: number): number => common[i]?.[j] ?? 0;

  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i]![j] = before[i] === after[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;

  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: 'same', text: before[i]! });
      i++;
      j++;
    } else if (i < before.length && (j >= after.length || length(i + 1, j) >= length(i, j + 1))) {
      lines.push({ kind: 'removed', text: before[i++]! });
    } else {
      lines.push({ kind: 'added', text: after[j++]! });
    }
  }

  return lines;
}
