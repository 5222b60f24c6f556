const { BETWEEN, MARKS, WORDS } = require('./pieces');

/**
 * @param {string} text
 * @param {string[]} short  pieces that are replaced by their marks, one after the other
 */
const shorten = (text, short) => short.reduce((all, piece, index) => all.replaceAll(piece, MARKS.charAt(index)), text);

/**
 * @param {string} text
 * @param {string[]} pieces  later ones may hold earlier ones
 * @returns {string}
 * @throws {Error} where a character that stands for a piece is in the text
 */
exports.pack = (text, pieces) => {
  const taken = [...MARKS.slice(0, pieces.length)].find((mark) => text.includes(mark));

  if (taken) {
    throw new Error(`Our words and styles may not contain ${ JSON.stringify(taken) }: it stands for a piece of them (build/pieces.js).`);
  }
  // By then, pieces in pieces are marks.
  const short = pieces.reduce((/** @type {string[]} */ all, piece) => [...all, shorten(piece, all)], []);

  return shorten(text, short);
};

/**
 * Words as `unpack-words.js` takes them.
 * @param {{ first: number, row: string[], named: unknown }} words  as `shortWords` made them
 * @returns {[number, string, string]}
 * @throws {Error} where a character that stands for a piece is in a word
 */
exports.packWords = ({ first, row, named }) => [first, exports.pack(row.join(BETWEEN), WORDS), exports.pack(JSON.stringify(named), WORDS)];
