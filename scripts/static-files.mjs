/** Files of a folder over HTTP. */
import { createReadStream, statSync } from 'node:fs';
import path from 'node:path';

/** @type {Record<string, string>} */
const TYPES = {
  '.css':   'text/css; charset=utf-8',
  '.html':  'text/html; charset=utf-8',
  '.ico':   'image/x-icon',
  '.js':    'text/javascript; charset=utf-8',
  '.json':  'application/json',
  '.map':   'application/json',
  '.png':   'image/png',
  '.svg':   'image/svg+xml',
  '.txt':   'text/plain; charset=utf-8',
  '.woff':  'font/woff',
  '.woff2': 'font/woff2',
};

const HASHED = /\.[0-9a-f]{8,}\.\w+$/;

/**
 * The file that a path means.
 * @param {string} directory
 * @param {string} urlPath  relative, percent-encoded
 * @returns {string | undefined}  undefined when there is none, or when it would lie outside
 */
export function fileFor(directory, urlPath) {
  try {
    const file = path.join(directory, path.posix.normalize(`/${ decodeURIComponent(urlPath) }`));

    return statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {import('node:http').ServerResponse} answer
 */
export function sendFile(file, answer) {
  answer.writeHead(200, {
    'content-type':  TYPES[path.extname(file)] ?? 'application/octet-stream',
    // Names of built files carry a hash of what is in them; the entry's does not, and it is what a developer has just changed.
    'cache-control': HASHED.test(file) ? 'max-age=31536000, immutable' : 'no-cache',
  });
  createReadStream(file).pipe(answer);
}
