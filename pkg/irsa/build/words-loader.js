const { parse } = require('yaml');
const { NAMES, shortWords } = require('./short-keys');

/** Our words as they are asked for; a module that is required is not woven into the code: words compress best beside words. */
module.exports = (text) => `module.exports = ${ JSON.stringify(shortWords(parse(text), NAMES)) };`;
