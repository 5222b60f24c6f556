/** One at a time, over processes: two terminals must not build into the same folder. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache } from './paths.mjs';

/**
 * Runs the work while no other process holds the same lock. A lock whose holder is gone does not count.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {string} [directory]
 * @returns {Promise<T>}
 */
export async function withLock(name, work, directory = path.join(cache, 'locks')) {
  const file = path.join(directory, name);

  mkdirSync(directory, { recursive: true });
  while (!take(file)) {
    await sleep(250);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });

    return true;
  } catch {
    if (!holderLives(file)) {
      rmSync(file, { force: true });
    }

    return false;
  }
}

/** @param {string} file */
function holderLives(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));

    // Created but not yet written to: somebody is just taking it.
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
