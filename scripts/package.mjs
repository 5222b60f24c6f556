/**
 * `npm run package`: the Helm repository of the extension and its charts, in dist-repo. `-- --url <address>`: where it will be served
 * (Rancher fetches the extension's files from there); `-- --keep`: add to what is there, as a release does.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from './extension.mjs';
import { main } from './main.mjs';
import { root } from './paths.mjs';
import { show } from './progress.mjs';

await main(async() => {
  const { values: { url, keep } } = parseArgs({ options: { url: { type: 'string' }, keep: { type: 'boolean', default: false } } });

  if (url !== undefined && !/^https?:\/\//.test(url)) {
    throw new Error(`--url has to begin with https:// (or http://), as in --url https://charts.example/irsa; it is ${ url }`);
  }
  // Late: it needs dependencies, which main has just installed.
  const { packRepository } = await import('./repository.mjs');
  const built = await buildExtension();
  const target = path.join(root, 'dist-repo');

  await show('Packing the Helm repository', {}, () => packRepository({ built, target, url, keep }));
  console.log(url ? `Serve dist-repo at ${ url } and add that address in Rancher: Extensions → ⋮ → Manage Repositories.` : 'dist-repo is for a look: Rancher has to know where it fetches the extension from, so pack with --url <address> to install from it.');
});
