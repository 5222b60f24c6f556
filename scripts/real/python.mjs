/** Real parts that are Python programs: an AWS that we did not write, AWS' own command line, and a linter of CloudFormation. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '../lock.mjs';
import { cache } from '../paths.mjs';
import { run } from '../progress.mjs';

/** What is installed, and in which version: the one place that says so. All of it bears one another in one environment. */
const REQUIREMENTS = ['moto[server]==5.2.5', 'awscli==1.46.3', 'cfn-lint==1.58.0'];

const NEEDED = 'Python 3.10 or newer with its venv module';
const HOME = path.join(cache, 'real');

/** The programs, by the names that runs report them under. */
export const PYTHON_PROGRAMS = { moto: 'moto_server', 'AWS CLI': 'aws', 'cfn-lint': 'cfn-lint' };

/** Where the environment of these very versions lies. */
function directory() {
  return path.join(HOME, `python-${ createHash('sha256').update(REQUIREMENTS.join('\n')).digest('hex').slice(0, 12) }`);
}

/** A Python that can make environments; undefined where there is none. */
function findPython() {
  return ['python3', 'python'].find((name) => {
    try {
      execFileSync(name, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' });

      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Installs the programs once; later runs find them. A machine without Python goes without them; an installation that fails is an error.
 * @returns {Promise<string | undefined>}  what the machine lacks; undefined when all is there
 */
export async function preparePython() {
  const home = directory();
  const python = findPython();

  if (existsSync(home)) {
    return undefined;
  }
  if (!python) {
    return NEEDED;
  }
  await withLock('real-python', async() => {
    if (existsSync(home)) {
      return;
    }
    mkdirSync(HOME, { recursive: true });
    rmSync(`${ home }.tmp`, { recursive: true, force: true });
    await run('Python environment of the real parts', { command: python, args: ['-m', 'venv', '--clear', `${ home }.tmp`], log: 'real-python-venv' });
    await run('moto, AWS CLI and cfn-lint from PyPI', {
      command: path.join(`${ home }.tmp`, 'bin', 'python'), args: ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...REQUIREMENTS], log: 'real-python-pip', about: 30
    });
    renameSync(`${ home }.tmp`, home);
    removeOthers(home);
  });

  return undefined;
}

/** @param {string} kept */
function removeOthers(kept) {
  readdirSync(HOME).filter((name) => name.startsWith('python-') && name !== path.basename(kept)).forEach((name) => rmSync(path.join(HOME, name), { recursive: true, force: true }));
}

/**
 * How to start one of the programs; undefined where they were not installed.
 * @param {keyof typeof PYTHON_PROGRAMS} name
 * @returns {{ command: string, args: string[] } | undefined}
 */
export function pythonProgram(name) {
  const home = directory();

  // By the environment's own Python: the first line of an installed program names a place that may have been renamed since.
  return existsSync(home) ? { command: path.join(home, 'bin', 'python'), args: [path.join(home, 'bin', PYTHON_PROGRAMS[name])] } : undefined;
}
