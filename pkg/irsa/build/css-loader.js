const path = require('path');
const { pack } = require('./pack');
const { STYLES } = require('./pieces');
const { shortScope } = require('./scope');

const ADD = JSON.stringify(path.join(__dirname, 'add-style.js'));

/**
 * In place of css-loader and vue-style-loader, which write two modules with wrappers of their own for each component (4 KB, gzip). Our styles name
 * no file. vue-loader scopes them right before a loader of this name. A module that is required is not woven into the code: styles compress best
 * beside styles.
 */
module.exports = function(css) {
  return `require(${ ADD })(${ JSON.stringify(pack(shortScope(css, component(this)), STYLES)) });`;
};

/** Whose styles they are: a file of styles of its own is asked for by its component. */
function component({ _compilation: { moduleGraph }, _module: of }) {
  const file = of.resource.split('?')[0];

  return file.endsWith('.vue') ? file : component({ _compilation: { moduleGraph }, _module: moduleGraph.getIssuer(of) });
}
