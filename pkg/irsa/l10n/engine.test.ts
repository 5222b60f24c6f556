import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
// What the dashboard's own i18n uses (a dependency of the shell).
import IntlMessageFormat from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { assessCluster } from '../domain/chain';
import { FINDINGS } from '../domain/chain/findings';
import { ERRORS } from '../domain/errors/catalogue';
import type { Text } from '../domain/facts';
import { LINT_RULES, lintTrust } from '../domain/trust';
import { CASES } from '../domain/trust/lint/test-cases';
import { situations } from '../plans/test-facts';
import { impossibleCharts, presets } from '../presets';

const folder = path.dirname(fileURLToPath(import.meta.url));
const extension = path.dirname(folder);

/** All messages of the words that a file holds, by dotted key. */
function messagesOf(file: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, keys: string[]) => {
    if (typeof value === 'object' && value !== null) {
      Object.entries(value).forEach(([key, inner]) => walk(inner, [...keys, key]));
    } else {
      found.set(keys.join('.'), String(value));
    }
  };

  walk(parse(readFileSync(path.join(folder, file), 'utf8')), []);

  return found;
}

/** Sources in some rooms, without tests. */
function sources(...rooms: string[]): { file: string; code: string }[] {
  return rooms.filter((room) => existsSync(path.join(extension, room))).flatMap((room) => readdirSync(path.join(extension, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|vue)$/.test(file) && !file.endsWith('.test.ts') && !/node_modules|test-facts|test-cases/.test(file))
    .map((file) => ({ file: `${ room }/${ file }`, code: readFileSync(path.join(extension, room, file), 'utf8') })));
}

/** Every Text in some data, wherever it is. */
function textsIn(data: unknown): Text[] {
  if (typeof data !== 'object' || data === null) {
    return [];
  }
  const own = 'key' in data && typeof data.key === 'string' && data.key.startsWith('irsa.') ? [data as Text] : [];

  return [...own, ...Object.values(data).flatMap(textsIn)];
}

/** Topics with a file of their own, loaded with what speaks of them. */
const messages = new Map(['engine', 'permissions', 'presets', 'lint', 'webhook'].flatMap((topic) => [...messagesOf(`${ topic }.en-us.yaml`)]));
const findings = Object.entries(FINDINGS).flatMap(([code, entry]) => [`irsa.finding.${ code }.title`, `irsa.finding.${ code }.why`, ...('remedy' in entry ? [`irsa.remedy.${ entry.remedy }`] : [])]);
const lint = LINT_RULES.flatMap((rule) => [...['title', 'why', 'advice'].map((part) => `irsa.lint.${ rule.code }.${ part }`), ...('remedy' in rule ? [`irsa.remedy.${ rule.remedy }`] : [])]);
const errors = Object.keys(ERRORS).flatMap((code) => ['what', 'why', 'remedy'].map((line) => `irsa.error.${ code }.${ line }`));
// The runner brings its own words.
const engine = sources('domain', 'presets', 'plans').filter(({ file }) => !/^plans\/run/.test(file));
const literal = engine.flatMap(({ code }) => [...code.matchAll(/text\(\s*'(irsa\.[^']+)'/g)].map(([, key]) => key!));
const emitted = new Set([...findings, ...lint, ...errors, ...literal]);

describe('words of the engine', () => {
  it('has a word for every key that is emitted', () => {
    expect(literal.length).toBeGreaterThan(120);
    expect([...emitted].filter((key) => !messages.has(key))).toEqual([]);
  });

  it('has no word that nobody says', () => {
    const others = sources('gateways', 'plans', 'composables', 'components', 'pages', 'surfaces', 'chart').map(({ code }) => code).join('\n');

    expect([...messages.keys()].filter((key) => !emitted.has(key) && !key.startsWith('irsa.topic.') && !others.includes(key))).toEqual([]);
  });

  it('hands only literal keys to text(), so that they can be found', () => {
    expect(engine.filter(({ file }) => file !== 'domain/text.ts').flatMap(({ file, code }) => [...code.matchAll(/\btext\((?!\s*')[^)]*/g)].map(([call]) => `${ file }: ${ call }`))).toEqual([]);
  });

  it.each([...messages])('%s is a message', (_key, message) => {
    expect(() => new IntlMessageFormat(message, 'en-us')).not.toThrow();
    expect(message.trim()).not.toBe('');
  });

  it('gives each message the arguments it asks for, in every situation we know', () => {
    const linted = Object.values(CASES).flatMap(({ says }) => says.flatMap(({ document, context }) => lintTrust(document, context)));
    const spoken = textsIn([presets, impossibleCharts, linted, situations().map(({ observed, plans }) => [assessCluster(observed), plans])]).filter(({ key }) => messages.has(key));

    expect(new Set(spoken.map(({ key }) => key)).size).toBeGreaterThan(100);
    for (const { key, args } of spoken) {
      expect(() => new IntlMessageFormat(messages.get(key)!, 'en-us').format(args), key).not.toThrow();
    }
  });
});
