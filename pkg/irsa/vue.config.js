const path = require('path');
const { NormalModuleReplacementPlugin } = require('webpack');
const NodePolyfillPlugin = require('node-polyfill-webpack-plugin');
const config = require('./.shell/pkg/vue.config')(__dirname);
const { chainWebpack, configureWebpack } = config;

/** As the shell does, but types are checked by vue-tsc (`npm test -- types`), which knows .vue files, and not a second time here. */
config.chainWebpack = (chain) => {
  chainWebpack(chain);
  chain.plugins.delete('fork-ts-checker');
};

/** As the shell does, without what would double the size of the extension and is never used by it. */
config.configureWebpack = (webpack) => {
  configureWebpack(webpack);
  // A console for Node's sake: browsers have one.
  webpack.plugins = webpack.plugins.map((plugin) => plugin instanceof NodePolyfillPlugin ? new NodePolyfillPlugin({ excludeAliases: ['console'] }) : plugin);
  webpack.resolve.alias.lodash$ = path.join(__dirname, 'build/lodash.js');
  webpack.plugins.push(
    new NormalModuleReplacementPlugin(/composables\/useVeeValidateField$/, path.join(__dirname, 'build/field.js')),
    new NormalModuleReplacementPlugin(/^\.\/endpoint\/endpointResolver$/, path.join(__dirname, 'build/iam-endpoint.js')),
    // Modules that webpack can leave out where nobody uses what they are imported for.
    new NormalModuleReplacementPlugin(/^lodash\/\w+$/, (resource) => {
      resource.request = resource.request.replace(/^lodash\//, 'lodash-es/');
    }),
    new NormalModuleReplacementPlugin(/composables\/useRuntimeFlag$/, path.join(__dirname, 'build/runtime-flag.js')),
  );
  webpack.resolve.alias['jsonpath-plus$'] = path.join(__dirname, 'build/jsonpath.js');
  webpack.resolve.alias.vuex$ = path.join(__dirname, 'build/vuex.js');
  // LabeledInput explains cron expressions; we ask for none.
  webpack.resolve.alias.cronstrue = false;
  webpack.resolve.alias['cron-validator'] = false;
  // What two pages share is there once, in one piece: many small ones compress badly, and copies are paid for twice.
  webpack.optimization = {
    ...webpack.optimization,
    splitChunks: {
      chunks:      'async',
      cacheGroups: {
        default:        false,
        defaultVendors: false,
        aws:            { name: 'aws', test: /[\\/](@aws-sdk|@smithy|@aws-crypto)[\\/]/, priority: 2, enforce: true },
        shared:         { name: 'shared', minChunks: 2, priority: 1, enforce: true },
      },
    },
  };
  // What build/lodash.js lacks is an error, not an undefined function in somebody's browser.
  webpack.module.rules.push({ include: /@rancher\/shell/, parser: { exportsPresence: 'error' } });
};

module.exports = config;
