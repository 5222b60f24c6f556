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

  for (const stage of chooseStages(names)) {
    await stage.prepare();
    const result = await show(stage.name, { verdict }, () => stage.run(rest));

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
