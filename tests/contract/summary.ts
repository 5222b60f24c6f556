import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Hands lines to whoever runs the tests: `npm test` prints them under the stage they belong to. Run by vitest itself, they go to its
 * output.
 * @param name  of the summary; one of the same name is replaced
 */
export function printSummary(name: string, lines: string[]): void {
  const folder = process.env.IRSA_SUMMARIES;

  if (folder) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${ name.replace(/\W+/g, '-') }.txt`), lines.join('\n'));
  } else {
    process.stdout.write(`${ lines.join('\n') }\n`);
  }
}

/**
 * One summary of what several files found, each in a process of its own: whichever ends last says it for all.
 * @param part   which of them this is, from 0
 * @param of     how many there are
 * @param found  what JSON can hold
 */
export function printShared<T>(name: string, part: number, of: number, found: T, lines: (all: T[]) => string[]): void {
  const folder = process.env.IRSA_SUMMARIES;

  if (!folder) {
    return printSummary(name, lines([found]));
  }
  const files = Array.from({ length: of }, (_, index) => path.join(folder, `${ name }.${ index }.json`));

  mkdirSync(folder, { recursive: true });
  writeFileSync(files[part]!, JSON.stringify(found));
  if (files.every((file) => existsSync(file))) {
    printSummary(name, lines(files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as T)));
  }
}
