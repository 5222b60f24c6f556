/** What the checkers say, read: counts and the failures in few words. */
import path from 'node:path';

/**
 * @typedef {object} Result
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped  names of tests that were not run
 * @property {string} output     for people, when something failed
 * @property {string} [summary]  for people, in any case: tables that tests hand over
 */

/** @typedef {{ fullName: string, status: string, failureMessages?: string[] | null }} Test */

/**
 * The part of vitest's JSON report that is read here.
 * @typedef {object} Report
 * @property {{ name: string, status: string, message?: string, assertionResults: Test[] }[]} testResults
 */

const LINES = 25;

/**
 * @param {Report} report
 * @param {string} root  file names are told relative to it
 * @returns {Result}
 */
export function readReport({ testResults }, root) {
  const tests = testResults.flatMap(({ name, assertionResults }) => assertionResults.map((test) => ({ ...test, file: path.relative(root, name) })));
  const failed = tests.filter(({ status }) => status === 'failed');
  // A file that could not be read has no tests: it counts as one that failed, else nobody would miss them.
  const broken = testResults.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'));

  return {
    passed:  tests.filter(({ status }) => status === 'passed').length,
    failed:  failed.length + broken.length,
    skipped: tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ file, fullName }) => `${ file }: ${ fullName }`),
    output:  [
      ...failed.map(({ file, fullName, failureMessages }) => told(`${ file }: ${ fullName }`, failureMessages?.join('\n') ?? '')),
      ...broken.map(({ name, message }) => told(path.relative(root, name), message ?? '')),
    ].join('\n\n'),
  };
}

/** More than these failing at once is no slow machine's bad moment. */
const FEW = 3;

/**
 * The files to run once more: a handful that failed where thousands of tests passed may have met a slow moment of the machine. What fails
 * twice has failed, and what passes then is named (`mergedReport`).
 * @param {Report} report
 * @returns {string[]}
 */
export function worthAnotherRun({ testResults }) {
  const failed = testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);

  return failed.length <= FEW && failed.length < testResults.length ? failed : [];
}

/**
 * A report with what a second run of some of its files says in their place.
 * @param {Report} first
 * @param {Report} second
 * @param {string} root
 * @returns {{ report: Report, shaky: string[] }}  `shaky`: tests that passed only when run again
 */
export function mergedReport(first, second, root) {
  const rerun = new Map(second.testResults.map((file) => [file.name, file]));
  const shaky = first.testResults.flatMap(({ name, assertionResults }) => assertionResults
    .filter(({ fullName, status }) => status === 'failed' && rerun.get(name)?.assertionResults.some((test) => test.fullName === fullName && test.status === 'passed'))
    .map(({ fullName }) => `${ path.relative(root, name) }: ${ fullName }`));

  return { report: { testResults: first.testResults.map((file) => rerun.get(file.name) ?? file) }, shaky };
}

/**
 * A result of a run that ended badly although no test says why.
 * @param {Result} result
 * @param {string} output  what was said last
 * @returns {Result}
 */
export function crashed(result, output) {
  return { ...result, failed: result.failed + 1, output: [result.output, output].filter(Boolean).join('\n\n') };
}

/**
 * What a run lacks of the real parts. A person's machine goes without; one that says which parts it may lack is not green for want of
 * any other.
 * @param {{ name: string, needed: string }[]} lacking  parts, and what the machine lacks for each
 * @param {string | undefined} mayLack  names with commas between them, or `none`; undefined or empty: each may be lacking
 * @returns {Result}
 */
export function lackingParts(lacking, mayLack) {
  const allowed = mayLack?.trim() ? mayLack.split(',').map((name) => name.trim()) : undefined;
  const needed = lacking.filter(({ name }) => allowed && !allowed.includes(name));
  const words = (/** @type {{ name: string, needed: string }} */ { name, needed: what }) => `${ name }: needs ${ what }`;

  return {
    passed:  0,
    failed:  needed.length,
    skipped: lacking.filter((part) => !needed.includes(part)).map(words),
    output:  needed.map((part) => `✗ ${ words(part) }, and MAY_LACK does not name it`).join('\n'),
  };
}

/**
 * The type errors outside node_modules. The shell ships sources instead of declarations: they are read for their types, but they
 * were written for looser settings, and their errors are none of ours.
 * @param {string} output  of vue-tsc, not pretty
 * @returns {string[]}     each with its continuation lines
 */
export function ownErrors(output) {
  /** @type {string[]} */
  const errors = [];

  for (const line of output.split('\n').filter((text) => text.trim())) {
    if (/^\s/.test(line) && errors.length) {
      errors[errors.length - 1] += `\n${ line }`;
    } else {
      errors.push(line);
    }
  }

  return errors.filter((error) => !error.startsWith('node_modules/'));
}

/**
 * A stage in a few words.
 * @param {Result} result
 */
export function verdict({ passed, failed }) {
  return { good: !failed, text: `${ passed } passed${ failed ? `, ${ failed } failed` : '' }` };
}

/**
 * The last lines of a run: what was not run, by name, and the counts, in a form that CI reads.
 * @param {Result[]} results
 * @returns {number}  exit code
 */
export function close(results) {
  const skipped = results.flatMap((result) => result.skipped);
  const sum = (/** @type {'passed' | 'failed'} */ what) => results.reduce((total, result) => total + result[what], 0);

  if (skipped.length) {
    console.log(['', `Not run (${ skipped.length }):`, ...skipped.map((name) => `- ${ name }`)].join('\n'));
  }
  console.log(`\n${ sum('passed') } passed, ${ sum('failed') } failed${ skipped.length ? `, ${ skipped.length } skipped` : '' }`);

  return sum('failed') ? 1 : 0;
}

/**
 * @param {string} name
 * @param {string} message
 */
function told(name, message) {
  const lines = message.trimEnd().split('\n');
  const shown = lines.length > LINES ? [...lines.slice(0, LINES), `… ${ lines.length - LINES } more lines`] : lines;

  return [`✗ ${ name }`, ...shown.map((line) => `  ${ line }`)].join('\n');
}
