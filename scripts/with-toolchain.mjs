/**
 * Runs one program of the project under its toolchain: `node scripts/with-toolchain.mjs vitest --project unit`,
 * `… vue-tsc --noEmit`, `… eslint --fix pkg`, `… yarn add -D x`, `… node tests/sandbox/main.ts`.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './paths.mjs';
import { enterToolchain, fetchYarn, install } from './toolchain.mjs';

await enterToolchain();
const [program, ...args] = process.argv.slice(2);

if (!program) {
  console.error('Which program? node scripts/with-toolchain.mjs <program> [arguments]');
  process.exit(2);
}

const isYarn = program === 'yarn';

if (!isYarn) {
  await install();
}
process.env.PATH = `${ path.join(root, 'node_modules/.bin') }${ path.delimiter }${ process.env.PATH }`;
const child = isYarn ? spawn(process.execPath, [await fetchYarn(), ...args], { stdio: 'inherit' }) : spawn(program, args, { stdio: 'inherit' });

for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.once('error', (error) => {
  console.error(`${ program }: ${ error.message }`);
  process.exit(127);
});
child.once('close', (code, signal) => process.exit(signal ? 1 : code ?? 1));
