/** `no` and `yes` are certain; `unknown` depends on something that is only known at the call (address, time, session name). */
export type Certainty = 'yes' | 'no' | 'unknown';

/** What a condition key holds in a request: a value, nothing for sure, or something we cannot know. */
export type KeyValue = { known: true; value: string | undefined } | { known: false };
export type Lookup = (key: string) => KeyValue;

/** A piece of a pattern: text to be met as it is, `*`, or `?`. */
type Piece = { literal: string } | 'any' | 'one';

/**
 * Whether a value meets a pattern of a policy. `*` and `?` count only where `wildcards` is set; `${…}` only where `variables` is
 * (policies of version 2012-10-17): `${*}`, `${?}` and `${$}` are those characters, `${key}` or `${key, 'default'}` a key's value.
 */
export function meets(value: string, pattern: string, options: { wildcards: boolean; variables: boolean; ignoreCase?: boolean; lookup: Lookup }): Certainty {
  const pieces = piecesOf(pattern, options);

  if (pieces === 'no' || pieces === 'unknown') {
    return pieces;
  }
  const fold = (text: string) => options.ignoreCase ? text.toLowerCase() : text;
  const single = pieces.flatMap((piece): Piece[] => typeof piece === 'string' ? [piece] : Array.from(fold(piece.literal), (literal) => ({ literal })));

  return isMatch(fold(value), single) ? 'yes' : 'no';
}

function piecesOf(pattern: string, options: { wildcards: boolean; variables: boolean; lookup: Lookup }): Piece[] | 'no' | 'unknown' {
  const pieces: Piece[] = [];
  const token = /\$\{([^{}]*)\}|\*|\?|[^$*?]+|\$/g;

  for (const [whole, variable] of pattern.matchAll(token)) {
    if (variable !== undefined && options.variables) {
      const value = variableValue(variable, options.lookup);

      if (typeof value === 'object') {
        pieces.push(value);
      } else {
        return value;
      }
    } else if (options.wildcards && whole === '*') {
      pieces.push('any');
    } else if (options.wildcards && whole === '?') {
      pieces.push('one');
    } else {
      pieces.push({ literal: whole });
    }
  }

  return pieces;
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

  if (!found.known) {
    return 'unknown';
  }
  const value = found.value ?? fallback;

  // A variable without a value makes the whole comparison fail (IAM User Guide, policy variables).
  return value === undefined ? 'no' : { literal: value };
}

/** Greedy with one step back: linear in practice, never exponential. */
function isMatch(value: string, pieces: Piece[]): boolean {
  const characters = Array.from(value);
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
