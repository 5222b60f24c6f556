/**
 * The real parts that `npm run test:real` brings along. To add one: a file here whose `prepare…` fetches it once into `.cache/real` and
 * answers what the machine lacks for it (undefined when it is there; an installation that fails throws), a line below, and tests under
 * tests/real that ask for the program and are skipped (`describe.skipIf`) where it is not there.
 */
import { fetchHelm } from '../helm.mjs';
import { GO_PROGRAMS, prepareGo } from './go.mjs';
import { PYTHON_PROGRAMS, preparePython } from './python.mjs';

/**
 * @typedef {object} Part
 * @property {string[]} names                            as the run reports them
 * @property {() => Promise<string | undefined>} prepare  answers what the machine lacks
 */

/** @type {Part[]} */
export const parts = [
  { names: GO_PROGRAMS, prepare: prepareGo },
  { names: ['Helm', 'kubectl'], prepare: async() => await fetchHelm() ? undefined : 'Linux on x64' },
  { names: Object.keys(PYTHON_PROGRAMS), prepare: preparePython },
];
