const { minifySync } = require('rolldown/utils');

/**
 * A second minifier over what terser leaves: each finds what the other does not look for (together a hundredth of the size of the extension). The
 * source map leads on to our sources.
 */
module.exports = class MinifyAgain {
  apply(compiler) {
    const { Compilation, sources: { SourceMapSource } } = compiler.webpack;

    compiler.hooks.thisCompilation.tap('MinifyAgain', (compilation) => {
      // After terser, and before source maps are taken out of the files.
      const stage = Compilation.PROCESS_ASSETS_STAGE_OPTIMIZE_SIZE + 1;

      compilation.hooks.processAssets.tap({ name: 'MinifyAgain', stage }, (assets) => {
        for (const name of Object.keys(assets).filter((file) => /\.min\.(\w+\.)?js$/.test(file))) {
          const { source, map } = assets[name].sourceAndMap();
          const again = minifySync(name, String(source), {
            compress: { target: 'es2020' }, mangle: true, sourcemap: true, inputMap: map ?? undefined
          });

          if (again.errors.length) {
            throw new Error(`${ name }: ${ again.errors[0].message }`);
          }
          compilation.updateAsset(name, new SourceMapSource(again.code, name, again.map));
        }
      });
    });
  }
};
