/** Programs that need the built extension and dashboard. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildDashboard } from './dashboard.mjs';
import { buildExtension } from './extension.mjs';
import { main } from './main.mjs';
import { root } from './paths.mjs';
import { startProcess } from './processes.mjs';

/**
 * Builds what is not built yet, then runs a TypeScript program with the arguments of this one.
 * @param {string} program  relative to the checkout
 */
export function runPrepared(program) {
  return main(async() => {
    if (!existsSync(path.join(root, program))) {
      throw new Error(`${ program } is not there yet.`);
    }
    await buildExtension();
    await buildDashboard();
    const end = await startProcess(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--import', './scripts/resolve-ts.mjs', program, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' }).ended;

    return end === 'exit code 0' ? 0 : 1;
  });
}
