import { mkdirSync, writeFileSync } from 'node:fs';
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
