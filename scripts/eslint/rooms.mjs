/**
 * The house as data: which room may use which. Arrows point down only; a room that is not named here (types, l10n, assets) is
 * open to all.
 */
import path from 'node:path';

/** What the user interface is made of; nothing below the composables may know it. */
const USER_INTERFACE = ['vue', 'vuex', 'vue-router', '@shell', '@components', '@rancher', '@pkg', 'floating-vue'];

/**
 * @typedef {object} Room
 * @property {string[]} uses     rooms below it; its own files are always allowed
 * @property {boolean} packages  may import packages at all
 * @property {string[]} without  packages it may not import although it may import others
 */

/** @type {Record<string, Room>} */
export const rooms = {
  domain:      { uses: [], packages: false, without: [] },
  presets:     { uses: ['domain'], packages: false, without: [] },
  gateways:    { uses: ['domain'], packages: true, without: USER_INTERFACE },
  plans:       { uses: ['domain', 'presets', 'gateways'], packages: true, without: USER_INTERFACE },
  composables: { uses: ['domain', 'presets', 'gateways', 'plans'], packages: true, without: [] },
  components:  { uses: ['domain', 'presets', 'gateways', 'plans', 'composables'], packages: true, without: [] },
  pages:       { uses: ['domain', 'presets', 'gateways', 'plans', 'composables', 'components'], packages: true, without: [] },
  surfaces:    { uses: ['domain', 'presets', 'gateways', 'plans', 'composables', 'components'], packages: true, without: [] },
  chart:       { uses: ['domain', 'presets', 'gateways', 'plans', 'composables', 'components'], packages: true, without: [] },
};

const EXTENSION = 'pkg/irsa';
const SANDBOX = 'tests/sandbox';
const FIXTURES = 'tests/fixtures';

/**
 * The first folder under the extension that a file lies in.
 * @param {string} file  relative to the checkout, with forward slashes
 * @returns {string | undefined}  undefined outside the extension and for files directly in its root
 */
export function roomOf(file) {
  const [folder, ...rest] = isUnder(file, EXTENSION) ? file.slice(EXTENSION.length + 1).split('/') : [];

  // `../presets` is that room's index.
  return folder && (rest.length || rooms[folder]) ? folder : undefined;
}

/**
 * Why a file may not import something.
 * @param {string} file       the importing file, relative to the checkout, with forward slashes
 * @param {string} specifier  what stands in the import
 * @returns {string | undefined}  the reason in words, or undefined when it may
 */
export function objection(file, specifier) {
  const isTest = /\.(test|spec)\.[cm]?[jt]s$/.test(file);
  const target = fileOf(file, specifier);
  const room = roomOf(file);

  if (target === undefined) {
    return isTest || !room ? undefined : packageObjection(room, specifier);
  }
  if (isUnder(file, SANDBOX) && isUnder(target, EXTENSION)) {
    return 'the sandbox stands in for the outside world: it shares no code with the extension it is used to judge';
  }
  if (!isUnder(file, EXTENSION)) {
    return undefined;
  }
  if (!isUnder(target, EXTENSION)) {
    return isTest && isUnder(target, FIXTURES) ? undefined : 'the extension is built and published alone: nothing outside pkg/irsa comes with it';
  }

  return room && rooms[room] ? roomObjection(room, roomOf(target)) : undefined;
}

/**
 * @param {string} room
 * @param {string} specifier
 */
function packageObjection(room, specifier) {
  const rules = rooms[room];

  if (!rules) {
    return undefined;
  }
  if (!rules.packages) {
    return `${ room }/ is pure: it imports no package`;
  }
  const unwanted = rules.without.find((name) => specifier === name || specifier.startsWith(`${ name }/`));

  return unwanted && `${ room }/ knows nothing of the user interface (${ unwanted })`;
}

/**
 * @param {string} room
 * @param {string | undefined} other  undefined: a file in the extension's root
 */
function roomObjection(room, other) {
  const mayUse = other === room || rooms[room]?.uses.includes(other ?? '');
  const isOpen = other !== undefined && !rooms[other] && room !== 'domain';

  return mayUse || isOpen ? undefined : `${ room }/ does not use ${ other ? `${ other }/` : 'the root of the extension' }: arrows point down only`;
}

/**
 * The file (without its extension, perhaps) that an import means, relative to the checkout.
 * @param {string} file
 * @param {string} specifier
 * @returns {string | undefined}  undefined for a package
 */
function fileOf(file, specifier) {
  if (specifier.startsWith('.')) {
    return path.posix.join(path.posix.dirname(file), specifier);
  }
  const own = /^(?:@pkg(?:\/irsa)?|irsa)\/(.*)/.exec(specifier);

  return own ? `${ EXTENSION }/${ own[1] }` : undefined;
}

/**
 * @param {string} file
 * @param {string} folder
 */
function isUnder(file, folder) {
  return file.startsWith(`${ folder }/`);
}
