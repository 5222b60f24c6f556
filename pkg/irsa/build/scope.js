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

  return text.replace(/data-v-[0-9a-f]{8}/g, `data-v-${ index.toString(36) }`);
};
