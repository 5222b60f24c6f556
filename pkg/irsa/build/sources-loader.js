const SOURCES = /\bsources:\s*\[(?:\s*(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"),?)*\s*\],?/g;

/**
 * Where a chart's facts come from is for the documents and for whoever reads the code: nobody downloads it.
 * @param {string} code
 */
module.exports = (code) => code.replace(SOURCES, '');
