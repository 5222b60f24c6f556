import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = path.dirname(fileURLToPath(import.meta.url));
const extension = path.dirname(folder);
const code = readdirSync(extension, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|vue)$/.test(file) && !/\.test\.ts$|node_modules|\.shell/.test(file))
  .map((file) => readFileSync(path.join(extension, file), 'utf8')).join('\n');

/** Keys that are put together as the page runs: what stands between their fixed parts is one word. */
const patterns = [...code.matchAll(/`(irsa\.[^`]*\$\{[^`]*)`/g)].map(([, template]) => new RegExp(`^${ template!.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.]/g, '\\.')).join('[^.]+') }$`));

function keysOf(value: unknown, at: string[] = []): string[] {
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, inner]) => keysOf(inner, [...at, key])) : [at.join('.')];
}

/** Emitted by their codes, and held to them by engine.test.ts. */
const BY_CODE = /^irsa\.(finding|lint|error|remedy|topic)\./;
/** The dashboard's own questions: what a product is called, and whether our words are there. */
const ASKED_BY_RANCHER = ['product.irsa', 'irsa.words'];

it.each(readdirSync(folder).filter((file) => file.endsWith('.yaml')))('%s has no word that nobody says', (file) => {
  const keys = keysOf(parse(readFileSync(path.join(folder, file), 'utf8'))).filter((key) => !BY_CODE.test(key) && !ASKED_BY_RANCHER.includes(key));

  expect(patterns.length).toBeGreaterThan(20);
  expect(keys.filter((key) => !code.includes(`'${ key }'`) && !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
});
