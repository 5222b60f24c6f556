/** A sign in each of its spellings: itself, percent-encoded up to three times, as a code of JSON or of HTML. */
const coded = (plain: string, hex: string, more = ''): string => `(?:${ plain }|%(?:25){0,2}${ hex }|\\\\{1,7}u00${ hex }|&(?:amp;){0,2}(?:#x0*${ hex }|#0*${ parseInt(hex, 16) }${ more });)`;

const BACKSLASH = `(?:\\\\|%(?:25){0,2}5c|&(?:amp;){0,2}#92;)`;
const SPACE = `(?:\\s|\\+|%(?:25){0,2}20|\\\\{1,7}[nrt])`;
const EQUALS = coded('=', '3d');
const COLON = coded(':', '3a');
const GREATER = coded('>', '3e', '|gt');
const QUOTE = `${ BACKSLASH }{0,7}(?:${ coded('"', '22', '|quot') }|${ coded('\'', '27', '|apos') })`;
/** Where a word begins: `%3D` and `\n` end in what looks like a part of it. */
const START = '(?<=^|\\W|%(?:25){0,2}[\\da-fA-F]{2}|\\\\[bfnrt]|\\\\u[\\da-fA-F]{4})';
const SCHEME = '[Bb]earer|[Bb]asic|BEARER|BASIC';
/** Letters of a secret that JSON or HTML wrote as a code: `\/`, `\u002b`, `&#x2F;`. */
const ESCAPED = '\\\\{1,7}(?:/|u00[\\da-f]{2})|&(?:amp;){0,2}#x?[\\da-f]{2,3};';
/** A letter of a secret; what is percent-encoded is one too, so that rather too much goes than too little. */
const LETTER = `(?:[^\\s"'<>,;&\\\\]|${ ESCAPED })`;
const BASE64 = `(?:[\\w+/=%-]|${ ESCAPED })`;

/**
 * What must not be repeated of a text that somebody else wrote, and what stands there instead. AWS, Rancher and clusters echo parts of a
 * request in their refusals: IAM repeats an Authorization header that it cannot read, whole. What is echoed may be JSON in JSON, a URL, or
 * HTML, so each sign around a secret is looked for in each of its spellings.
 */
const SECRETS: readonly [RegExp, string][] = ([
  // Each takes time in step with the text, whoever wrote it: what may be long ends a match, or has a bound.
  // A JSON web token; its first two parts are JSON objects.
  [`${ START }eyJ[\\w-]{5,2000}\\.eyJ[\\w-]{5,}(?:\\.[\\w-]*)?`, 'g', '(token)'],
  // Authorization: the scheme may be said, what follows it not. The blanks are taken once and for all, as a `+` may be one of them or not.
  [`${ START }(${ SCHEME })(?=(${ SPACE }+))\\2(?!(?:${ SCHEME })${ SPACE })(?=[\\w.~+/:=%-]{0,400}[\\dA-Z=:])(?:[\\w.~+/:=%-]|${ ESCAPED }){4,}`, 'g', '$1 (token)'],
  [`(AWS4-HMAC-SHA256)${ SPACE }+Credential${ EQUALS }[^'"<>]*`, 'gi', '$1 (signature)'],
  [`(Signature${ EQUALS })[0-9a-f]{16,}`, 'gi', '$1(signature)'],
  // Rancher's API tokens and session cookies.
  [`${ START }((?:token|kubeconfig-[\\w.-]{1,63}|ext/token)-\\w{3,}${ COLON })\\w{20,}`, 'gi', '$1(token)'],
  [`${ START }((?:R_SESS|CSRF)${ EQUALS })(?:[^;\\s'"<>\\\\&]|${ ESCAPED })+`, 'gi', '$1(cookie)'],
  // Session tokens of STS, by how they begin; plain or URL-encoded.
  [`${ START }(?:IQoJ|FwoG|FQoG|AQoD)${ BASE64 }{20,}`, 'g', '(session token)'],
  // Names that are followed by a secret, whatever it looks like.
  [`((?:secret[_ -]?access[_ -]?key|session[_-]?token|security[_-]token|secret[_-]?key)${ QUOTE }?${ SPACE }{0,40}(?:${ COLON }|${ EQUALS }|${ GREATER })${ SPACE }{0,40}${ QUOTE }?)${ LETTER }{8,}`, 'gi', '$1(secret)'],
] as const).map(([pattern, flags, instead]) => [new RegExp(pattern, flags), instead]);

/** A text from outside without tokens, signatures, cookies and keys, however they are encoded; everything else stays as it was received. */
export function redact(text: string): string {
  return SECRETS.reduce((words, [pattern, instead]) => words.replace(pattern, instead), text);
}
