const { readdirSync } = require('fs');
const path = require('path');

const ROOT = path.join(__dirname, '..');
const components = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.vue') && !/node_modules|\.shell/.test(file)).sort();

/**
 * The mark that ties a component's styles to its elements, in two letters where vue-loader takes a hash of eight. No two components share one.
 * @param {string} text  code or styles of one component
 * @param {string} file  of that component
 */
exports.shortScope = (text, file) => {
  const index = components.indexOf(path.relative(ROOT, file));

  if (index < 0) {
    throw new Error(`${ file } is no component of ours`);
  }

  return text.replace(/data-v-[0-9a-f]{8}/g, `v-${ index.toString(36) }`);
};

/**
 * A component's code that sets its mark without vue-loader's helper, which is a module of its own and stands once more with each component.
 * @param {string} code  what vue-loader makes of a component
 */
exports.withoutHelper = (code) => {
  const marked = code.replace(/^const __exports__ = .*exportComponent\(script, \[\['__scopeId', *("[\w-]+")\]\]\)$/m, 'script.__scopeId = $1;\nconst __exports__ = script');

  return marked === code ? code : marked.replace(/^import exportComponent from .*$/m, '');
};
