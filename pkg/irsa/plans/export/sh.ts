/** Pieces of POSIX shell in which every value stands for itself, whatever is in it. */
import { escapeInvisible, visible, withoutInvisible } from '../../domain/text';
import type { Ref, Value } from '../plan';
import { isData, isJsonText, isRef } from '../value';

/**
 * One word that the shell takes as it is; NUL, which no argument can hold, is left out, and half of a surrogate pair becomes U+FFFD.
 * What would show nothing to whoever reads the script, or turn its words around, is made by printf.
 */
export function quote(value: string): string {
  const quoted = value.toWellFormed().replace(/\0/g, '').replace(/'/g, '\'\\\'\'');

  return `'${ withoutInvisible(quoted, (character) => `'"$(printf '${ octal(character) }')"'`) }'`;
}

function octal(character: string): string {
  return Array.from(new TextEncoder().encode(character), (byte) => `\\${ byte.toString(8).padStart(3, '0') }`).join('');
}

/** A comment on one line: a line break in it would end it. */
export function comment(words: string): string {
  return `# ${ visible(words.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')) }`;
}

/** Name of the shell variable that holds a value out of an earlier step's output. */
export function variableOf({ $ref: { step, path } }: Ref): string {
  return [step, ...path].join('_').replace(/\W/g, '_').replace(/^(?=\d)/, '_');
}

/** All references in some data. */
export function refsIn(data: unknown): Ref[] {
  if (typeof data !== 'object' || data === null) {
    return [];
  }

  return isRef(data) ? [data] : Object.values(isData(data) ? data.$data : data).flatMap(refsIn);
}

/** A string as one word: a literal, or the variable of a reference. */
export function stringWord(value: Value): string {
  return isRef(value) ? `"$${ variableOf(value) }"` : quote(String(value));
}

/** JSON as one word, and what has to be assigned before: documents inside documents, readable. */
export interface JsonWord {
  before: string[];
  word: string;
}

/**
 * @param value  JSON; references become variables, `$json` documents variables of their own
 * @param name   begins the names of those variables
 */
export function jsonWord(value: Value, name: string): JsonWord {
  const before: string[] = [];
  const word = write(value, '', (inside, path) => {
    const variable = [name, ...path].join('_').replace(/\W/g, '_');
    const document = jsonWord(inside, variable);

    before.push(...document.before, `${ variable }=${ document.word }`);

    return variable;
  }, []);

  return { before, word: `'${ word }'` };
}

type Assign = (inside: Value, path: string[]) => string;

/** The text between the outer single quotes. */
function write(value: Value, indent: string, assign: Assign, path: string[]): string {
  if (isRef(value)) {
    return spliced(variableOf(value));
  }
  if (isJsonText(value)) {
    return spliced(assign(value.$json, path));
  }
  const deeper = `${ indent }  `;

  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[\n${ value.map((item, index) => deeper + write(item, deeper, assign, [...path, String(index)])).join(',\n') }\n${ indent }]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries((isData(value) ? value.$data : value) as Record<string, Value>);

    return members.length === 0 ? '{}' : `{\n${ members.map(([key, item]) => `${ deeper }${ literal(key) }: ${ write(item, deeper, assign, [...path, key]) }`).join(',\n') }\n${ indent }}`;
  }

  return literal(value);
}

function literal(value: unknown): string {
  return escapeInvisible(JSON.stringify(value)).replace(/'/g, '\'\\\'\'');
}

/** Ends the single quotes, lets the shell put a variable in as a JSON string, and goes on. */
function spliced(variable: string): string {
  return `"'"$(json_text "$${ variable }")"'"`;
}
