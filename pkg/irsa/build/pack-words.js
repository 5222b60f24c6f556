const { BETWEEN, MARKS, PIECES } = require('./pieces');

/**
 * @param {string} text
 * @param {string[]} short  pieces that are replaced by their marks, one after the other
 */
const shorten = (text, short) => short.reduce((all, piece, index) => all.replaceAll(piece, MARKS.charAt(index)), text);
/** Later pieces may hold earlier ones, which are marks by then. */
const SHORT = PIECES.reduce((/** @type {string[]} */ short, piece) => [...short, shorten(piece, short)], []);

/**
 * @param {string} text
 * @returns {string}
 * @throws {Error} where a character that stands for a piece is in the text
 */
function pack(text) {
  const taken = [...MARKS].find((mark) => text.includes(mark));

  if (taken) {
    throw new Error(`Words may not contain ${ JSON.stringify(taken) }: it stands for a piece of them (build/pieces.js).`);
  }

  return shorten(text, SHORT);
}

/**
 * Words as `unpack-words.js` takes them.
 * @param {{ first: number, row: string[], named: unknown }} words  as `shortWords` made them
 * @returns {[number, string, string]}
 * @throws {Error} where a character that stands for a piece is in a word
 */
exports.packWords = ({ first, row, named }) => [first, pack(row.join(BETWEEN)), pack(JSON.stringify(named))];
