import { extensionDirectory } from '../../scripts/paths.mjs';
import { callCounts } from './calls.ts';
import { inventorySpeed } from './inventory.ts';
import { fetchedAtLogin } from './login.ts';
import { parts } from './size.ts';
import { slowness, trustSpeed } from './trust.ts';

/** The budgets of the design, measured; exits with 1 when one is broken. Sizes are bytes after gzip. */
const AT_LOGIN = 5 * 1024;
const WHOLE = 250 * 1024;

const kilobytes = (bytes: number): string => `${ (bytes / 1024).toFixed(1) } KB`;
const broken: string[] = [];

function line(what: string, value: string, budget: string, good: boolean): void {
  console.log(`${ good ? '✓' : '✗' } ${ what.padEnd(36) }${ value.padStart(12) }   budget ${ budget }`);
  if (!good) {
    broken.push(what);
  }
}

const login = await fetchedAtLogin();
const atLogin = login.reduce((sum, { bytes }) => sum + bytes, 0);

console.log('\nDownload at log-in, before a page of ours is opened (gzip)');
line(`${ login.length } ${ login.length === 1 ? 'file' : 'files' }`, kilobytes(atLogin), `≤ ${ kilobytes(AT_LOGIN) }`, atLogin > 0 && atLogin <= AT_LOGIN);

const all = parts(extensionDirectory());
const whole = all.reduce((sum, { bytes }) => sum + bytes, 0);

console.log('\nWhole extension (gzip)');
line(`${ all.length } scripts`, kilobytes(whole), `≤ ${ kilobytes(WHOLE) }`, whole <= WHOLE);
for (const { file, bytes, about } of all.slice(0, 3)) {
  console.log(`    ${ kilobytes(bytes).padStart(9) }  ${ file.replace(/^.*min\./, '') }: ${ about }`);
}

console.log('\nAWS calls of a plan (writes + reads)');
for (const { name, writes, reads, most } of await callCounts()) {
  line(name, `${ writes } + ${ reads }`, `≤ ${ most.writes } + ${ most.reads }`, writes <= most.writes && reads <= most.reads);
}

// Browser, Rancher and five hundred clusters share this machine: the budgets are those of one at the pace they were set for.
const slow = slowness();
const [rows, task] = [1000 * slow, 50 * slow];
let inventory = await inventorySpeed();

// Whatever else the machine does only adds to it.
for (let again = 0; again < 2 && (inventory.firstRows >= rows || inventory.longestTask > task); again++) {
  inventory = await inventorySpeed();
}

console.log(`\nBindings of ${ inventory.clusters } clusters (browser and Rancher on this machine, which is ${ slow.toFixed(1) } times as slow as one of the budgets)`);
line('first rows', `${ inventory.firstRows.toFixed(0) } ms`, `< ${ rows.toFixed(0) } ms`, inventory.firstRows < rows);
line('longest task of the main thread', `${ inventory.longestTask.toFixed(0) } ms`, `≤ ${ task.toFixed(0) } ms`, inventory.longestTask <= task);
line('requests to a cluster', String(inventory.requests), '≤ 3', inventory.requests <= 3);
console.log(`    all of them after ${ (inventory.all / 1000).toFixed(1) } s`);

console.log('\nTrust policies');
for (const { name, milliseconds, most, relative } of trustSpeed()) {
  const unit = relative ? 'ms of the budget’s machine' : 'ms';

  line(name, `${ milliseconds.toFixed(milliseconds < 10 ? 2 : 0) } ${ unit }`, `< ${ most } ${ unit }`, milliseconds < most);
  if (relative) {
    console.log(`    ${ relative }`);
  }
}

if (broken.length) {
  console.log(`\nOver budget: ${ broken.join(', ') }`);
  process.exitCode = 1;
}
