export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A place in a text; both count from 1, columns in UTF-16 units. */
export interface Place {
  line: number;
  column: number;
}

/** A piece of a text; `end` is the place just behind it. */
export interface Range {
  start: Place;
  end: Place;
}

/** Keys and indices from the root of a document. */
export type Path = (string | number)[];

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

/** Where each value of a parsed text stands; of what is not there, the nearest value around it. */
export type Locate = (path: Path) => Place;

/**
 * Parses JSON and can tell where each value stands. Browsers word and locate the errors of `JSON.parse` each in its own way, or not at
 * all, and none notices a key given twice, of which one would be lost. Places are looked up when asked for: parsing itself keeps none, so
 * that a megabyte costs no more than its characters; what was looked up is kept, as whoever asks for one place asks for many.
 * @throws LocatedError
 */
export function parseLocated(source: string): { value: Json; locate: Locate; range: (path: Path) => Range } {
  const parser = new Parser(source);
  const value = parser.document();
  let places: Places | undefined;
  const range = (path: Path): Range => (places ??= new Places(source, parser)).find(path);

  return { value, range, locate: (path) => range(path).start };
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

const [TAB, LINE_FEED, RETURN, SPACE, QUOTE, BACKSLASH] = [9, 10, 13, 32, 34, 92] as const;
const ENDS_WORD = Array.from({ length: 128 }, (_, code) => ' \t\r\n,:[]{}"'.includes(String.fromCharCode(code)));

/** From where to where, as offsets. */
interface Span {
  start: number;
  end: number;
  /** Looked up once something in it was asked for. */
  inside?: Map<string | number, Span>;
}

/** Where the values of a parsed text stand. Each object or list is read once for what is in it, each line's beginning once. */
class Places {
  private readonly parser: Parser;
  private readonly root: Span;
  private readonly lines = [0];

  constructor(source: string, parser: Parser) {
    this.parser = parser;
    this.root = parser.span(source.startsWith('\uFEFF') ? 1 : 0);
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) {
      this.lines.push(at + 1);
    }
  }

  /** Where the value under a path stands, or the nearest value on the way to it. */
  find(path: Path): Range {
    let found = this.root;

    for (const part of path) {
      const next = (found.inside ??= this.parser.inside(found)).get(part);

      if (!next) {
        break;
      }
      found = next;
    }

    return { start: this.place(found.start), end: this.place(found.end) };
  }

  private place(offset: number): Place {
    let [first, last] = [0, this.lines.length - 1];

    while (first < last) {
      const middle = Math.ceil((first + last) / 2);

      if (this.lines[middle]! <= offset) {
        first = middle;
      } else {
        last = middle - 1;
      }
    }

    return { line: first + 1, column: offset - this.lines[first]! + 1 };
  }
}

class Parser {
  private readonly source: string;
  private position = 0;
  private depth = 0;

  constructor(source: string) {
    this.source = source;
    this.position = source.startsWith('\uFEFF') ? 1 : 0;
  }

  document(): Json {
    const value = this.value();

    this.space();
    if (this.position < this.source.length) {
      this.fail(`unexpected ${ this.seen() } after the end of the document`);
    }

    return value;
  }

  /** The value that begins at or behind an offset. Only for a text that was parsed before. */
  span(from: number): Span {
    this.position = from;
    this.space();
    const start = this.position;

    this.value();

    return { start, end: this.position };
  }

  /** What stands right in an object or a list, by key or index. Only for a text that was parsed before. */
  inside({ start }: Span): Map<string | number, Span> {
    const found = new Map<string | number, Span>();
    const opens = this.source[start];

    if (opens === '{' || opens === '[') {
      this.position = start + 1;
      for (let index = 0; this.unlessClosed(); index++) {
        const name = opens === '{' ? this.key() : index;

        found.set(name, this.span(this.position));
        this.space();
        this.take(',');
      }
    }

    return found;
  }

  private unlessClosed(): boolean {
    this.space();

    return !this.take('}') && !this.take(']');
  }

  private value(): Json {
    this.space();
    const next = this.source[this.position];

    if (next === '"') {
      return this.string();
    }
    if (next !== '{' && next !== '[') {
      return this.word();
    }
    if (++this.depth > DEPTH) {
      this.fail(`more than ${ DEPTH } objects and lists within each other`);
    }
    const value = next === '{' ? this.object() : this.array();

    this.depth--;

    return value;
  }

  private object(): Json {
    const result: { [key: string]: Json } = {};

    this.position++;
    this.space();
    if (this.take('}')) {
      return result;
    }
    do {
      this.space();
      const start = this.position;
      const key = this.key();

      if (Object.hasOwn(result, key)) {
        this.fail(`the key "${ key }" is given twice`, start);
      }
      const value = this.value();

      if (key === '__proto__') {
        // By assignment it would be lost.
        Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true });
      } else {
        result[key] = value;
      }
      this.space();
    } while (this.take(','));
    if (!this.take('}')) {
      this.fail(`expected "," or "}", found ${ this.seen() }`);
    }

    return result;
  }

  /** A key with its colon. */
  private key(): string {
    this.space();
    if (this.source[this.position] !== '"') {
      this.fail(`expected a key in double quotes, found ${ this.seen() }`);
    }
    const key = this.string();

    this.space();
    if (!this.take(':')) {
      this.fail(`expected ":" after the key "${ key }", found ${ this.seen() }`);
    }

    return key;
  }

  private array(): Json {
    const result: Json[] = [];

    this.position++;
    this.space();
    if (this.take(']')) {
      return result;
    }
    do {
      result.push(this.value());
      this.space();
    } while (this.take(','));
    if (!this.take(']')) {
      this.fail(`expected "," or "]", found ${ this.seen() }`);
    }

    return result;
  }

  private string(): string {
    const start = this.position;

    let isPlain = true;

    for (let end = start + 1; end < this.source.length; end++) {
      const code = this.source.charCodeAt(end);

      if (code === BACKSLASH) {
        isPlain = false;
        end++;
      } else if (code === QUOTE) {
        this.position = end + 1;

        return isPlain ? this.source.slice(start + 1, end) : this.unquoted(start, end + 1);
      } else if (code < SPACE) {
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
    const end = this.endOfWord();
    const word = this.source.slice(this.position, end);

    if (/^[1-9]\d{0,14}$|^0$/.test(word)) {
      this.position = end;

      return Number(word);
    }
    if (!/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(word)) {
      this.fail(word ? `expected a value, found ${ word.slice(0, 40) }` : `expected a value, found ${ this.seen() }`);
    }
    // Written again it would be another number: the statement of a stranger, changed unseen.
    if (/\d/.test(word) && (word.length > LONGEST_WORD || significant(word) !== significant(String(Number(word))))) {
      this.fail(`the number ${ word.slice(0, 40) } cannot be kept exactly`);
    }
    this.position = end;

    return word === 'true' ? true : word === 'false' ? false : word === 'null' ? null : Number(word);
  }

  private endOfWord(): number {
    const most = Math.min(this.source.length, this.position + LONGEST_WORD + 1);
    let end = this.position;

    while (end < most && !ENDS_WORD[this.source.charCodeAt(end)]) {
      end++;
    }

    return end;
  }

  private space(): void {
    for (let code = this.source.charCodeAt(this.position); code === SPACE || code === LINE_FEED || code === RETURN || code === TAB; code = this.source.charCodeAt(this.position)) {
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
    const start = this.source.lastIndexOf('\n', offset - 1) + 1;
    let line = 1;

    for (let at = this.source.indexOf('\n'); at >= 0 && at < offset; at = this.source.indexOf('\n', at + 1)) {
      line++;
    }

    return { line, column: offset - (offset === 0 ? 0 : start) + 1 };
  }
}
