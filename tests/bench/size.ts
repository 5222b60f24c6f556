import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** Bytes after `gzip -9`, as a web server would send them at best. */
export function gzipped(content: Buffer): number {
  return gzipSync(content, { level: 9 }).length;
}

export interface Part { file: string; bytes: number; about: string }

/** What the build put where; webpack's numbers say nothing to people, words in the code do. */
const ABOUT: [RegExp, string][] = [
  [/CreateOpenIDConnectProvider[\s\S]*EntityAlreadyExists|EntityAlreadyExists[\s\S]*CreateOpenIDConnectProvider/, 'the engine, with the AWS SDK’s IAM client and signer'],
  [/sortable-table/, 'Rancher’s own sortable table'],
  [/labeled-select|v-select/, 'Rancher’s own select and input fields'],
];

/** Every script of the built extension, largest first. */
export function parts(directory: string): Part[] {
  return readdirSync(directory).filter((file) => file.endsWith('.js')).map((file) => {
    const content = readFileSync(path.join(directory, file));
    const text = content.toString();

    return { file, bytes: gzipped(content), about: ABOUT.find(([words]) => words.test(text))?.[1] ?? 'our own code' };
  }).sort((a, b) => b.bytes - a.bytes);
}
