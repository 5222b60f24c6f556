/** When a part that was started may be used, and what to say when it never may. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A program that runs, as far as it matters to who waits.
 * @typedef {object} Started
 * @property {string} name
 * @property {Promise<string>} ended  how it ended
 * @property {() => string} said      its last words
 */

/**
 * Waits for a part. One that it needs may fall first: then that one is named, with its own last words.
 * @param {string} what
 * @param {() => Promise<string | undefined>} lacks  why it is not ready; undefined when it is
 * @param {Started[]} programs  itself and all that it needs
 * @param {number} within       milliseconds
 * @throws {Error} which one ended, or that the time is over, and what was said last
 */
export async function untilReady(what, lacks, programs, within) {
  /** @type {string | undefined} */
  let fallen;
  const words = (/** @type {Started} */ { name, said }) => `${ name }:\n${ said() }`;

  for (const program of programs) {
    void program.ended.then((how) => {
      fallen ??= `${ program.name } ended (${ how }) before ${ what } was ready. Its last words:\n${ program.said() }`;
    });
  }
  for (const until = Date.now() + within; ; await sleep(100)) {
    const why = await lacks();

    if (fallen !== undefined) {
      throw new Error(fallen);
    }
    if (why === undefined) {
      return;
    }
    if (Date.now() > until) {
      throw new Error(`${ what } is not ready: ${ why }\n${ programs.map(words).join('\n') }`);
    }
  }
}
