const { BETWEEN, unpack, WORDS } = require('./pieces');

/**
 * Words under their keys again.
 * @param {number} first
 * @param {string} row    one after the other, packed
 * @param {string} named  under their keys, packed
 */
module.exports = (first, row, named) => ({
  irsa: JSON.parse(unpack(named, WORDS)),
  i:    Object.fromEntries(row ? unpack(row, WORDS).split(BETWEEN).map((word, index) => [(first + index).toString(36), word]) : []),
});
