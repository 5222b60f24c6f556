/**
 * The dashboard of Rancher, whole, built from the shell's sources without our extension: that one is loaded at run time, as Rancher
 * does it. Built once for each version of the shell.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { dashboardDirectory, root, shellVersion } from './paths.mjs';
import { run } from './progress.mjs';

/** Where Rancher serves it. */
const BASE = '/dashboard/';

/** @returns {Promise<string>} the folder with the built dashboard */
export async function buildDashboard() {
  const directory = dashboardDirectory();

  await withLock('dashboard', async() => {
    if (existsSync(directory)) {
      return;
    }
    const unfinished = `${ directory }.tmp`;

    rmSync(unfinished, { recursive: true, force: true });
    await run(`Building the Rancher dashboard ${ shellVersion() }, once`, {
      command: process.execPath,
      args:    ['node_modules/@vue/cli-service/bin/vue-cli-service.js', 'build'],
      env:     environment(path.relative(root, unfinished)),
      log:     'dashboard',
      about:   165,
      advice:  'It needs about 4 GB of memory. Start again to build again.',
    });
    renameSync(unfinished, directory);
  });

  return directory;
}

/**
 * Only what the build should see of ours; an address in API, for one, would be built in.
 * @param {string} output
 */
function environment(output) {
  const { API, NODE_ENV, ...rest } = process.env;

  return { ...rest, NODE_OPTIONS: '--max-old-space-size=8192', OUTPUT_DIR: output, RESOURCE_BASE: BASE, ROUTER_BASE: BASE };
}
