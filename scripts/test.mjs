/**
 * `npm test`: everything, on a machine with Node and nothing else. `npm test -- unit e2e` runs some stages; what follows them goes
 * to the test runner: `npm test -- unit pkg/irsa/domain -t "adds a binding"`.
 */
import { main } from './main.mjs';
import { show } from './progress.mjs';
import { chooseStages, splitArguments } from './stages.mjs';

await main(async() => {
  const { names, rest } = splitArguments(process.argv.slice(2));
  /** @type {import('./report.mjs').Result[]} */
  const results = [];

  for (const stage of chooseStages(names)) {
    await stage.prepare();
    const result = await show(stage.name, { verdict }, () => stage.run(rest));

    if (result.failed) {
      console.log(`\n${ result.output }\n`);
    }
    results.push(result);
  }
  const skipped = results.flatMap((result) => result.skipped);
  const sum = (/** @type {'passed' | 'failed'} */ what) => results.reduce((total, result) => total + result[what], 0);

  if (skipped.length) {
    console.log(['', `Not run (${ skipped.length }):`, ...skipped.map((name) => `- ${ name }`)].join('\n'));
  }
  console.log(`\n${ sum('passed') } passed, ${ sum('failed') } failed`);

  return sum('failed') ? 1 : 0;
});

/** @param {import('./report.mjs').Result} result */
function verdict({ passed, failed }) {
  return { good: !failed, text: `${ passed } passed${ failed ? `, ${ failed } failed` : '' }` };
}
