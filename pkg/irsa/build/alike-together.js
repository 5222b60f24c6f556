const KINDS = [/\?vue&type=style/, /\/l10n\//];

/** Numbers of modules by what they are: webpack writes them down in that order, and styles compress best beside styles, words beside words. */
module.exports = class AlikeTogether {
  apply(compiler) {
    compiler.hooks.compilation.tap(AlikeTogether.name, (compilation) => compilation.hooks.moduleIds.tap(AlikeTogether.name, (modules) => {
      const { chunkGraph } = compilation;
      const ours = [...modules].filter((module) => module.needId && chunkGraph.getNumberOfModuleChunks(module) && chunkGraph.getModuleId(module) === null);
      const kind = (module) => KINDS.findIndex((one) => one.test(module.identifier()));
      const sorted = ours.map((module) => ({ module, kind: kind(module), name: module.identifier() })).sort((a, b) => a.kind - b.kind || (a.name < b.name ? -1 : 1));

      sorted.forEach(({ module }, index) => chunkGraph.setModuleId(module, index));
    }));
  }
};
