import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';

/**
 * Bytes after `gzip -9`, as a web server would send them at best: by that program where a machine has it, as the zlib inside Node (Chromium's)
 * is made for speed and packs a thousandth looser.
 */
export function gzipped(content: Buffer): number {
  const { status, stdout } = spawnSync('gzip', ['-9', '-c'], { input: content, maxBuffer: 2 * content.length + 1024 });

  return status === 0 ? stdout.length : gzipSync(content, { level: 9 }).length;
}

export interface Part { file: string; bytes: number; about: string }

/** What the pieces hold, by the names that the imports give them (`webpackChunkName`). */
const ABOUT: Record<string, string> = { irsa: 'our pages, the engine and their words' };

/** Every script of the built extension, largest first. */
export function parts(directory: string): Part[] {
  return readdirSync(directory).filter((file) => file.endsWith('.js')).map((file) => {
    const [, name = ''] = /\.min\.(?:(\w+)\.)?js$/.exec(file) ?? [];

    return { file, bytes: gzipped(readFileSync(path.join(directory, file))), about: ABOUT[name] ?? (name ? 'our own code' : 'what every login loads') };
  }).sort((a, b) => b.bytes - a.bytes);
}
