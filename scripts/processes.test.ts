/** Ctrl-C leaves nothing running: neither the program, nor what it started, nor what that started. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { root } from './paths.mjs';

const GRANDCHILD = 'setInterval(() => {}, 1000)';
const STUBBORN = `process.on("SIGTERM", () => {}); ${ GRANDCHILD }`;

/** Starts a program that starts a child, which starts a grandchild; answers the ids of all three. */
async function family(grandchild: string): Promise<{ pids: number[]; ended: Promise<number | null> }> {
  const child = `
    const { spawn } = require('node:child_process');
    console.log(spawn(process.execPath, ['-e', ${ JSON.stringify(grandchild) }]).pid);
    console.log(process.pid);
    ${ grandchild }`;
  const program = `
    import { startProcess, stopOnSignals } from '${ root }/scripts/processes.mjs';

    stopOnSignals();
    startProcess(process.execPath, ['-e', ${ JSON.stringify(child) }], { stdio: 'inherit' });`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pids = [parent.pid ?? 0];

  for await (const line of createInterface({ input: parent.stdout })) {
    pids.push(Number(line));
    if (pids.length === 3) {
      break;
    }
  }
  // The last of them has just printed its id: let it come to its handlers.
  await new Promise((resolve) => setTimeout(resolve, 200));

  return { pids, ended: new Promise((resolve) => parent.once('exit', resolve)) };
}

/** A zombie, left by a container's init that reaps nothing, does not live. */
function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !(existsSync(`/proc/${ pid }/stat`) && / Z /.test(readFileSync(`/proc/${ pid }/stat`, 'utf8')));
  } catch {
    return false;
  }
}

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends all of them', async(signal, code) => {
  const { pids, ended } = await family(GRANDCHILD);

  expect(pids.map(lives)).toEqual([true, true, true]);
  process.kill(pids[0]!, signal);
  expect(await ended).toBe(code);
  await expect.poll(() => pids.map(lives)).toEqual([false, false, false]);
});

it('those that do not listen are ended all the same', async() => {
  const { pids, ended } = await family(STUBBORN);

  process.kill(pids[0]!, 'SIGINT');
  expect(await ended).toBe(130);
  await expect.poll(() => pids.map(lives)).toEqual([false, false, false]);
});
