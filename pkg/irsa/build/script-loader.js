const path = require('path');

const { NAMES, shortCode } = require('./short-keys');

const VUE = JSON.stringify(path.join(__dirname, 'vue.js'));

/**
 * What Vue's compiler writes into a component's script costs a fiftieth of the size of the extension, and is written shorter here: helpers come
 * from `vue.js` beside this file; `__name`, which only developer tools and templates that hold themselves read, goes; and so does `unref` around
 * the functions of `useText`, which are no refs though the compiler (compiler-sfc, compileScript) cannot know that. Keys of words are short ones.
 * Elements with some changing attributes are compared in all of them: the list of which ones change (`PatchFlags.PROPS` of @vue/shared, and how
 * runtime-core's patchElement and shouldUpdateComponent take FULL_PROPS) is a hundredth of the size of the extension.
 */
module.exports = (script) => fullProps(shortCode(script, NAMES))
  .replace(/\bfrom ["']vue["']/g, `from ${ VUE }`)
  .replace(/^\s*__name: ["'][\w-]+["'],?$/m, '')
  .replace(/\b_unref\((t|say|show|date|hint)\)\(/g, '$1(');

const [CLASS, STYLE, PROPS, FULL_PROPS] = [2, 4, 8, 16];

/** @param {string} script */
function fullProps(script) {
  return script.replace(/, (\d+), \[(?:"[\w:.-]+"(?:, )?)+\]\)/g, (whole, digits) => Number(digits) & PROPS ? `, ${ Number(digits) & ~(CLASS | STYLE | PROPS) | FULL_PROPS })` : whole);
}
