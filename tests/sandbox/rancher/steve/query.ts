import { ApiError } from '../answers.ts';
import { valueAt } from '../values.ts';
import type { Fields } from '../values.ts';

/** One `filter=` of Steve: alternatives, any of which may hold. */
type Test = (resource: Fields) => boolean;

const LABEL = /^metadata\.labels\[.*\]$/;
/** The few annotations that Rancher indexes. */
const INDEXED_ANNOTATIONS = /^metadata\.annotations\[(management\.cattle\.io\/project-scoped-secret-copy|clusterrepo\.cattle\.io\/hidden|field\.cattle\.io\/publicEndpoints|provisioning\.cattle\.io\/management-cluster-display-name|storageclass\.kubernetes\.io\/is-default-class)\]$/;

function checkColumn(column: string): void {
  if (/^metadata\.annotations/.test(column) && !INDEXED_ANNOTATIONS.test(column)) {
    throw new ApiError(422, 'InvalidBodyContent', `column is invalid [${ column }]: supplied column is invalid`);
  }
  if (!/^(id|_?type|kind|apiVersion|metadata|spec|status|reason|message|involvedObject|provisioner|value|default|source|data|displayName|description|username|provider|builtin|context)\b/.test(column)) {
    throw new ApiError(422, 'InvalidBodyContent', `column is invalid [${ column }]: supplied column is invalid`);
  }
}

/** Splits at commas that stand outside quotes, brackets and parentheses. */
function splitAlternatives(filter: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let part = '';

  for (const letter of filter) {
    quoted = letter === '"' ? !quoted : quoted;
    if (!quoted) {
      depth += '([{'.includes(letter) ? 1 : ')]}'.includes(letter) ? -1 : 0;
    }
    if (letter === ',' && !quoted && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      part += letter;
    }
  }

  return [...parts, part].map((text) => text.trim()).filter((text) => text !== '');
}

function unquote(value: string): string {
  const trimmed = value.trim();

  return /^(["']).*\1$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}

function valuesOf(resource: Fields, column: string): string[] {
  const value = valueAt(resource, column);

  if (value === undefined || value === null) {
    return [];
  }

  return (Array.isArray(value) ? value.flat() : [value]).filter((one) => one !== undefined && one !== null).map(String);
}

function parseTest(text: string): Test {
  const existence = /^(!?)([\w.-]+(?:\[[^\]]*\])?(?:\.[\w.-]+)*)$/.exec(text);

  if (existence) {
    const column = existence[2] ?? '';
    const absent = existence[1] === '!';

    if (!LABEL.test(column)) {
      throw new ApiError(500, 'ServerError', `existence tests are valid only for labels; not valid for field '${ column }'`);
    }

    return (resource) => (valuesOf(resource, column).length > 0) !== absent;
  }
  const set = /^(.+?)\s+(in|notin)\s*\((.*)\)$/i.exec(text);

  if (set) {
    const column = set[1] ?? '';
    const wanted = splitAlternatives(set[3] ?? '').map(unquote);
    const negated = /notin/i.test(set[2] ?? '');

    checkColumn(column);

    return (resource) => valuesOf(resource, column).some((value) => wanted.includes(value)) !== negated;
  }
  const comparison = /^((?:[^=!~<>[\]]|\[[^\]]*\])+?)\s*(!=|!~|==|=|~|<|>)\s*(.*)$/s.exec(text);

  if (!comparison) {
    throw new ApiError(422, 'InvalidBodyContent', `unable to parse requirement: ${ text }`);
  }
  const column = (comparison[1] ?? '').trim();
  const operator = comparison[2] ?? '=';
  const wanted = unquote(comparison[3] ?? '');

  checkColumn(column);

  return (resource) => {
    const values = valuesOf(resource, column);

    switch (operator) {
    case '!=':
      return !values.includes(wanted);
    case '~':
      return values.some((value) => value.toLowerCase().includes(wanted.toLowerCase()));
    case '!~':
      return !values.some((value) => value.toLowerCase().includes(wanted.toLowerCase()));
    case '<':
      return values.some((value) => Number(value) < Number(unquote(wanted.replace(/[()]/g, ''))));
    case '>':
      return values.some((value) => Number(value) > Number(unquote(wanted.replace(/[()]/g, ''))));
    default:
      return values.includes(wanted) || (wanted === '' && values.length === 0);
    }
  };
}

/** What a list request asks of Steve. */
export interface ListQuery {
  matches: Test;
  compare: ((a: Fields, b: Fields) => number) | undefined;
  page: number;
  pageSize: number | undefined;
  /** Where the wanted page begins. */
  offset: number;
  exclude: string[];
  include: string[];
  /** `projectsornamespaces`: wanted (or, negated, unwanted) projects and namespaces. */
  places: { wanted: string[]; negated: boolean } | undefined;
  summary: string[];
  summaryOnly: boolean;
  summaryByNamespace: boolean;
}

/** Reads the query of a list; refuses what Steve refuses. */
export function parseListQuery(query: URLSearchParams): ListQuery {
  const filters = query.getAll('filter').map((filter) => splitAlternatives(filter).map(parseTest)).filter((tests) => tests.length);
  const pageSize = Number(query.get('pagesize') ?? query.get('limit') ?? 0) || undefined;
  const page = Number(query.get('page') ?? 1) || 1;
  const places = query.get('projectsornamespaces') ?? query.get('projectsornamespaces!');

  return {
    matches:            (resource) => filters.every((tests) => tests.some((test) => test(resource))),
    compare:            parseSort(query.get('sort') ?? ''),
    page,
    pageSize,
    offset:             query.has('continue') ? Number(query.get('continue')) || 0 : (page - 1) * (pageSize ?? 0),
    exclude:            query.getAll('exclude'),
    include:            query.getAll('include'),
    places:             places === null ? undefined : { wanted: places.split(',').filter((place) => place), negated: query.has('projectsornamespaces!') },
    summary:            query.getAll('summary').flatMap((field) => field.split(',')).filter((field) => field),
    summaryOnly:        query.has('summaryonly'),
    summaryByNamespace: query.has('summarynamespaced'),
  };
}

function parseSort(sort: string): ListQuery['compare'] {
  const keys = sort.split(',').filter((key) => key).map((key) => ({ path: key.replace(/^-/, ''), direction: key.startsWith('-') ? -1 : 1 }));

  if (!keys.length) {
    return undefined;
  }
  keys.forEach((key) => checkColumn(key.path));

  return (a, b) => {
    for (const { path, direction } of keys) {
      const [left, right] = [valueAt(a, path), valueAt(b, path)];
      const order = typeof left === 'number' && typeof right === 'number' ? left - right : compareText(String(left ?? ''), String(right ?? ''));

      if (order) {
        return order * direction;
      }
    }

    return 0;
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
