import { isFields, isSame, listOf } from '../copy.ts';
import type { Fields } from '../copy.ts';

/**
 * How lists merge: by which field their members are told apart (`patchMergeKey` in k8s.io/api's types.go). `ports` has two
 * keys: containers' by containerPort, services' by port. A list that is not here is replaced whole.
 */
const MERGE_KEYS: Record<string, string[]> = {
  conditions:                ['type'],
  containers:                ['name'],
  env:                       ['name'],
  ephemeralContainers:       ['name'],
  hostAliases:               ['ip'],
  imagePullSecrets:          ['name'],
  initContainers:            ['name'],
  ownerReferences:           ['uid'],
  ports:                     ['containerPort', 'port'],
  resourceClaims:            ['name'],
  secrets:                   ['name'],
  topologySpreadConstraints: ['topologyKey'],
  volumeDevices:             ['devicePath'],
  volumeMounts:              ['mountPath'],
  volumes:                   ['name'],
  webhooks:                  ['name'],
};

/** Lists of words that merge as sets (`patchStrategy:"merge"` without a key). */
const MERGED_WORDS = ['finalizers'];

/** Objects of which a patch keeps only what it names (`patchStrategy:"retainKeys"`), when it names another kind of it. */
const DIRECTIVES = ['$patch', '$retainKeys', '$setElementOrder', '$deleteFromPrimitiveList'];

function isDirective(key: string): boolean {
  return DIRECTIVES.some((directive) => key === directive || key.startsWith(`${ directive }/`));
}

/** Kubernetes' strategic merge patch (apimachinery util/strategicpatch). */
export function strategicMerge(target: Fields, patch: Fields): Fields {
  if (patch.$patch === 'replace') {
    return withoutDirectives(patch);
  }
  const result: Fields = { ...target };
  const retained = listOf(patch.$retainKeys);

  if (patch.$retainKeys !== undefined) {
    Object.keys(result).filter((key) => !retained.includes(key)).forEach((key) => delete result[key]);
  }
  for (const [key, value] of Object.entries(patch)) {
    const field = /^\$deleteFromPrimitiveList\/(.+)$/.exec(key)?.[1];

    if (field) {
      result[field] = listOf(result[field]).filter((word) => !listOf(value).includes(word));
    } else if (!isDirective(key)) {
      merge(result, key, value);
    }
  }
  order(result, patch);

  return result;
}

function merge(result: Fields, key: string, value: unknown): void {
  if (value === null || (isFields(value) && value.$patch === 'delete')) {
    delete result[key];
  } else if (Array.isArray(value)) {
    result[key] = mergeList(key, listOf(result[key]), value);
  } else if (isFields(value)) {
    result[key] = strategicMerge(isFields(result[key]) ? result[key] : {}, value);
  } else {
    result[key] = value;
  }
}

function mergeList(field: string, target: unknown[], patch: unknown[]): unknown[] {
  if (MERGED_WORDS.includes(field)) {
    return [...target, ...patch.filter((word) => !target.includes(word))];
  }
  const mergeKey = MERGE_KEYS[field]?.find((key) => patch.some((item) => isFields(item) && item[key] !== undefined));
  const replaces = patch.some((item) => isFields(item) && item.$patch === 'replace' && Object.keys(item).length === 1);
  const clean = patch.filter(isFields).map(withoutDirectives);

  if (replaces) {
    return clean.filter((item) => Object.keys(item).length > 0);
  }
  if (!mergeKey) {
    return MERGE_KEYS[field] && patch.length === 0 ? target : patch;
  }
  const result = [...target];

  for (const item of patch.filter(isFields)) {
    const index = result.findIndex((one) => isFields(one) && isSame(one[mergeKey], item[mergeKey]));
    const there = result[index];

    if (item.$patch === 'delete') {
      if (index >= 0) {
        result.splice(index, 1);
      }
    } else if (isFields(there)) {
      result[index] = strategicMerge(there, item);
    } else {
      result.push(strategicMerge({}, item));
    }
  }

  return result;
}

/** `$setElementOrder/<list>`: the order the patch's author saw. */
function order(result: Fields, patch: Fields): void {
  for (const [key, value] of Object.entries(patch)) {
    const field = /^\$setElementOrder\/(.+)$/.exec(key)?.[1];
    const list = field ? result[field] : undefined;

    if (!field || !Array.isArray(list)) {
      continue;
    }
    const mergeKey = MERGE_KEYS[field]?.find((name) => listOf(value).some((item) => isFields(item) && item[name] !== undefined));
    const place = (item: unknown): number => {
      const index = listOf(value).findIndex((one) => (mergeKey && isFields(one) && isFields(item) ? isSame(one[mergeKey], item[mergeKey]) : isSame(one, item)));

      return index < 0 ? Number.MAX_SAFE_INTEGER : index;
    };

    result[field] = [...list].sort((a, b) => place(a) - place(b));
  }
}

function withoutDirectives(patch: Fields): Fields {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !isDirective(key)));
}
