/** The stand-in for Rancher (tests/sandbox) as a program of its own. */
import { createInterface } from 'node:readline';
import { root } from './paths.mjs';
import { startProcess } from './processes.mjs';

/**
 * @typedef {{ user: string, password: string, what: string }} Login
 */

/**
 * What a line of the sandbox's output says.
 * @param {string} line
 * @returns {{ address: string } | { login: Login } | undefined}  undefined: something else
 */
export function readLine(line) {
  const [, address] = /^listening (https?:\/\/\S+)\s*$/.exec(line) ?? [];
  const [, user, password, what = ''] = /^login (\S+) (\S+)(?: (.*))?$/.exec(line) ?? [];

  if (address) {
    return { address };
  }

  return user && password ? { login: { user, password, what } } : undefined;
}

/**
 * Starts the sandbox and waits until it listens.
 * @param {{ port: number, dashboard: string, extension: string, args?: string[] }} options  `args`: handed on to it
 * @returns {Promise<{ address: string, logins: Login[], ended: Promise<string> }>}
 */
export async function startSandbox({ port, dashboard, extension, args = [] }) {
  const { process: sandbox, ended } = startProcess(
    process.execPath,
    ['tests/sandbox/main.ts', '--port', String(port), '--dashboard', dashboard, '--extension', extension, ...args],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }
  );
  /** @type {Login[]} */
  const logins = [];
  const address = new Promise((/** @type {(address: string) => void} */ resolve, reject) => {
    createInterface({ input: /** @type {import('node:stream').Readable} */ (sandbox.stdout) }).on('line', (line) => {
      const told = readLine(line);

      if (!told) {
        console.log(line);
      } else if ('login' in told) {
        logins.push(told.login);
      } else {
        // Logins are told right before or after: let both arrive.
        setTimeout(() => resolve(told.address), 50);
      }
    });
    ended.then((end) => reject(new Error(`The sandbox ended before it was ready (${ end }). What it said stands above.`)));
  });

  return { address: await address, logins, ended };
}
