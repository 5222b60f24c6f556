const { NAMES, shortCode } = require('./short-keys');

/** Code with the short names of its words. */
module.exports = (code) => shortCode(code, NAMES);
