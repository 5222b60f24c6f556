/** Ctrl-C leaves nothing running: neither the program, nor what it started, nor what that started. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { root } from './paths.mjs';

const GRANDCHILD = 'setInterval(() => {}, 1000)';
const STUBBORN = `process.on("SIGTERM", () => {}); ${ GRANDCHILD }`;

const started: number[] = [];

// Whatever a test finds wrong, it leaves nothing running either.
afterEach(() => started.splice(0).filter(lives).forEach((pid) => process.kill(pid, 'SIGKILL')));

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

/**
 * As the tests against real parts are: `npm run test:real` starts vitest, which starts a worker, and that starts a server.
 * @param server  what the server does
 */
async function realParts(server: string): Promise<{ pids: Record<'outer' | 'vitest' | 'worker' | 'server', number>; ended: Promise<number | null> }> {
  const imports = `import { startProcess, stopOnSignals } from '${ root }/scripts/processes.mjs'; import { spawn } from 'node:child_process';`;
  const node = (program: string) => `process.execPath, ['--input-type=module', '-e', ${ JSON.stringify(`${ imports } console.log(process.pid); ${ program }`) }]`;
  const worker = node(`startProcess(${ node(server) }, { stdio: 'inherit', detached: false }); ${ GRANDCHILD }`);
  // vitest fails, and ends, once a worker has died.
  const vitest = node(`spawn(${ worker }, { stdio: 'inherit' }).once('exit', () => process.exit(1));`);
  const outer = spawn(process.execPath, ['--input-type=module', '-e', `${ imports } stopOnSignals(); console.log(process.pid); startProcess(${ vitest }, { stdio: 'inherit' });`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pids: number[] = [];

  for await (const line of createInterface({ input: outer.stdout })) {
    pids.push(Number(line));
    if (pids.length === 4) {
      break;
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  started.push(...pids);
  const [first = 0, second = 0, third = 0, fourth = 0] = pids;

  return { pids: { outer: first, vitest: second, worker: third, server: fourth }, ended: new Promise((resolve) => outer.once('exit', resolve)) };
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

it.each([
  ['that ends when it is asked to', GRANDCHILD],
  ['that does not listen', STUBBORN],
])('a server of a worker, %s, ends with those around it', async(_, program) => {
  const { pids, ended } = await realParts(program);

  expect(Object.values(pids).map(lives)).toEqual([true, true, true, true]);
  process.kill(pids.outer, 'SIGINT');
  expect(await ended).toBe(130);
  await expect.poll(() => Object.values(pids).map(lives)).toEqual([false, false, false, false]);
});

it('a server of a worker that died ends with the run', async() => {
  const { pids, ended } = await realParts(STUBBORN);

  process.kill(pids.worker, 'SIGKILL');
  expect(await ended).toBe(0);
  await expect.poll(() => Object.values(pids).map(lives)).toEqual([false, false, false, false]);
});
