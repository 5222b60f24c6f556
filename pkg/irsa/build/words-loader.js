const path = require('path');
const { parse } = require('yaml');
const { NAMES, shortWords } = require('./short-keys');

const UNPACK = JSON.stringify(path.join(__dirname, 'unpack-words.js'));

/** Our words as they are asked for; a module that is required is not woven into the code: words compress best beside words. */
module.exports = (text) => {
  const { first, row, named } = shortWords(parse(text), NAMES);

  return `module.exports = require(${ UNPACK })(${ first }, ${ JSON.stringify(row) }, ${ JSON.stringify(named) });`;
};
