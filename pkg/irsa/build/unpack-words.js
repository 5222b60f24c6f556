/**
 * Words under their keys again.
 * @param {number} first
 * @param {(string | 0)[]} row
 * @param {Record<string, unknown>} named
 */
module.exports = (first, row, named) => ({ irsa: Object.assign(named, ...row.map((word, index) => word && { [(first + index).toString(36)]: word })) });
