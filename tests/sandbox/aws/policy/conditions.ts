import { BlockList, isIP } from 'node:net';
import { expand, plain } from './variables.ts';

/** What is known of a request; a key may have several values. Keys are compared without regard to case. */
export type Context = Record<string, string[]>;

type Compare = (value: string, wanted: string) => boolean;

/** IAM User Guide, «IAM JSON policy elements: Condition operators». */
const OPERATORS: Record<string, { compare: Compare; negated?: boolean }> = {
  stringequals:              { compare: (value, wanted) => value === wanted },
  stringnotequals:           { compare: (value, wanted) => value === wanted, negated: true },
  stringequalsignorecase:    { compare: (value, wanted) => value.toLowerCase() === wanted.toLowerCase() },
  stringnotequalsignorecase: { compare: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(), negated: true },
  stringlike:                { compare: like },
  stringnotlike:             { compare: like, negated: true },
  arnequals:                 { compare: arnLike },
  arnlike:                   { compare: arnLike },
  arnnotequals:              { compare: arnLike, negated: true },
  arnnotlike:                { compare: arnLike, negated: true },
  bool:                      { compare: (value, wanted) => value.toLowerCase() === wanted.toLowerCase() },
  binaryequals:              { compare: (value, wanted) => value === wanted },
  ipaddress:                 { compare: inNetwork },
  notipaddress:              { compare: inNetwork, negated: true },
  ...ordered('numeric', Number),
  ...ordered('date', (text) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text))),
};

/** The six operators of values that have an order; what is no such value fits nothing. */
function ordered(family: string, read: (text: string) => number): Record<string, { compare: Compare; negated?: boolean }> {
  const by = (fits: (difference: number) => boolean): Compare => (value, wanted) => fits(read(value) - read(wanted));

  return {
    [`${ family }equals`]:            { compare: by((difference) => difference === 0) },
    [`${ family }notequals`]:         { compare: by((difference) => difference === 0), negated: true },
    [`${ family }lessthan`]:          { compare: by((difference) => difference < 0) },
    [`${ family }lessthanequals`]:    { compare: by((difference) => difference <= 0) },
    [`${ family }greaterthan`]:       { compare: by((difference) => difference > 0) },
    [`${ family }greaterthanequals`]: { compare: by((difference) => difference >= 0) },
  };
}

/** An address within a network in CIDR notation, or the address itself. */
function inNetwork(value: string, network: string): boolean {
  const [address = '', bits] = network.split('/');
  const list = new BlockList();

  if (!isIP(value) || !isIP(address)) {
    return false;
  }
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';

  list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);

  return list.check(value, isIP(value) === 4 ? 'ipv4' : 'ipv6');
}

/** `*` any characters, `?` exactly one. Goes back to the last star only, so that many stars cost no more than a few. */
export function like(value: string, pattern: string): boolean {
  let [at, next, star, mark] = [0, 0, -1, 0];

  while (at < value.length) {
    const sign = pattern[next];

    if (sign === '*') {
      star = next++;
      mark = at;
    } else if (sign === '?' || (sign !== undefined && plain(sign) === value[at])) {
      at += 1;
      next += 1;
    } else if (star < 0) {
      return false;
    } else {
      next = star + 1;
      at = ++mark;
    }
  }

  return /^\**$/.test(pattern.slice(next));
}

/** Each of the six colon-separated parts alone may hold wildcards. */
function arnLike(value: string, pattern: string): boolean {
  const parts = (arn: string): string[] => [...arn.split(':', 5), arn.split(':').slice(5).join(':')];
  const wanted = parts(pattern);

  return parts(value).every((part, index) => like(part, wanted[index] ?? ''));
}

export function isOperator(name: string): boolean {
  const bare = bareName(name);

  return bare === 'null' || Object.hasOwn(OPERATORS, bare);
}

function bareName(name: string): string {
  return name.toLowerCase().replace(/^for(any|all)values?:/, '').replace(/ifexists$/, '');
}

/** Whether every operator and every key of a Condition block holds. */
export function conditionsHold(block: Record<string, Record<string, string[]>>, context: Context, variables = true): boolean {
  const known = new Map(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));

  // IAM User Guide, «Variables and tags»: variables are for «any condition that involves the string operators or the ARN operators».
  const read = (operator: string, wanted: string[]): string[] => (variables && /^(string|arn)/.test(bareName(operator)) ? wanted.flatMap((text) => expand(text, known) ?? []) : wanted);

  return Object.entries(block).every(([operator, keys]) => Object.entries(keys).every(([key, wanted]) => holds(operator, known.get(key.toLowerCase()), read(operator, wanted))));
}

/** «Multivalued context keys»: without a set operator a key has one value; ForAllValues holds when the key is absent. */
function holds(name: string, values: string[] | undefined, wanted: string[]): boolean {
  const bare = bareName(name);

  if (bare === 'null') {
    return wanted.some((text) => text.toLowerCase() === String(values === undefined));
  }
  const operator = OPERATORS[bare];

  if (!operator) {
    return false;
  }
  const { compare, negated = false } = operator;
  const wildcards = /like$|^arn/.test(bare);
  const one = (value: string): boolean => wanted.some((text) => compare(value, wildcards ? text : plain(text))) !== negated;
  const set = /^for(any|all)values?:/i.exec(name)?.[1]?.toLowerCase();

  if (set === 'all') {
    return (values ?? []).every(one);
  }
  if (values === undefined) {
    return set === 'any' ? /ifexists$/i.test(name) : negated || /ifexists$/i.test(name);
  }

  return values.some(one);
}
