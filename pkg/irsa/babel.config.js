/** As the shell has it; fields of classes are assigned, and not defined by a function of Babel's that stands in every file with a class. */
module.exports = { presets: [['@vue/cli-plugin-babel/preset', { useBuiltIns: false, loose: true }]] };
