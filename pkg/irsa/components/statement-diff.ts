import { canonicalJson } from '../domain/json/canonical';
import { isObject } from '../domain/json/same';
import { diffLines, layOut, type DiffLine } from './line-diff';

export type StatementChange = 'untouched' | 'changed' | 'added' | 'removed';

/** One statement of a policy, before and after. */
export interface StatementDiff {
  change: StatementChange;
  /** Place in the policy as it will be, from 1; of a removed one, where it was. */
  number: number;
  /** Its `Sid`, where it has one. */
  name?: string;
  lines: DiffLine[];
}

export interface PolicyComparison {
  statements: StatementDiff[];
  /** What stands around the statements (Version, Id, keys that nobody knows), where it changes. */
  around: DiffLine[];
}

/** Cells of the table that a comparison may fill. */
const LARGEST = 250_000;

/**
 * Two policies, statement by statement in the order of the new one; removed ones stand where they stood. A statement is the same one when
 * it says the same (order of keys and lone values apart), else when it has the same Sid, else when it stands between the same neighbours.
 * Undefined where one of the texts is no policy, or a huge one: then only lines can be compared.
 */
export function compareStatements(before: string, after: string): PolicyComparison | undefined {
  const [old, now] = [policyOf(before), policyOf(after)];

  if (!old || !now || old.statements.length * now.statements.length > LARGEST) {
    return undefined;
  }
  const lines = (one: unknown, other: unknown) => diffLines(one === undefined ? [] : layOut(JSON.stringify(one)), other === undefined ? [] : layOut(JSON.stringify(other)));
  const statements = aligned(old.statements, now.statements).map(([one, other]): StatementDiff => {
    const [a, b] = [one === undefined ? undefined : old.statements[one], other === undefined ? undefined : now.statements[other]];
    const name = [b, a].map((statement) => isObject(statement) ? statement.Sid : undefined).find((sid) => typeof sid === 'string' && sid !== '') as string | undefined;

    return {
      change: a === undefined ? 'added' : b === undefined ? 'removed' : canonicalJson(a) === canonicalJson(b) ? 'untouched' : 'changed',
      number: (other ?? one ?? 0) + 1,
      ...(name ? { name } : {}),
      lines:  lines(a, b),
    };
  });
  const around = lines(old.rest, now.rest);

  return { statements, around: around.some(({ kind }) => kind !== 'same') ? around : [] };
}

function policyOf(json: string): { statements: unknown[]; rest: object } | undefined {
  try {
    const policy: unknown = JSON.parse(json);

    if (!isObject(policy) || policy.Statement === undefined) {
      return undefined;
    }
    const { Statement, ...rest } = policy;

    return { statements: [Statement].flat(), rest };
  } catch {
    return undefined;
  }
}

type Pair = [before: number | undefined, after: number | undefined];

/** Which statement became which; each stands in exactly one pair. */
function aligned(before: unknown[], after: unknown[]): Pair[] {
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];

  for (const [a, b] of [...anchors(before.map(canonicalJson), after.map(canonicalJson)), [before.length, after.length] as const]) {
    pairs.push(...between(before, after, [i, a], [j, b]));
    if (a < before.length) {
      pairs.push([a, b]);
    }
    [i, j] = [a + 1, b + 1];
  }

  return pairs;
}

/** Places of the statements that stay, in both policies (longest common subsequence). */
function anchors(before: string[], after: string[]): [number, number][] {
  const common = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const length = (i: number, j: number): number => common[i]?.[j] ?? 0;

  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i]![j] = before[i] === after[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  const found: [number, number][] = [];

  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    if (before[i] === after[j]) {
      found.push([i++, j++]);
    } else if (length(i + 1, j) >= length(i, j + 1)) {
      i++;
    } else {
      j++;
    }
  }

  return found;
}

/** Statements between two that stay: those of one Sid belong together, of the others each with the next one that is left. */
function between(before: unknown[], after: unknown[], [i, a]: [number, number], [j, b]: [number, number]): Pair[] {
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
  const sid = (statement: unknown) => isObject(statement) ? statement.Sid : undefined;
  const news = range(j, b);
  const partners = new Map<number, number>();

  for (const one of range(i, a)) {
    const name = sid(before[one]);
    const partner = name === undefined ? undefined : news.find((other) => sid(after[other]) === name && ![...partners.values()].includes(other));

    if (partner !== undefined) {
      partners.set(one, partner);
    }
  }
  const free = news.filter((other) => ![...partners.values()].includes(other) && sid(after[other]) === undefined);

  for (const one of range(i, a)) {
    const next = partners.has(one) || sid(before[one]) !== undefined ? undefined : free.shift();

    if (next !== undefined) {
      partners.set(one, next);
    }
  }
  const origin = new Map([...partners].map(([one, other]) => [other, one]));
  const pairs = news.map((other): Pair => [origin.get(other), other]);

  for (const one of range(i, a).filter((old) => !partners.has(old))) {
    const next = pairs.findIndex(([old, other]) => other !== undefined && (old === undefined || old > one));

    pairs.splice(next < 0 ? pairs.length : next, 0, [one, undefined]);
  }

  return pairs;
}
