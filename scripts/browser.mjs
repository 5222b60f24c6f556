/**
 * A browser for the end-to-end tests on any machine: the one that CHROMIUM names, else one that is installed, else the one that
 * travels inside an npm package, with the libraries and fonts that a bare machine lacks.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { withLock } from './lock.mjs';
import { cache, readJson, root } from './paths.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const PACKAGE = 'node_modules/@sparticuz/chromium';

/** Nothing is looked up or fetched on the browser's own account; a container's root may run it. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-dev-shm-usage', '--font-render-hinting=none',
];

/**
 * @typedef {object} BrowserProgram
 * @property {string} executablePath
 * @property {Record<string, string>} env  to be added to its environment
 * @property {string} origin               for people: where it comes from
 */

/**
 * The browser that a machine has, if any.
 * @param {{ env: NodeJS.ProcessEnv, isProgram: (file: string) => boolean }} machine
 * @returns {BrowserProgram | undefined}
 */
export function installedBrowser({ env, isProgram }) {
  const { CHROMIUM, PATH = '' } = env;

  if (CHROMIUM) {
    if (!isProgram(CHROMIUM)) {
      throw new Error(`CHROMIUM names ${ CHROMIUM }, which is not a program.`);
    }

    return { executablePath: CHROMIUM, env: {}, origin: 'named by CHROMIUM' };
  }
  const folders = PATH.split(path.delimiter).filter(Boolean);
  const places = [...NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))), MAC];
  const found = places.find(isProgram);

  return found ? { executablePath: found, env: {}, origin: 'installed on this machine' } : undefined;
}

/** @returns {Promise<BrowserProgram>} */
export async function findBrowser() {
  return installedBrowser({ env: process.env, isProgram }) ?? unpackBrowser();
}

/**
 * Starts a headless browser.
 * @param {import('playwright-core').LaunchOptions} [options]  added to what every browser here gets
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchBrowser(options = {}) {
  const { chromium } = await import('playwright-core');
  const { executablePath, env } = await findBrowser();

  return chromium.launch({
    headless: true,
    executablePath,
    ...options,
    env:      { ...inherited(), ...env, ...options.env },
    args:     [...FLAGS, ...options.args ?? []],
  });
}

/** @returns {Promise<BrowserProgram>} */
async function unpackBrowser() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No browser found. Install Chromium or Chrome, or set CHROMIUM to its program file.');
  }
  const directory = path.join(cache, 'browser', readJson(`${ PACKAGE }/package.json`).version);

  await withLock('browser', async() => {
    if (!existsSync(directory)) {
      unpackInto(`${ directory }.tmp`);
      renameSync(`${ directory }.tmp`, directory);
    }
  });
  const libraries = [path.join(directory, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');

  return {
    executablePath: path.join(directory, 'chromium'),
    env:            { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: path.join(directory, 'fonts') },
    origin:         `${ PACKAGE } (npm)`,
  };
}

/** @param {string} directory */
function unpackInto(directory) {
  const packed = (/** @type {string} */ name) => brotliDecompressSync(readFileSync(path.join(root, PACKAGE, 'bin', name)));

  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'chromium'), packed('chromium.br'));
  chmodSync(path.join(directory, 'chromium'), 0o755);
  for (const [name, folder] of /** @type {[string, string][]} */ ([['al2023.tar.br', 'al2023'], ['fonts.tar.br', 'fonts'], ['swiftshader.tar.br', '.']])) {
    const target = path.join(directory, folder);

    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-x', '-C', target], { input: packed(name) });
  }
  writeFileSync(path.join(directory, 'fonts/fonts.conf'), fontConfiguration());
}

/** The package's own names folders of the cloud it was made for; ours: what the machine has, and the package's fonts. */
function fontConfiguration() {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);

    return true;
  } catch {
    return false;
  }
}

/** The environment without the holes that its type allows. */
function inherited() {
  return /** @type {Record<string, string>} */ (Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined)));
}
