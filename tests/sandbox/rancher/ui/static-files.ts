import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { HttpAnswer } from '../../contracts.ts';
import { RANCHER_HEADERS, pageNotFound } from '../answers.ts';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8', '.gif': 'image/gif', '.html': 'text/html; charset=utf-8', '.ico': 'image/x-icon', '.jpg': 'image/jpeg', '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json', '.map': 'application/json', '.png': 'image/png', '.svg': 'image/svg+xml', '.ttf': 'font/ttf', '.txt': 'text/plain; charset=utf-8', '.woff': 'font/woff',
  '.woff2': 'font/woff2', '.yaml': 'text/yaml; charset=utf-8'
};

/** What a file is, by how its name ends. */
export function typeOfFile(path: string): string {
  return TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

/** A file of a folder; undefined when it is not there or would leave the folder. */
export async function fileAnswer(folder: string, path: string, headers: Record<string, string> = {}): Promise<HttpAnswer | undefined> {
  const root = normalize(folder + sep);
  const file = normalize(join(root, decodeURIComponent(path)));

  if (!file.startsWith(root)) {
    return undefined;
  }
  try {
    if (!(await stat(file)).isFile()) {
      return undefined;
    }

    return { status: 200, headers: { 'content-type': typeOfFile(file), ...headers }, body: await readFile(file) };
  } catch {
    return undefined;
  }
}

/** Where the dashboard asks for news of Rancher; here it asks the sandbox, so that nothing leaves the machine. */
const NEWS = 'https://updates.rancher.io/';

export const NEWS_PATH = '/sandbox-news/';

function withoutOutside(answer: HttpAnswer, path: string): HttpAnswer {
  const { body } = answer;

  return path.endsWith('.js') && Buffer.isBuffer(body) && body.includes(NEWS) ? { ...answer, body: body.toString().replaceAll(NEWS, NEWS_PATH) } : answer;
}

/** The dashboard: its files, and its page for every other path. */
export async function dashboardAnswer(folder: string | undefined, path: string): Promise<HttpAnswer> {
  if (!folder) {
    return { status: 503, headers: { ...RANCHER_HEADERS, 'content-type': 'text/plain; charset=utf-8' }, body: 'The sandbox was started without --dashboard: there is no built dashboard to serve.\n' };
  }
  const inner = path.replace(/^\/dashboard\/?/, '');
  const cached = /\.[0-9a-f]{8,}\.|\/_nuxt\//.test(inner) ? { 'cache-control': 'max-age=31536000, immutable' } : { 'cache-control': 'no-cache' };
  const found = inner ? await fileAnswer(folder, inner, cached) : undefined;

  if (found) {
    return withoutOutside(found, inner);
  }
  if (/\.(js|css|map|png|svg|woff2?|json)$/.test(inner)) {
    return pageNotFound();
  }

  return await fileAnswer(folder, 'index.html', { 'cache-control': 'no-cache' }) ?? pageNotFound();
}

