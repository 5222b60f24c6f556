export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A place in a text; both count from 1, columns in UTF-16 units. */
export interface Place {
  line: number;
  column: number;
}

/** Text that is not what it should be, with the place where it stops being so. */
export class LocatedError extends Error {
  readonly line: number;
  readonly column: number;
  /** The complaint without the place. */
  readonly complaint: string;

  constructor(complaint: string, place: Place) {
    super(`line ${ place.line }, column ${ place.column }: ${ complaint }`);
    this.name = 'LocatedError';
    this.complaint = complaint;
    this.line = place.line;
    this.column = place.column;
  }
}

/** Objects and lists within each other that are still read; IAM's policies need six. Deeper ones would exhaust the stack. */
const DEPTH = 100;

/** Where each value of a parsed text stands; paths are keys and indices from the root. */
export type Locate = (path: (string | number)[]) => Place;

/**
 * Parses JSON and remembers where each value stands. Browsers word and locate the errors of `JSON.parse` each in its own way, or not at
 * all, and none notices a key given twice, of which one would be lost.
 * @throws LocatedError
 */
export function parseLocated(source: string): { value: Json; locate: Locate } {
  const parser = new Parser(source);
  const value = parser.parse();

  return { value, locate: (path) => parser.placeOf(path) };
}

/** Characters of a number; longer ones cannot be kept anyway. */
const LONGEST_WORD = 400;

/** The digits of a number that tell it from others, and its magnitude: equal for `1.50e3` and `1500`. */
function significant(word: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(word) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');

  return kept ? `${ sign }${ kept }e${ Number(power) - fraction.length + digits.length - kept.length }` : '0';
}

class Parser {
  private readonly source: string;
  private readonly offsets = new Map<string, number>();
  private position = 0;

  constructor(source: string) {
    this.source = source;
  }

  parse(): Json {
    if (this.source.startsWith('\uFEFF')) {
      this.position = 1;
    }
    const value = this.value([]);

    this.space();
    if (this.position < this.source.length) {
      this.fail(`unexpected ${ this.seen() } after the end of the document`);
    }

    return value;
  }

  /** The place of the nearest value that was seen on the way to `path`. */
  placeOf(path: (string | number)[]): Place {
    for (let length = path.length; length > 0; length--) {
      const offset = this.offsets.get(JSON.stringify(path.slice(0, length)));

      if (offset !== undefined) {
        return this.place(offset);
      }
    }

    return this.place(this.offsets.get('[]') ?? 0);
  }

  private value(path: (string | number)[]): Json {
    this.space();
    this.offsets.set(JSON.stringify(path), this.position);
    const next = this.source[this.position];

    if (path.length > DEPTH) {
      this.fail(`more than ${ DEPTH } objects and lists within each other`);
    }
    if (next === '{') {
      return this.object(path);
    }
    if (next === '[') {
      return this.array(path);
    }
    if (next === '"') {
      return this.string();
    }

    return this.word();
  }

  private object(path: (string | number)[]): Json {
    const result: { [key: string]: Json } = {};

    this.position++;
    this.space();
    if (this.take('}')) {
      return result;
    }
    do {
      this.space();
      const start = this.position;

      if (this.source[start] !== '"') {
        this.fail(`expected a key in double quotes, found ${ this.seen() }`);
      }
      const key = this.string();

      if (Object.hasOwn(result, key)) {
        this.fail(`the key "${ key }" is given twice`, start);
      }
      this.space();
      if (!this.take(':')) {
        this.fail(`expected ":" after the key "${ key }", found ${ this.seen() }`);
      }
      // Not by assignment: a key named __proto__ would be lost.
      Object.defineProperty(result, key, { value: this.value([...path, key]), enumerable: true, writable: true, configurable: true });
      this.space();
    } while (this.take(','));
    if (!this.take('}')) {
      this.fail(`expected "," or "}", found ${ this.seen() }`);
    }

    return result;
  }

  private array(path: (string | number)[]): Json {
    const result: Json[] = [];

    this.position++;
    this.space();
    if (this.take(']')) {
      return result;
    }
    do {
      result.push(this.value([...path, result.length]));
      this.space();
    } while (this.take(','));
    if (!this.take(']')) {
      this.fail(`expected "," or "]", found ${ this.seen() }`);
    }

    return result;
  }

  private string(): string {
    const start = this.position;

    for (let end = start + 1; end < this.source.length; end++) {
      const character = this.source[end]!;

      if (character === '\\') {
        end++;
      } else if (character === '"') {
        this.position = end + 1;

        return this.unquoted(start, end + 1);
      } else if (character < ' ') {
        this.fail('a line break or control character inside a string', end);
      }
    }
    this.fail('a string that is not closed', start);
  }

  private unquoted(start: number, end: number): string {
    try {
      return JSON.parse(this.source.slice(start, end)) as string;
    } catch {
      this.fail('a string with an unknown escape sequence', start);
    }
  }

  private word(): Json {
    const [word = ''] = /^[^\s,:[\]{}"]*/.exec(this.source.slice(this.position, this.position + LONGEST_WORD + 1)) ?? [];

    if (!/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(word)) {
      this.fail(word ? `expected a value, found ${ word.slice(0, 40) }` : `expected a value, found ${ this.seen() }`);
    }
    const value = JSON.parse(word) as Json;

    // Written again it would be another number: the statement of a stranger, changed unseen.
    if (typeof value === 'number' && (word.length > LONGEST_WORD || significant(word) !== significant(String(value)))) {
      this.fail(`the number ${ word.slice(0, 40) } cannot be kept exactly`);
    }
    this.position += word.length;

    return value;
  }

  private space(): void {
    while (' \t\r\n'.includes(this.source[this.position] ?? 'x')) {
      this.position++;
    }
  }

  private take(character: string): boolean {
    if (this.source[this.position] !== character) {
      return false;
    }
    this.position++;

    return true;
  }

  private seen(): string {
    const next = this.source[this.position];

    return next === undefined ? 'the end of the text' : `"${ next }"`;
  }

  private fail(complaint: string, offset = this.position): never {
    throw new LocatedError(complaint, this.place(offset));
  }

  private place(offset: number): Place {
    const before = this.source.slice(0, offset).split('\n');

    return { line: before.length, column: before[before.length - 1]!.length + 1 };
  }
}
