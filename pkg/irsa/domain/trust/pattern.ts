/** `no` and `yes` are certain; `unknown` depends on something that is only known at the call (address, time, session name). */
export type Certainty = 'yes' | 'no' | 'unknown';

/** What a condition key holds in a request: values (mostly one), nothing for sure, or something we cannot know. */
export type KeyValue = { known: true; values: string[] | undefined } | { known: false };
export type Lookup = (key: string) => KeyValue;

/** A piece of a pattern: one character to be met as it is, `*`, or `?`. */
type Piece = { literal: string } | 'any' | 'one';

interface Options {
  wildcards: boolean;
  variables: boolean;
  ignoreCase?: boolean;
  lookup: Lookup;
}

/**
 * Whether a value meets a pattern of a policy. `*` and `?` count only where `wildcards` is set; `${…}` only where `variables` is
 * (policies of version 2012-10-17): `${*}`, `${?}` and `${$}` are those characters, `${key}` or `${key, 'default'}` a key's value.
 */
export function meets(value: string, pattern: string, options: Options): Certainty {
  // Most patterns are plain text, and a linter asks this for every value of every role of an account.
  if (!(options.wildcards && /[*?]/.test(pattern)) && !(options.variables && pattern.includes('${'))) {
    return (options.ignoreCase ? value.toLowerCase() === pattern.toLowerCase() : value === pattern) ? 'yes' : 'no';
  }
  const characters = Array.from(options.ignoreCase ? value.toLowerCase() : value);
  const pieces = piecesOf(pattern, characters.length, options);

  return typeof pieces === 'string' ? pieces : isMatch(characters, pieces) ? 'yes' : 'no';
}

/** @param most  characters of the value: a pattern that needs more is not met, and is not read to its end */
function piecesOf(pattern: string, most: number, options: Options): Piece[] | 'no' | 'unknown' {
  const pieces: Piece[] = [];
  let needed = 0;
  let at = 0;
  const add = (text: string) => {
    for (const literal of options.ignoreCase ? text.toLowerCase() : text) {
      pieces.push({ literal });
      needed++;
    }
  };

  while (at < pattern.length && needed <= most) {
    const close = options.variables && pattern.startsWith('${', at) ? pattern.indexOf('}', at) : -1;
    const sign = String.fromCodePoint(pattern.codePointAt(at)!);

    if (close > 0) {
      const value = variableValue(pattern.slice(at + 2, close), options.lookup);

      if (typeof value !== 'object') {
        return value;
      }
      add(value.literal);
      at = close + 1;
      continue;
    }
    if (options.wildcards && sign === '*') {
      if (pieces.at(-1) !== 'any') {
        pieces.push('any');
      }
    } else if (options.wildcards && sign === '?') {
      pieces.push('one');
      needed++;
    } else {
      add(sign);
    }
    at += sign.length;
  }

  return needed > most ? 'no' : pieces;
}

function variableValue(variable: string, lookup: Lookup): { literal: string } | 'no' | 'unknown' {
  if (variable === '*' || variable === '?' || variable === '$') {
    return { literal: variable };
  }
  // Taken apart by hand: an expression with blanks on both sides of a lazy part takes for ever on many blanks.
  const comma = variable.indexOf(',');
  const behind = comma < 0 ? '' : variable.slice(comma + 1).trim();
  const fallback = behind.length > 1 && behind.startsWith('\'') && behind.endsWith('\'') ? behind.slice(1, -1) : undefined;
  const found = lookup(comma >= 0 && fallback === undefined ? '' : (comma < 0 ? variable : variable.slice(0, comma)).trim());

  // A key with several values is no variable (IAM User Guide, single-valued and multivalued keys); what comes of it is not said.
  if (!found.known || (found.values && found.values.length > 1)) {
    return 'unknown';
  }
  const value = found.values?.[0] ?? fallback;

  // A variable without a value makes the whole comparison fail (IAM User Guide, policy variables).
  return value === undefined ? 'no' : { literal: value };
}

/** Greedy with one step back: linear in practice, never exponential. */
function isMatch(characters: string[], pieces: Piece[]): boolean {
  let [at, piece, star, mark] = [0, 0, -1, 0];

  while (at < characters.length) {
    const next = pieces[piece];

    if (next === 'any') {
      star = piece++;
      mark = at;
    } else if (next === 'one' || (typeof next === 'object' && next.literal === characters[at])) {
      piece++;
      at++;
    } else if (star >= 0) {
      piece = star + 1;
      at = ++mark;
    } else {
      return false;
    }
  }
  while (pieces[piece] === 'any') {
    piece++;
  }

  return piece === pieces.length;
}
