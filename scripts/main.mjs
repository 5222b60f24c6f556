/** How every program of ours begins and how it fails. */
import { stopAll, stopOnSignals } from './processes.mjs';
import { enterToolchain, install } from './toolchain.mjs';

/**
 * Runs a program under the toolchain with its dependencies there. A failure is told in plain words, without a stack unless DEBUG is
 * set, and nothing is left running.
 * @param {() => Promise<number | void>} work  may answer an exit code; a program that goes on listening answers nothing
 */
export async function main(work) {
  try {
    await enterToolchain();
    stopOnSignals();
    await install();
    const code = await work();

    if (code !== undefined) {
      process.exitCode = code;
    }
  } catch (error) {
    console.error(`\n${ process.env.DEBUG || !(error instanceof Error) ? error instanceof Error ? error.stack : error : error.message }`);
    await stopAll();
    process.exitCode = 1;
  }
}
