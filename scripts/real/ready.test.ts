import { expect, it } from 'vitest';
import { startProcess } from '../processes.mjs';
import { untilReady } from './ready.mjs';

/** A program of one line of JavaScript. */
function program(name: string, line: string) {
  const { process: child, ended } = startProcess(process.execPath, ['-e', line], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';

  child.stderr?.on('data', (part: Buffer) => {
    said += part.toString();
  });

  return { name, ended, said: () => said, kill: () => child.kill() };
}

const STAYS = 'setInterval(() => {}, 1000)';

it('names the one that fell, with its own last words, at once', async() => {
  const server = program('server', `console.error('no connection'); ${ STAYS }`);
  const store = program('store', 'console.error("the port is taken"); process.exitCode = 3');

  await expect(untilReady('server', async() => 'no answer', [store, server], 60_000)).rejects.toThrow(/^store ended \(exit code 3\) before server was ready\. Its last words:\nthe port is taken\n$/);
  server.kill();
  await server.ended;
});

it('does not take the answer of another for that of one that fell', async() => {
  const fallen = program('server', 'process.exitCode = 1');

  await fallen.ended;
  await expect(untilReady('server', async() => undefined, [fallen], 60_000)).rejects.toThrow('server ended (exit code 1)');
});

it('waits until it is ready, and no longer than it may', async() => {
  const server = program('server', `console.error('still reading'); ${ STAYS }`);
  let asked = 0;

  await untilReady('server', async() => ++asked < 3 ? 'reading' : undefined, [server], 60_000);
  expect(asked).toBe(3);
  await expect(untilReady('server', async() => {
    await new Promise((resolve) => setTimeout(resolve, server.said() ? 0 : 300));

    return 'reading';
  }, [server], 1000)).rejects.toThrow('server is not ready: reading\nserver:\nstill reading');
  server.kill();
  await server.ended;
});
