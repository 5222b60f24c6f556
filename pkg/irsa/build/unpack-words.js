const { unpackNamed, unpackRow } = require('./pieces');

/**
 * Words under their keys again.
 * @param {number} first
 * @param {string} row    one after the other, packed
 * @param {string} named  under their keys, packed
 */
module.exports = (first, row, named) => ({ irsa: unpackNamed(named), i: Object.fromEntries(unpackRow(row).map((word, index) => [(first + index).toString(36), word])) });
