/** Long work on the screen: one line that says what runs and for how long; the output itself goes to a log file. */
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cache, root } from './paths.mjs';
import { startProcess } from './processes.mjs';

const MINUTE = 60;

/**
 * @param {number} milliseconds
 * @returns {string} `0.4 s`, `34 s`, `2 min 05 s`
 */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;

  if (seconds < MINUTE) {
    return seconds < 10 ? `${ seconds.toFixed(1) } s` : `${ Math.round(seconds) } s`;
  }
  const whole = Math.round(seconds);

  return `${ Math.floor(whole / MINUTE) } min ${ String(whole % MINUTE).padStart(2, '0') } s`;
}

/**
 * The end of a text, for people who look for the reason of a failure.
 * @param {string} text
 * @param {number} lines
 */
export function lastLines(text, lines) {
  return text.replace(/\s+$/, '').split('\n').slice(-lines).join('\n');
}

/**
 * Shows work while it runs: on a terminal a line that counts, else a line at the start, every half minute and at the end.
 * @template T
 * @param {string} title
 * @param {{ about?: number, since?: number, verdict?: (result: T) => { good: boolean, text: string } }} options
 *   `about`: seconds it usually takes; `since`: when it began, where that was before; `verdict`: how work that came to its end is told
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function show(title, { about, since, verdict }, work) {
  const started = since ?? Date.now();
  const expected = about && about >= 10 ? ` (takes about ${ duration(about * 1000) })` : '';
  const isTerminal = process.stdout.isTTY;
  const line = () => `… ${ title }${ expected }: ${ duration(Date.now() - started) }`;

  if (!isTerminal) {
    console.log(`… ${ title }${ expected }`);
  }
  const timer = setInterval(
    () => isTerminal ? process.stdout.write(`\r\x1b[K${ line() }`) : console.log(line()),
    isTerminal ? 200 : 30_000
  );
  const end = (/** @type {boolean} */ good, /** @type {string[]} */ ...more) => {
    clearInterval(timer);
    console.log(`${ isTerminal ? '\r\x1b[K' : '' }${ good ? '✓' : '✗' } ${ title }: ${ [...more, duration(Date.now() - started)].join(', ') }`);
  };

  try {
    const result = await work();

    const { good, text } = verdict?.(result) ?? { good: true, text: '' };

    end(good, ...text ? [text] : []);

    return result;
  } catch (error) {
    end(false);
    throw error;
  }
}

/**
 * What a program says, without where in its own insides it says so.
 * @param {string} text
 */
function withoutStacks(text) {
  return text.split('\n').filter((line) => !/^\s+at .*(node:|node_modules)/.test(line)).join('\n');
}

/** A program failed; the message says all that a person needs. */
export class CommandFailed extends Error {
  /**
   * @param {string} title
   * @param {string} end
   * @param {string} output
   * @param {string} log
   * @param {string | undefined} advice
   */
  constructor(title, end, output, log, advice) {
    const words = lastLines(withoutStacks(output), 25);

    super([`${ title } failed (${ end }). The last it said:`, '', words, '', `All of it: ${ log }`, advice].filter((part) => part !== undefined).join('\n'));
    this.name = 'CommandFailed';
  }
}

/**
 * Runs a program to its end with its output in `.cache/logs/<log>.log`, and shows the progress.
 * @param {string} title
 * @param {{ command: string, args: string[], log: string, about?: number, cwd?: string, env?: NodeJS.ProcessEnv, advice?: string }} options
 *   `advice`: what to do when it fails
 */
export async function run(title, { command, args, log, about, cwd = root, env = process.env, advice }) {
  const file = path.join(cache, 'logs', `${ log }.log`);

  mkdirSync(path.dirname(file), { recursive: true });
  await show(title, { about }, async() => {
    const output = createWriteStream(file);
    const child = startProcess(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });

    child.process.stdout?.pipe(output, { end: false });
    child.process.stderr?.pipe(output, { end: false });
    const end = await child.ended;

    await new Promise((resolve) => output.end(resolve));
    if (end !== 'exit code 0') {
      throw new CommandFailed(title, end, readFileSync(file, 'utf8'), path.relative(root, file), advice);
    }
  });
}
