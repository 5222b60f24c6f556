const { STYLES, unpack } = require('./pieces');

/** Styles of a component come with its code, once. */
module.exports = (/** @type {string} */ css) => document.head.append(Object.assign(document.createElement('style'), { textContent: unpack(css, STYLES) }));
