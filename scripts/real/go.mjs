/** Real parts that are Go programs: API servers of two versions, the controllers that clean up after them, and what they keep their state in. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '../lock.mjs';
import { cache } from '../paths.mjs';
import { run } from '../progress.mjs';

/** What is built, and in which version: the one place that says so. The older API server is three minors behind. */
export const KUBERNETES = 'v1.36.3';
export const OLDER_KUBERNETES = 'v1.33.13';
const ETCD = 'v3.6.16';

const NEEDED = 'Go 1.24 or newer';
const HOME = path.join(cache, 'real');

/**
 * @typedef {object} GoProgram
 * @property {string} module
 * @property {string} version
 * @property {string} main     Go source
 * @property {number} about    seconds to build on two cores, nothing cached
 */

/**
 * @param {...string} parts  what is imported beside `os`, and the one line that it does
 */
function program(...parts) {
  const imports = ['os', ...parts.slice(0, -1)].map((name) => `import "${ name }"`);

  return ['package main', ...imports, `func main() { ${ parts.at(-1) } }`, ''].join('\n');
}

const kubernetes = (/** @type {string} */ version, /** @type {string} */ name, /** @type {string} */ command, /** @type {number} */ about) => ({
  module: 'k8s.io/kubernetes',
  version,
  about,
  main:   program('k8s.io/component-base/cli', `k8s.io/kubernetes/cmd/${ name }/app`, `os.Exit(cli.Run(app.${ command }()))`),
});

/** @type {Record<string, GoProgram>} */
const PROGRAMS = {
  etcd: {
    module:  'go.etcd.io/etcd/server/v3',
    version: ETCD,
    about:   60,
    main:    program('go.etcd.io/etcd/server/v3/etcdmain', 'etcdmain.Main(os.Args)'),
  },
  [`kube-apiserver ${ KUBERNETES }`]:          kubernetes(KUBERNETES, 'kube-apiserver', 'NewAPIServerCommand', 300),
  [`kube-apiserver ${ OLDER_KUBERNETES }`]:    kubernetes(OLDER_KUBERNETES, 'kube-apiserver', 'NewAPIServerCommand', 240),
  [`kube-controller-manager ${ KUBERNETES }`]: kubernetes(KUBERNETES, 'kube-controller-manager', 'NewControllerManagerCommand', 120),
};

/** The programs, by the names that runs report them under. */
export const GO_PROGRAMS = Object.keys(PROGRAMS);

/** @param {string} name */
function fileOf(name) {
  return path.join(HOME, `${ name.replace(' ', '-') }${ name === 'etcd' ? `-${ ETCD }` : '' }`);
}

/**
 * The program file of a part; undefined where it was not built.
 * @param {string} name  one of GO_PROGRAMS
 */
export function goProgram(name) {
  const file = fileOf(name);

  return existsSync(file) ? file : undefined;
}

/**
 * Builds the programs once; later runs find them. A machine without Go goes without them; a build that fails is an error.
 * @returns {Promise<string | undefined>}  what the machine lacks; undefined when all is there
 */
export async function prepareGo() {
  const missing = GO_PROGRAMS.filter((name) => !goProgram(name));

  if (!missing.length) {
    return undefined;
  }
  if (!hasGo()) {
    return NEEDED;
  }
  await withLock('real-go', async() => {
    // One after the other: the compiler uses all cores by itself, and packages of one are those of the next.
    for (const [name, program] of Object.entries(PROGRAMS).filter(([one]) => !goProgram(one))) {
      await build(name, program);
    }
  });

  return undefined;
}

function hasGo() {
  try {
    const [, minor = '0'] = /go1\.(\d+)/.exec(execFileSync('go', ['version'], { encoding: 'utf8' })) ?? [];

    return Number(minor) >= 24;
  } catch {
    // Not installed.
    return false;
  }
}

/**
 * @param {string} name
 * @param {GoProgram} program
 */
async function build(name, program) {
  const { main, about } = program;
  const file = fileOf(name);
  const source = `${ file }.src`;
  const env = { ...process.env, GOFLAGS: '-mod=mod' };
  const log = `real-${ path.basename(file) }`;

  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  writeFileSync(path.join(source, 'main.go'), main);
  writeFileSync(path.join(source, 'go.mod'), moduleFile(program, env));
  await run(`Modules of ${ name }`, { command: 'go', args: ['mod', 'tidy'], cwd: source, env, log: `${ log }-modules`, about: 30 });
  await run(`Building ${ name }, once`, { command: 'go', args: ['build', '-ldflags', flagsOf(program), '-o', `${ file }.tmp`, '.'], cwd: source, env, log, about });
  renameSync(`${ file }.tmp`, file);
  rmSync(source, { recursive: true });
}

/**
 * Kubernetes' own libraries are released beside it under other version numbers; inside its module they are folders, which a module that
 * uses it has to replace.
 * @param {GoProgram} program
 * @param {NodeJS.ProcessEnv} env
 */
function moduleFile({ module, version }, env) {
  const head = `module real\n\ngo 1.24\n\nrequire ${ module } ${ version }\n`;

  if (module !== 'k8s.io/kubernetes') {
    return head;
  }
  const { GoMod } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', `${ module }@${ version }`], { encoding: 'utf8', env, cwd: HOME }));
  const { Replace } = JSON.parse(execFileSync('go', ['mod', 'edit', '-json', GoMod], { encoding: 'utf8', env }));
  const staged = Replace.filter((/** @type {{ New: { Path: string } }} */ { New }) => New.Path.startsWith('./staging/'));

  return `${ head }\nreplace (\n${ staged.map((/** @type {{ Old: { Path: string } }} */ { Old }) => `\t${ Old.Path } => ${ Old.Path } ${ version.replace('v1.', 'v0.') }`).join('\n') }\n)\n`;
}

/**
 * A server that does not know its version tells one that clients cannot read.
 * @param {GoProgram} program
 */
function flagsOf({ module, version }) {
  const [major, minor] = version.slice(1).split('.');
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].map((where) => `-X ${ where }.gitVersion=${ version } -X ${ where }.gitMajor=${ major } -X ${ where }.gitMinor=${ minor }`);

  return ['-s -w', ...(module === 'k8s.io/kubernetes' ? stamps : [])].join(' ');
}
