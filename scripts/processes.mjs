/**
 * Programs that are started and, whatever happens, ended: each leads a process group, and what is left of that when it ends, ends with it.
 * `detached: false` is for who is in such a group already and may be gone before its children, as a worker of vitest.
 */
import { spawn } from 'node:child_process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** Those that lead a group. @type {WeakSet<import('node:child_process').ChildProcess>} */
const groups = new WeakSet();
let leaving = false;

const PATIENCE = 5_000;

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {{ process: import('node:child_process').ChildProcess, ended: Promise<string> }}
 *   `ended` is `exit code 0`, `signal SIGTERM` or why it could not be started
 */
export function startProcess(command, args, options) {
  const child = spawn(command, args, { detached: true, ...options });

  running.add(child);
  if (options.detached !== false) {
    groups.add(child);
    child.once('exit', () => signalGroup(child, 'SIGKILL'));
  }
  const ended = new Promise((/** @type {(how: string) => void} */ resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ? `signal ${ signal }` : `exit code ${ code }`));
  }).finally(() => running.delete(child));

  return { process: child, ended };
}

/** Ends everything that was started here: asks first, insists after five seconds. */
export async function stopAll() {
  await Promise.all([...running].map(stop));
}

/**
 * From now on Ctrl-C, a closed terminal and a plain `kill` end the children, then this process.
 * @param {() => void | Promise<void>} [last]  what else is to be closed
 */
export function stopOnSignals(last) {
  for (const [signal, code] of /** @type {[NodeJS.Signals, number][]} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
    // Both the terminal and npm may send one: the first is enough.
    process.on(signal, async() => {
      if (!leaving) {
        leaving = true;
        await stopAll();
        await last?.();
        process.exit(code);
      }
    });
  }
}

/** Whether a signal has come and everything is being ended: what ends now ends on purpose. */
export function isLeaving() {
  return leaving;
}

/** @param {import('node:child_process').ChildProcess} child */
function stop(child) {
  return new Promise((/** @type {(nothing: void) => void} */ resolve) => {
    const insist = setTimeout(() => signalGroup(child, 'SIGKILL'), PATIENCE);

    child.once('close', () => {
      clearTimeout(insist);
      resolve();
    });
    if (!signalGroup(child, 'SIGTERM')) {
      clearTimeout(insist);
      resolve();
    }
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  try {
    return child.pid !== undefined && process.kill(groups.has(child) ? -child.pid : child.pid, signal);
  } catch {
    return false;
  }
}
