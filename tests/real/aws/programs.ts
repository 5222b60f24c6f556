import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pythonProgram } from '../../../scripts/real/python.mjs';

/** How a program ended, and what it said. */
export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Milliseconds after which a program that does not end is ended. */
const PATIENCE = 110_000;

/** Runs a program to its end. */
export async function run(command: string, args: string[], options: { env: Record<string, string>; cwd?: string; input?: string }): Promise<Ended> {
  const child = spawn(command, args, { env: options.env, cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  // What it has started stays in the group of the run, and ends with that at the latest.
  const patience = setTimeout(() => {
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
  }, PATIENCE);
  const said = { stdout: '', stderr: '' };

  child.stdout.on('data', (part: Buffer) => {
    said.stdout += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    said.stderr += part.toString();
  });
  child.stdin.on('error', () => undefined); // It may end without reading what it is given; how it ended says more.
  child.stdin.end(options.input ?? '');
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearTimeout(patience));

  return { status, ...said };
}

/** An AWS for programs: where it answers, and with which keys. */
export interface AwsPlace {
  url: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** A folder of its own with a real `aws` in it, and the environment in which that finds one AWS and nothing of this machine's. */
export interface AwsShell {
  env: Record<string, string>;
  folder: string;
  /** One call of the `aws` CLI. */
  aws(...args: string[]): Promise<Ended>;
  /** A POSIX shell script; `aws` is in its PATH. `input` goes in as `$1`… */
  script(text: string, env?: Record<string, string>): Promise<Ended>;
  remove(): void;
}

/** Whether the AWS CLI was installed for `npm run test:real`. */
export function hasAwsCli(): boolean {
  return pythonProgram('AWS CLI') !== undefined;
}

/** Makes such a folder; region us-east-1, where IAM is signed for whatever the address. */
export function awsShell({ url, credentials }: AwsPlace): AwsShell {
  const program = pythonProgram('AWS CLI');
  const folder = mkdtempSync(path.join(tmpdir(), 'irsa-real-'));

  if (!program) {
    throw new Error('the AWS CLI is not installed: npm run test:real does that');
  }
  writeFileSync(path.join(folder, 'aws'), `#!/bin/sh\nexec ${ [program.command, ...program.args].map((word) => `'${ word }'`).join(' ') } "$@"\n`);
  chmodSync(path.join(folder, 'aws'), 0o755);
  const env = {
    PATH: [folder, process.env.PATH ?? ''].join(path.delimiter), HOME: folder, LC_ALL: 'C.UTF-8', AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_DEFAULT_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true', AWS_MAX_ATTEMPTS: '1', AWS_PAGER: '', PYTHONWARNINGS: 'ignore'
  };

  return {
    env,
    folder,
    aws:    (...args) => run(path.join(folder, 'aws'), args, { env, cwd: folder }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
    script: (text, more = {}) => {
      writeFileSync(path.join(folder, 'script.sh'), text);

      return run('sh', ['script.sh'], { env: { ...env, ...more }, cwd: folder });
    },
  };
}

/** What cfn-lint found. */
export interface LintFinding {
  /** e.g. `E3002` */
  rule: string;
  level: string;
  message: string;
  /** Where, as it says. */
  path: (string | number)[];
}

export function hasCfnLint(): boolean {
  return pythonProgram('cfn-lint') !== undefined;
}

/**
 * Judges CloudFormation templates with cfn-lint, all in one run: errors and warnings.
 * @param texts  the templates, JSON or YAML
 */
export async function lintTemplates(...texts: string[]): Promise<LintFinding[]> {
  const program = pythonProgram('cfn-lint');

  if (!program) {
    throw new Error('cfn-lint is not installed: npm run test:real does that');
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'irsa-lint-'));
  const files = texts.map((text, index) => {
    const file = path.join(folder, `${ index }.yaml`);

    writeFileSync(file, text);

    return file;
  });
  const { stdout, stderr, status } = await run(program.command, [...program.args, '--format', 'json', '--regions', 'eu-central-1', '--template', ...files], { env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' } })
    .finally(() => rmSync(folder, { recursive: true, force: true }));

  // 0: nothing found; 2, 4, 8 and sums of them: errors, warnings, information. Anything else is no judgement.
  if (status === null || status === 1 || status >= 16 || !stdout.trim()) {
    throw new Error(`cfn-lint ended with ${ status }: ${ stderr }`);
  }

  return (JSON.parse(stdout) as Raw[]).map(({ Rule, Level, Message, Location }) => ({ rule: Rule.Id, level: Level, message: Message, path: Location.Path ?? [] }));
}

/** As cfn-lint writes it. */
interface Raw {
  Rule: { Id: string };
  Level: string;
  Message: string;
  Location: { Path?: (string | number)[] | null };
}
