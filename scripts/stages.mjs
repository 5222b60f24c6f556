/** What `npm test` runs, stage by stage, and how each result is counted. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildDashboard } from './dashboard.mjs';
import { buildExtension } from './extension.mjs';
import { cache, root } from './paths.mjs';
import { startProcess } from './processes.mjs';
import { lastLines } from './progress.mjs';
import { crashed, mergedReport, ownErrors, readReport, worthAnotherRun } from './report.mjs';

/** @typedef {import('./report.mjs').Result} Result */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {boolean} [single]  uses one core only: all of these run at once
 * @property {() => Promise<unknown>} prepare          builds what it needs
 * @property {(args: string[]) => Promise<Result>} run  `args`: for the test runner, a file or `-t name`
 */

const nothing = async() => undefined;

const built = async() => {
  await buildExtension();
  await buildDashboard();
};

/** @type {Stage[]} */
export const stages = [
  { name: 'lint', single: true, prepare: nothing, run: lint },
  { name: 'types', single: true, prepare: nothing, run: types },
  { name: 'unit', prepare: nothing, run: (args) => vitest('unit', args) },
  { name: 'component', prepare: nothing, run: (args) => vitest('component', args) },
  { name: 'contract', prepare: nothing, run: (args) => vitest('contract', args) },
  { name: 'e2e', prepare: built, run: (args) => vitest('e2e', args) },
];

/**
 * `unit e2e pkg/irsa/domain -t name`: first stages, then what the test runner is to get.
 * @param {string[]} args
 */
export function splitArguments(args) {
  const first = args.findIndex((argument) => /^-|[/.]/.test(argument));
  const end = first < 0 ? args.length : first;

  return { names: args.slice(0, end), rest: args.slice(end) };
}

/**
 * The stages that a person asked for, in our order.
 * @param {string[]} names  none: all
 */
export function chooseStages(names) {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));

  if (unknown.length) {
    throw new Error(`There is no stage ${ unknown.join(', ') }. Stages: ${ stages.map(({ name }) => name).join(', ') }.`);
  }

  return names.length ? stages.filter(({ name }) => names.includes(name)) : stages;
}

/** @returns {Promise<Result>} */
async function lint() {
  const { end, output } = await capture('lint', 'eslint/bin/eslint.js', ['--max-warnings', '0', '.']);

  return end === 'exit code 0' ? one(true, '') : one(false, `${ lastLines(output, 80) }\n\nMuch of it mends itself: node scripts/with-toolchain.mjs eslint --fix .`);
}

/** @returns {Promise<Result>} */
async function types() {
  const { end, output } = await capture('types', 'vue-tsc/bin/vue-tsc.js', ['--noEmit', '--pretty', 'false']);
  const errors = ownErrors(output);

  // With errors of the shell it ends with a code too; without any line about errors, something else went wrong.
  const crash = end !== 'exit code 0' && !/error TS\d+/.test(output);

  return one(!errors.length && !crash, crash ? lastLines(output, 40) : errors.join('\n'));
}

/**
 * One project of vitest.config.mts; its output is in `.cache/logs/<project>.log`. A few files that fail are run once more, alone.
 * @param {string} project
 * @param {string[]} args  for vitest
 * @returns {Promise<Result>}
 */
export async function vitest(project, args) {
  rmSync(summaries(project), { recursive: true, force: true });
  const first = await runVitest(project, args);
  const again = first.report ? worthAnotherRun(first.report) : [];

  if (!first.report || !again.length) {
    return { ...first.result, summary: readSummaries(project) };
  }
  const second = await runVitest(project, [...again.map((name) => path.relative(root, name)), ...options(args)]);

  if (!second.report) {
    return { ...first.result, summary: readSummaries(project) };
  }
  const { report, shaky } = mergedReport(first.report, second.report, root);
  const words = shaky.length ? `Passed only when run again:\n${ shaky.map((name) => `- ${ name }`).join('\n') }` : '';

  return { ...readReport(report, root), summary: [readSummaries(project), words].filter(Boolean).join('\n\n') };
}

/**
 * What was asked for besides files and folders: `-t` with its name.
 * @param {string[]} args
 */
function options(args) {
  return args.filter((argument, index) => argument.startsWith('-') || args[index - 1]?.startsWith('-'));
}

/**
 * @param {string} project
 * @param {string[]} args
 * @returns {Promise<{ result: Result, report?: import('./report.mjs').Report }>}  no report: the run crashed
 */
async function runVitest(project, args) {
  const file = path.join(cache, 'logs', `${ project }.json`);

  rmSync(file, { force: true });
  const { end, output } = await capture(project, 'vitest/vitest.mjs', [
    'run', '--project', project, '--reporter', 'default', '--reporter', 'json', `--outputFile.json=${ file }`, ...args
  ], { IRSA_SUMMARIES: summaries(project) });

  try {
    /** @type {import('./report.mjs').Report} */
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const result = readReport(report, root);

    return result.failed || end === 'exit code 0' ? { result, report } : { result: crashed(result, lastLines(output, 40)) };
  } catch {
    return { result: crashed({ passed: 0, failed: 0, skipped: [], output: '' }, lastLines(output, 40)) };
  }
}

/** Where tests leave what people should see of a run: `tests/contract/summary.ts`. */
function summaries(/** @type {string} */ project) {
  return path.join(cache, 'summaries', project);
}

/** @param {string} project */
function readSummaries(project) {
  const folder = summaries(project);

  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.txt')).sort() : [];

  return names.map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n\n');
}

/**
 * @param {boolean} passed
 * @param {string} output
 * @returns {Result}
 */
function one(passed, output) {
  return { passed: Number(passed), failed: Number(!passed), skipped: [], output };
}

/**
 * Runs a program of a dependency to its end; its output is kept in `.cache/logs/<log>.log` as well.
 * @param {string} log
 * @param {string} program  under node_modules
 * @param {string[]} args
 * @param {Record<string, string>} [more]  for its environment
 */
async function capture(log, program, args, more = {}) {
  const child = startProcess(process.execPath, [path.join('node_modules', program), ...args], {
    cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...more },
  });
  let output = '';
  const take = (/** @type {Buffer} */ part) => {
    output += part;
  };

  child.process.stdout?.on('data', take);
  child.process.stderr?.on('data', take);
  const end = await child.ended;

  mkdirSync(path.join(cache, 'logs'), { recursive: true });
  writeFileSync(path.join(cache, 'logs', `${ log }.log`), output);

  return { end, output };
}
