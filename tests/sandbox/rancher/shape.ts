import { isFields } from './values.ts';
import type { Fields } from './values.ts';

/** Members that are maps: their keys say nothing about the shape, their values may. */
const MAPS = /(^|\.)(annotations|labels|data|counts|namespaces|states|links|filters|collectionFilters|resourceFields|definitions|matchLabels|capacity|allocatable|limits|requested|crdJSONPathParsers|disallowMethods|values|entries)$/;

/** Inside these, which members there are is the object's own matter; the types of common ones must agree. */
const CONTENT = /(^|\.)(spec|status)(\.|\[\]|$)/;
/** Members of `metadata`, and of collections, that some objects have and others do not; the recordings were taken without managedFields. */
const OPTIONAL = /\.metadata\.(annotations|finalizers|generateName|generation|labels|managedFields|namespace|ownerReferences|relationships)(\[\])?$|^\.(revision|count)$|\.(automountServiceAccountToken|icon|status)$|relationships\[\]\.(from|to)?(Id|Type|transitioning|message)$/;

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}

/** Finds the counterpart of a list's element: the one with the same identity, else the first. */
function counterpart(element: unknown, among: unknown[]): unknown {
  const keys = ['id', 'type', 'name'] as const;
  const isSame = (a: Fields, b: unknown): boolean => isFields(b) && keys.some((key) => a[key] !== undefined && a[key] === b[key]);

  return (isFields(element) ? among.find((other) => isSame(element, other)) : undefined) ?? among[0];
}

/** Where the shape of an answer departs from the recorded one, as `path: what`. Null fits anything; maps may have other keys. */
export function shapeDifferences(recorded: unknown, actual: unknown, path = ''): string[] {
  const [want, have] = [kindOf(recorded), kindOf(actual)];

  if (want === 'null' || (have === 'null' && path !== '')) {
    return [];
  }
  if (want !== have) {
    return [`${ path || '.' }: ${ want } expected, ${ have } found`];
  }
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    if (!recorded.length || !actual.length) {
      return recorded.length && !actual.length && !OPTIONAL.test(path) && !CONTENT.test(path) ? [`${ path }: nothing in the list`] : [];
    }
    const sample = recorded.find((element) => actual.includes(element) || isFields(counterpart(element, actual))) ?? recorded[0];

    return shapeDifferences(sample, counterpart(sample, actual), `${ path }[]`);
  }
  if (isFields(recorded) && isFields(actual)) {
    const isMap = MAPS.test(path);
    const missing = Object.keys(recorded).filter((key) => !(key in actual) && recorded[key] !== null && key !== '(recorded)' && key !== '(cut)');
    const surplus = Object.keys(actual).filter((key) => !(key in recorded) && actual[key] !== null && actual[key] !== undefined);
    const both = Object.keys(recorded).filter((key) => key in actual);

    return [
      ...isMap || CONTENT.test(path) ? [] : missing.map((key) => `${ path }.${ key }`).filter((at) => !OPTIONAL.test(at)).map((at) => `${ at }: missing`),
      ...isMap || CONTENT.test(path) ? [] : surplus.map((key) => `${ path }.${ key }`).filter((at) => !OPTIONAL.test(at)).map((at) => `${ at }: not recorded`),
      ...both.flatMap((key) => shapeDifferences(recorded[key], actual[key], `${ path }.${ key }`)),
    ];
  }

  return [];
}
