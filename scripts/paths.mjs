/** Where things lie in the checkout; the one place that knows. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Everything that can be made again: toolchain, built dashboards, logs. Never committed. */
export const cache = path.join(root, '.cache');

/** The version of the shell that is installed. */
export function shellVersion() {
  return readJson('node_modules/@rancher/shell/package.json').version;
}

/** The whole dashboard, built from the installed shell; serve it under `/dashboard/`. */
export function dashboardDirectory() {
  return path.join(cache, 'dashboard', shellVersion());
}

/** Name and version of the extension. */
export function extension() {
  const { name, version, rancher } = readJson('pkg/irsa/package.json');

  return { name, version, annotations: rancher.annotations };
}

/** The built extension: `irsa-<version>.umd.min.js` and its chunks. */
export function extensionDirectory() {
  const { name, version } = extension();

  return path.join(root, 'dist-pkg', `${ name }-${ version }`);
}

/**
 * @param {string} file  relative to the checkout
 * @returns {any}
 */
export function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}
