/**
 * `npm test`: everything, on a machine with Node and nothing else. `npm test -- unit e2e` runs some stages; what follows them goes
 * to the test runner: `npm test -- unit pkg/irsa/domain -t "adds a binding"`.
 */
import { main } from './main.mjs';
import { show } from './progress.mjs';
import { close, verdict } from './report.mjs';
import { chooseStages, splitArguments } from './stages.mjs';

await main(async() => {
  const { names, rest } = splitArguments(process.argv.slice(2));
  /** @type {import('./report.mjs').Result[]} */
  const results = [];

  /** @type {Map<string, { since: number, result: Promise<import('./report.mjs').Result> }>} */
  const begun = new Map();
  const chosen = chooseStages(names);

  for (const stage of chosen) {
    await stage.prepare();
    for (const other of stage.single ? chosen.filter(({ single }) => single) : [stage]) {
      if (!begun.has(other.name)) {
        const result = other.run(rest);

        // Shown, and thrown, when its turn comes.
        result.catch(() => undefined);
        begun.set(other.name, { since: Date.now(), result });
      }
    }
    const { since, result: soon } = /** @type {NonNullable<ReturnType<typeof begun.get>>} */ (begun.get(stage.name));
    const result = await show(stage.name, { since, verdict }, () => soon);

    if (result.summary) {
      console.log(`\n${ result.summary }\n`);
    }
    if (result.failed) {
      console.log(`\n${ result.output }\n`);
    }
    results.push(result);
  }

  return close(results);
});
