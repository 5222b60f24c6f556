const path = require('path');
const NodePolyfillPlugin = require('node-polyfill-webpack-plugin');
const AlikeTogether = require('./build/alike-together');
const MinifyAgain = require('./build/minify-again');
const config = require('./.shell/pkg/vue.config')(__dirname);
const { chainWebpack, configureWebpack } = config;
/** Our own code, and none of what is linked into its folder. */
const OURS = (file) => file.startsWith(__dirname) && !/node_modules|\.shell/.test(file.slice(__dirname.length));

/** As the shell does, but types are checked by vue-tsc (`npm test -- types`), which knows .vue files, and not a second time here. */
config.chainWebpack = (chain) => {
  chainWebpack(chain);
  chain.plugins.delete('fork-ts-checker');
  // What is made once and kept costs more bytes than what is made anew costs time.
  chain.module.rule('vue').use('vue-loader').tap((options) => ({ ...options, compilerOptions: { ...options.compilerOptions, hoistStatic: false, cacheHandlers: false } }));
  const styles = chain.module.rule('scss').oneOf('vue');

  styles.uses.delete('vue-style-loader');
  styles.use('css-loader').loader(path.join(__dirname, 'build/css-loader.js')).options({});
};

/**
 * The minifier of Vue's build leaves out what takes it time (a fiftieth of the size of the extension). Browsers that know `Map.groupBy`, which
 * we use, know ES2020; functions become arrows, as nothing of ours is made with `new` but classes.
 */
config.terser = {
  terserOptions: {
    compress: {
      ecma: 2020, passes: 3, unsafe_arrows: true, unsafe_methods: true, hoist_funs: true, reduce_funcs: false, keep_fargs: false
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
  webpack.module.rules.push({
    test: /\.vue$/, resourceQuery: /^$/, include: OURS, enforce: 'post', loader: path.join(__dirname, 'build/scope-loader.js')
  });
  webpack.module.rules.push({ test: /\.ts$/, resourceQuery: /^$/, include: OURS, enforce: 'post', loader: path.join(__dirname, 'build/short-keys-loader.js') });
  webpack.module.rules.find(({ loader }) => loader === 'js-yaml-loader').exclude = /\/l10n\/(?!menu)/;
  webpack.module.rules.push({ test: /\/l10n\/(?!menu)[^/]*\.yaml$/, include: OURS, loader: path.join(__dirname, 'build/words-loader.js') });
  webpack.plugins.push(new AlikeTogether(), new MinifyAgain());
  webpack.resolve.alias.vuex$ = path.join(__dirname, 'build/vuex.js');
  // Our pages are one piece (`webpackChunkName: "irsa"`), loaded with the first of them: most of a page is what all of them share, small pieces
  // compress badly, and within one the names of modules and exports fall away.
  webpack.optimization = {
    ...webpack.optimization, mangleExports: 'size', moduleIds: false, splitChunks: false
  };
};

module.exports = config;
