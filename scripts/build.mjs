/** `npm run build`: the extension, as it is published, in dist-pkg. */
import path from 'node:path';
import { buildExtension } from './extension.mjs';
import { main } from './main.mjs';
import { root } from './paths.mjs';

await main(async() => {
  console.log(`Built: ${ path.relative(root, await buildExtension({ always: true })) }`);
});
