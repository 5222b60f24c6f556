import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
// The parser that the dashboard's own i18n uses (a dependency of the shell's intl-messageformat).
import { parse as parseMessage } from 'intl-messageformat-parser';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FINDINGS } from '../domain/chain/findings';
import { ERRORS } from '../domain/errors/catalogue';

const folder = path.dirname(fileURLToPath(import.meta.url));
const extension = path.dirname(folder);

/** All messages of the words that a file holds, by dotted key. */
function messagesOf(file: string): Map<string, string> {
  const messages = new Map<string, string>();
  const walk = (value: unknown, keys: string[]) => {
    if (typeof value === 'object' && value !== null) {
      Object.entries(value).forEach(([key, inner]) => walk(inner, [...keys, key]));
    } else {
      messages.set(keys.join('.'), String(value));
    }
  };

  walk(parse(readFileSync(path.join(folder, file), 'utf8')), []);

  return messages;
}

/** Sources in some rooms, without tests. */
function sources(...rooms: string[]): { file: string; code: string }[] {
  return rooms.filter((room) => existsSync(path.join(extension, room))).flatMap((room) => readdirSync(path.join(extension, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|vue)$/.test(file) && !file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => ({ file: `${ room }/${ file }`, code: readFileSync(path.join(extension, room, file), 'utf8') })));
}

const messages = new Map<string, string>();
  const walk = (value: unknown, keys: string[]) => {
    if (typeof value === 'object' && value !== null) {
      Object.entries(value).forEach(([key, inner]) => walk(inner, [...keys, key]));
    } else {
      messages.set(keys.join('.'), String(value));
    }
  };

  walk(parse(readFileSync(path.join(folder, file), 'utf8')), []);

  return messages;
}

/** Sources in some rooms, without tests. */
function sources(...rooms: string[]): { file: string; code: string }[] {
  return rooms.filter((room) => existsSync(path.join(extension, room))).flatMap((room) => readdirSync(path.join(extension, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|vue)$/.test(file) && !file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => ({ file: `${ room }/${ file }`, code: readFileSync(path.join(extension, room, file), 'utf8') })));
}

/** Arguments that a message asks for. */
function argumentsOf(elements: MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    const inner = 'options' in element ? Object.values(element.options).flatMap(({ value }) => argumentsOf(value)) : [];

    // 0: literal text; the `#` of a plural has no value.
    return element.type === 0 || !('value' in element) ? inner : [element.value, ...inner];
  });
}

const messages = messagesOf('engine.en-us.yaml');
const findings = Object.entries(FINDINGS).flatMap(([code, entry]) => [`irsa.finding.${ code }.title`, `irsa.finding.${ code }.why`, ...('remedy' in entry ? [`irsa.remedy.${ entry.remedy }`] : [])]);
const errors = Object.keys(ERRORS).flatMap((code) => ['what', 'why', 'remedy'].map((line) => `irsa.error.${ code }.${ line }`));
const engine = sources('domain', 'presets', 'plans').filter(({ file }) => !/^plans\/run/.test(file));
const literal = engine.flatMap(({ code }) => [...code.matchAll(/text\(\s*'(irsa\.[^']+)'/g)].map(([, key]) => key!));
const emitted = new Set([...findings, ...errors, ...literal]);

describe('words of the engine', () => {
  it('has a word for every key that is emitted', () => {
    expect([...emitted].filter((key) => !messages.has(key))).toEqual([]);
  });

  it('has no word that nobody says', () => {
    const others = sources('gateways', 'plans', 'composables', 'components', 'pages', 'surfaces', 'chart').map(({ code }) => code).join('\n');

    expect([...messages.keys()].filter((key) => !emitted.has(key) && !others.includes(key))).toEqual([]);
  });

  it('finds the keys at all', () => {
    expect(literal.length).toBeGreaterThan(120);
  });

  it('hands only literal keys to text(), so that they can be found', () => {
    expect(engine.filter(({ file }) => file !== 'domain/text.ts').flatMap(({ file, code }) => [...code.matchAll(/\btext\((?!\s*')[^)]*/g)].map(([call]) => `${ file }: ${ call }`))).toEqual([]);
  });

  it.each([...messages])('%s is a message', (_key, message) => {
    expect(() => parseMessage(message)).not.toThrow();
    expect(message.trim()).not.toBe('');
  });
});
