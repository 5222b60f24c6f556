const { shortScope, withoutHelper } = require('./scope');

/** What vue-loader makes of a whole component; its styles take the same mark in `css-loader.js`. */
module.exports = function(code) {
  return withoutHelper(shortScope(code, this.resourcePath));
};
