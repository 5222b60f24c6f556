const config = require('@rancher/shell/vue.config')(__dirname, {
  // The dashboard is built without our extension: it is loaded at run time, as Rancher loads it.
  excludes: ['irsa'],
});
const { configureWebpack } = config;

/** As the shell configures webpack, but without source maps: nobody reads them here and they cost a third of the time. */
config.configureWebpack = (webpack) => {
  configureWebpack(webpack);
  webpack.devtool = false;
};

module.exports = config;
