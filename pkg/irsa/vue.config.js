const path = require('path');
const NodePolyfillPlugin = require('node-polyfill-webpack-plugin');
const config = require('./.shell/pkg/vue.config')(__dirname);
const { chainWebpack, configureWebpack } = config;

/** As the shell does, but types are checked by vue-tsc (`npm test -- types`), which knows .vue files, and not a second time here. */
config.chainWebpack = (chain) => {
  chainWebpack(chain);
  chain.plugins.delete('fork-ts-checker');
};

/**
 * The minifier of Vue's build leaves out what takes it time (a fiftieth of the size of the extension). Browsers that know `Map.groupBy`, which
 * we use, know ES2020; functions become arrows, as nothing of ours is made with `new` but classes.
 */
config.terser = {
  terserOptions: {
    compress: {
      ecma: 2020, passes: 2, unsafe_arrows: true, unsafe_methods: true
    },
    format: { ecma: 2020, comments: false },
    mangle: true,
  },
};

/** As the shell does, without what would double the size of the extension and is never used by it. */
config.configureWebpack = (webpack) => {
  configureWebpack(webpack);
  // A console for Node's sake: browsers have one.
  webpack.plugins = webpack.plugins.map((plugin) => plugin instanceof NodePolyfillPlugin ? new NodePolyfillPlugin({ excludeAliases: ['console'] }) : plugin);
  webpack.module.rules.push({
    test: /\.vue$/, resourceQuery: /type=script/, enforce: 'post', loader: path.join(__dirname, 'build/script-loader.js'), parser: { exportsPresence: 'error' }
  });
  webpack.resolve.alias.vuex$ = path.join(__dirname, 'build/vuex.js');
  // Our pages are one piece (`webpackChunkName: "irsa"`), loaded with the first of them: most of a page is what all of them share, small pieces
  // compress badly, and within one the names of modules and exports fall away.
  webpack.optimization = {
    ...webpack.optimization, mangleExports: 'size', moduleIds: 'size', splitChunks: false
  };
};

module.exports = config;
