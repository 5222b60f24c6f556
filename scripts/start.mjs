/**
 * `npm start`: the extension in the real dashboard, before a sandbox that stands in for Rancher, clusters and AWS. With
 * `API=https://rancher.example.com` before a real Rancher. Arguments after `--` go to the sandbox; PORT chooses the port.
 */
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { buildDashboard } from './dashboard.mjs';
import { buildExtension } from './extension.mjs';
import { main } from './main.mjs';
import { extension, root } from './paths.mjs';
import { freePort, portFrom } from './ports.mjs';
import { isLeaving } from './processes.mjs';
import { addressOf, createProxy } from './proxy.mjs';
import { startSandbox } from './sandbox.mjs';

const PORT = 8005;

await main(async() => {
  const { API, PORT: wishedPort } = process.env;
  const wished = portFrom(wishedPort, PORT);

  if (API) {
    addressOf(API);
  }
  const directory = await buildExtension();
  const dashboard = await buildDashboard();
  const port = await freePort(wished);

  if (port !== wished) {
    console.log(`! Port ${ wished } is taken: using ${ port }.`);
  }
  if (API) {
    await startProxy(API, port, { dashboard, directory });
  } else {
    const sandbox = await startSandbox({ port, dashboard, extension: directory, args: process.argv.slice(2) });

    sandbox.ended.then((end) => {
      if (!isLeaving()) {
        console.error(`The sandbox ended (${ end }).`);
        process.exit(1);
      }
    });
    announce(sandbox.address, sandbox.logins.map(({ user, password, what }) => [user, password, what]), [
      'Temporary AWS credentials to paste, good for an hour (-d \'{"seconds":60}\' for a minute):', `  curl -sX POST ${ sandbox.address }/sandbox/aws/credentials`, ''
    ]);
  }
});

/**
 * @param {string} api
 * @param {number} port
 * @param {{ dashboard: string, directory: string }} built
 */
async function startProxy(api, port, built) {
  const upstream = addressOf(api);
  const certificate = { key: shellFile('server.key'), cert: shellFile('server.crt') };
  const server = createProxy({ api, extension: extension(), certificate, ...built });

  await once(server.listen(port, 'localhost'), 'listening');
  announce(`https://localhost:${ port }`, [[`an account of ${ upstream.host }`]]);
  console.log(`! This page has the shell's own development certificate: the browser will warn once.`);
  if (upstream.protocol === 'https:') {
    console.log(`! The certificate of ${ upstream.host } is not checked. Everything you do there is real.`);
  }
}

/** @param {string} name */
function shellFile(name) {
  return readFileSync(`${ root }/node_modules/@rancher/shell/server/${ name }`);
}

/**
 * @param {string} address
 * @param {string[][]} logins  rows of a table
 * @param {string[]} more  lines
 */
function announce(address, logins, more = []) {
  const width = (/** @type {number} */ column) => Math.max(...logins.map((row) => (row[column] ?? '').length));
  const table = logins.map((row) => `  ${ row.map((text, column) => text.padEnd(width(column))).join('   ') }`.trimEnd());

  console.log(['', `Rancher with IRSA:  ${ address }/dashboard/`, '', 'Log in as', ...table, '', ...more, 'Ctrl-C ends it.', ''].join('\n'));
}
