/**
 * The Helm repository that a ClusterRepo points at: the extension as a chart, as Rancher's own publishing makes it, and the charts under
 * assets/charts; laid out as Rancher's Extensions page and its catalog expect them:
 *
 *     index.yaml
 *     icon.svg                                             fetched by Rancher itself, which takes no icon that is written out in the chart
 *     assets/<chart>/<chart>-<version>.tgz
 *     extensions/<name>/<version>/{files.txt, plugin/…}    what Rancher fetches and serves once the extension is installed
 *     extensions/<name>/<version>.tgz                      the same in one piece
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { sourceFiles } from './extension.mjs';
import { fetchHelm } from './helm.mjs';
import { readJson, root } from './paths.mjs';

/** The chart that Rancher's publishing gives every extension; it renders one UIPlugin. */
const TEMPLATE = path.join(root, 'node_modules/@rancher/shell/scripts/extension/helm/charts/ui-plugin-server');

/**
 * @typedef {object} Packing
 * @property {string} built   folder with the built extension
 * @property {string} target  folder of the repository
 * @property {string} [url]   where the folder will be served; without it the extension's chart can be looked at, but not be installed
 * @property {boolean} [keep]  leave what earlier releases put there, and list it too
 */

/** @param {Packing} packing */
export async function packRepository({ built, target, url, keep = false }) {
  const helm = (await fetchHelm())?.helm ?? 'helm';
  const run = (/** @type {string[]} */ ...args) => execFileSync(helm, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const assets = path.join(target, 'assets');
  const work = mkdtempSync(path.join(tmpdir(), 'irsa-repository-'));

  try {
    if (!keep) {
      rmSync(target, { recursive: true, force: true });
    }
    for (const chart of [extensionChart(work, url), ...readdirSync(path.join(root, 'assets/charts')).map((name) => copyOf(path.join(root, 'assets/charts', name), work))]) {
      const { name } = parse(readFileSync(path.join(chart, 'Chart.yaml'), 'utf8'));

      giveIcon(chart, target, url);

      mkdirSync(path.join(assets, name), { recursive: true });
      run('package', chart, '--destination', path.join(assets, name));
    }
    copyExtension(built, target);
    const index = path.join(target, 'index.yaml');

    // Helm looks one folder down, not two.
    run('repo', 'index', assets, '--url', 'assets', ...existsSync(index) ? ['--merge', index] : []);
    renameSync(path.join(assets, 'index.yaml'), index);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/**
 * @param {string} chart
 * @param {string} work
 */
function copyOf(chart, work) {
  const copy = path.join(work, path.basename(chart));

  cpSync(chart, copy, { recursive: true });

  return copy;
}

/**
 * Rancher fetches an icon from its address and tells its kind by the address' end (rancher pkg/catalogv2/http/download.go Icon,
 * pkg/api/steve/catalog/content.go setIconHeaders); a `data:` address it cannot fetch. So the picture that the chart carries becomes a file of
 * the repository: who reaches one reaches the other.
 * @param {string} chart  folder that may be written to
 * @param {string} target
 * @param {string | undefined} url
 */
function giveIcon(chart, target, url) {
  const file = path.join(chart, 'Chart.yaml');
  const { icon, ...rest } = parse(readFileSync(file, 'utf8'));
  const svg = /^data:image\/svg\+xml,(.*)$/.exec(icon)?.[1];

  if (svg && url) {
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, 'icon.svg'), decodeURIComponent(svg));
    writeFileSync(file, stringify({ ...rest, icon: `${ url.replace(/\/+$/, '') }/icon.svg` }));
  }
}

/**
 * @param {string} work
 * @param {string | undefined} url
 * @returns the chart's folder
 */
function extensionChart(work, url) {
  const { name, version, description, icon, rancher: { annotations } } = readJson('pkg/irsa/package.json');
  const folder = path.join(work, name);
  const file = (/** @type {string} */ inside) => path.join(folder, inside);
  const change = (/** @type {string} */ inside, /** @type {object} */ changes) => writeFileSync(file(inside), stringify({ ...parse(readFileSync(file(inside), 'utf8')), ...changes }));
  const chart = parse(readFileSync(path.join(TEMPLATE, 'Chart.yaml'), 'utf8'));
  const values = parse(readFileSync(path.join(TEMPLATE, 'values.yaml'), 'utf8'));
  const endpoint = url && `${ url.replace(/\/+$/, '') }/extensions/${ name }/${ version }`;
  // Rancher's mark of its own charts is not ours to give.
  const { 'catalog.cattle.io/certified': _, ...standard } = chart.annotations;

  cpSync(TEMPLATE, folder, { recursive: true });
  change('Chart.yaml', { name, version, appVersion: version, description, icon, home: undefined, keywords: ['aws', 'iam', 'irsa'], annotations: { ...standard, ...annotations } });
  change('values.yaml', { plugin: { ...values.plugin, endpoint: endpoint ?? '', compressedEndpoint: endpoint ? `${ endpoint }.tgz` : '', metadata: annotations } });
  // An empty endpoint would be installed without a word and never be loaded.
  const resource = readFileSync(file('templates/cr.yaml'), 'utf8');
  const guarded = resource.replace('{{ .Values.plugin.endpoint |', '{{ required "this repository was packed without an address: npm run package -- --url <address>" .Values.plugin.endpoint |');

  if (guarded === resource) {
    throw new Error('Rancher\'s chart for extensions has changed: scripts/repository.mjs does not find the endpoint in templates/cr.yaml');
  }
  writeFileSync(file('templates/cr.yaml'), guarded);

  return folder;
}

/**
 * @param {string} built
 * @param {string} target
 */
function copyExtension(built, target) {
  const { name, version } = readJson('pkg/irsa/package.json');
  const parent = path.join(target, 'extensions', name);
  const folder = path.join(parent, version);

  rmSync(folder, { recursive: true, force: true });
  cpSync(built, path.join(folder, 'plugin'), { recursive: true });
  rmSync(path.join(folder, 'plugin/report.html'), { force: true });
  writeFileSync(path.join(folder, 'files.txt'), sourceFiles('plugin', folder).map((file) => `${ file }\n`).join(''));
  execFileSync('tar', ['-czf', `${ folder }.tgz`, '-C', parent, version]);
}
