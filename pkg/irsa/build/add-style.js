/** Styles of a component come with its code, once. */
module.exports = (css) => document.head.append(Object.assign(document.createElement('style'), { textContent: css }));
