/** `npm run bench`: the budgets of the design, measured. */
import { runPrepared } from './prepared.mjs';

await runPrepared('tests/bench/main.ts');
