const config = require('./.shell/pkg/vue.config')(__dirname);
const { chainWebpack } = config;

/** As the shell does, but types are checked by vue-tsc (`npm test -- types`), which knows .vue files, and not a second time here. */
config.chainWebpack = (chain) => {
  chainWebpack(chain);
  chain.plugins.delete('fork-ts-checker');
};

module.exports = config;
