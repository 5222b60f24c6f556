const { readdirSync, readFileSync } = require('fs');
const path = require('path');
const { parse } = require('yaml');

const ROOT = path.join(__dirname, '..');
/** Short names have a group of their own. */
const GROUP = 'i.';
const KEY = /(["'])(irsa\.[\w.-]+)\1/g;

/** @typedef {{ [name: string]: string | Words }} Words */

/**
 * Every word with its whole key.
 * @param {Words} words
 * @returns {[string, string][]}
 */
function leaves(words, above = '') {
  return Object.entries(words).flatMap(([name, value]) => typeof value === 'string' ? [[above + name, value]] : leaves(value, `${ above }${ name }.`));
}

/**
 * Short names for keys of words: long ones stand a thousand times in code and once more in the words (4 KB, gzip). A key that code puts together
 * (`irsa.finding.${ code }`, or by its end) keeps its name, and so does one that Rancher reads before our words are there.
 * @param {Words[]} words    each file of them, parsed
 * @param {string[]} sources  all code that names keys
 * @param {Words} kept       words whose keys stay
 * @returns {Map<string, string>}
 */
exports.shortNames = (words, sources, kept = {}) => {
  const code = sources.join('\n');
  const there = new Set(words.flatMap((one) => leaves(one)).map(([key]) => key));
  const named = [...code.matchAll(KEY)].map(([, , key = '']) => key);
  const begun = [...code.matchAll(/irsa\.[\w.-]*(?=\$\{)/g)].map(([begin]) => begin).concat(named.filter((key) => !there.has(key)));
  const ends = [...code.matchAll(/endsWith\(["'](\.\w+)["']\)/g)].map(([, end = '']) => end);
  const whole = new Set(leaves(kept).map(([key]) => key));
  const wanted = new Set(named.filter((key) => there.has(key) && !whole.has(key) && !begun.some((begin) => key.startsWith(begin)) && !ends.some((end) => key.endsWith(end))));
  // In the order of the words, so that those of a file are one row of numbers.
  const short = [...there].filter((key) => wanted.has(key));

  return new Map(short.map((key, index) => [key, `${ GROUP }${ index.toString(36) }`]));
};

/**
 * Words of one file: those with short names as a row, as numbers need not stand beside them (3 KB, gzip), the others under their keys.
 * @param {Words} words  all under `irsa`
 * @param {Map<string, string>} names
 * @returns {{ first: number, row: string[], named: Words }}  of the row, the number of the first
 */
exports.shortWords = (words, names) => {
  const all = leaves(words);
  const numbered = all.filter(([key]) => names.has(key));
  const first = parseInt(names.get(numbered[0]?.[0] ?? '')?.slice(GROUP.length) ?? '0', 36);
  /** @type {Words} */
  const named = {};

  for (const [key, value] of all.filter(([one]) => !names.has(one))) {
    const [, ...parts] = key.split('.');
    const last = /** @type {string} */ (parts.pop());

    parts.reduce((group, part) => /** @type {Words} */ (group[part] ??= {}), named)[last] = value;
  }

  return { first, row: numbered.map(([, value]) => value), named };
};

/**
 * @param {string} code
 * @param {Map<string, string>} names
 */
exports.shortCode = (code, names) => code.replace(KEY, (whole, mark, key) => names.has(key) ? mark + names.get(key) + mark : whole);

const files = (/** @type {RegExp} */ test) => readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => test.test(file) && !/node_modules|\.shell|\.test\.ts$/.test(file)).sort().map((file) => readFileSync(path.join(ROOT, file), 'utf8'));
const MENU = 'l10n/menu.en-us.yaml';

exports.NAMES = exports.shortNames(files(/^l10n\/(?!menu).*\.yaml$/).map((text) => parse(text)), files(/\.(ts|vue)$/), parse(readFileSync(path.join(ROOT, MENU), 'utf8')));
