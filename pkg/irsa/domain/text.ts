import type { Text } from './facts';

/** A message for people; the key must stand in l10n/engine.en-us.yaml (a test walks all of them). */
export function text(key: string, args?: Record<string, string | number>): Text {
  return args ? { key, args } : { key };
}

/** Controls, line separators, annotation marks, halves of surrogate pairs, and all that Unicode says is shown as nothing. */
const NOTHING = String.raw`[\p{Cc}\p{Surrogate}\u2028\u2029\uFFF9-\uFFFB]|(?!\u200C|\u200D|[\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}`;
/** Joiners have their place in some scripts and in emoji, variation selectors in emoji; elsewhere they only make two names look alike. */
const JOINER = String.raw`(?<![\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}])(?:\u200C|\u200D)|(?<!\p{Extended_Pictographic})[\uFE00-\uFE0F]`;
const INVISIBLE = new RegExp(`${ NOTHING }|${ JOINER }`, 'gu');

/**
 * Somebody else's text for a page: what would be invisible, or turn the words around it, is named (`⟨U+202E⟩`); everything else stands
 * as it was received. Line breaks and tabs are named, too: a name on two lines reads as two names.
 * @param spaces  line breaks and tabs stay: for texts of several lines
 */
export function visible(words: string, { spaces = false } = {}): string {
  return words.replace(INVISIBLE, (character) => spaces && '\n\r\t'.includes(character) ? character : `⟨U+${ codeOf(character) }⟩`);
}

/** The same characters, line breaks and tabs apart, written in some other way. */
export function withoutInvisible(words: string, write: (character: string) => string): string {
  return words.replace(INVISIBLE, (character) => '\n\t\r'.includes(character) ? character : write(character));
}

/** Inside JSON text they are written as JSON writes them: the document stays the same to the letter. */
export function escapeInvisible(json: string): string {
  return withoutInvisible(json, (character) => Array.from({ length: character.length }, (_, index) => `\\u${ character.charCodeAt(index).toString(16).padStart(4, '0') }`).join(''));
}

/** `\\u202e`, or `\\U000e0041` beyond four digits: as HCL and YAML write a character. */
export function longEscape(character: string): string {
  const code = character.codePointAt(0)!;

  return code > 0xFFFF ? `\\U${ code.toString(16).padStart(8, '0') }` : `\\u${ code.toString(16).padStart(4, '0') }`;
}

function codeOf(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
}
