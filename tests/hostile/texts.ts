/**
 * Texts of people who mean harm, or of programs that went wrong, by what they try. Data, so that every test takes the same ones and a
 * new one is tried everywhere at once. A payload that runs sets `window.__pwned`.
 */
const RUN = 'window.__pwned=1';

export const TEXTS = {
  html:       [`<script>${ RUN }</script>`, `<img src=x onerror=${ RUN }>`, `<svg/onload=${ RUN }>`, '<b>bold</b>', `<iframe srcdoc="<script>parent.${ RUN }</script>">`, `<details open ontoggle=${ RUN }>`, '<style>*{display:none}</style>', '</td></tr></table><h1>gone</h1>', '<!--', '&lt;b&gt;&amp;&#60;', `<math><mtext><mglyph><style><img src onerror=${ RUN }>`],
  attribute:  [`" onmouseover="${ RUN }`, `' onfocus='${ RUN }' autofocus='`, `"><img src=x onerror=${ RUN }>`, '" style="position:fixed;inset:0', 'x" data-testid="irsa-apply'],
  url:        [`javascript:${ RUN }`, `data:text/html,<script>${ RUN }</script>`, '//evil.example/x', '../../../v3/users', '..', '.', '%2e%2e%2f', '?action=upgrade', '#fragment', 'a/b', 'https://user@evil.example/'],
  quotes:     ['\'', '"', '`', '\\', '\'"`\\', '“quoted”', '\'; --', '\\"'],
  shell:      ['$(touch hacked)', '`touch hacked`', '; touch hacked;', '| tee hacked', '&& touch hacked', '-rf', '--help', '${HOME}', '*', '~', '!!', '%s%n', 'file:///etc/passwd', '\\', 'a\ntouch hacked\n', '\'$(touch hacked)\''],
  template:   ['{{ constructor.constructor("window.__pwned=1")() }}', '{{7*7}}', '${7*7}', '#{7*7}', '<%= 7*7 %>', '{% raw %}', '{{ .Values.x }}', '[[x]]'],
  words:      ['{name}', '{x, plural, one {#} other {# more}}', '{x, select, other {}}', '{', '}', '\'{\'', '<b>{x}</b>', '#', '%irsa.copy%', 'irsa.copy', '{0}', '\'\''],
  policy:     ['*', '?', '${aws:username}', '${*}', '${$}', 'system:serviceaccount:*:*', 'arn:aws:iam::*:role/*', 'a:b:c', ','],
  prototype:  ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', '__defineGetter__', 'then', 'toJSON', '$ref', '$json', '$data', 'length', 'key'],
  direction:  ['\u202Egnp.exe', 'admin\u2066nimda\u2069', '\u200Fright', 'a\u061Cb', '\u202Dx\u202C', 'שלום', 'مرحبا'],
  invisible:  ['ad\u200Bmin', 'a\u200Db', 'x\u2060y', '\uFEFFbom', 'soft\u00ADhyphen', '\u3164', 'tag\u{E0041}', 'a\uFE0Fb', '\u00A0', '\u034F'],
  lookalike:  ['аdmin', 'ɡoogle', 'ⅰam', 'ａｄｍｉｎ', 'K', 'ı', 'İ', 'ß'],
  combining:  ['Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞', 'e\u0301', '\u0301', 'นี้'],
  surrogates: ['\uD800', 'a\uDC00b', '\uDBFF\uDBFF', '\uDE00\uD83D'],
  emoji:      ['😀', '👩‍👩‍👧‍👦', '🏴‍☠️', '1️⃣', '\u{1F600}'.repeat(50)],
  control:    ['a\0b', 'a\nb', 'a\r\nb', 'a\tb', '\u001B[31mred', '\u0007', '\u007F', '\u0085', 'a\u2028b', 'a\u2029b'],
  blank:      ['', ' ', '   lead', 'trail   ', 'a  b', '\t'],
  long:       ['x'.repeat(300), 'ab-'.repeat(2_000), 'ä'.repeat(1_000), 'word '.repeat(1_000), '9'.repeat(400), '<b>'.repeat(500), `Bearer${ '+'.repeat(20_000) }`],
  formula:    ['=HYPERLINK("//evil.example")', '+1', '-1', '@SUM(A1)', '=cmd|\'/c calc\'!A1'],
  numbers:    ['0', '-0', '1e999', 'NaN', 'Infinity', 'null', 'undefined', 'true', '012345678901'],
} as const satisfies Record<string, readonly string[]>;

export type Kind = keyof typeof TEXTS;

/** Kind and text, for `it.each`. */
export const ALL: readonly (readonly [Kind, string])[] = (Object.keys(TEXTS) as Kind[]).flatMap((kind) => TEXTS[kind].map((text) => [kind, text] as const));
