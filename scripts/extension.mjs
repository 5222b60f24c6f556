/** The extension as Rancher loads it: built when its sources changed since the last time. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { cache, extension, extensionDirectory, root } from './paths.mjs';
import { run } from './progress.mjs';
import { dependencyHash } from './toolchain.mjs';

/** Says which sources the last build was made of. */
const STAMP = path.join(cache, 'extension');

/**
 * @param {{ always?: boolean }} [options]  `always`: even when nothing changed
 * @returns {Promise<string>} the folder with the built extension
 */
export async function buildExtension({ always = false } = {}) {
  const { name, version } = extension();
  const directory = extensionDirectory();

  await withLock('extension', async() => {
    const sources = dependencyHash([...sourceFiles(`pkg/${ name }`), 'tsconfig.json', 'yarn.lock']);

    if (!always && existsSync(path.join(directory, `${ name }-${ version }.umd.min.js`)) && isBuilt(sources)) {
      return;
    }
    await run(`Building the extension ${ name } ${ version }`, {
      command: 'bash',
      args:    ['node_modules/@rancher/shell/scripts/build-pkg.sh', name],
      log:     'extension',
      about:   9,
    });
    mkdirSync(cache, { recursive: true });
    writeFileSync(STAMP, sources);
  });

  return directory;
}

/**
 * The files that a build is made of: everything but tests and what tools leave behind.
 * @param {string} folder       relative to the directory
 * @param {string} [directory]
 * @returns {string[]}
 */
export function sourceFiles(folder, directory = root) {
  return readdirSync(path.join(directory, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== '.shell' && !/\.test\.ts$/.test(name))
    .flatMap((entry) => entry.isDirectory() ? sourceFiles(`${ folder }/${ entry.name }`, directory) : [`${ folder }/${ entry.name }`])
    .sort();
}

/** @param {string} sources */
function isBuilt(sources) {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources;
}
