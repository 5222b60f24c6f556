const { unpackNamed, unpackRow } = require('./pieces');

/**
 * Words under their keys again.
 * @param {number} first
 * @param {string} row    one after the other, packed
 * @param {string} named  under their keys, packed
 */
module.exports = (first, row, named) => ({ irsa: Object.assign(unpackNamed(named), ...unpackRow(row).map((word, index) => word && { [(first + index).toString(36)]: word })) });
