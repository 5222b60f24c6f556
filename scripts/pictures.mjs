/** `npm run pictures`: the pictures in the documents, taken in the real dashboard. */
import { runPrepared } from './prepared.mjs';

await runPrepared('tests/e2e/pictures.ts');
