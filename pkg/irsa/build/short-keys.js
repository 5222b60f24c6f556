const { readdirSync, readFileSync } = require('fs');
const path = require('path');
const { parse } = require('yaml');

const ROOT = path.join(__dirname, '..');
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
  const groups = new Set([...there].map((key) => key.split('.')[1]));
  const short = [...new Set(named)].filter((key) => there.has(key) && !whole.has(key) && !begun.some((begin) => key.startsWith(begin)) && !ends.some((end) => key.endsWith(end))).sort();
  /** @type {Map<string, string>} */
  const names = new Map();

  for (let next = 0; names.size < short.length; next++) {
    const name = next.toString(36);

    if (!groups.has(name)) {
      names.set(/** @type {string} */ (short[names.size]), `irsa.${ name }`);
    }
  }

  return names;
};

/**
 * Words of one file under their short names.
 * @param {Words} words
 * @param {Map<string, string>} names
 */
exports.shortWords = (words, names) => {
  /** @type {Words} */
  const result = {};

  for (const [key, value] of leaves(words)) {
    const parts = (names.get(key) ?? key).split('.');
    const last = /** @type {string} */ (parts.pop());

    parts.reduce((group, part) => /** @type {Words} */ (group[part] ??= {}), result)[last] = value;
  }

  return result;
};

/**
 * @param {string} code
 * @param {Map<string, string>} names
 */
exports.shortCode = (code, names) => code.replace(KEY, (whole, mark, key) => names.has(key) ? mark + names.get(key) + mark : whole);

const files = (/** @type {RegExp} */ test) => readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => test.test(file) && !/node_modules|\.shell|\.test\.ts$/.test(file)).sort().map((file) => readFileSync(path.join(ROOT, file), 'utf8'));
const MENU = 'l10n/menu.en-us.yaml';

exports.NAMES = exports.shortNames(files(/^l10n\/(?!menu).*\.yaml$/).map((text) => parse(text)), files(/\.(ts|vue)$/), parse(readFileSync(path.join(ROOT, MENU), 'utf8')));
