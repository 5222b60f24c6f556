const path = require('path');
const { parse } = require('yaml');
const { packWords } = require('./pack');
const { NAMES, shortWords } = require('./short-keys');

const UNPACK = JSON.stringify(path.join(__dirname, 'unpack-words.js'));

/** Our words as they are asked for; a module that is required is not woven into the code: words compress best beside words. */
module.exports = (text) => `module.exports = require(${ UNPACK })(${ packWords(shortWords(parse(text), NAMES)).map((part) => JSON.stringify(part)).join(', ') });`;
