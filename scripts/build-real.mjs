/**
 * Compiles the real parts ahead of `npm run test:real`, which says what failed: what could not be built here is tried again there. Needs neither
 * the toolchain nor dependencies, which others fetch meanwhile.
 */
import { stopOnSignals } from './processes.mjs';
import { prepareGo } from './real/go.mjs';

stopOnSignals();
await prepareGo();
